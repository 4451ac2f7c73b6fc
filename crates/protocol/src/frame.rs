//! What travels over the WebSocket, one JSON object a frame.

use crate::{
    DraftEnd, DraftId, DraftUpdate, ErrorCode, Event, FileId, Handle, Later, MemberList, MessageId,
    Notifying, Presence, RoomId, RoomStanding, RoomSummary, Seq, Unsent, UserInfo, WrittenUsers,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Where a returning session left off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Resume {
    /// The `epoch` of the `welcome` under which the numbers were seen.
    pub epoch: String,
    /// The last number seen, by room.
    #[ts(type = "Record<string, number>")]
    pub rooms: BTreeMap<RoomId, Seq>,
}

/// Client → server. Each may carry an `id` beside these fields that the answer repeats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum ClientFrame {
    /// Must come first.
    Hello {
        /// A bearer token, where the handshake carried none.
        #[serde(default)]
        #[ts(optional)]
        token: Option<String>,
        /// Ask for what was missed.
        #[serde(default)]
        #[ts(optional)]
        resume: Option<Resume>,
    },
    /// Post a message or run a command.
    Send {
        /// An id, a name, or `@handle` for the direct room with that user.
        room: String,
        /// What to say.
        text: String,
        /// Makes a retry safe.
        #[serde(default)]
        #[ts(optional)]
        key: Option<String>,
        /// The message it answers.
        #[serde(default)]
        #[ts(optional)]
        reply_to: Option<MessageId>,
        /// Uploaded files that it carries; with them the text may be empty.
        #[serde(default)]
        #[ts(optional, as = "Option<Vec<FileId>>")]
        files: Vec<FileId>,
    },
    /// Change one's own message.
    Edit {
        /// Which.
        message_id: MessageId,
        /// What it should say.
        text: String,
    },
    /// Take a message's text away.
    Delete {
        /// Which.
        message_id: MessageId,
        /// Why, where it is somebody else's message.
        #[serde(default)]
        #[ts(optional)]
        reason: Option<String>,
    },
    /// React to a message.
    React {
        /// Which.
        message_id: MessageId,
        /// With what.
        emoji: String,
        /// Take it back instead.
        #[serde(default)]
        #[ts(optional, as = "Option<bool>")]
        remove: bool,
    },
    /// Move the read marker; it never moves back.
    Read {
        /// As in `send`.
        room: String,
        /// How far.
        seq: Seq,
    },
    /// Somebody is typing.
    Typing {
        /// As in `send`.
        room: String,
    },
    /// Ask an agent to stop writing.
    Stop {
        /// Which draft.
        draft_id: DraftId,
    },
    /// Ask a failed or stopped agent's message's turn to be tried again.
    Retry {
        /// The agent's message.
        message_id: MessageId,
    },
    /// Ask for a `pong`.
    Ping {},
}

/// What the server will take, told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionLimits {
    /// A message's length in characters.
    pub message_chars_max: usize,
    /// A frame's length in bytes.
    pub frame_bytes_max: usize,
    /// A key's length in characters.
    pub key_chars_max: usize,
    /// A file's size in bytes.
    #[ts(type = "number")]
    pub file_bytes_max: u64,
    /// Files of one message.
    pub files_per_message_max: usize,
}

