//! Emoji that people here made.

use super::{messages::Why, pictures};
use crate::{app::App, auth::SignedIn, body::Params, problem::Refusal};
use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use http::StatusCode;
use salon_chat::{actions, queries};
use salon_protocol::{OwnEmoji, OwnEmojis, Problem, limits::OWN_EMOJI_BYTES_MAX};

/// All of them, by name.
#[utoipa::path(get, path = "/api/emoji", tag = "emoji",
    responses((status = 200, body = OwnEmojis)))]
pub(super) async fn list(State(app): State<App>, _: SignedIn) -> Result<Json<OwnEmojis>, Refusal> {
    Ok(Json(queries::emoji(&app.chat).await?))
}

/// Make one of a picture (PNG, JPEG, GIF or WebP, its first frame), which is the body. Members may.
#[utoipa::path(put, path = "/api/emoji/{name}", tag = "emoji",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(("name" = String, Path, description = "Without colons")),
    responses((status = 201, body = OwnEmoji), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem, description = "The name is taken"),
        (status = 413, body = Problem)))]
pub(super) async fn add(
    State(app): State<App>,
    asker: SignedIn,
    Path(name): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<OwnEmoji>), Refusal> {
    let _place = app.uploads.take(asker.caller.id())?;
    let bytes = pictures::take(request, OWN_EMOJI_BYTES_MAX).await?;
    let made = actions::add_emoji(&app.chat, &asker.caller, name, bytes).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Its picture, written by us.
#[utoipa::path(get, path = "/api/emoji/{name}", tag = "emoji",
    params(("name" = String, Path, description = "Without colons")),
    responses((status = 200, description = "A JPEG or WebP"), (status = 404, body = Problem)))]
pub(super) async fn picture(
    State(app): State<App>,
    _: SignedIn,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let (bytes, media_type) = queries::emoji_picture(&app.chat, &name).await?;
    Ok(pictures::send(bytes, &media_type))
}

/// Take one away: one's own, or any as an admin.
#[utoipa::path(delete, path = "/api/emoji/{name}", tag = "emoji",
    params(("name" = String, Path, description = "Without colons"),
        ("reason" = Option<String>, Query, description = "Why, where somebody else made it: admins read it")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn remove(
    State(app): State<App>,
    asker: SignedIn,
    Path(name): Path<String>,
    Params(why): Params<Why>,
) -> Result<StatusCode, Refusal> {
    let reason = why.reason.unwrap_or_default();
    actions::drop_emoji(&app.chat, &asker.caller, name, &reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
