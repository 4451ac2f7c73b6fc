//! Messages that are sent later, and reminders.

use crate::{app::App, auth::SignedIn, body::Body, problem::Refusal};
use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use salon_chat::{ChatError, Words, actions, queries};
use salon_protocol::{Later, LaterChange, LaterId, LaterRequest, Laters, Problem};

/// What is not an id names no plan.
fn id(text: &str) -> Result<LaterId, ChatError> {
    text.parse()
        .map_err(|_| ChatError::NotFound(Words::new("There is no such plan.", "没有这个计划。")))
}

/// All that the asker planned.
#[utoipa::path(get, path = "/api/later", tag = "later", responses((status = 200, body = Laters)))]
pub(super) async fn list(State(app): State<App>, asker: SignedIn) -> Result<Json<Laters>, Refusal> {
    Ok(Json(queries::laters(&app.chat, &asker.caller).await?))
}

/// Plan a message or a reminder.
#[utoipa::path(post, path = "/api/later", tag = "later", request_body = LaterRequest,
    responses((status = 201, body = Later), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem, description = "Too many")))]
pub(super) async fn plan(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<LaterRequest>,
) -> Result<(StatusCode, Json<Later>), Refusal> {
    let later = actions::plan(&app.chat, &asker.caller, request).await?;
    Ok((StatusCode::CREATED, Json(later)))
}

/// Change its text or time.
#[utoipa::path(patch, path = "/api/later/{id}", tag = "later", request_body = LaterChange,
    params(("id" = String, Path, description = "What was planned")),
    responses((status = 200, body = Later), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn change(
    State(app): State<App>,
    asker: SignedIn,
    Path(which): Path<String>,
    Body(change): Body<LaterChange>,
) -> Result<Json<Later>, Refusal> {
    Ok(Json(
        actions::change_plan(&app.chat, &asker.caller, id(&which)?, change).await?,
    ))
}

/// Let go of it.
#[utoipa::path(delete, path = "/api/later/{id}", tag = "later",
    params(("id" = String, Path, description = "What was planned")),
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn remove(
    State(app): State<App>,
    asker: SignedIn,
    Path(which): Path<String>,
) -> Result<StatusCode, Refusal> {
    actions::drop_plan(&app.chat, &asker.caller, id(&which)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
