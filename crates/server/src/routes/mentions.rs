//! Mentions, what is unread, and of what one wants to be told.

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
use salon_chat::{actions, queries};
use salon_protocol::{
    AllRead, MentionHits, NotificationsRequest, Problem, RoomStanding, UnreadRequest,
};
use serde::Deserialize;

/// Mentions in a page that names no limit.
const MENTIONS_PAGE: usize = 30;

#[derive(Deserialize)]
pub(super) struct MentionsPage {
    before: Option<u64>,
    limit: Option<usize>,
}

/// Messages that called the asker, newest first.
#[utoipa::path(get, path = "/api/mentions", tag = "messages",
    params(("before" = Option<u64>, Query, description = "`next` of the page before"),
        ("limit" = Option<usize>, Query, description = "At most so many; 100 is the most")),
    responses((status = 200, body = MentionHits)))]
pub(super) async fn list(
    State(app): State<App>,
    asker: SignedIn,
    Params(page): Params<MentionsPage>,
) -> Result<Json<MentionHits>, Refusal> {
    let limit = page.limit.unwrap_or(MENTIONS_PAGE);
    Ok(Json(
        queries::mentions(&app.chat, &asker.caller, page.before, limit).await?,
    ))
}

/// Say of what in a room one wants to be told.
#[utoipa::path(put, path = "/api/rooms/{room}/notifications", tag = "rooms",
    request_body = NotificationsRequest,
    params(("room" = String, Path, description = "An id, a name, or @handle")),
    responses((status = 200, body = RoomStanding), (status = 404, body = Problem)))]
pub(super) async fn set_notifications(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
    Body(request): Body<NotificationsRequest>,
) -> Result<Json<RoomStanding>, Refusal> {
    let NotificationsRequest { level, muted_until } = request;
    Ok(Json(
        actions::set_notifications(&app.chat, &asker.caller, &room, level, muted_until).await?,
    ))
}

/// Make an event and what follows it unread again.
#[utoipa::path(post, path = "/api/rooms/{room}/unread", tag = "rooms", request_body = UnreadRequest,
    params(("room" = String, Path, description = "An id, a name, or @handle")),
    responses((status = 200, body = RoomStanding), (status = 404, body = Problem)))]
pub(super) async fn unread(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
    Body(request): Body<UnreadRequest>,
) -> Result<Json<RoomStanding>, Refusal> {
    Ok(Json(
        actions::mark_unread(&app.chat, &asker.caller, &room, request.seq).await?,
    ))
}

/// Everything in all of one's rooms is read.
#[utoipa::path(post, path = "/api/read", tag = "rooms", responses((status = 200, body = AllRead)))]
pub(super) async fn read_all(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<AllRead>, Refusal> {
    let rooms = actions::mark_all_read(&app.chat, &asker.caller).await?;
    Ok(Json(AllRead { rooms }))
}
