//! What can be written.

use jiff::Timestamp;
use salon_protocol::{
    DraftId, Event, Handle, MessageId, MessageState, Role, RoomId, RoomKind, Seq, TurnId, UserId,
    UserKind,
};

/// Whose doing a change is.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Id.
    pub id: UserId,
    /// Handle.
    pub handle: Handle,
    /// Human, agent or bot.
    pub kind: UserKind,
}

/// Makes a retry of the same request safe.
#[derive(Clone, Debug)]
pub struct SendKey {
    /// Made by the client.
    pub key: String,
    /// SHA-256 over everything that the request would change.
    pub digest: [u8; 32],
}

/// The turn out of which an agent posts: who asked, and through how many agents.
#[derive(Clone, Debug)]
pub struct TurnCause {
    /// The person at the beginning of the chain.
    pub asker: UserId,
    /// Agents between that person and this message, its author included.
    pub hops: u32,
}

/// What changes in a room. Every variant but the no-ops becomes one event.
#[derive(Clone, Debug)]
pub enum Change {
    /// Post a message. Needs membership and no mute.
    Post {
        /// Id, made by the caller.
        message_id: MessageId,
        /// What it says.
        text: String,
        /// The message it answers; must be in the same room.
        reply_to: Option<MessageId>,
        /// The draft that grew into it.
        draft_id: Option<DraftId>,
        /// How an agent's message ended.
        state: Option<MessageState>,
        /// Said with `/me`.
        action: bool,
        /// The turn it comes from.
        cause: Option<TurnCause>,
    },
    /// Change a message's text. Needs authorship.
    Edit {
        /// Which.
        message_id: MessageId,
        /// What it says now.
        text: String,
    },
    /// Take a message's text away. Needs authorship unless `moderator`.
    Delete {
        /// Which.
        message_id: MessageId,
        /// The actor may delete what others wrote.
        moderator: bool,
    },
    /// React. Doing so twice changes nothing.
    React {
        /// To which.
        message_id: MessageId,
        /// With what.
        emoji: String,
    },
    /// Take a reaction back. Without one nothing changes.
    Unreact {
        /// From which.
        message_id: MessageId,
        /// What.
        emoji: String,
    },
    /// Bring somebody in, oneself included. A member who joins changes nothing; a ban refuses.
    Join {
        /// Who comes.
        user: Actor,
    },
    /// Leave.
    Leave,
    /// Remove somebody; with `ban` for good.
    Remove {
        /// Who goes.
        user: Actor,
        /// Whether they may not come back.
        ban: bool,
    },
    /// Change the topic. The same topic changes nothing.
    Topic {
        /// What it is now.
        topic: String,
    },
}

/// One change by one actor in one room.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Where.
    pub room: RoomId,
    /// Who.
    pub actor: Actor,
    /// What.
    pub change: Change,
    /// Makes a retried post safe.
    pub key: Option<SendKey>,
}

/// What came of a [`NewEvent`].
#[derive(Clone, Debug)]
pub struct Appended {
    /// Where.
    pub room: RoomId,
    /// The event's number; of a change that was there already, the number it came with.
    pub seq: Seq,
    /// The message it is about.
    pub message_id: Option<MessageId>,
    /// The event, unless nothing changed.
    pub event: Option<Event>,
}

/// A room to make; `room.created` is its first event, the creator's `member.joined` its second.
#[derive(Clone, Debug)]
pub struct NewRoom {
    /// Id.
    pub id: RoomId,
    /// Name; empty for a direct room.
    pub name: String,
    /// The name's folded form; none for a direct room.
    pub name_key: Option<String>,
    /// For a direct room, its two users.
    pub direct: Option<(UserId, UserId)>,
    /// Public, private or direct.
    pub kind: RoomKind,
    /// Topic.
    pub topic: String,
    /// Who makes it and is its first member.
    pub creator: Actor,
    /// Who else is in it from the beginning.
    pub members: Vec<Actor>,
}

/// An account to make.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Id.
    pub id: UserId,
    /// Handle.
    pub handle: Handle,
    /// The name to show.
    pub display_name: String,
    /// Human, agent or bot.
    pub kind: UserKind,
    /// Role.
    pub role: Role,
    /// Argon2id in PHC form.
    pub password_hash: Option<String>,
}

/// How a turn ended.
#[derive(Clone, Debug)]
pub struct FinishTurn {
    /// Which.
    pub turn: TurnId,
    /// `spoke`, `acted`, `silent`, `failed` or `stopped`.
    pub outcome: String,
    /// Why, in one stable word or sentence.
    pub reason: String,
    /// The reply.
    pub reply: Option<MessageId>,
    /// Tokens read by the model.
    pub tokens_in: u64,
    /// Tokens written by the model.
    pub tokens_out: u64,
}

/// Time as the store keeps it: microseconds since the epoch.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}
