//! Rows about agents: turns, what they cost, what they remember, what they wait for.

use crate::User;
use jiff::Timestamp;
use salon_protocol::{
    AgentSettings, ApprovalState, Lang, MessageId, RoomId, Seq, TurnDetail, TurnId, UserId,
};

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
