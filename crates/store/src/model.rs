//! Rows as the rest of Salon sees them.

use crate::{ByteDigest, Wanted};
use jiff::Timestamp;
use salon_protocol::{
    AgentSettings, ApprovalState, Budget, DraftId, FileInfo, Handle, Lang, MessageId, MessageState,
    MessageView, ModerationKind, NotificationLevel, Presence, ReportState, Role, RoomId, RoomKind,
    Seq, SpeakMode, TurnDetail, TurnId, UserId, UserInfo, UserKind,
};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Handle.
    pub handle: Handle,
    /// The name to show.
    pub display_name: String,
    /// Human, agent or bot.
    pub kind: UserKind,
    /// Role on the server.
    pub role: Role,
    /// The account is closed.
    pub disabled: bool,
    /// What they said with `/away`.
    pub away: Option<String>,
    /// The language they chose.
    pub lang: Option<Lang>,
    /// An emoji or a letter or two.
    pub avatar: Option<String>,
    /// What they say of themselves.
    pub about: Option<String>,
    /// Where their day begins, by the IANA name.
    pub time_zone: Option<String>,
}

impl User {
    /// The user as everybody may see them.
    pub fn info(&self, presence: Presence) -> UserInfo {
        UserInfo {
            id: self.id,
            handle: self.handle.clone(),
            display_name: self.display_name.clone(),
            kind: self.kind,
            role: self.role,
            presence,
            avatar: self.avatar.clone(),
            away: self.away.clone(),
            disabled: self.disabled,
            about: self.about.clone(),
            time_zone: self.time_zone.clone(),
        }
    }
}

/// An account with how it is guarded.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// Whose.
    pub user: User,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whether a password opens it.
    pub has_password: bool,
    /// Whether sign-in asks for a code as well.
    pub second_factor: bool,
    /// Browsers and programs that are signed in.
    pub sessions: u32,
    /// When one of them was last used.
    pub seen_at: Option<Timestamp>,
}

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

/// A picture that we made of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeOf {
    /// Its bytes.
    pub digest: ByteDigest,
    /// Its media type.
    pub media_type: String,
}

/// What a credential is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialPurpose {
    /// A browser's cookie.
    Session,
    /// A program's bearer token.
    Token,
}

/// A cookie or bearer token, by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// SHA-256 of the secret.
    pub digest: [u8; 32],
    /// Whose.
    pub user: UserId,
    /// What for.
    pub purpose: CredentialPurpose,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// What it was made with, in a few words; empty where nobody said.
    pub device: String,
    /// The network it was made from; empty where nobody said.
    pub address: String,
    /// When it was last used, to a few minutes.
    pub seen_at: Option<Timestamp>,
}

/// A cookie or bearer token in its owner's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialRow {
    /// The credential.
    pub credential: Credential,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Somebody's authenticator. Not to be shown or logged.
#[derive(Clone)]
pub struct SecondFactorRow {
    /// The key that its codes come from.
    pub secret: Vec<u8>,
    /// It is asked for at sign-in.
    pub confirmed: bool,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
}

/// A link that makes an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// SHA-256 of the secret.
    pub digest: [u8; 32],
    /// The role it gives.
    pub role: Role,
    /// A room it leads to.
    pub room: Option<RoomId>,
    /// Who invites.
    pub invited_by: Option<UserId>,
    /// How many more may use it.
    pub uses_left: u32,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// A link as its list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteRow {
    /// The link.
    pub invite: Invite,
    /// When it was made.
    pub created_at: Timestamp,
    /// The handle of whoever made it.
    pub by: Handle,
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

/// An agent's dealing with one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Id.
    pub id: TurnId,
    /// Whose turn.
    pub agent: UserId,
    /// Where.
    pub room: RoomId,
    /// The event that caused it.
    pub seq: Seq,
    /// The message that the event posted.
    pub message: MessageId,
    /// Who wrote it.
    pub author: UserId,
    /// The person at the beginning of the chain.
    pub asker: UserId,
    /// Agents between that person and the event.
    pub hops: u32,
    /// The message at the beginning of the chain.
    pub chain: MessageId,
    /// How often somebody asked for another try.
    pub retry: u32,
    /// How often it was begun, this time included.
    pub attempts: u32,
    /// How it ended, once it has.
    pub outcome: Option<String>,
    /// Why it spoke or stayed silent, once it has ended.
    pub reason: Option<String>,
    /// The reply, if any.
    pub reply: Option<MessageId>,
    /// The answer that it is to give anew.
    pub replaces: Option<MessageId>,
    /// The model that answered.
    pub model: Option<String>,
    /// Tokens read.
    pub tokens_in: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// Money in millionths.
    pub cost: u64,
    /// What it read and met.
    pub detail: TurnDetail,
}

