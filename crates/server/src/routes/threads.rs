//! Threads: a message and all that goes back to it.

use super::messages::id;
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
use salon_protocol::{Problem, Seq, Thread, ThreadRequest, Threads, limits::THREAD_PAGE_MAX};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Page {
    before: Option<u64>,
    limit: Option<usize>,
}

/// The thread that a message is in, or that begins with it.
#[utoipa::path(get, path = "/api/messages/{message_id}/thread", tag = "messages",
    params(("message_id" = String, Path, description = "Any message of it"),
        ("before" = Option<u64>, Query, description = "Replies below this number"),
        ("limit" = Option<usize>, Query, description = "At most so many; 200 is the most")),
    responses((status = 200, body = Thread), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
    Params(page): Params<Page>,
) -> Result<Json<Thread>, Refusal> {
    let limit = page.limit.unwrap_or(THREAD_PAGE_MAX);
    let (message, before) = (id(&message)?, page.before.map(Seq));
    Ok(Json(
        queries::thread(&app.chat, &asker.caller, message, before, limit).await?,
    ))
}

/// Follow a thread or let go of it, and say up to where one has read it.
#[utoipa::path(put, path = "/api/messages/{message_id}/thread", tag = "messages",
    request_body = ThreadRequest,
    params(("message_id" = String, Path, description = "Any message of it")),
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn change(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
    Body(request): Body<ThreadRequest>,
) -> Result<StatusCode, Refusal> {
    actions::set_thread(&app.chat, &asker.caller, id(&message)?, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The threads that the asker follows.
#[utoipa::path(get, path = "/api/threads", tag = "messages",
    responses((status = 200, body = Threads)))]
pub(super) async fn list(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<Threads>, Refusal> {
    Ok(Json(queries::threads(&app.chat, &asker.caller).await?))
}
