//! What can be written.

use crate::{ByteDigest, MadeOf};
use jiff::Timestamp;
use salon_protocol::{
    AgentChange, ApprovalState, Budget, Call, DraftId, Event, FileId, FileInfo, Handle,
    LinkPreview, MessageId, MessageState, ModerationKind, Poll, Role, RoomId, RoomKind, Seq,
    SpeakMode, TurnDetail, TurnId, UserId, UserKind,
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
    /// The message at the beginning of the chain.
    pub chain: MessageId,
    /// Why the agent speaks, in one stable word.
    pub reason: Option<String>,
}

/// What a name behind an `@` may stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// The member whose handle folds to this.
    User(String),
    /// Many at once.
    Call(Call),
}

/// Whom a text may call; who is meant is found at the commit, among the room's members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calling {
    /// For each `@`, what it may stand for; the first that there is counts.
    pub places: Vec<Vec<Candidate>>,
    /// Who is online now, where the text calls whoever is here.
    pub online: Vec<UserId>,
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
        /// The earlier answer that it is given instead of.
        replaces: Option<MessageId>,
        /// No agent reads it.
        private_from_ai: bool,
        /// What it asks; its text says the same.
        poll: Option<Box<Poll>>,
        /// Files that it carries: the actor's own, uploaded to this room, in no message yet.
        files: Vec<FileId>,
        /// Whom its text may call.
        calling: Calling,
        /// The message that it is a copy of, in whatever room the actor may read: words and files
        /// are then that one's.
        forwarded: Option<MessageId>,
    },
    /// Change a message's text. Needs authorship.
    Edit {
        /// Which.
        message_id: MessageId,
        /// What it says now.
        text: String,
        /// Whom that may call.
        calling: Calling,
    },
    /// Take a message's text away. Needs authorship unless `moderator`.
    Delete {
        /// Which.
        message_id: MessageId,
        /// The actor may delete what others wrote.
        moderator: bool,
        /// Why, where it is somebody else's; empty where nobody says.
        reason: String,
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
    /// Vote in a poll. The same vote changes nothing; no choice takes a vote back.
    Vote {
        /// In that of which message.
        message_id: MessageId,
        /// The options' numbers, from 1, in order and each once.
        choices: Vec<u8>,
    },
    /// End a poll. Needs authorship unless `moderator`; doing so twice changes nothing.
    ClosePoll {
        /// That of which message.
        message_id: MessageId,
        /// The actor may end what others asked.
        moderator: bool,
    },
    /// Show what a message's links lead to, as long as its text is still this one and nobody took
    /// that away.
    Preview {
        /// Of which.
        message_id: MessageId,
        /// What it said when its links were looked at.
        text: String,
        /// In the links' order.
        previews: Vec<LinkPreview>,
        /// The pictures that they name.
        pictures: Vec<NewPicture>,
    },
    /// Show no more, for good, what a message's links lead to. Needs authorship unless
    /// `moderator`; doing so twice changes nothing.
    DropPreviews {
        /// Of which.
        message_id: MessageId,
        /// The actor may do so for others' messages.
        moderator: bool,
    },
    /// Keep a message at hand for everybody in the room. Doing so twice changes nothing.
    Pin {
        /// Which.
        message_id: MessageId,
    },
    /// Take a pin away. Without one nothing changes.
    Unpin {
        /// Which.
        message_id: MessageId,
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
    /// Change when agents speak. The same mode changes nothing.
    Mode {
        /// What it is now.
        mode: SpeakMode,
    },
    /// Keep agents out of the room, or let them in. The same changes nothing.
    PrivateFromAi {
        /// Whether they are kept out.
        on: bool,
    },
    /// Change what agents may spend in the room. The same changes nothing.
    Budget {
        /// What it is now.
        budget: Budget,
    },
    /// Change how often one may write in the room. The same changes nothing.
    Slow {
        /// Seconds between two messages of one member; zero ends it.
        seconds: u32,
    },
    /// Change how long messages are kept in the room. The same changes nothing.
    Keep {
        /// Days; zero for ever.
        days: u32,
    },
    /// Tell the room that one of its agents changed. Needs no membership: an agent's maker need
    /// not be in all of its rooms.
    AgentChanged {
        /// Which.
        agent: Actor,
        /// What became of it.
        change: AgentChange,
        /// Which settings changed.
        fields: Vec<String>,
    },
    /// Ask for leave, as an agent.
    AskApproval {
        /// What for; its number is given by the commit.
        approval: Box<NewApproval>,
    },
    /// Decide or end an approval. Needs no membership: the clock may do it.
    SettleApproval {
        /// Which.
        number: u32,
        /// The states in which it may be; otherwise nothing changes.
        from: &'static [ApprovalState],
        /// How it stands now.
        state: ApprovalState,
        /// Who decided.
        by: Option<Actor>,
        /// What came of it.
        result: Option<String>,
    },
}

impl Change {
    /// A message of words alone.
    pub fn words(text: impl Into<String>) -> Self {
        Self::Post {
            message_id: MessageId::new(),
            text: text.into(),
            reply_to: None,
            draft_id: None,
            state: None,
            action: false,
            cause: None,
            replaces: None,
            private_from_ai: false,
            poll: None,
            files: Vec::new(),
            calling: Calling::default(),
            forwarded: None,
        }
    }
}

/// An act of moderation, to be written down.
#[derive(Clone, Debug)]
pub struct NewModeration {
    /// Who.
    pub actor: UserId,
    /// For whom, where an agent does it.
    pub asker: Option<UserId>,
    /// What.
    pub act: ModerationKind,
    /// In which room.
    pub room: Option<RoomId>,
    /// To whom.
    pub subject: Option<UserId>,
    /// With which message.
    pub message: Option<MessageId>,
    /// How long, which role, why.
    pub detail: String,
}

/// A call that an agent may not make alone.
#[derive(Clone, Debug)]
pub struct NewApproval {
    /// The turn.
    pub turn: TurnId,
    /// The call's number in it.
    pub n: u32,
    /// For whom.
    pub asker: Actor,
    /// Agents between the asker and the act.
    pub hops: u32,
    /// The message at the beginning of the chain.
    pub chain: MessageId,
    /// The call's name.
    pub name: String,
    /// Its arguments as JSON.
    pub arguments: String,
    /// The call as people are shown it.
    pub act: String,
    /// Why it needs leave.
    pub why: &'static str,
    /// When it can no longer be approved.
    pub expires_at: Timestamp,
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

/// A file whose bytes are kept.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What readers will see of it.
    pub info: FileInfo,
    /// Where.
    pub room: RoomId,
    /// Who uploads it. Needs membership and no mute.
    pub owner: Actor,
    /// Its bytes.
    pub digest: ByteDigest,
    /// The small picture of it.
    pub preview: Option<MadeOf>,
    /// The large one, where it is not the same.
    pub view: Option<MadeOf>,
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

/// What calls to models cost.
#[derive(Clone, Debug, Default)]
pub struct Spent {
    /// Tokens read.
    pub tokens_in: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// Money in millionths.
    pub cost: u64,
    /// Calls to models.
    pub calls: u64,
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
    /// What it cost.
    pub spent: Spent,
    /// The model that answered.
    pub model: Option<String>,
    /// What it read and met.
    pub detail: TurnDetail,
}

/// Time as the store keeps it: microseconds since the epoch.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// The picture of a link's page, written by us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPicture {
    /// The digest of its bytes, in hexadecimal.
    pub name: String,
    /// Its type.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}
