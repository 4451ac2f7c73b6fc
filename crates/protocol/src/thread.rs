//! Threads: a message and the replies that go back to it, each to another or to itself.

use crate::{MessageHit, MessageView, Seq};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What a message that others reply to knows of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Replies {
    /// How many there were, deleted ones included.
    pub count: u32,
    /// The last one's number.
    pub last_seq: Seq,
    /// When that was posted.
    #[ts(type = "string")]
    pub last_at: Timestamp,
}

/// `GET /api/messages/{message_id}/thread`, for any message of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Thread {
    /// Where it begins.
    pub root: MessageHit,
    /// The newest replies, oldest of them first.
    pub replies: Vec<MessageView>,
    /// There are older ones than these.
    pub more: bool,
    /// The asker is told of new replies.
    pub following: bool,
    /// Up to here the asker has read it.
    pub read_seq: Seq,
}

/// `PUT /api/messages/{message_id}/thread`; what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThreadRequest {
    /// Whether one is told of new replies.
    #[serde(default)]
    #[ts(optional)]
    pub following: Option<bool>,
    /// Up to here one has read it; it never moves back.
    #[serde(default)]
    #[ts(optional)]
    pub read_seq: Option<Seq>,
}

/// A thread that one follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ThreadHit {
    /// Where it begins.
    #[serde(flatten)]
    pub root: MessageHit,
    /// Replies by others that one has not read, neither here nor in the room; counted up to a
    /// hundred.
    pub unread: u32,
}

/// `GET /api/threads`: the thread with the newest reply comes first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Threads {
    /// Those that the asker follows and may read.
    pub threads: Vec<ThreadHit>,
}