/// Server → client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type")]
pub enum ServerFrame {
    /// The answer to `hello`.
    #[serde(rename = "welcome")]
    Welcome {
        /// Who the session belongs to.
        user: UserInfo,
        /// The identity of the log's life.
        epoch: String,
        /// The rooms that the user is in.
        rooms: Vec<RoomSummary>,
        /// What the server will take.
        limits: SessionLimits,
        /// The currency of the price table, by its ISO 4217 code.
        currency: String,
        /// Everybody who has an account, so that names and presence can be shown.
        #[ts(type = "Array<UserInfo>")]
        users: WrittenUsers,
    },
    /// Missed events and current drafts have all been sent; every room is live.
    #[serde(rename = "ready")]
    Ready,
    /// The event is on disk.
    #[serde(rename = "ack")]
    Ack {
        /// The request's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        id: Option<String>,
        /// Which room's log.
        room: RoomId,
        /// Its number there.
        seq: Seq,
        /// The message that was posted, edited, deleted or reacted to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        message_id: Option<MessageId>,
    },
    /// A request was refused.
    #[serde(rename = "error")]
    Error {
        /// The request's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        id: Option<String>,
        /// Stable.
        code: ErrorCode,
        /// What went wrong and what to do, in the user's language.
        message: String,
        /// Whether the same request may succeed later.
        retry: bool,
        /// Milliseconds to wait before that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "number")]
        retry_after_ms: Option<u64>,
        /// With `user_offline`: the room in which the message is kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        room: Option<RoomId>,
        /// With `user_offline`: the number of the event that is kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        seq: Option<Seq>,
        /// With `user_offline`: the message that is kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        message_id: Option<MessageId>,
    },
    /// An entry of a room's log.
    #[serde(rename = "event")]
    Event(Event),
    /// The user has come into a room: what to show of it. Its join event follows.
    #[serde(rename = "room")]
    Room {
        /// The room.
        room: RoomSummary,
    },
    /// An agent's draft grows.
    #[serde(rename = "draft")]
    Draft(DraftUpdate),
    /// A draft ended.
    #[serde(rename = "draft.end")]
    DraftEnd {
        /// Where it was written.
        room: RoomId,
        /// Which.
        draft_id: DraftId,
        /// How.
        state: DraftEnd,
    },
    /// An answer to this session alone, never stored.
    #[serde(rename = "notice")]
    Notice {
        /// The request's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        id: Option<String>,
        /// Where it belongs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        room: Option<RoomId>,
        /// Markdown, in the user's language.
        text: String,
        /// The same for programs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "unknown")]
        data: Option<serde_json::Value>,
    },
    /// Users whose presence, name or role changed; coalesced.
    #[serde(rename = "presence")]
    Presence {
        /// As they are now.
        users: Vec<UserInfo>,
    },
    /// Somebody is typing; holds for five seconds.
    #[serde(rename = "typing")]
    Typing {
        /// Where.
        room: RoomId,
        /// Who.
        user: Handle,
    },
    /// One's own read marker moved in another session.
    #[serde(rename = "read")]
    Read {
        /// Where.
        room: RoomId,
        /// How far.
        seq: Seq,
    },
    /// One's own standing in a room became another: marked unread, or told of more or less.
    #[serde(rename = "standing")]
    Standing {
        /// Where.
        room: RoomId,
        /// How one stands there now.
        #[serde(flatten)]
        standing: RoomStanding,
    },
    /// One saved a message for oneself, or let go of it, in another session.
    #[serde(rename = "saved")]
    Saved {
        /// Which.
        message_id: MessageId,
        /// Whether it is saved now.
        on: bool,
    },
    /// What one has begun to write and not sent became another text, on whatever device.
    #[serde(rename = "unsent")]
    Unsent {
        /// As it is now.
        unsent: Unsent,
    },
    /// One wants to be told of less or of more: said on another device.
    #[serde(rename = "notifying")]
    Notifying {
        /// As it is now.
        notifying: Notifying,
    },
    /// Something that one planned was made, changed or has happened; or, with `gone`, is no more.
    #[serde(rename = "later")]
    Later {
        /// As it is now.
        later: Later,
        /// It was sent, or let go of.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        gone: bool,
    },
    /// A message was reported in a room that one moderates, or a report settled.
    #[serde(rename = "reports")]
    Reports {
        /// Where.
        room: RoomId,
        /// How many are open there now.
        #[ts(type = "number")]
        open: u32,
    },
    /// A moderator muted somebody in a room, banned them, or let go of it: for whoever is muted, and
    /// for whoever moderates the room.
    #[serde(rename = "restricted")]
    Restricted {
        /// Where.
        room: RoomId,
        /// Whom.
        user: Handle,
        /// Until when they may not write; none where they may.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "string")]
        silenced_until: Option<Timestamp>,
        /// They may not come back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[ts(optional, as = "Option<bool>")]
        banned: bool,
        /// Why they were muted, or put out of the room: for them alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        reason: Option<String>,
    },
    /// The gap cannot be given whole: fetch anew.
    #[serde(rename = "reset")]
    Reset {
        /// Which room.
        room: RoomId,
    },
    /// The answer to `ping`.
    #[serde(rename = "pong")]
    Pong {
        /// The request's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        id: Option<String>,
    },
}

impl ServerFrame {
    /// The frame's JSON text.
    pub fn to_json(&self) -> String {
        // Our own types have string keys and no foreign serialisers: this cannot fail.
        serde_json::to_string(self).expect("server frames always serialise")
    }

    /// The JSON text of `welcome` in parts, so that lists which many sessions are told alike need not
    /// be copied for each of them. None for other frames.
    pub fn to_json_in_parts(mut self) -> Option<Vec<JsonPart>> {
        const ROOMS: &str = r#""rooms":["#;
        const MEMBERS: &str = r#""members":"#;
        const NOBODY: &str = r#""members":[]"#;
        let Self::Welcome { users, rooms, .. } = &mut self else {
            return None;
        };
        let users = std::mem::replace(users, WrittenUsers::new(&[]));
        let rooms = std::mem::take(rooms);
        let frame = self.to_json();
        // What people wrote has its quotation marks escaped and is none of these.
        let (before, behind) = frame.split_once(ROOMS)?;
        let mut parts = Vec::with_capacity(2 * rooms.len() + 3);
        let mut own = before.to_owned() + ROOMS;
        for (n, mut room) in rooms.into_iter().enumerate() {
            let members = std::mem::take(&mut room.members);
            let room = serde_json::to_string(&room).expect("rooms are words and numbers");
            let (before, behind) = room.rsplit_once(NOBODY)?;
            own.extend([if n > 0 { "," } else { "" }, before, MEMBERS]);
            if members.as_json().len() < PART_BYTES_MIN {
                own.push_str(members.as_json());
            } else {
                parts.push(JsonPart::Own(std::mem::take(&mut own)));
                parts.push(JsonPart::Members(members));
            }
            own.push_str(behind);
        }
        let rest = behind.strip_suffix("[]}")?;
        own.push_str(rest);
        parts.push(JsonPart::Own(own));
        parts.push(JsonPart::Users(users));
        parts.push(JsonPart::Own("}".into()));
        Some(parts)
    }
}

/// A list of members that is shorter is copied: a part of its own would cost more.
const PART_BYTES_MIN: usize = 1_024;

/// A part of a frame's JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonPart {
    /// For this one.
    Own(String),
    /// A room's members, whoever is told of them.
    Members(MemberList),
    /// All users, whoever is told of them.
    Users(WrittenUsers),
}

impl JsonPart {
    /// The JSON.
    pub fn as_json(&self) -> &str {
        match self {
            Self::Own(json) => json,
            Self::Members(members) => members.as_json(),
            Self::Users(users) => users.as_json(),
        }
    }
}

/// A presence that says only who and what, for tests and coalescing.
impl UserInfo {
    /// The same user with another presence.
    pub fn with_presence(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }
}
