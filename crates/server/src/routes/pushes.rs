//! What is pushed to a browser whose page is closed.

use crate::{app::App, auth::SignedIn, body::Body, problem::Refusal};
use axum::{Json, extract::State};
use http::StatusCode;
use salon_chat::{actions, queries};
use salon_protocol::{Problem, PushRequest, PushState};

/// The key that a browser needs to wait for what is pushed, and whether this session's does.
#[utoipa::path(get, path = "/api/push", tag = "accounts",
    responses((status = 200, body = PushState)))]
pub(super) async fn state(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<PushState>, Refusal> {
    Ok(Json(
        queries::pushes(&app.chat, &asker.caller, asker.digest()).await?,
    ))
}

/// Let this session's browser be told of what concerns one, until the session ends.
#[utoipa::path(put, path = "/api/push", tag = "accounts", request_body = PushRequest,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn begin(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<PushRequest>,
) -> Result<StatusCode, Refusal> {
    actions::begin_pushes(&app.chat, &asker.caller, asker.digest(), request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let this session's browser be told of nothing any more.
#[utoipa::path(delete, path = "/api/push", tag = "accounts", responses((status = 204)))]
pub(super) async fn end(State(app): State<App>, asker: SignedIn) -> Result<StatusCode, Refusal> {
    actions::end_pushes(&app.chat, asker.digest()).await?;
    Ok(StatusCode::NO_CONTENT)
}
