//! Files: brought in as a stream, handed out by pieces, and never as something that a page could
//! run.

mod disposition;
mod range;

use crate::{
    app::App,
    auth::SignedIn,
    body::{Body, Params},
    problem::Refusal,
};
use axum::{
    Json,
    body::{Body as Stream, BodyDataStream, Bytes},
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use salon_chat::{ByteDigest, ChatError, FileRow, MadeOf, Words, actions, plays_inline, queries};
use salon_protocol::{DescribeFileRequest, FileId, FileInfo, Problem, RoomFiles, Seq};
use serde::Deserialize;
use std::time::Duration;

/// A sender who gives nothing for so long is given up.
const PIECE_TIMEOUT: Duration = Duration::from_secs(30);
/// Files in a page that names no limit.
const FILES_PAGE: usize = 50;

#[derive(Deserialize)]
pub(super) struct UploadParams {
    #[serde(default)]
    name: String,
}

/// Bring a file into a room. The body is the file; a message carries it by its id afterwards.
#[utoipa::path(post, path = "/api/rooms/{room}/files", tag = "files",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    params(("room" = String, Path, description = "An id, a name, or @handle"),
        ("name" = Option<String>, Query, description = "The file's name")),
    responses((status = 201, body = FileInfo, description = "The file is on disk; unsent, it is kept for a day"),
        (status = 404, body = Problem), (status = 413, body = Problem)))]
pub(super) async fn upload(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
    Params(params): Params<UploadParams>,
    request: Request,
) -> Result<(StatusCode, Json<FileInfo>), Refusal> {
    let _place = app.uploads.take(asker.caller.id())?;
    let size = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let mut upload =
        actions::begin_upload(&app.chat, &asker.caller, &room, &params.name, size).await?;
    let mut coming = pieces(request);
    while let Some(piece) = coming.next().await? {
        upload.write(&piece).await?;
    }
    Ok((StatusCode::CREATED, Json(upload.finish().await?)))
}

/// A body that is a file, piece by piece.
pub(super) struct Pieces(BodyDataStream);

pub(super) fn pieces(request: Request) -> Pieces {
    Pieces(request.into_body().into_data_stream())
}

impl Pieces {
    /// The next one, none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, ChatError> {
        match tokio::time::timeout(PIECE_TIMEOUT, self.0.next()).await {
            Ok(Some(Ok(piece))) => Ok(Some(piece)),
            Ok(None) => Ok(None),
            Ok(Some(Err(_))) | Err(_) => Err(ChatError::BadArguments(Words::new(
                "The file did not come whole. Send it again.",
                "文件没有传完，请重新上传。",
            ))),
        }
    }
}

/// What is not an id names no file.
pub(super) fn id(text: &str) -> Result<FileId, ChatError> {
    text.parse()
        .map_err(|_| ChatError::NotFound(Words::new("There is no such file.", "没有这个文件。")))
}

/// The file itself. Pictures and everything that a browser could run come to be saved; sound and
/// films play.
#[utoipa::path(get, path = "/api/files/{file}", tag = "files",
    params(("file" = String, Path, description = "The file")),
    responses((status = 200, description = "The bytes"), (status = 206, description = "A part of them"),
        (status = 404, body = Problem)))]
pub(super) async fn download(
    State(app): State<App>,
    asker: SignedIn,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let row = queries::file(&app.chat, &asker.caller, id(&file)?).await?;
    let inline = plays_inline(&row.info.media_type);
    let disposition = disposition::header(inline, &row.info.name);
    let media_type = row.info.media_type.clone();
    let size = row.info.size;
    bytes(&app, row.digest, &media_type, size, disposition, &headers).await
}

/// A small picture of the file, made by us.
#[utoipa::path(get, path = "/api/files/{file}/preview", tag = "files",
    params(("file" = String, Path, description = "The file")),
    responses((status = 200, description = "A JPEG or WebP"), (status = 404, body = Problem)))]
pub(super) async fn preview(
    State(app): State<App>,
    asker: SignedIn,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let row = queries::file(&app.chat, &asker.caller, id(&file)?).await?;
    let made = row.preview.clone();
    picture(&app, &row, made, &headers).await
}

/// A large picture of the file, made by us.
#[utoipa::path(get, path = "/api/files/{file}/view", tag = "files",
    params(("file" = String, Path, description = "The file")),
    responses((status = 200, description = "A JPEG or WebP"), (status = 404, body = Problem)))]
pub(super) async fn view(
    State(app): State<App>,
    asker: SignedIn,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let row = queries::file(&app.chat, &asker.caller, id(&file)?).await?;
    let made = row.view.clone().or_else(|| row.preview.clone());
    picture(&app, &row, made, &headers).await
}

