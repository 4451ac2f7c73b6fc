//! What people keep of messages: pinned for a room, saved for oneself, and the texts that a message
//! had before.

use crate::{MessageId, MessageView};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// A message away from its place. `GET /api/messages/{message_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct MessageHit {
    /// The message.
    #[serde(flatten)]
    pub message: MessageView,
    /// The room's name as the asker sees it.
    pub room_name: String,
}

/// `GET /api/rooms/{room}/pins`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Pins {
    /// The one that was pinned last comes first.
    pub pins: Vec<MessageView>,
}

/// `GET /api/saved`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SavedMessages {
    /// The one that was saved last comes first; those that one may read no longer are left out.
    pub messages: Vec<MessageHit>,
    /// Of the first page: all that is saved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<MessageId>>")]
    pub ids: Vec<MessageId>,
    /// Where the next page begins; none when this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub next: Option<u64>,
}

/// One text that a message had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Version {
    /// What it said.
    pub text: String,
    /// Since when.
    #[ts(type = "string")]
    pub at: Timestamp,
}

/// `GET /api/messages/{message_id}/versions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Versions {
    /// The newest texts, oldest of them first; the last is what the message says now.
    pub versions: Vec<Version>,
    /// There are older ones than these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub more: bool,
}

/// `POST /api/messages/{message_id}/forward`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ForwardRequest {
    /// Where to: an id, a name, or `@handle`.
    pub room: String,
    /// Makes a retry safe.
    #[serde(default)]
    #[ts(optional)]
    pub key: Option<String>,
}
