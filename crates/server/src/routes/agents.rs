//! AI members: made, changed and retired by their users.

use crate::{app::App, auth::SignedIn, body::Body, problem::Refusal};
use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use salon_chat::{actions, queries};
use salon_protocol::{AgentInfo, AgentRequest, Agents, Problem};

/// All agents, with the models, presets and tools to make one from.
#[utoipa::path(get, path = "/api/agents", tag = "agents",
    responses((status = 200, body = Agents)))]
pub(super) async fn list(State(app): State<App>, asker: SignedIn) -> Result<Json<Agents>, Refusal> {
    let mut agents = queries::agents(&app.chat, &asker.caller).await?;
    agents.tools.extend(app.tools.names().await);
    Ok(Json(agents))
}

/// Make an agent. It belongs to the asker.
#[utoipa::path(post, path = "/api/agents", tag = "agents", request_body = AgentRequest,
    responses((status = 201, body = AgentInfo), (status = 400, body = Problem),
        (status = 409, body = Problem)))]
pub(super) async fn create(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<AgentRequest>,
) -> Result<(StatusCode, Json<AgentInfo>), Refusal> {
    let made = actions::create_agent(&app.chat, &asker.caller, request).await?;
    let info = queries::agent(&app.chat, &asker.caller, made.user.handle.as_str()).await?;
    Ok((StatusCode::CREATED, Json(info)))
}

/// One agent.
#[utoipa::path(get, path = "/api/agents/{handle}", tag = "agents",
    params(("handle" = String, Path, description = "The agent's handle")),
    responses((status = 200, body = AgentInfo), (status = 404, body = Problem)))]
pub(super) async fn one(
    State(app): State<App>,
    asker: SignedIn,
    Path(handle): Path<String>,
) -> Result<Json<AgentInfo>, Refusal> {
    Ok(Json(
        queries::agent(&app.chat, &asker.caller, &handle).await?,
    ))
}

/// Change an agent: its maker may, and admins.
#[utoipa::path(patch, path = "/api/agents/{handle}", tag = "agents", request_body = AgentRequest,
    params(("handle" = String, Path, description = "The agent's handle")),
    responses((status = 200, body = AgentInfo), (status = 403, body = Problem)))]
pub(super) async fn edit(
    State(app): State<App>,
    asker: SignedIn,
    Path(handle): Path<String>,
    Body(request): Body<AgentRequest>,
) -> Result<Json<AgentInfo>, Refusal> {
    actions::edit_agent(&app.chat, &asker.caller, &handle, request).await?;
    Ok(Json(
        queries::agent(&app.chat, &asker.caller, &handle).await?,
    ))
}

/// Retire an agent. Its messages remain, and it can be brought back.
#[utoipa::path(delete, path = "/api/agents/{handle}", tag = "agents",
    params(("handle" = String, Path, description = "The agent's handle")),
    responses((status = 200, body = AgentInfo), (status = 403, body = Problem)))]
pub(super) async fn retire(
    State(app): State<App>,
    asker: SignedIn,
    Path(handle): Path<String>,
) -> Result<Json<AgentInfo>, Refusal> {
    actions::retire_agent(&app.chat, &asker.caller, &handle, true).await?;
    Ok(Json(
        queries::agent(&app.chat, &asker.caller, &handle).await?,
    ))
}

/// Bring a retired agent back.
#[utoipa::path(post, path = "/api/agents/{handle}/restore", tag = "agents",
    params(("handle" = String, Path, description = "The agent's handle")),
    responses((status = 200, body = AgentInfo), (status = 403, body = Problem)))]
pub(super) async fn restore(
    State(app): State<App>,
    asker: SignedIn,
    Path(handle): Path<String>,
) -> Result<Json<AgentInfo>, Refusal> {
    actions::retire_agent(&app.chat, &asker.caller, &handle, false).await?;
    Ok(Json(
        queries::agent(&app.chat, &asker.caller, &handle).await?,
    ))
}
