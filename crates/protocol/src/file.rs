//! Files that messages carry.

use crate::{FileId, Handle, MessageId, RoomId, Seq};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// A file as whoever reads its message sees it. The bytes are at `/api/files/{id}`, a small picture
/// of it at `/api/files/{id}/preview` and a large one at `/api/files/{id}/view` where it has `tiny`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct FileInfo {
    /// Id.
    pub id: FileId,
    /// Name, without folders and without anything that misleads.
    pub name: String,
    /// What it is by its bytes, whatever its name says.
    #[serde(rename = "type")]
    pub media_type: String,
    /// In bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// Of a picture: as it is shown, turned upright.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub width: Option<u32>,
    /// Of a picture: as it is shown, turned upright.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub height: Option<u32>,
    /// Of a picture that we could read: a few of its pixels as a `data:` URL, to show meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tiny: Option<String>,
    /// What it shows, in the sender's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub alt: Option<String>,
}

/// `PATCH /api/files/{file}`: before a message carries it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct DescribeFileRequest {
    /// What it shows; empty takes it back.
    pub alt: String,
}

/// A file among those of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct RoomFile {
    /// The file.
    #[serde(flatten)]
    pub file: FileInfo,
    /// The message that carries it.
    pub message_id: MessageId,
    /// Where.
    pub room: RoomId,
    /// The message's number.
    pub seq: Seq,
    /// When it was posted.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// By whom.
    pub from: Handle,
}

/// `GET /api/rooms/{room}/files`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct RoomFiles {
    /// Newest message first; a message's files in their order.
    pub files: Vec<RoomFile>,
    /// Whether older ones exist.
    pub more: bool,
}

/// `POST /api/rooms/{room}/uploads`: a file that comes in pieces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadRequest {
    /// The file's name.
    pub name: String,
    /// All of its bytes.
    #[ts(type = "number")]
    pub size: u64,
}

/// How much of a file has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct UploadState {
    /// The upload's, and the file's once it is there.
    pub id: FileId,
    /// So many bytes are on disk; the next piece begins here.
    #[ts(type = "number")]
    pub offset: u64,
    /// All of them.
    #[ts(type = "number")]
    pub size: u64,
    /// What is well sent at once. More is taken, too.
    #[ts(type = "number")]
    pub piece: u64,
    /// The file, where all of it has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub file: Option<FileInfo>,
}
