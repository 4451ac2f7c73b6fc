//! The house as its admins see it.

use super::messages::Why;
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
use salon_protocol::{AdminHealth, AdminStorage, AdminUserRequest, AdminUsers, Problem};

/// All accounts.
#[utoipa::path(get, path = "/api/admin/users", tag = "admin",
    responses((status = 200, body = AdminUsers), (status = 403, body = Problem)))]
pub(super) async fn users(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<AdminUsers>, Refusal> {
    let users = queries::admin_users(&app.chat, &asker.caller).await?;
    Ok(Json(AdminUsers { users }))
}

/// Change somebody's role, or close or open their account.
#[utoipa::path(patch, path = "/api/admin/users/{handle}", tag = "admin",
    params(("handle" = String, Path, description = "Whose")), request_body = AdminUserRequest,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(super) async fn change_user(
    State(app): State<App>,
    asker: SignedIn,
    Path(handle): Path<String>,
    Body(request): Body<AdminUserRequest>,
) -> Result<StatusCode, Refusal> {
    actions::change_account(&app.chat, &asker.caller, &handle, request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take somebody's lost authenticator away.
#[utoipa::path(delete, path = "/api/admin/users/{handle}/second-factor", tag = "admin",
    params(("handle" = String, Path, description = "Whose")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn take_second_factor(
    State(app): State<App>,
    asker: SignedIn,
    Path(handle): Path<String>,
) -> Result<StatusCode, Refusal> {
    actions::take_second_factor(&app.chat, &asker.caller, &handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take all of somebody's passkeys away, as of a device that was stolen.
#[utoipa::path(delete, path = "/api/admin/users/{handle}/passkeys", tag = "admin",
    params(("handle" = String, Path, description = "Whose")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn take_passkeys(
    State(app): State<App>,
    asker: SignedIn,
    Path(handle): Path<String>,
) -> Result<StatusCode, Refusal> {
    actions::take_passkeys(&app.chat, &asker.caller, &handle).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take somebody's picture away.
#[utoipa::path(delete, path = "/api/admin/users/{handle}/avatar", tag = "admin",
    params(("handle" = String, Path, description = "Whose"),
        ("reason" = Option<String>, Query, description = "Why: admins read it")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn take_avatar(
    State(app): State<App>,
    asker: SignedIn,
    Path(handle): Path<String>,
    Params(why): Params<Why>,
) -> Result<StatusCode, Refusal> {
    let reason = why.reason.unwrap_or_default();
    actions::take_avatar(&app.chat, &asker.caller, &handle, &reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What lies where, room by room.
#[utoipa::path(get, path = "/api/admin/storage", tag = "admin",
    responses((status = 200, body = AdminStorage), (status = 403, body = Problem)))]
pub(super) async fn storage(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<AdminStorage>, Refusal> {
    Ok(Json(
        queries::admin_storage(&app.chat, &asker.caller).await?,
    ))
}

/// How the server does.
#[utoipa::path(get, path = "/api/admin/health", tag = "admin",
    responses((status = 200, body = AdminHealth), (status = 403, body = Problem)))]
pub(super) async fn health(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<AdminHealth>, Refusal> {
    let mut health = queries::admin_health(&app.chat, &asker.caller).await?;
    health.uptime_seconds = app.started.elapsed().as_secs();
    Ok(Json(health))
}
