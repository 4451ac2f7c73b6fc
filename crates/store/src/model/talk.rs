//! Rows about what is said: rooms, messages, files, what is searched for.

use crate::{ByteDigest, Wanted};
use jiff::Timestamp;
use salon_protocol::{
    Budget, DraftId, FileId, FileInfo, Handle, MessageId, MessageState, MessageView,
    NotificationLevel, RoomId, RoomKind, Seq, SpeakMode, UserId,
};

/// A room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Id.
    pub id: RoomId,
    /// Name; empty for a direct room.
    pub name: String,
    /// Public, private or direct.
    pub kind: RoomKind,
    /// Topic.
    pub topic: String,
    /// The newest event's number.
    pub last_seq: Seq,
    /// Who made it.
    pub creator: UserId,
    /// When agents speak here.
    pub mode: SpeakMode,
    /// No agent reads or speaks here.
    pub private_from_ai: bool,
    /// What agents may spend here.
    pub budget: Budget,
    /// Seconds between two messages of one member; zero where there is no such rule.
    pub slow_seconds: u32,
    /// Days for which messages are kept; zero for ever.
    pub keep_days: u32,
}

/// A message, with ids where the wire has handles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// Id.
    pub id: MessageId,
    /// Where.
    pub room: RoomId,
    /// The number of its `message.posted`.
    pub seq: Seq,
    /// Who wrote it.
    pub author: UserId,
    /// What it says now.
    pub text: String,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// The draft that grew into it.
    pub draft_id: Option<DraftId>,
    /// How an agent's message ended.
    pub state: Option<MessageState>,
    /// The text was taken away.
    pub deleted: bool,
}

/// A file, with where its bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// What readers see of it.
    pub info: FileInfo,
    /// Where it was uploaded.
    pub room: RoomId,
    /// Who uploaded it.
    pub owner: UserId,
    /// The message that carries it.
    pub message: Option<MessageId>,
    /// Its bytes.
    pub digest: ByteDigest,
    /// The small picture of it.
    pub preview: Option<MadeOf>,
    /// The large one, where it is not the same.
    pub view: Option<MadeOf>,
}

/// A file that comes in several requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadRow {
    /// The file's, once all of it has come.
    pub id: FileId,
    /// Where to.
    pub room: RoomId,
    /// The file's name, as it was told.
    pub name: String,
    /// What was promised, in bytes.
    pub size: u64,
    /// What has come and is on disk.
    pub received: u64,
}

/// A picture that we made of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeOf {
    /// Its bytes.
    pub digest: ByteDigest,
    /// Its media type.
    pub media_type: String,
}

/// A member to whom a message may have to be told, with what decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// Who.
    pub user: UserId,
    /// Their handle.
    pub handle: Handle,
    /// Of what they want to be told here; none where they never said.
    pub level: Option<NotificationLevel>,
    /// Until then nothing.
    pub muted_until: Option<Timestamp>,
    /// The message names them, or found them here when it called whoever was.
    pub is_called: bool,
    /// They follow the thread that the message is in.
    pub follows: bool,
}

/// What to search for. Everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct MessageFilter {
    /// Words, CJK characters or quoted phrases; all must occur.
    pub wanted: Wanted,
    /// Only in one of these rooms; none: in any.
    pub rooms: Vec<RoomId>,
    /// Only what this user may read as well: whoever asks an agent to search.
    pub also: Option<UserId>,
    /// Only by one of these users; none: by anybody.
    pub from: Vec<UserId>,
    /// Only what holds all of these.
    pub has: Vec<Holds>,
    /// Only what was said at this time or later.
    pub after: Option<Timestamp>,
    /// Only what was said before this time.
    pub before: Option<Timestamp>,
    /// Where a page ended whose next one is wanted.
    pub cursor: Option<SearchCursor>,
    /// At most so many.
    pub limit: usize,
}

/// What a message may hold besides words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A file of any type.
    File,
    /// A picture.
    Image,
    /// A link.
    Link,
    /// Code, in a line or a block.
    Code,
}

/// A place between two results of a search: what is older than `below` is left, and of its newest
/// matches, best first, `passed` have been told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchCursor {
    /// Numbers below this one.
    pub below: i64,
    /// So many of them.
    pub passed: usize,
}

/// One page of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Best first.
    pub messages: Vec<MessageView>,
    /// Where the next page begins; none where this is the last.
    pub next: Option<SearchCursor>,
}

/// An emoji that somebody made of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEmoji {
    /// Without colons.
    pub name: String,
    /// Who made it.
    pub maker: UserId,
    /// Of the bytes.
    pub media_type: String,
    /// The picture as we wrote it.
    pub bytes: Vec<u8>,
    /// When.
    pub made_at: Timestamp,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddedEmoji {
    /// It is there.
    Added,
    /// Another one has the name.
    Taken,
    /// There are as many as there may be.
    TooMany,
}

/// A room whose messages are not kept for ever.
#[derive(Clone, Debug)]
pub struct KeptRoom {
    /// Which.
    pub room: RoomId,
    /// For how many days they are.
    pub days: u32,
    /// Who said so.
    pub set_by: crate::Actor,
}