impl Turn {
    /// One about what a person said, begun for the first time, of which nothing has come yet.
    pub fn begun(agent: UserId, room: RoomId, seq: Seq, message: MessageId, asker: UserId) -> Self {
        Self {
            id: TurnId::new(),
            agent,
            room,
            seq,
            message,
            author: asker,
            asker,
            hops: 0,
            chain: message,
            retry: 0,
            attempts: 1,
            outcome: None,
            reason: None,
            reply: None,
            replaces: None,
            model: None,
            tokens_in: 0,
            tokens_out: 0,
            cost: 0,
            detail: TurnDetail::default(),
        }
    }
}

/// What agents have done in one chain so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChainSoFar {
    /// Turns that spoke or tried to.
    pub turns: u32,
    /// Tokens, read and written.
    pub tokens: u64,
    /// Different agents.
    pub agents: u32,
}

/// An agent with what its maker decided.
#[derive(Clone, Debug, PartialEq)]
pub struct AgentRow {
    /// The account.
    pub user: User,
    /// Who made it.
    pub maker: Option<UserId>,
    /// Settings.
    pub settings: AgentSettings,
}

/// A call that waits for somebody's leave, or had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalRow {
    /// Where.
    pub room: RoomId,
    /// Its number there.
    pub number: u32,
    /// The turn that asked.
    pub turn: TurnId,
    /// The call's number in that turn.
    pub n: u32,
    /// Which agent.
    pub agent: UserId,
    /// For whom.
    pub asker: UserId,
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
    pub why: String,
    /// How it stands.
    pub state: ApprovalState,
    /// Who decided.
    pub by: Option<UserId>,
    /// What came of it.
    pub result: Option<String>,
    /// When it can no longer be approved.
    pub expires_at: Timestamp,
    /// The event that asked, with its time.
    pub asked: Option<(Seq, Timestamp)>,
}

/// Whose spending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SpendScope {
    /// An agent's.
    Agent(UserId),
    /// A room's.
    Room(RoomId),
    /// A person's, through all agents.
    Asker(UserId),
    /// Everybody's together.
    Server,
}

/// What was spent on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpentRow {
    /// Days since the epoch, UTC.
    pub day: i64,
    /// Tokens read.
    pub tokens_in: u64,
    /// Tokens written.
    pub tokens_out: u64,
    /// Money in millionths.
    pub cost: u64,
    /// Calls to models.
    pub calls: u64,
}

/// Something remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactRow {
    /// Its number.
    pub number: u32,
    /// Where it was told.
    pub room: RoomId,
    /// Who told it.
    pub owner: UserId,
    /// Which agent keeps it.
    pub agent: UserId,
    /// What.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// What older messages of a room said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    /// The last message that it covers.
    pub up_to: Seq,
    /// Who said what.
    pub text: String,
}

/// One act of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActRow {
    /// When.
    pub at: Timestamp,
    /// The turn.
    pub turn: TurnId,
    /// Who.
    pub agent: UserId,
    /// For whom.
    pub asker: UserId,
    /// Where.
    pub room: RoomId,
    /// The event that caused the turn.
    pub seq: Seq,
    /// Command, tool or `reply`.
    pub name: String,
    /// Arguments as JSON.
    pub arguments: String,
    /// How it ended.
    pub outcome: Option<String>,
    /// What came of it.
    pub result: Option<String>,
}

/// A report, with ids where the wire has handles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRow {
    /// Its number.
    pub number: u32,
    /// Where.
    pub room: RoomId,
    /// The message.
    pub message: MessageId,
    /// Who reported it.
    pub reporter: UserId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// How it stands.
    pub state: ReportState,
    /// Who settled it.
    pub settled_by: Option<UserId>,
}

/// One act of moderation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModerationRow {
    /// Its number.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: UserId,
    /// For whom, where an agent did it.
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

/// How a tool of another server stands against what was agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinState {
    /// As it was when it was first seen or last agreed to.
    Same,
    /// It has changed since: not to be called.
    Changed,
}

/// Something an agent is to work out for one reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Id.
    pub id: TurnId,
    /// What kind.
    pub kind: String,
    /// Where.
    pub room: RoomId,
    /// For whom.
    pub asker: UserId,
    /// More, as JSON.
    pub arguments: String,
    /// The reader's language.
    pub lang: Lang,
}

/// A call that a turn made or was about to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnCall {
    /// Its number in the turn.
    pub n: u32,
    /// Command or tool.
    pub name: String,
    /// Arguments as JSON.
    pub arguments: String,
    /// The result; none when it is not known what became of it.
    pub result: Option<String>,
    /// `told`, `done`, `refused` or `asked`.
    pub outcome: Option<String>,
}

/// Where a session of somebody's waits for what is pushed. The endpoint is a secret: whoever knows
/// it may be taken for us by a careless service.
#[derive(Clone)]
pub struct PushSubscription {
    /// The session's.
    pub credential: [u8; 32],
    /// Whose it is.
    pub user: UserId,
    /// The push service's address for this browser.
    pub endpoint: String,
    /// The browser's key.
    pub public_key: Vec<u8>,
    /// What both sides know besides.
    pub auth: Vec<u8>,
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
