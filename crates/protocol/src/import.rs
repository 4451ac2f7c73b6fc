//! What admins see of an import.

use crate::Handle;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// An archive in the data folder's `imports`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ImportArchive {
    /// The file's name.
    pub name: String,
    /// Its bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// When it was last written.
    #[ts(type = "string")]
    pub at: Timestamp,
}

/// How an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// It goes on; after a restart of the server by itself.
    Running,
    /// Somebody stopped it. Begun again it goes on.
    Stopped,
    /// It could not go on: `error` says why.
    Failed,
    /// All of it was read.
    Done,
}

/// Why something did not come along.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ImportLoss {
    /// A part of the export that is not as expected.
    Unreadable,
    /// A room of which nobody came along.
    RoomWithoutMembers,
    /// A room that was refused.
    Room,
    /// Messages of a room that did not come.
    WithoutRoom,
    /// Messages of nobody who is known.
    WithoutAuthor,
    /// Messages without words or files.
    Empty,
    /// Messages that were refused.
    Message,
    /// Files whose bytes are not there: their names stand in the text.
    FileMissing,
    /// Files that are too large: their names stand in the text.
    FileTooLarge,
    /// Files that are damaged, empty or links: their names stand in the text.
    FileUnreadable,
}

/// What did not come along, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ImportLost {
    /// Why.
    pub why: ImportLoss,
    /// How often.
    #[ts(type = "number")]
    pub times: u64,
    /// A few of them.
    pub examples: Vec<String>,
}

/// What has come along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ImportCounts {
    /// Accounts, new and known.
    #[ts(type = "number")]
    pub people: u64,
    /// Rooms, new and known.
    #[ts(type = "number")]
    pub rooms: u64,
    /// New messages.
    #[ts(type = "number")]
    pub messages: u64,
    /// Messages that an earlier import had brought.
    #[ts(type = "number")]
    pub known: u64,
    /// New files.
    #[ts(type = "number")]
    pub files: u64,
}

/// The newest import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ImportJob {
    /// The archive's name.
    pub archive: String,
    /// How it stands.
    pub state: ImportState,
    /// Who began it.
    pub by: Handle,
    /// When it was begun.
    #[ts(type = "string")]
    pub began_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub ended_at: Option<Timestamp>,
    /// How much of the export was read and is in, of `size`.
    #[ts(type = "number")]
    pub read: u64,
    /// The export's size, unpacked; 0 while it is not known.
    #[ts(type = "number")]
    pub size: u64,
    /// The room that it is in.
    #[serde(default)]
    pub place: String,
    /// What has come along.
    #[serde(flatten)]
    pub counts: ImportCounts,
    /// What has not.
    #[serde(default)]
    pub lost: Vec<ImportLost>,
    /// Why it failed, in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
}

/// `GET /api/admin/imports`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Imports {
    /// What lies in the folder, in the order of the names.
    pub archives: Vec<ImportArchive>,
    /// The newest import, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub job: Option<ImportJob>,
    /// The size of an upload.
    #[ts(type = "number")]
    pub bytes_max: u64,
}

/// `POST /api/admin/imports`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportRequest {
    /// The archive's name.
    pub archive: String,
}
