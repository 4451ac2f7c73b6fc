//! Saying something, and changing what one has said.

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
use salon_chat::{ChatError, actions};
use salon_protocol::{
    Done, EditRequest, MessageId, Problem, ReactRequest, SendRequest, VoteRequest,
};
use serde::Deserialize;

/// Post a message or run a command.
#[utoipa::path(post, path = "/api/rooms/{room}/messages", tag = "messages",
    request_body = SendRequest,
    params(("room" = String, Path, description = "An id, a name, or @handle")),
    responses((status = 201, body = Done, description = "The event is on disk"),
        (status = 200, body = Done, description = "A command that only tells something"),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn send(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
    Body(request): Body<SendRequest>,
) -> Result<(StatusCode, Json<Done>), Refusal> {
    let SendRequest {
        text,
        key,
        reply_to,
        files,
    } = request;
    let said = actions::Said {
        text,
        key,
        reply_to,
        files,
    };
    let done = actions::say(&app.chat, &asker.caller, &room, said).await?;
    Ok((status_of(&done), Json(done)))
}

/// Created where the log has an event.
pub(super) fn status_of(done: &Done) -> StatusCode {
    if done.seq.is_some() {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    }
}

/// What is not an id names no message.
pub(super) fn id(text: &str) -> Result<MessageId, ChatError> {
    text.parse().map_err(|_| ChatError::MessageNotFound)
}

/// Change one's own message.
#[utoipa::path(patch, path = "/api/messages/{message_id}", tag = "messages",
    request_body = EditRequest,
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 200, body = Done), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn edit(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
    Body(request): Body<EditRequest>,
) -> Result<Json<Done>, Refusal> {
    let done =
        actions::edit_message(&app.chat, &asker.caller, id(&message)?, &request.text).await?;
    Ok(Json(done))
}

/// Take a message's text away.
#[utoipa::path(delete, path = "/api/messages/{message_id}", tag = "messages",
    params(("message_id" = String, Path, description = "The message"),
        ("reason" = Option<String>, Query, description = "Why, where it is somebody else's: everybody reads it")),
    responses((status = 200, body = Done), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn delete(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
    Params(why): Params<Why>,
) -> Result<Json<Done>, Refusal> {
    let reason = why.reason.unwrap_or_default();
    Ok(Json(
        actions::delete_message(&app.chat, &asker.caller, id(&message)?, &reason).await?,
    ))
}

/// Why something of somebody else's is taken away.
#[derive(Deserialize)]
pub(super) struct Why {
    pub(super) reason: Option<String>,
}

/// Vote in a message's poll: all that one chooses now. No choice takes the vote back.
#[utoipa::path(put, path = "/api/messages/{message_id}/vote", tag = "messages",
    request_body = VoteRequest,
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 200, body = Done), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "No poll, ended, or no such option")))]
pub(super) async fn vote(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
    Body(request): Body<VoteRequest>,
) -> Result<Json<Done>, Refusal> {
    let id = id(&message)?;
    Ok(Json(
        actions::vote(&app.chat, &asker.caller, id, request.choices).await?,
    ))
}

/// End a message's poll: one's own, or any where one moderates.
#[utoipa::path(post, path = "/api/messages/{message_id}/close", tag = "messages",
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 200, body = Done), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn close(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
) -> Result<Json<Done>, Refusal> {
    let id = id(&message)?;
    Ok(Json(
        actions::close_poll(&app.chat, &asker.caller, id).await?,
    ))
}

/// React to a message.
#[utoipa::path(post, path = "/api/messages/{message_id}/reactions", tag = "messages",
    request_body = ReactRequest,
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 200, body = Done), (status = 404, body = Problem)))]
pub(super) async fn react(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
    Body(request): Body<ReactRequest>,
) -> Result<Json<Done>, Refusal> {
    let id = id(&message)?;
    Ok(Json(
        actions::react(&app.chat, &asker.caller, id, &request.emoji, false).await?,
    ))
}

/// Take a reaction back.
#[utoipa::path(delete, path = "/api/messages/{message_id}/reactions", tag = "messages",
    request_body = ReactRequest,
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 200, body = Done), (status = 404, body = Problem)))]
pub(super) async fn unreact(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
    Body(request): Body<ReactRequest>,
) -> Result<Json<Done>, Refusal> {
    let id = id(&message)?;
    Ok(Json(
        actions::react(&app.chat, &asker.caller, id, &request.emoji, true).await?,
    ))
}
