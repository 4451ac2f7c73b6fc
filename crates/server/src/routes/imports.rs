//! Imports of other chats' exports, for admins.

use super::files::pieces;
use crate::{
    app::App,
    auth::SignedIn,
    body::{Body, Params},
    import::check_upload_size,
    problem::Refusal,
};
use axum::{
    Json,
    extract::{Path, Request, State},
};
use http::{StatusCode, header};
use salon_chat::actions;
use salon_protocol::{ImportArchive, ImportJob, ImportRequest, Imports, Problem};
use serde::Deserialize;

/// The archives that can be brought in, and how the newest import stands.
#[utoipa::path(get, path = "/api/admin/imports", tag = "admin",
    responses((status = 200, body = Imports), (status = 403, body = Problem)))]
pub(super) async fn look(
    State(app): State<App>,
    asker: SignedIn,
) -> Result<Json<Imports>, Refusal> {
    actions::check_import(&app.chat, &asker.caller).await?;
    Ok(Json(app.imports.look()?))
}

/// Bring an archive in. It goes on after a restart of the server; what is there already does not
/// come twice.
#[utoipa::path(post, path = "/api/admin/imports", tag = "admin", request_body = ImportRequest,
    responses((status = 202, body = ImportJob), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn begin(
    State(app): State<App>,
    asker: SignedIn,
    Body(request): Body<ImportRequest>,
) -> Result<(StatusCode, Json<ImportJob>), Refusal> {
    actions::check_import(&app.chat, &asker.caller).await?;
    let with = (&app.chat, &app.tasks, &app.ending);
    let by = asker.caller.user.handle.clone();
    let job = app.imports.begin(with, by, &request.archive)?;
    Ok((StatusCode::ACCEPTED, Json(job)))
}

/// Stop the import that goes on. What it has brought stays; begun again it goes on.
#[utoipa::path(delete, path = "/api/admin/imports", tag = "admin",
    responses((status = 204), (status = 403, body = Problem)))]
pub(super) async fn stop(State(app): State<App>, asker: SignedIn) -> Result<StatusCode, Refusal> {
    actions::check_import(&app.chat, &asker.caller).await?;
    app.imports.stop();
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct UploadParams {
    #[serde(default)]
    name: String,
}

/// Upload an archive: a .zip or .jsonl file. The body is the file.
#[utoipa::path(post, path = "/api/admin/imports/archives", tag = "admin",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(("name" = String, Query, description = "The file's name")),
    responses((status = 201, body = ImportArchive), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem)))]
pub(super) async fn upload(
    State(app): State<App>,
    asker: SignedIn,
    Params(params): Params<UploadParams>,
    request: Request,
) -> Result<(StatusCode, Json<ImportArchive>), Refusal> {
    actions::check_import(&app.chat, &asker.caller).await?;
    let _place = app.uploads.take(asker.caller.id())?;
    let promised = request.headers().get(header::CONTENT_LENGTH);
    let promised = promised.and_then(|length| length.to_str().ok()?.parse().ok());
    check_upload_size(promised.unwrap_or(0))?;
    let mut archive = app.imports.receive(&params.name).await?;
    let mut coming = pieces(request);
    while let Some(piece) = coming.next().await? {
        archive.write(&piece).await?;
    }
    Ok((StatusCode::CREATED, Json(archive.finish().await?)))
}

/// Take an archive away. What was brought in from it stays.
#[utoipa::path(delete, path = "/api/admin/imports/archives/{name}", tag = "admin",
    params(("name" = String, Path, description = "The file's name")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(super) async fn remove(
    State(app): State<App>,
    asker: SignedIn,
    Path(name): Path<String>,
) -> Result<StatusCode, Refusal> {
    actions::check_import(&app.chat, &asker.caller).await?;
    app.imports.remove(&name)?;
    Ok(StatusCode::NO_CONTENT)
}
