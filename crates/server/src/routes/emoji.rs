//! Emoji that people here made.

use crate::{app::App, auth::SignedIn, problem::Refusal};
use axum::{
    Json,
    body::to_bytes,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use salon_chat::{ChatError, actions, queries};
use salon_protocol::{OwnEmoji, OwnEmojis, Problem, limits::OWN_EMOJI_BYTES_MAX};

/// A browser asks again for a picture after a day; another picture has another address there.
const KEPT_FOR: &str = "private, max-age=86400";

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
    let bytes = to_bytes(request.into_body(), OWN_EMOJI_BYTES_MAX)
        .await
        .map_err(|_| ChatError::TooLarge {
            bytes_max: OWN_EMOJI_BYTES_MAX as u64,
        })?;
    let made = actions::add_emoji(&app.chat, &asker.caller, name, bytes.to_vec()).await?;
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
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let media_type = HeaderValue::from_str(&media_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT_FOR));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"),
    );
    Ok(response)
}

/// Take one away: one's own, or any as an admin.
#[utoipa::path(delete, path = "/api/emoji/{name}", tag = "emoji",
    params(("name" = String, Path, description = "Without colons")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn remove(
    State(app): State<App>,
    asker: SignedIn,
    Path(name): Path<String>,
) -> Result<StatusCode, Refusal> {
    actions::drop_emoji(&app.chat, &asker.caller, name).await?;
    Ok(StatusCode::NO_CONTENT)
}
