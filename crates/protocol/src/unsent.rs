//! What somebody has begun to write and not sent, the same on all of their devices.

use crate::{MessageId, RoomId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// A text that waits to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Unsent {
    /// Where.
    pub room: RoomId,
    /// The thread there that it is for, named by the message at its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub thread: Option<MessageId>,
    /// The words so far; empty once they were sent or let go of.
    pub text: String,
    /// Grows with every change of it: the last that come to the server stay.
    #[ts(type = "number")]
    pub version: u64,
}

/// `GET /api/unsent`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AllUnsent {
    /// The newest comes first.
    pub unsent: Vec<Unsent>,
}

/// `PUT /api/rooms/{room}/unsent`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct UnsentRequest {
    /// The thread that it is for; without it, it is for the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub thread: Option<MessageId>,
    /// The words so far; none lets go of what was kept.
    pub text: String,
}
