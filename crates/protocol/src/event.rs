//! The log's entries, and messages as they stand after all of them.

use crate::user::words;
use crate::{DraftId, Handle, MessageId, RoomId, RoomKind, Seq, UserId, UserKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// How an agent's message came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MessageState {
    /// Written to its end.
    Complete,
    /// Somebody stopped it; what was written is kept.
    Stopped,
    /// The model failed; the text says so in plain words and keeps what had been written.
    Degraded,
}
words!(MessageState { Complete = "complete", Stopped = "stopped", Degraded = "degraded" });

/// A message as it was posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Message {
    /// Id.
    pub id: MessageId,
    /// What it says; empty once it was deleted.
    pub text: String,
    /// Who posted it.
    pub from: Handle,
    /// What kind of user posted it.
    pub from_kind: UserKind,
    /// The message it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reply_to: Option<MessageId>,
    /// The draft that grew into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub draft_id: Option<DraftId>,
    /// Of an agent's message: how it came to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub state: Option<MessageState>,
    /// Said with `/me`: shown as something the sender does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub action: bool,
    /// The text was taken away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub deleted: bool,
}

/// What happened, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(tag = "kind")]
pub enum EventBody {
    /// A message was posted.
    #[serde(rename = "message.posted")]
    MessagePosted {
        /// The message.
        message: Message,
    },
    /// Its author changed a message's text.
    #[serde(rename = "message.edited")]
    MessageEdited {
        /// Which.
        message_id: MessageId,
        /// What it says now; empty once it was deleted.
        text: String,
    },
    /// A message's text was taken away.
    #[serde(rename = "message.deleted")]
    MessageDeleted {
        /// Which.
        message_id: MessageId,
    },
    /// Somebody reacted to a message.
    #[serde(rename = "reaction.added")]
    ReactionAdded {
        /// Which.
        message_id: MessageId,
        /// With what.
        emoji: String,
    },
    /// Somebody took a reaction back.
    #[serde(rename = "reaction.removed")]
    ReactionRemoved {
        /// Which.
        message_id: MessageId,
        /// What.
        emoji: String,
    },
    /// Somebody came in, by themselves or brought by the event's `from`.
    #[serde(rename = "member.joined")]
    MemberJoined {
        /// Who came.
        user: Handle,
        /// Their id.
        user_id: UserId,
        /// What kind of user.
        user_kind: UserKind,
    },
    /// Somebody left by themselves.
    #[serde(rename = "member.left")]
    MemberLeft {
        /// Who left.
        user: Handle,
        /// Their id.
        user_id: UserId,
    },
    /// Somebody was removed by the event's `from`.
    #[serde(rename = "member.removed")]
    MemberRemoved {
        /// Who was removed.
        user: Handle,
        /// Their id.
        user_id: UserId,
        /// They may not come back until an `/unban`.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        banned: bool,
    },
    /// The room was made: always `seq` 1.
    #[serde(rename = "room.created")]
    RoomCreated {
        /// Its name; empty for a direct room.
        name: String,
        /// Public, private or direct.
        room_kind: RoomKind,
    },
    /// The room's topic changed.
    #[serde(rename = "room.changed")]
    RoomChanged {
        /// What it is now.
        topic: String,
    },
}

impl EventBody {
    /// The word in `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MessagePosted { .. } => "message.posted",
            Self::MessageEdited { .. } => "message.edited",
            Self::MessageDeleted { .. } => "message.deleted",
            Self::ReactionAdded { .. } => "reaction.added",
            Self::ReactionRemoved { .. } => "reaction.removed",
            Self::MemberJoined { .. } => "member.joined",
            Self::MemberLeft { .. } => "member.left",
            Self::MemberRemoved { .. } => "member.removed",
            Self::RoomCreated { .. } => "room.created",
            Self::RoomChanged { .. } => "room.changed",
        }
    }
}

/// One durable entry in a room's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Event {
    /// Which room's log.
    pub room: RoomId,
    /// Its number there.
    pub seq: Seq,
    /// When it was committed.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Whose doing it was.
    pub from: Handle,
    /// What happened.
    #[serde(flatten)]
    pub body: EventBody,
}

/// A message as it stands after every later event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct MessageView {
    /// The room it was posted in.
    pub room: RoomId,
    /// The number of its `message.posted`.
    pub seq: Seq,
    /// When it was posted.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// The message with its text as it is now.
    #[serde(flatten)]
    pub message: Message,
    /// When its text last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub edited_at: Option<Timestamp>,
    /// Reactions in the order in which each emoji came first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<ReactionView>>")]
    pub reactions: Vec<ReactionView>,
}

/// One emoji on one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ReactionView {
    /// Which emoji.
    pub emoji: String,
    /// Who reacted with it, in the order of their doing so.
    pub users: Vec<Handle>,
}
