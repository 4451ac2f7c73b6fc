//! What is reported, and what moderators did.

use super::{json_lines::json_lines, messages::id};
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
use http::StatusCode;
use salon_chat::{actions, queries};
use salon_protocol::{
    ModerationActs, Problem, ReportRequest, Reports, Restrictions, SettleRequest,
    limits::MODERATION_PAGE_MAX,
};
use serde::Deserialize;

/// Report a message to whoever moderates its room.
#[utoipa::path(post, path = "/api/messages/{message_id}/reports", tag = "moderation",
    request_body = ReportRequest,
    params(("message_id" = String, Path, description = "The message")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 429, body = Problem)))]
pub(super) async fn report(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
    Body(request): Body<ReportRequest>,
) -> Result<StatusCode, Refusal> {
    let message = id(&message)?;
    actions::report_message(&app.chat, &asker.caller, message, &request.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The open reports of a room for its moderators; for others what they reported there.
#[utoipa::path(get, path = "/api/rooms/{room}/reports", tag = "moderation",
    params(("room" = String, Path, description = "An id, a name, or @handle")),
    responses((status = 200, body = Reports), (status = 404, body = Problem)))]
pub(super) async fn of_room(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
) -> Result<Json<Reports>, Refusal> {
    Ok(Json(
        queries::reports(&app.chat, &asker.caller, &room).await?,
    ))
}

/// Who is muted in a room and who is kept out of it, for whoever moderates it.
#[utoipa::path(get, path = "/api/rooms/{room}/restrictions", tag = "moderation",
    params(("room" = String, Path, description = "An id or a name")),
    responses((status = 200, body = Restrictions), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub(super) async fn restrictions(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
) -> Result<Json<Restrictions>, Refusal> {
    Ok(Json(
        queries::restrictions(&app.chat, &asker.caller, &room).await?,
    ))
}

/// The open reports of every room that an admin is in.
#[utoipa::path(get, path = "/api/admin/reports", tag = "admin",
    responses((status = 200, body = Reports), (status = 403, body = Problem)))]
pub(super) async fn of_house(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<Reports>, Refusal> {
    Ok(Json(
        queries::admin_reports(&app.chat, &asker.caller).await?,
    ))
}

/// Settle a report, and every other one of the same message.
#[utoipa::path(post, path = "/api/reports/{number}", tag = "moderation",
    request_body = SettleRequest,
    params(("number" = u32, Path, description = "The report")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "Somebody has settled it")))]
pub(super) async fn settle(
    State(app): State<App>,
    asker: SignedIn,
    Path(number): Path<u32>,
    Body(request): Body<SettleRequest>,
) -> Result<StatusCode, Refusal> {
    let reason = request.reason.unwrap_or_default();
    actions::settle_report(&app.chat, &asker.caller, number, request.remove, &reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct ActsPage {
    before: Option<u64>,
    limit: Option<usize>,
}

/// What moderators and admins did, the newest first.
#[utoipa::path(get, path = "/api/admin/moderation", tag = "admin",
    params(("before" = Option<u64>, Query, description = "Below this number"),
        ("limit" = Option<usize>, Query, description = "At most so many; 200 is the most")),
    responses((status = 200, body = ModerationActs), (status = 403, body = Problem)))]
pub(super) async fn acts(
    State(app): State<App>,
    asker: SignedIn,
    Params(page): Params<ActsPage>,
) -> Result<Json<ModerationActs>, Refusal> {
    let limit = page.limit.unwrap_or(MODERATION_PAGE_MAX);
    Ok(Json(
        queries::moderation(&app.chat, &asker.caller, page.before, limit).await?,
    ))
}

/// The whole log of moderation as JSON Lines, the newest first.
#[utoipa::path(get, path = "/api/admin/moderation/export", tag = "admin",
    responses((status = 200, content_type = "application/jsonl"), (status = 403, body = Problem)))]
pub(super) async fn export_acts(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Response, Refusal> {
    // Refused before the first byte, not in the middle.
    queries::moderation(&app.chat, &asker.caller, None, 1).await?;
    let (chat, caller) = (app.chat, asker.caller);
    Ok(json_lines("moderation", move |before| {
        let (chat, caller) = (chat.clone(), caller.clone());
        async move {
            let page = queries::moderation(&chat, &caller, before, MODERATION_PAGE_MAX).await?;
            let next = page.acts.last().filter(|_| page.more).map(|act| act.number);
            Ok((page.acts, next))
        }
    }))
}
