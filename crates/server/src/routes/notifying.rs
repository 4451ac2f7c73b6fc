//! When one wants to be told of nothing.

use crate::{app::App, auth::SignedIn, body::Body, problem::Refusal};
use axum::{Json, extract::State};
use salon_chat::{actions, queries};
use salon_protocol::{Notifying, Problem};

/// When one wants to be told of nothing, in all of one's rooms.
#[utoipa::path(get, path = "/api/notifications", tag = "accounts",
    responses((status = 200, body = Notifying)))]
pub(super) async fn get(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<Notifying>, Refusal> {
    Ok(Json(queries::notifying(&app.chat, &asker.caller).await?))
}

/// Say when one wants to be told of nothing; what is left out holds no more.
#[utoipa::path(put, path = "/api/notifications", tag = "accounts", request_body = Notifying,
    responses((status = 200, body = Notifying), (status = 400, body = Problem)))]
pub(super) async fn put(
    State(app): State<App>,
    asker: SignedIn,
    Body(wish): Body<Notifying>,
) -> Result<Json<Notifying>, Refusal> {
    Ok(Json(
        actions::set_notifying(&app.chat, &asker.caller, wish).await?,
    ))
}
