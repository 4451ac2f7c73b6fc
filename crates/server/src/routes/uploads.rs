//! Files in pieces: what was acked stays over a cut line and a restart, and the sender goes on from
//! there.

use super::files::{id, pieces};
use crate::{app::App, auth::SignedIn, body::Body, problem::Refusal, uploads::Grower};
use axum::{
    Json,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use salon_chat::{
    Caller, ChatError, Words,
    actions::{self, Next},
};
use salon_protocol::{FileId, FileInfo, Problem, UploadRequest, UploadState};

/// Where the request's bytes begin, as in the IETF's draft of resumable uploads.
const UPLOAD_OFFSET: &str = "upload-offset";

/// Begin to bring a file into a room in pieces. One that is small, or comes at once, needs no
/// beginning: see `POST /api/rooms/{room}/files`.
#[utoipa::path(post, path = "/api/rooms/{room}/uploads", tag = "files", request_body = UploadRequest,
    params(("room" = String, Path, description = "An id, a name, or @handle")),
    responses((status = 201, body = UploadState, description = "Kept for a day after the last piece"),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem)))]
pub(super) async fn begin(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
    Body(request): Body<UploadRequest>,
) -> Result<(StatusCode, Json<UploadState>), Refusal> {
    let state = actions::begin_in_pieces(&app.chat, &asker.caller, &room, request).await?;
    Ok((StatusCode::CREATED, Json(state)))
}

/// How much of one's own upload has come. A request that brings more of it ends.
#[utoipa::path(get, path = "/api/uploads/{upload}", tag = "files",
    params(("upload" = String, Path, description = "The upload")),
    responses((status = 200, body = UploadState), (status = 404, body = Problem)))]
pub(super) async fn look(
    State(app): State<App>,
    asker: SignedIn,
    Path(upload): Path<String>,
) -> Result<Json<UploadState>, Refusal> {
    let upload = id(&upload)?;
    let _alone = app.growers.alone(asker.caller.id(), upload).await;
    let state = actions::upload_state(&app.chat, &asker.caller, upload).await?;
    Ok(Json(state))
}

/// Bring more of one's own upload. The body is what follows the first `Upload-Offset` bytes. What
/// has come counts also where the line breaks; where it is all, the answer is the file.
#[utoipa::path(patch, path = "/api/uploads/{upload}", tag = "files",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(("upload" = String, Path, description = "The upload"),
        ("Upload-Offset" = u64, Header, description = "Where the body begins in the file")),
    responses((status = 200, body = UploadState, description = "It is on disk, and more is missing"),
        (status = 201, body = FileInfo, description = "All of it has come"),
        (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "It begins elsewhere: at `offset`")))]
pub(super) async fn go_on(
    State(app): State<App>,
    asker: SignedIn,
    Path(upload): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let upload = id(&upload)?;
    let alone = app.growers.alone(asker.caller.id(), upload).await;
    let place = app.uploads.take(asker.caller.id())?;
    let tasks = app.tasks.clone();
    // A task of its own: when the connection breaks its request is forgotten at once, and what it
    // has brought until then is to count.
    let grown = tasks.spawn(async move {
        let _place = place;
        grow(&app, &asker.caller, upload, request, &alone).await
    });
    grown
        .await
        .map_err(|error| ChatError::Internal(format!("an upload: {error}")))?
}

async fn grow(
    app: &App,
    caller: &Caller,
    upload: FileId,
    request: Request,
    alone: &Grower,
) -> Result<Response, Refusal> {
    let mut growing = match actions::go_on_with_upload(&app.chat, caller, upload).await? {
        Next::Growing(growing) => growing,
        Next::Whole(file) => return Ok((StatusCode::CREATED, Json(file)).into_response()),
    };
    growing.check_offset(offset_of(request.headers())?)?;
    let mut coming = pieces(request);
    let ended = loop {
        let piece = tokio::select! {
            piece = coming.next() => piece,
            () = alone.over() => break Err(overtaken()),
            () = app.ending.cancelled() => break Err(stopping()),
        };
        match piece {
            Ok(Some(piece)) => {
                if let Err(error) = growing.write(&piece).await {
                    break Err(error);
                }
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    let state = growing.pause().await?;
    ended?;
    if state.offset < state.size {
        return Ok(Json(state).into_response());
    }
    let file = growing.finish().await?;
    Ok((StatusCode::CREATED, Json(file)).into_response())
}

/// Give one's own upload up: what has come of it goes.
#[utoipa::path(delete, path = "/api/uploads/{upload}", tag = "files",
    params(("upload" = String, Path, description = "The upload")),
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn give_up(
    State(app): State<App>,
    asker: SignedIn,
    Path(upload): Path<String>,
) -> Result<StatusCode, Refusal> {
    let upload = id(&upload)?;
    let _alone = app.growers.alone(asker.caller.id(), upload).await;
    actions::give_up_upload(&app.chat, &asker.caller, upload).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn offset_of(headers: &HeaderMap) -> Result<u64, ChatError> {
    let told = headers.get(UPLOAD_OFFSET);
    let told = told.and_then(|offset| offset.to_str().ok()?.parse().ok());
    told.ok_or_else(|| {
        ChatError::BadArguments(Words::new(
            "The header Upload-Offset has to say where the piece begins, in bytes.",
            "请求头 Upload-Offset 必须写明这一段从第几个字节开始。",
        ))
    })
}

fn overtaken() -> ChatError {
    ChatError::Conflict(Words::new(
        "A newer request goes on with this upload.",
        "这个上传已由更新的请求接着进行。",
    ))
}

fn stopping() -> ChatError {
    ChatError::NotReady(Words::new(
        "The server stops. What has come is kept: go on when it is back.",
        "服务器正在停止。已收到的部分会保留，请在服务器恢复后继续。",
    ))
}
