//! The log's entries, and messages as they stand after all of them.

use crate::user::words;
use crate::{
    AgentChange, Approval, ApprovalState, Budget, Called, DraftId, FileInfo, Handle, LinkPreview,
    MessageId, Poll, Removal, Replies, RoomId, RoomKind, Seq, ServerFrame, SpeakMode, UserId,
    UserKind, Vote,
};
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
    /// Of a reply: the message at the beginning of what it goes back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub thread_id: Option<MessageId>,
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
    /// Of an agent's message: why it spoke, in one stable word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
    /// Of an agent's message: the earlier answer that this one is given instead of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub replaces: Option<MessageId>,
    /// The message that this one is a copy of; only who may read that one is told where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub forwarded: Option<MessageId>,
    /// No agent reads it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub private_from_ai: bool,
    /// What it asks whoever reads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub poll: Option<Poll>,
    /// What it carries, in the sender's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<FileInfo>>")]
    pub files: Vec<FileInfo>,
    /// Whom it calls.
    #[serde(flatten)]
    pub called: Called,
    /// The text was taken away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub deleted: bool,
    /// Who took it away, where that was not its author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub removed: Option<Removal>,
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
        /// Whom it calls now.
        #[serde(flatten)]
        called: Called,
    },
    /// A message's text was taken away.
    #[serde(rename = "message.deleted")]
    MessageDeleted {
        /// Which.
        message_id: MessageId,
        /// Who took it away and why, where that was not its author.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        removed: Option<Removal>,
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
    /// Somebody voted, voted otherwise, or took their vote back.
    #[serde(rename = "poll.voted")]
    PollVoted {
        /// On the poll of which message.
        message_id: MessageId,
        /// All that they choose now, by number from 1; none where they took it back.
        choices: Vec<u8>,
    },
    /// A poll was ended: nobody votes any more.
    #[serde(rename = "poll.closed")]
    PollClosed {
        /// The poll of which message.
        message_id: MessageId,
    },
    /// The server has looked at what a message's links lead to. Whatever was told of them before is
    /// no longer shown; none where its author or a moderator takes them away, which is for good.
    /// An edit takes them away as well, until they have been looked at anew.
    #[serde(rename = "message.previewed")]
    MessagePreviewed {
        /// Which.
        message_id: MessageId,
        /// In the links' order.
        previews: Vec<LinkPreview>,
    },
    /// Somebody pinned a message: it is kept at hand for everybody in the room.
    #[serde(rename = "message.pinned")]
    MessagePinned {
        /// Which.
        message_id: MessageId,
    },
    /// Somebody took a pin away.
    #[serde(rename = "message.unpinned")]
    MessageUnpinned {
        /// Which.
        message_id: MessageId,
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
    /// The room's topic, or what agents do in it, changed.
    #[serde(rename = "room.changed")]
    RoomChanged {
        /// The topic now.
        topic: String,
        /// When agents speak now.
        #[serde(default)]
        mode: SpeakMode,
        /// No agent reads or speaks here.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        private_from_ai: bool,
        /// What agents may spend here.
        #[serde(default, skip_serializing_if = "Budget::is_open")]
        #[ts(optional, as = "Option<Budget>")]
        budget: Budget,
        /// Seconds between two messages of one member; zero where there is no such rule.
        #[serde(default, skip_serializing_if = "crate::room::is_none")]
        #[ts(optional, as = "Option<u32>")]
        slow_seconds: u32,
        /// Days for which messages are kept here; zero for ever.
        #[serde(default, skip_serializing_if = "crate::room::is_none")]
        #[ts(optional, as = "Option<u32>")]
        keep_days: u32,
    },
    /// The time of old messages was over: all up to this number are gone, except those that are
    /// pinned. The event's `from` said how long they are kept.
    #[serde(rename = "messages.expired")]
    MessagesExpired {
        /// The newest of them.
        up_to: Seq,
    },
    /// An agent of this room was made, edited, retired or restored by the event's `from`.
    #[serde(rename = "agent.changed")]
    AgentChanged {
        /// Which agent.
        agent: Handle,
        /// Its id.
        agent_id: UserId,
        /// What became of it.
        change: AgentChange,
        /// Which settings changed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<String>>")]
        fields: Vec<String>,
    },
    /// The event's `from`, an agent, asks to be allowed something.
    #[serde(rename = "approval.asked")]
    ApprovalAsked {
        /// What.
        approval: Approval,
    },
    /// An approval was decided, carried out, or ran out of time.
    #[serde(rename = "approval.settled")]
    ApprovalSettled {
        /// Which.
        number: u32,
        /// How it stands.
        state: ApprovalState,
        /// Who decided.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        by: Option<Handle>,
        /// What came of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        result: Option<String>,
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
            Self::PollVoted { .. } => "poll.voted",
            Self::PollClosed { .. } => "poll.closed",
            Self::MessagePreviewed { .. } => "message.previewed",
            Self::MessagePinned { .. } => "message.pinned",
            Self::MessageUnpinned { .. } => "message.unpinned",
            Self::MemberJoined { .. } => "member.joined",
            Self::MemberLeft { .. } => "member.left",
            Self::MemberRemoved { .. } => "member.removed",
            Self::RoomCreated { .. } => "room.created",
            Self::RoomChanged { .. } => "room.changed",
            Self::MessagesExpired { .. } => "messages.expired",
            Self::AgentChanged { .. } => "agent.changed",
            Self::ApprovalAsked { .. } => "approval.asked",
            Self::ApprovalSettled { .. } => "approval.settled",
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

/// An entry of a room's log whose body is still the JSON text that the log keeps.
#[derive(Clone, Debug)]
pub struct WrittenEvent {
    /// Which room's log.
    pub room: RoomId,
    /// Its number there.
    pub seq: Seq,
    /// When it was committed.
    pub at: Timestamp,
    /// Whose doing it was.
    pub from: Handle,
    /// What happened, written.
    pub body: String,
}

impl WrittenEvent {
    /// Reads what is written.
    pub fn read(self) -> serde_json::Result<Event> {
        Ok(Event {
            room: self.room,
            seq: self.seq,
            at: self.at,
            from: self.from,
            body: serde_json::from_str(&self.body)?,
        })
    }

    /// The JSON text of its frame. A message goes as it is written: whatever came to messages later
    /// may be left out. Other kinds are read, since an older one may lack what clients rely on.
    pub fn to_frame_json(self) -> serde_json::Result<String> {
        let Some(body) = self
            .body
            .strip_prefix('{')
            .filter(|it| it.starts_with(MESSAGE))
        else {
            return Ok(ServerFrame::Event(self.read()?).to_json());
        };
        let head = Head {
            kind: "event",
            room: self.room,
            seq: self.seq,
            at: self.at,
            from: &self.from,
        };
        let mut json = serde_json::to_string(&head)?;
        json.pop();
        json.reserve(body.len() + 1);
        json.push(',');
        json.push_str(body);
        Ok(json)
    }
}

/// What the body of a posted message begins with, behind its brace.
const MESSAGE: &str = r#""kind":"message.posted","#;

/// What an event's frame begins with.
#[derive(Serialize)]
struct Head<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    room: RoomId,
    seq: Seq,
    at: Timestamp,
    from: &'a Handle,
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
    /// Who keeps it at hand for the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub pinned_by: Option<Handle>,
    /// Of a message that others reply to: how many there are, all that goes back to it included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub replies: Option<Replies>,
    /// Of a poll: who has chosen what, the last vote last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<Vote>>")]
    pub votes: Vec<Vote>,
    /// Of a poll: who has ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub poll_closed_by: Option<Handle>,
    /// What its links lead to, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<LinkPreview>>")]
    pub previews: Vec<LinkPreview>,
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
