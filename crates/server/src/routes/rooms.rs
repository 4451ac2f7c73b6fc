//! Rooms, their logs and their messages.

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
use salon_protocol::{
    CreateRoomRequest, Events, Members, Messages, Problem, ReadRequest, RoomKind, RoomSummary,
    Rooms, Seq, limits::EVENTS_PAGE_MAX,
};
use serde::Deserialize;

/// Messages in a page that names no limit.
const MESSAGES_PAGE: usize = 50;

/// The asker's rooms, then the public ones they could join.
#[utoipa::path(get, path = "/api/rooms", tag = "rooms", responses((status = 200, body = Rooms)))]
pub(super) async fn list(State(app): State<App>, asker: SignedIn) -> Result<Json<Rooms>, Refusal> {
    Ok(Json(queries::rooms(&app.chat, &asker.caller).await?))
}

/// Make a room.
#[utoipa::path(post, path = "/api/rooms", tag = "rooms", request_body = CreateRoomRequest,
    responses((status = 201, body = RoomSummary), (status = 409, body = Problem)))]
pub(super) async fn create(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<CreateRoomRequest>,
) -> Result<(StatusCode, Json<RoomSummary>), Refusal> {
    let new = actions::CreateRoom {
        name: request.name,
        kind: request.kind.unwrap_or(RoomKind::Public),
        topic: request.topic.unwrap_or_default(),
        members: request.members,
    };
    let room = actions::create_room(&app.chat, &asker.caller, new).await?;
    Ok((StatusCode::CREATED, Json(room)))
}

/// One room, by id, name or `@handle`.
#[utoipa::path(get, path = "/api/rooms/{room}", tag = "rooms",
    params(("room" = String, Path, description = "An id, a name, or @handle")),
    responses((status = 200, body = RoomSummary), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
) -> Result<Json<RoomSummary>, Refusal> {
    Ok(Json(queries::room(&app.chat, &asker.caller, &room).await?))
}

/// Who is in a room.
#[utoipa::path(get, path = "/api/rooms/{room}/members", tag = "rooms",
    params(("room" = String, Path, description = "An id, a name, or @handle")),
    responses((status = 200, body = Members), (status = 404, body = Problem)))]
pub(super) async fn members(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
) -> Result<Json<Members>, Refusal> {
    Ok(Json(
        queries::members(&app.chat, &asker.caller, &room).await?,
    ))
}

#[derive(Deserialize)]
pub(super) struct EventsPage {
    #[serde(default)]
    after: u64,
    limit: Option<usize>,
}

/// The log, oldest first.
#[utoipa::path(get, path = "/api/rooms/{room}/events", tag = "rooms",
    params(("room" = String, Path, description = "An id, a name, or @handle"),
        ("after" = Option<u64>, Query, description = "Events after this number"),
        ("limit" = Option<usize>, Query, description = "At most so many; 500 is the most")),
    responses((status = 200, body = Events), (status = 404, body = Problem)))]
pub(super) async fn events(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
    Params(page): Params<EventsPage>,
) -> Result<Json<Events>, Refusal> {
    let limit = page.limit.unwrap_or(EVENTS_PAGE_MAX);
    Ok(Json(
        queries::events(&app.chat, &asker.caller, &room, Seq(page.after), limit).await?,
    ))
}

#[derive(Deserialize)]
pub(super) struct MessagesPage {
    before: Option<u64>,
    limit: Option<usize>,
}

/// Messages as they now stand: the newest page, in time order.
#[utoipa::path(get, path = "/api/rooms/{room}/messages", tag = "messages",
    params(("room" = String, Path, description = "An id, a name, or @handle"),
        ("before" = Option<u64>, Query, description = "Messages before this number"),
        ("limit" = Option<usize>, Query, description = "At most so many; 200 is the most")),
    responses((status = 200, body = Messages), (status = 404, body = Problem)))]
pub(super) async fn messages(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
    Params(page): Params<MessagesPage>,
) -> Result<Json<Messages>, Refusal> {
    let limit = page.limit.unwrap_or(MESSAGES_PAGE);
    let before = page.before.map(Seq);
    Ok(Json(
        queries::messages(&app.chat, &asker.caller, &room, before, limit).await?,
    ))
}

/// Move the read marker forward.
#[utoipa::path(post, path = "/api/rooms/{room}/read", tag = "rooms", request_body = ReadRequest,
    params(("room" = String, Path, description = "An id, a name, or @handle")),
    responses((status = 200, body = ReadRequest), (status = 404, body = Problem)))]
pub(super) async fn read(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
    Body(request): Body<ReadRequest>,
) -> Result<Json<ReadRequest>, Refusal> {
    let seq = actions::mark_read(&app.chat, &asker.caller, &room, request.seq).await?;
    Ok(Json(ReadRequest { seq }))
}