async fn picture(
    app: &App,
    row: &FileRow,
    made: Option<MadeOf>,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let made = made.ok_or_else(|| {
        ChatError::NotFound(Words::new(
            "There is no picture of this file.",
            "这个文件没有预览图。",
        ))
    })?;
    let size = app.chat.store().vault().size(made.digest).await?;
    let disposition = disposition::header(true, &row.info.name);
    let size = size.unwrap_or(0);
    bytes(
        app,
        made.digest,
        &made.media_type,
        size,
        disposition,
        headers,
    )
    .await
}

/// The bytes with what keeps them harmless. Each answer is asked for anew: whoever may read them
/// now may not do so tomorrow.
async fn bytes(
    app: &App,
    digest: ByteDigest,
    media_type: &str,
    size: u64,
    disposition: HeaderValue,
    asked: &HeaderMap,
) -> Result<Response, Refusal> {
    let tag = format!("\"{digest}\"");
    let known = asked.get(header::IF_NONE_MATCH);
    let mut response = if known.is_some_and(|known| known == tag.as_str()) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match range::asked(asked, size) {
            range::Asked::All => {
                let pieces = app.chat.store().vault().read(digest, None).await?;
                let mut response = Response::new(Stream::from_stream(pieces));
                response
                    .headers_mut()
                    .insert(header::CONTENT_LENGTH, HeaderValue::from(size));
                response
            }
            range::Asked::Part(part) => {
                let told = format!("bytes {}-{}/{size}", part.start, part.end - 1);
                let length = part.end - part.start;
                let pieces = app.chat.store().vault().read(digest, Some(part)).await?;
                let mut response = Response::new(Stream::from_stream(pieces));
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                let headers = response.headers_mut();
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
                put(headers, header::CONTENT_RANGE, &told);
                response
            }
            range::Asked::Nothing => {
                let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                put(
                    response.headers_mut(),
                    header::CONTENT_RANGE,
                    &format!("bytes */{size}"),
                );
                response
            }
        }
    };
    let headers = response.headers_mut();
    put(headers, header::CONTENT_TYPE, &served_as(media_type));
    put(headers, header::ETAG, &tag);
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"),
    );
    Ok(response)
}

/// Text goes out as text whatever it is, so that nothing runs where a header is ignored.
fn served_as(media_type: &str) -> String {
    match media_type {
        "text/html" | "text/xml" | "image/svg+xml" | "application/xhtml+xml" => {
            "application/octet-stream".to_owned()
        }
        text if text.starts_with("text/") => "text/plain; charset=utf-8".to_owned(),
        other => other.to_owned(),
    }
}

fn put(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

/// Say what one's own upload shows, before it is sent.
#[utoipa::path(patch, path = "/api/files/{file}", tag = "files", request_body = DescribeFileRequest,
    params(("file" = String, Path, description = "The file")),
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn describe(
    State(app): State<App>,
    asker: SignedIn,
    Path(file): Path<String>,
    Body(request): Body<DescribeFileRequest>,
) -> Result<StatusCode, Refusal> {
    actions::describe_file(&app.chat, &asker.caller, id(&file)?, &request.alt).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take one's own upload back, before it is sent.
#[utoipa::path(delete, path = "/api/files/{file}", tag = "files",
    params(("file" = String, Path, description = "The file")),
    responses((status = 204), (status = 404, body = Problem)))]
pub(super) async fn take_back(
    State(app): State<App>,
    asker: SignedIn,
    Path(file): Path<String>,
) -> Result<StatusCode, Refusal> {
    actions::take_back_file(&app.chat, &asker.caller, id(&file)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(super) struct FilesPage {
    kind: Option<String>,
    before: Option<u64>,
    limit: Option<usize>,
}

/// The files of a room's messages, newest message first.
#[utoipa::path(get, path = "/api/rooms/{room}/files", tag = "files",
    params(("room" = String, Path, description = "An id, a name, or @handle"),
        ("kind" = Option<String>, Query, description = "`image` for pictures alone"),
        ("before" = Option<u64>, Query, description = "Of messages before this number"),
        ("limit" = Option<usize>, Query, description = "At most so many; 100 is the most")),
    responses((status = 200, body = RoomFiles), (status = 404, body = Problem)))]
pub(super) async fn of_room(
    State(app): State<App>,
    asker: SignedIn,
    Path(room): Path<String>,
    Params(page): Params<FilesPage>,
) -> Result<Json<RoomFiles>, Refusal> {
    let limit = page.limit.unwrap_or(FILES_PAGE);
    let pictures = page.kind.as_deref() == Some("image");
    let before = page.before.map(Seq);
    let files =
        queries::room_files(&app.chat, &asker.caller, &room, pictures, before, limit).await?;
    Ok(Json(files))
}
