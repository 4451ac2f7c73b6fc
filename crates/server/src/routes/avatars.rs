//! Pictures of people.

use super::pictures;
use crate::{app::App, auth::SignedIn, problem::Refusal};
use axum::{
    Json,
    extract::{Path, Request, State},
    response::Response,
};
use salon_chat::accounts;
use salon_protocol::{Problem, UserInfo, limits::AVATAR_BYTES_MAX};

/// Take a picture (PNG, JPEG, GIF or WebP), which is the body, for one's own: its middle, as a
/// square.
#[utoipa::path(put, path = "/api/account/avatar", tag = "account",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = UserInfo), (status = 400, body = Problem),
        (status = 413, body = Problem)))]
pub(super) async fn put(
    State(app): State<App>,
    asker: SignedIn,
    request: Request,
) -> Result<Json<UserInfo>, Refusal> {
    let _place = app.uploads.take(asker.caller.id())?;
    let bytes = pictures::take(request, AVATAR_BYTES_MAX).await?;
    Ok(Json(
        accounts::set_avatar(&app.chat, &asker.caller, Some(bytes)).await?,
    ))
}

/// Let go of one's picture.
#[utoipa::path(delete, path = "/api/account/avatar", tag = "account",
    responses((status = 200, body = UserInfo)))]
pub(super) async fn remove(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<UserInfo>, Refusal> {
    Ok(Json(
        accounts::set_avatar(&app.chat, &asker.caller, None).await?,
    ))
}

/// Somebody's picture, written by us; `avatar` of a user says where it is.
#[utoipa::path(get, path = "/api/avatars/{user}", tag = "users",
    params(("user" = String, Path, description = "The user's id")),
    responses((status = 200, description = "A JPEG or WebP"), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(app): State<App>,
    _: SignedIn,
    Path(user): Path<String>,
) -> Result<Response, Refusal> {
    let (bytes, media_type) = accounts::avatar_picture(&app.chat, &user).await?;
    Ok(pictures::send(bytes, &media_type))
}
