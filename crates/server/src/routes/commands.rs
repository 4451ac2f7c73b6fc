//! The command registry over HTTP.

use super::messages::status_of;
use crate::{app::App, auth::SignedIn, body::Body, problem::Refusal};
use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use salon_chat::commands;
use salon_protocol::{Commands, Done, Problem, RunCommandRequest};

/// All commands, in the asker's language.
#[utoipa::path(get, path = "/api/commands", tag = "commands",
    responses((status = 200, body = Commands)))]
pub(super) async fn list(State(app): State<App>, asker: SignedIn) -> Json<Commands> {
    Json(Commands {
        commands: app.chat.commands().infos(asker.caller.lang),
    })
}

/// Run a command.
#[utoipa::path(post, path = "/api/commands/{name}", tag = "commands",
    request_body = RunCommandRequest,
    params(("name" = String, Path, description = "The command's name or alias")),
    responses((status = 200, body = Done), (status = 201, body = Done),
        (status = 400, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn run(
    State(app): State<App>,
    asker: SignedIn,
    Path(name): Path<String>,
    Body(request): Body<RunCommandRequest>,
) -> Result<(StatusCode, Json<Done>), Refusal> {
    let RunCommandRequest { room, args, key } = request;
    let room = room.as_deref();
    let done = commands::run_named(&app.chat, &asker.caller, &name, room, &args, key).await?;
    Ok((status_of(&done), Json(done)))
}
