//! Servers of tools (MCP).

use crate::{app::App, auth::SignedIn, body::Body, problem::Refusal};
use axum::{
    Json,
    extract::{Path, State},
};
use salon_chat::{ChatError, Words, actions, queries};
use salon_protocol::{Problem, ToolServerConfig, ToolServers};

/// Servers of tools and how they are; for admins.
#[utoipa::path(get, path = "/api/tool-servers", tag = "agents",
    responses((status = 200, body = ToolServers), (status = 403, body = Problem)))]
pub(super) async fn list(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<ToolServers>, Refusal> {
    queries::require_admin(&app.chat, &asker.caller).await?;
    Ok(Json(app.tools.infos().await?))
}

/// Name a server of tools, or change how one is reached. Only owners: a program that is run has
/// the rights of the whole place.
#[utoipa::path(put, path = "/api/tool-servers/{name}", tag = "agents",
    request_body = ToolServerConfig,
    params(("name" = String, Path, description = "Letters, digits, _ and -")),
    responses((status = 200, body = ToolServers), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
pub(super) async fn put(
    State(app): State<App>,
    asker: SignedIn,
    Path(name): Path<String>,
    Body(config): Body<ToolServerConfig>,
) -> Result<Json<ToolServers>, Refusal> {
    app.tools
        .check(&name, &config)
        .map_err(|why| Refusal(ChatError::BadArguments(Words::new(why.en, why.zh))))?;
    let text = serde_json::to_string(&config).unwrap_or_default();
    actions::put_tool_server(&app.chat, &asker.caller, name, Some(text)).await?;
    Ok(Json(app.tools.infos().await?))
}

/// Forget a server of tools.
#[utoipa::path(delete, path = "/api/tool-servers/{name}", tag = "agents",
    params(("name" = String, Path, description = "Its name")),
    responses((status = 200, body = ToolServers), (status = 403, body = Problem)))]
pub(super) async fn remove(
    State(app): State<App>,
    asker: SignedIn,
    Path(name): Path<String>,
) -> Result<Json<ToolServers>, Refusal> {
    actions::put_tool_server(&app.chat, &asker.caller, name, None).await?;
    Ok(Json(app.tools.infos().await?))
}

/// Agree to what a server's tools have become.
#[utoipa::path(post, path = "/api/tool-servers/{name}/agree", tag = "agents",
    params(("name" = String, Path, description = "Its name")),
    responses((status = 200, body = ToolServers), (status = 403, body = Problem)))]
pub(super) async fn agree(
    State(app): State<App>,
    asker: SignedIn,
    Path(name): Path<String>,
) -> Result<Json<ToolServers>, Refusal> {
    actions::agree_to_tools(&app.chat, &asker.caller, name).await?;
    Ok(Json(app.tools.infos().await?))
}
