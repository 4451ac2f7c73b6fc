//! What moderators do: slow a room down, take others' messages away, settle what was reported. All
//! of it is written down.

use crate::user::words;
use crate::{Handle, MessageId, MessageView, RoomId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Who took somebody else's message away, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Removal {
    /// Who.
    pub by: Handle,
    /// Why, in their own words; empty where they gave none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub reason: String,
}

/// How a report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReportState {
    /// Nobody has settled it.
    Open,
    /// The message was taken away.
    Removed,
    /// A moderator saw nothing to be done.
    Dismissed,
}
words!(ReportState { Open = "open", Removed = "removed", Dismissed = "dismissed" });

/// Somebody's word that a message should not stand. Its writer and the room's moderators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Report {
    /// Its number on the server.
    pub number: u32,
    /// The room's name as the asker sees it.
    pub room_name: String,
    /// The message as it stands.
    pub message: MessageView,
    /// Who reported it.
    pub by: Handle,
    /// Why.
    pub reason: String,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// How it stands.
    pub state: ReportState,
    /// Who settled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub settled_by: Option<Handle>,
}

/// `GET /api/rooms/{room}/reports` and `GET /api/admin/reports`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Reports {
    /// For moderators the open ones, the oldest first; for others their own, the newest first.
    pub reports: Vec<Report>,
}

/// `POST /api/messages/{message_id}/reports`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ReportRequest {
    /// Why the message should not stand.
    pub reason: String,
}

/// `POST /api/reports/{number}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SettleRequest {
    /// Takes the message away; otherwise it stays.
    pub remove: bool,
    /// Why it is taken away, for everybody to read.
    #[serde(default)]
    #[ts(optional)]
    pub reason: Option<String>,
}

/// Somebody whom a moderator keeps from writing in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Silenced {
    /// Who.
    pub user: Handle,
    /// Until when.
    #[ts(type = "string")]
    pub until: Timestamp,
}

/// Somebody who may not come back into a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Banned {
    /// Who.
    pub user: Handle,
    /// Who banned them; none where the log of moderation does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub by: Option<Handle>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub at: Option<Timestamp>,
}

/// `GET /api/rooms/{room}/restrictions`, for whoever moderates the room. Of either at most
/// [`RESTRICTIONS_MAX`](crate::limits::RESTRICTIONS_MAX).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Restrictions {
    /// Members who may not write now, in the order of their handles.
    pub silenced: Vec<Silenced>,
    /// Who may not come back, whoever was banned last first.
    pub banned: Vec<Banned>,
}

/// What a moderator or an admin did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModerationKind {
    /// Removed somebody from a room.
    Kick,
    /// Removed somebody for good.
    Ban,
    /// Let somebody come back.
    Unban,
    /// Kept somebody from writing.
    Mute,
    /// Let somebody write again.
    Unmute,
    /// Said how often one may write in a room.
    Slow,
    /// Said how long messages are kept in a room.
    Keep,
    /// Took somebody else's message away.
    RemoveMessage,
    /// Settled a report.
    SettleReport,
    /// Gave somebody a role.
    SetRole,
    /// Closed an account.
    CloseAccount,
    /// Opened an account again.
    OpenAccount,
    /// Took a lost authenticator away.
    TakeSecondFactor,
    /// Took the passkeys of a lost device away.
    TakePasskeys,
    /// Took an emoji away that somebody else made.
    RemoveEmoji,
    /// Took somebody's picture away.
    RemoveAvatar,
    /// Took away what was shown of the links in somebody else's message.
    RemovePreview,
}
words!(ModerationKind {
    Kick = "kick",
    Ban = "ban",
    Unban = "unban",
    Mute = "mute",
    Unmute = "unmute",
    Slow = "slow",
    Keep = "keep",
    RemoveMessage = "remove_message",
    SettleReport = "settle_report",
    SetRole = "set_role",
    CloseAccount = "close_account",
    OpenAccount = "open_account",
    TakeSecondFactor = "take_second_factor",
    TakePasskeys = "take_passkeys",
    RemoveEmoji = "remove_emoji",
    RemoveAvatar = "remove_avatar",
    RemovePreview = "remove_preview",
});

/// One act of moderation, as admins read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ModerationAct {
    /// Its number; later acts have larger ones.
    #[ts(type = "number")]
    pub number: u64,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Who.
    pub by: Handle,
    /// For whom, where an agent did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub asker: Option<Handle>,
    /// What.
    pub act: ModerationKind,
    /// In which room; none where it concerns the house.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room: Option<RoomId>,
    /// The room's name, where the asker may know of the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub room_name: Option<String>,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user: Option<Handle>,
    /// With which message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub message_id: Option<MessageId>,
    /// How long, which role, why; empty where there is nothing to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[ts(optional, as = "Option<String>")]
    pub detail: String,
}

/// `GET /api/admin/moderation`: the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ModerationActs {
    /// One page.
    pub acts: Vec<ModerationAct>,
    /// There are older ones.
    pub more: bool,
}
