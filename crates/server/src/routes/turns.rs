//! What agents did, why, and at what cost.

use super::json_lines::json_lines;
use crate::{
    app::App,
    auth::SignedIn,
    body::{Body, Params},
    problem::Refusal,
};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use jiff::Timestamp;
use salon_chat::{actions, queries};
use salon_protocol::{
    Acts, Done, Feedback, FeedbackRequest, MessageId, Problem, Turns, Usages,
    limits::{ACTS_PAGE_MAX, TURNS_PAGE_MAX},
};
use serde::Deserialize;

/// The turns that concern a message, or whose reply it is.
#[utoipa::path(get, path = "/api/messages/{message}/turns", tag = "agents",
    params(("message" = String, Path, description = "The message's id")),
    responses((status = 200, body = Turns), (status = 404, body = Problem)))]
pub(super) async fn of_message(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<MessageId>,
) -> Result<Json<Turns>, Refusal> {
    Ok(Json(
        queries::turns_of(&app.chat, &asker.caller, message).await?,
    ))
}

#[derive(Deserialize)]
pub(super) struct TurnsPage {
    limit: Option<usize>,
}

/// A room's latest turns, silent ones included.
#[utoipa::path(get, path = "/api/rooms/{room}/turns", tag = "agents",
    params(("room" = String, Path, description = "An id, a name, or @handle"),
        ("limit" = Option<usize>, Query, description = "At most so many; 100 is the most")),
    responses((status = 200, body = Turns), (status = 404, body = Problem)))]
pub(super) async fn in_room(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
    Params(page): Params<TurnsPage>,
) -> Result<Json<Turns>, Refusal> {
    let limit = page.limit.unwrap_or(TURNS_PAGE_MAX);
    Ok(Json(
        queries::turns_in(&app.chat, &asker.caller, &room, limit).await?,
    ))
}

/// Have another answer beside the one that is there.
#[utoipa::path(post, path = "/api/messages/{message}/again", tag = "agents",
    params(("message" = String, Path, description = "The agent's answer")),
    responses((status = 200, body = Done), (status = 403, body = Problem)))]
pub(super) async fn again(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<MessageId>,
) -> Result<Json<Done>, Refusal> {
    Ok(Json(
        actions::answer_again(&app.chat, &asker.caller, message).await?,
    ))
}

/// What people made of an agent's answer.
#[utoipa::path(get, path = "/api/messages/{message}/feedback", tag = "agents",
    params(("message" = String, Path, description = "The agent's answer")),
    responses((status = 200, body = Feedback), (status = 404, body = Problem)))]
pub(super) async fn feedback(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<MessageId>,
) -> Result<Json<Feedback>, Refusal> {
    Ok(Json(
        queries::feedback(&app.chat, &asker.caller, message).await?,
    ))
}

/// Say whether an agent's answer was good.
#[utoipa::path(put, path = "/api/messages/{message}/feedback", tag = "agents",
    request_body = FeedbackRequest,
    params(("message" = String, Path, description = "The agent's answer")),
    responses((status = 200, body = Feedback), (status = 400, body = Problem)))]
pub(super) async fn give_feedback(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<MessageId>,
    Body(request): Body<FeedbackRequest>,
) -> Result<Json<Feedback>, Refusal> {
    actions::give_feedback(&app.chat, &asker.caller, message, request.good).await?;
    Ok(Json(
        queries::feedback(&app.chat, &asker.caller, message).await?,
    ))
}

/// What was spent by the asker, by agents, and in the asker's rooms.
#[utoipa::path(get, path = "/api/usage", tag = "agents", responses((status = 200, body = Usages)))]
pub(super) async fn usage(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<Usages>, Refusal> {
    Ok(Json(queries::usage(&app.chat, &asker.caller, None).await?))
}

#[derive(Deserialize)]
pub(super) struct ActsPage {
    agent: Option<String>,
    before: Option<Timestamp>,
    limit: Option<usize>,
}

/// Everything that agents did, newest first; for admins.
#[utoipa::path(get, path = "/api/audit", tag = "agents",
    params(("agent" = Option<String>, Query, description = "Only this agent's"),
        ("before" = Option<String>, Query, description = "Before this time"),
        ("limit" = Option<usize>, Query, description = "At most so many; 500 is the most")),
    responses((status = 200, body = Acts), (status = 403, body = Problem)))]
pub(super) async fn audit(
    State(app): State<App>,
    asker: SignedIn,
    Params(page): Params<ActsPage>,
) -> Result<Json<Acts>, Refusal> {
    let limit = page.limit.unwrap_or(ACTS_PAGE_MAX);
    let agent = page.agent.as_deref();
    Ok(Json(
        queries::acts(&app.chat, &asker.caller, agent, page.before, limit).await?,
    ))
}

/// The whole audit log as JSON Lines, newest first; for admins.
#[utoipa::path(get, path = "/api/audit/export", tag = "agents",
    responses((status = 200, content_type = "application/jsonl"), (status = 403, body = Problem)))]
pub(super) async fn export_audit(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Response, Refusal> {
    // Refused before the first byte, not in the middle.
    queries::acts(&app.chat, &asker.caller, None, None, 1).await?;
    let (chat, caller) = (app.chat, asker.caller);
    Ok(json_lines("audit", move |before| {
        let (chat, caller) = (chat.clone(), caller.clone());
        async move {
            let page = queries::acts(&chat, &caller, None, before, ACTS_PAGE_MAX).await?;
            let next = page.acts.last().filter(|_| page.more).map(|act| act.at);
            Ok((page.acts, next))
        }
    }))
}
