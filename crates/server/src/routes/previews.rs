//! What is shown of a message's links.

use super::{
    messages::{Why, id},
    pictures,
};
use crate::{app::App, auth::SignedIn, body::Params, problem::Refusal};
use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use salon_chat::{actions, queries};
use salon_protocol::{Done, Problem};

/// Take away what is shown of a message's links, for good: one's own, or any where one moderates.
#[utoipa::path(delete, path = "/api/messages/{message_id}/previews", tag = "messages",
    params(("message_id" = String, Path, description = "The message"),
        ("reason" = Option<String>, Query, description = "Why, where it is somebody else's: admins read it")),
    responses((status = 200, body = Done), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn remove(
    State(app): State<App>,
    asker: SignedIn,
    Path(message): Path<String>,
    Params(why): Params<Why>,
) -> Result<Json<Done>, Refusal> {
    let id = id(&message)?;
    let reason = why.reason.unwrap_or_default();
    Ok(Json(
        actions::drop_previews(&app.chat, &asker.caller, id, &reason).await?,
    ))
}

/// The picture of a page behind a message's link, written by us; `picture` of a preview names it.
#[utoipa::path(get, path = "/api/messages/{message_id}/previews/{name}", tag = "messages",
    params(("message_id" = String, Path, description = "The message"),
        ("name" = String, Path, description = "The picture's name")),
    responses((status = 200, description = "A JPEG or WebP"), (status = 404, body = Problem)))]
pub(super) async fn picture(
    State(app): State<App>,
    asker: SignedIn,
    Path((message, name)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let id = id(&message)?;
    let (bytes, media_type) = queries::preview_picture(&app.chat, &asker.caller, id, &name).await?;
    Ok(pictures::send(bytes, &media_type))
}
