//! What admins see of the whole house.

use crate::{Role, RoomId, RoomKind, UserInfo};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// An account as admins see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AdminUser {
    /// The user as everybody sees them.
    pub user: UserInfo,
    /// When the account was made.
    #[ts(type = "string")]
    pub created_at: Timestamp,
    /// Whether a password opens it.
    pub has_password: bool,
    /// Whether sign-in asks for a code as well.
    pub second_factor: bool,
    /// Browsers and programs that are signed in.
    #[ts(type = "number")]
    pub sessions: u32,
    /// When one of them was last used, to a few minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub seen_at: Option<Timestamp>,
    /// Passkeys that open it.
    #[serde(default)]
    #[ts(type = "number")]
    pub passkeys: u32,
    /// Whether whoever asks may change it.
    pub changeable: bool,
}

/// `GET /api/admin/users`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AdminUsers {
    /// In the order of their handles.
    pub users: Vec<AdminUser>,
}

/// `PATCH /api/admin/users/{handle}`; what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdminUserRequest {
    /// The role from now on.
    #[serde(default)]
    #[ts(optional)]
    pub role: Option<Role>,
    /// Closes the account, or opens it again.
    #[serde(default)]
    #[ts(optional)]
    pub disabled: Option<bool>,
}

/// What a room holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AdminRoom {
    /// Id.
    pub id: RoomId,
    /// Name.
    pub name: String,
    /// Public, private or direct.
    pub kind: RoomKind,
    /// Its size.
    #[serde(flatten)]
    pub size: AdminSize,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AdminSize {
    /// Members.
    #[ts(type = "number")]
    pub members: u64,
    /// Events.
    #[ts(type = "number")]
    pub events: u64,
    /// Files of messages.
    #[ts(type = "number")]
    pub files: u64,
    /// Their bytes, as they were uploaded.
    #[ts(type = "number")]
    pub file_bytes: u64,
}

/// `GET /api/admin/storage`: what lies where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AdminStorage {
    /// Bytes of the database and its journal.
    #[ts(type = "number")]
    pub database_bytes: u64,
    /// Files of messages.
    #[ts(type = "number")]
    pub files: u64,
    /// Their bytes; what is there twice counts once.
    #[ts(type = "number")]
    pub file_bytes: u64,
    /// Rooms that whoever asks may see, the largest first.
    pub rooms: Vec<AdminRoom>,
    /// How many others there are: private ones and direct ones of other people.
    #[ts(type = "number")]
    pub hidden_rooms: u64,
    /// What those hold together.
    pub hidden: AdminSize,
}

/// `GET /api/admin/health`: how the server does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AdminHealth {
    /// Salon's version.
    pub version: String,
    /// The database's engine and its version.
    pub engine: String,
    /// The version of the database's make-up.
    #[ts(type = "number")]
    pub schema: u32,
    /// The identity of the log's life.
    pub epoch: String,
    /// Seconds since the server started.
    #[ts(type = "number")]
    pub uptime_seconds: u64,
    /// Microseconds that an empty commit took just now: how long the writer's queue is.
    #[ts(type = "number")]
    pub commit_micros: u64,
    /// People and agents online.
    #[ts(type = "number")]
    pub online: u64,
    /// What waits.
    pub queues: AdminQueues,
}

/// What waits to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AdminQueues {
    /// Agents' turns that nobody has begun.
    #[ts(type = "number")]
    pub turns_waiting: u64,
    /// Agents' turns that are going on.
    #[ts(type = "number")]
    pub turns_running: u64,
    /// Approvals that somebody must decide.
    #[ts(type = "number")]
    pub approvals: u64,
    /// Answers for one reader alone.
    #[ts(type = "number")]
    pub errands: u64,
    /// Bytes to be taken away.
    #[ts(type = "number")]
    pub doomed_bytes: u64,
}
