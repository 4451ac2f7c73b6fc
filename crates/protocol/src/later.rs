//! What is to happen later: messages that are sent then, and reminders.

use crate::user::words;
use crate::{LaterId, MessageId, RoomId, Seq};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What happens then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LaterKind {
    /// The text is sent as a message.
    Message,
    /// Its owner alone is reminded.
    Reminder,
}
words!(LaterKind { Message = "message", Reminder = "reminder" });

/// One thing that is to happen later. Its owner alone sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Later {
    /// Id.
    pub id: LaterId,
    /// What happens.
    pub kind: LaterKind,
    /// Where it is sent, or where the reminder was asked for.
    pub room: RoomId,
    /// What is sent, or of what one is reminded.
    pub text: String,
    /// The message that it answers, or that one is reminded of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reply_to: Option<MessageId>,
    /// That message's number in the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reply_seq: Option<Seq>,
    /// When.
    #[ts(type = "string")]
    pub due_at: Timestamp,
    /// Of a reminder: since when its owner is reminded. A message that was sent is here no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub fired_at: Option<Timestamp>,
    /// Why a message could not be sent, in one stable word: `not_in_room`, `muted`, `slow`,
    /// `not_found`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub failed: Option<String>,
}

/// `GET /api/later`: what happens first comes first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Laters {
    /// All of the asker's.
    pub later: Vec<Later>,
}

/// `POST /api/later`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct LaterRequest {
    /// What happens.
    pub kind: LaterKind,
    /// An id, a name, or `@handle`.
    pub room: String,
    /// What is sent, or of what one is reminded.
    pub text: String,
    /// The message that it answers, or that one is reminded of.
    #[serde(default)]
    #[ts(optional)]
    pub reply_to: Option<MessageId>,
    /// When.
    #[ts(type = "string")]
    pub due_at: Timestamp,
}

/// `PATCH /api/later/{id}`. What was not sent is tried again at the new time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct LaterChange {
    /// Another text.
    #[serde(default)]
    #[ts(optional)]
    pub text: Option<String>,
    /// Another time.
    #[serde(default)]
    #[ts(optional, type = "string")]
    pub due_at: Option<Timestamp>,
}
