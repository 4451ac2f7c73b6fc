//! Whom messages call, and what one wants to be told of.

use crate::user::words;
use crate::{Handle, MessageView, RoomId, Seq};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// A call to many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Call {
    /// `@room`: everybody in the room.
    Room,
    /// `@here`: whoever in the room is online at that moment and not away.
    Here,
}
words!(Call { Room = "room", Here = "here" });

/// Whom a message calls, as the server read it. No agent is called by `calls`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Called {
    /// Members who are mentioned by their handles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Handle>>")]
    pub mentions: Vec<Handle>,
    /// `@room` or `@here`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub calls: Option<Call>,
}

/// Of what in a room one wants to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum NotificationLevel {
    /// Every message: the default of a direct room.
    Everything,
    /// Mentions, and replies in threads that one follows: the default of other rooms.
    Mentions,
    /// Nothing.
    Nothing,
}
words!(NotificationLevel { Everything = "everything", Mentions = "mentions", Nothing = "nothing" });

/// How one stands in a room: what is read, what is not, of what one is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct RoomStanding {
    /// The room's newest event when this was counted.
    pub seq: Seq,
    /// How far one has read.
    pub read_seq: Seq,
    /// Messages by others after `read_seq`; counted up to 100.
    #[ts(type = "number")]
    pub unread: u64,
    /// Those of them that call one; counted up to 100.
    #[ts(type = "number")]
    pub mentions: u64,
    /// Of what one wants to be told; none where one never said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub level: Option<NotificationLevel>,
    /// Until then one is told nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub muted_until: Option<Timestamp>,
}

/// `PUT /api/rooms/{room}/notifications`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct NotificationsRequest {
    /// Of what one wants to be told; the room's default when left out.
    #[serde(default)]
    #[ts(optional)]
    pub level: Option<NotificationLevel>,
    /// Until then nothing; left out, the level holds at once.
    #[serde(default)]
    #[ts(optional, type = "string")]
    pub muted_until: Option<Timestamp>,
}

/// `POST /api/rooms/{room}/unread`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct UnreadRequest {
    /// The first event that shall count as unread again.
    pub seq: Seq,
}

/// One message that called the asker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct MentionHit {
    /// The message.
    #[serde(flatten)]
    pub message: MessageView,
    /// The room's name as the asker sees it.
    pub room_name: String,
    /// It was not read yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub unread: bool,
}

/// `GET /api/mentions`: newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct MentionHits {
    /// Messages that called the asker, in rooms where they still are.
    pub mentions: Vec<MentionHit>,
    /// Where the next page begins; none when this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub next: Option<u64>,
}

/// `POST /api/read`: what was unread and is no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AllRead {
    /// Rooms whose marker moved.
    pub rooms: Vec<RoomId>,
}
