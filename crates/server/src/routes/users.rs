//! Who there is, and who is here.

use crate::{app::App, auth::SignedIn, problem::Refusal};
use axum::{Json, extract::State};
use salon_chat::queries;
use salon_protocol::{Directory, Me, OnlineUsers, Problem};

/// Who is online, agents included, sorted.
#[utoipa::path(get, path = "/api/users", tag = "users",
    responses((status = 200, body = OnlineUsers), (status = 401, body = Problem)))]
pub(super) async fn online(State(app): State<App>, _: SignedIn) -> Json<OnlineUsers> {
    Json(queries::online_users(&app.chat))
}

/// All users.
#[utoipa::path(get, path = "/api/directory", tag = "users",
    responses((status = 200, body = Directory), (status = 401, body = Problem)))]
pub(super) async fn directory(
    State(app): State<App>,
    _: SignedIn,
) -> Result<Json<Directory>, Refusal> {
    Ok(Json(queries::directory(&app.chat).await?))
}

/// Who asks.
#[utoipa::path(get, path = "/api/me", tag = "users",
    responses((status = 200, body = Me), (status = 401, body = Problem)))]
pub(super) async fn me(State(app): State<App>, asker: SignedIn) -> Json<Me> {
    Json(queries::me(&app.chat, &asker.caller))
}
