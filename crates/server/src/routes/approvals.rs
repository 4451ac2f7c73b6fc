//! What agents asked to be allowed.

use crate::{app::App, auth::SignedIn, body::Body, problem::Refusal};
use axum::{
    Json,
    extract::{Path, State},
};
use salon_chat::{actions, queries};
use salon_protocol::{Approvals, DecideRequest, Done, Problem};

/// A room's approvals, newest first.
#[utoipa::path(get, path = "/api/rooms/{room}/approvals", tag = "agents",
    params(("room" = String, Path, description = "An id, a name, or @handle")),
    responses((status = 200, body = Approvals), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
) -> Result<Json<Approvals>, Refusal> {
    Ok(Json(
        queries::approvals(&app.chat, &asker.caller, &room).await?,
    ))
}

/// Allow or refuse one: whoever asked the agent may, and moderators of the room.
#[utoipa::path(post, path = "/api/rooms/{room}/approvals/{number}", tag = "agents",
    request_body = DecideRequest,
    params(("room" = String, Path, description = "An id, a name, or @handle"),
        ("number" = u32, Path, description = "The number on the card")),
    responses((status = 200, body = Done), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn decide(
    State(app): State<App>,
    asker: SignedIn,
    Path((room, number)): Path<(String, u32)>,
    Body(request): Body<DecideRequest>,
) -> Result<Json<Done>, Refusal> {
    let caller = &asker.caller;
    Ok(Json(
        actions::decide_approval(&app.chat, caller, &room, number, request.approve).await?,
    ))
}
