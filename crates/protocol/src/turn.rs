//! What an agent did in a turn and what people made of it: the lens, the audit log, thumbs.

use crate::{Handle, MessageId, RoomId, Seq, TurnId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What an agent called in a turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct CallView {
    /// Command or tool.
    pub name: String,
    /// Arguments as JSON.
    pub arguments: String,
    /// What came of it; none where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub result: Option<String>,
    /// `told`, `done`, `refused` or `asked`; none where nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub outcome: Option<String>,
}

/// What a turn read, spent and met; kept with the turn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(default)]
pub struct TurnDetail {
    /// Numbers of the messages that the model read, in order.
    pub read: Vec<Seq>,
    /// The summary of older messages that it read ends with this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub summary_up_to: Option<Seq>,
    /// Facts that it read.
    #[ts(type = "number")]
    pub facts: u64,
    /// Pictures that it was shown.
    #[serde(skip_serializing_if = "crate::room::is_zero")]
    #[ts(optional, type = "number")]
    pub images: u64,
    /// Milliseconds from the claim of the turn to the first word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub first_word_ms: Option<u64>,
    /// Milliseconds to the end.
    #[ts(type = "number")]
    pub total_ms: u64,
    /// Requests to the model service, retries included.
    #[ts(type = "number")]
    pub requests: u64,
    /// Requests that were tried again.
    #[ts(type = "number")]
    pub retries: u64,
    /// The tokens were not told by the service but counted by us.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub estimated: bool,
}

/// One agent's dealing with one event: the context lens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct TurnView {
    /// Id.
    pub id: TurnId,
    /// Whose.
    pub agent: Handle,
    /// Where.
    pub room: RoomId,
    /// The event that caused it.
    pub seq: Seq,
    /// The person at the beginning of the chain.
    pub asker: Handle,
    /// Agents between that person and the event.
    pub hops: u32,
    /// `spoke`, `acted`, `silent`, `failed`, `stopped`; none while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub outcome: Option<String>,
    /// Why, in one stable word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reason: Option<String>,
    /// Why, in the reader's language.
    pub because: String,
    /// The reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub reply: Option<MessageId>,
    /// The model that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub model: Option<String>,
    /// Tokens read.
    #[ts(type = "number")]
    pub tokens_in: u64,
    /// Tokens written.
    #[ts(type = "number")]
    pub tokens_out: u64,
    /// Money, in millionths.
    #[ts(type = "number")]
    pub cost_micros: u64,
    /// What it called, in order.
    pub calls: Vec<CallView>,
    /// The rest.
    pub detail: TurnDetail,
}

/// `GET /api/rooms/{room}/turns` and `GET /api/messages/{message}/turns`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Turns {
    /// Newest first.
    pub turns: Vec<TurnView>,
}

/// One act in the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Act {
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// The turn.
    pub turn: TurnId,
    /// Who.
    pub agent: Handle,
    /// For whom.
    pub asker: Handle,
    /// Where.
    pub room: RoomId,
    /// The event that caused it.
    pub seq: Seq,
    /// Command or tool; `reply` for what it said.
    pub name: String,
    /// Arguments as JSON; of a reply, its message.
    pub arguments: String,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub outcome: Option<String>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub result: Option<String>,
}

/// `GET /api/audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Acts {
    /// Newest first.
    pub acts: Vec<Act>,
    /// Whether older ones exist.
    pub more: bool,
}

/// `PUT /api/messages/{message}/feedback`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct FeedbackRequest {
    /// Good or not; none takes it back.
    #[serde(default)]
    pub good: Option<bool>,
}

/// What people made of an agent's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Feedback {
    /// How many found it good.
    pub up: u32,
    /// How many did not.
    pub down: u32,
    /// What the asker said.
    pub mine: Option<bool>,
}
