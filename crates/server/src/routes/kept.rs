//! One message by its id: where it stands, what it said before, whether it is kept or passed on.

use super::messages::{id, status_of};
use crate::{
    app::App,
    auth::SignedIn,
    body::{Body, Params},
    problem::Refusal,
};
use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use salon_chat::{actions, queries};
use salon_protocol::{Done, ForwardRequest, MessageHit, Pins, Problem, SavedMessages, Versions};
use serde::Deserialize;

/// Saved messages in a page that names no limit.
const SAVED_PAGE: usize = 30;

#[derive(Deserialize)]
pub(super) struct SavedPage {
    before: Option<u64>,
    limit: Option<usize>,
}

/// One message as it stands, with the name of its room.
#[utoipa::path(get, path = "/api/messages/{message_id}", tag = "messages",
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 200, body = MessageHit), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
) -> Result<Json<MessageHit>, Refusal> {
    Ok(Json(
        queries::message(&app.chat, &asker.caller, id(&message)?).await?,
    ))
}

/// What a message said before.
#[utoipa::path(get, path = "/api/messages/{message_id}/versions", tag = "messages",
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 200, body = Versions), (status = 404, body = Problem)))]
pub(super) async fn versions(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
) -> Result<Json<Versions>, Refusal> {
    Ok(Json(
        queries::versions(&app.chat, &asker.caller, id(&message)?).await?,
    ))
}

/// Pass a message on into another room, with its files.
#[utoipa::path(post, path = "/api/messages/{message_id}/forward", tag = "messages",
    request_body = ForwardRequest,
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 201, body = Done, description = "The copy is on disk"),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn forward(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
    Body(request): Body<ForwardRequest>,
) -> Result<(StatusCode, Json<Done>), Refusal> {
    let ForwardRequest { room, key } = request;
    let id = id(&message)?;
    let done =
        actions::forward_message(&app.chat, &asker.caller, id, &room, key.as_deref()).await?;
    Ok((status_of(&done), Json(done)))
}

/// Keep a message at hand for everybody in its room.
#[utoipa::path(put, path = "/api/messages/{message_id}/pin", tag = "messages",
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 200, body = Done), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem, description = "Too many pins")))]
pub(super) async fn pin(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
) -> Result<Json<Done>, Refusal> {
    Ok(Json(
        actions::pin_message(&app.chat, &asker.caller, id(&message)?, true).await?,
    ))
}

/// Take a pin away.
#[utoipa::path(delete, path = "/api/messages/{message_id}/pin", tag = "messages",
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 200, body = Done), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn unpin(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
) -> Result<Json<Done>, Refusal> {
    Ok(Json(
        actions::pin_message(&app.chat, &asker.caller, id(&message)?, false).await?,
    ))
}

/// The messages that are pinned in a room.
#[utoipa::path(get, path = "/api/rooms/{room}/pins", tag = "rooms",
    params(("room" = String, Path, description = "An id, a name, or @handle")),
    responses((status = 200, body = Pins), (status = 404, body = Problem)))]
pub(super) async fn pins(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
) -> Result<Json<Pins>, Refusal> {
    Ok(Json(queries::pins(&app.chat, &asker.caller, &room).await?))
}

/// Save a message for oneself.
#[utoipa::path(put, path = "/api/messages/{message_id}/saved", tag = "messages",
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 204), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "Too many saved messages")))]
pub(super) async fn save(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
) -> Result<StatusCode, Refusal> {
    actions::save_message(&app.chat, &asker.caller, id(&message)?, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let go of a saved message.
#[utoipa::path(delete, path = "/api/messages/{message_id}/saved", tag = "messages",
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn unsave(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
) -> Result<StatusCode, Refusal> {
    actions::save_message(&app.chat, &asker.caller, id(&message)?, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the asker saved, newest first.
#[utoipa::path(get, path = "/api/saved", tag = "messages",
    params(("before" = Option<u64>, Query, description = "`next` of the page before"),
        ("limit" = Option<usize>, Query, description = "At most so many; 100 is the most")),
    responses((status = 200, body = SavedMessages)))]
pub(super) async fn saved(
    State(app): State<App>,
    asker: SignedIn,
    Params(page): Params<SavedPage>,
) -> Result<Json<SavedMessages>, Refusal> {
    let limit = page.limit.unwrap_or(SAVED_PAGE);
    Ok(Json(
        queries::saved(&app.chat, &asker.caller, page.before, limit).await?,
    ))
}
