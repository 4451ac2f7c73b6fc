//! AI members as their makers see them: settings, modes, budgets, approvals, what a turn did.

use crate::user::words;
use crate::{Handle, Lang, MessageId, RoomId, Seq, TurnId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// When agents speak; later variants speak more. A room has one and an agent has one, and the
/// lesser of both holds.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    TS,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum SpeakMode {
    /// Never.
    Off,
    /// When they are addressed.
    #[default]
    Mention,
    /// Also when they are sure to be of help.
    Ambient,
}
words!(SpeakMode { Off = "off", Mention = "mention", Ambient = "ambient" });

/// What may be spent; what is left out is not limited here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Tokens a day, read and written together. Days are UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub tokens_day: Option<u64>,
    /// Tokens a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub tokens_month: Option<u64>,
    /// Money a day, in the currency of the price table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub money_day: Option<f64>,
    /// Money a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub money_month: Option<f64>,
}

// A limit is a number: JSON knows no other, and what is not one is refused where it is set.
impl Eq for Budget {}

impl Budget {
    /// Whether every limit is a number that is not negative.
    pub fn is_sound(&self) -> bool {
        let money = [self.money_day, self.money_month];
        money
            .into_iter()
            .flatten()
            .all(|limit| limit.is_finite() && limit >= 0.0)
    }

    /// Nothing is limited.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// The stricter of both, limit by limit.
    pub fn stricter(self, other: Self) -> Self {
        fn lesser<T: PartialOrd>(a: Option<T>, b: Option<T>) -> Option<T> {
            match (a, b) {
                (Some(a), Some(b)) => Some(if a < b { a } else { b }),
                (a, b) => a.or(b),
            }
        }
        Self {
            tokens_day: lesser(self.tokens_day, other.tokens_day),
            tokens_month: lesser(self.tokens_month, other.tokens_month),
            money_day: lesser(self.money_day, other.money_day),
            money_month: lesser(self.money_month, other.money_month),
        }
    }
}

/// What its maker decides about an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AgentSettings {
    /// Who it is and how it talks, in its maker's words.
    pub persona: String,
    /// The language it always answers in; none: that of the question.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub lang: Option<Lang>,
    /// The model, by a name of the configuration; none: the server's first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub model: Option<String>,
    /// Models that are asked in turn where the one before fails.
    pub fallbacks: Vec<String>,
    /// How freely it writes, 0 to 2; none: the service's own default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub temperature: Option<f32>,
    /// What it may call: names of commands, `server/tool` or `server/*`; none: everything that
    /// it is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tools: Option<Vec<String>>,
    /// The most that it does by itself, whatever a room's mode is.
    pub mode: SpeakMode,
    /// What it may spend.
    pub budget: Budget,
}

impl Default for AgentSettings {
    fn default() -> Self {
        Self {
            persona: String::new(),
            lang: None,
            model: None,
            fallbacks: Vec::new(),
            temperature: None,
            tools: None,
            // As the room wishes.
            mode: SpeakMode::Ambient,
            budget: Budget::default(),
        }
    }
}

impl AgentSettings {
    /// Whether it may call a tool: a command's name, or `server/tool`.
    pub fn may_call(&self, tool: &str) -> bool {
        let Some(allowed) = &self.tools else {
            return true;
        };
        allowed.iter().any(|name| {
            name == tool
                || name
                    .strip_suffix('*')
                    .is_some_and(|start| start.ends_with('/') && tool.starts_with(start))
        })
    }
}

/// An agent as a user sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct AgentInfo {
    /// Id.
    pub id: UserId,
    /// Handle.
    pub handle: Handle,
    /// The name to show.
    pub display_name: String,
    /// An emoji or a letter or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub avatar: Option<String>,
    /// Settings.
    pub settings: AgentSettings,
    /// Who made it; none for the one that came with the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub maker: Option<Handle>,
    /// Names of the rooms it is in, as far as the asker is in them too.
    pub rooms: Vec<String>,
    /// It can be reached.
    pub online: bool,
    /// It was retired; its messages remain.
    pub retired: bool,
    /// The asker may edit and retire it.
    pub may_edit: bool,
}

/// `GET /api/agents`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Agents {
    /// In the order of their handles, retired ones last.
    pub agents: Vec<AgentInfo>,
    /// Models that an agent may use; the first is the default.
    pub models: Vec<ModelInfo>,
    /// To start from.
    pub presets: Vec<AgentPreset>,
    /// What an agent may be allowed to call.
    pub tools: Vec<String>,
}

/// A model of the configuration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct ModelInfo {
    /// The name that agents' settings use.
    pub name: String,
    /// Money for a million tokens read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub price_in: Option<f64>,
    /// Money for a million tokens written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub price_out: Option<f64>,
}

/// Something to start an agent from, in the asker's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct AgentPreset {
    /// The name to choose it by.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// Its avatar.
    pub avatar: String,
    /// Its persona.
    pub persona: String,
}

/// `POST /api/agents` and `PATCH /api/agents/{handle}`: what is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AgentRequest {
    /// Handle; only when it is made.
    #[ts(optional)]
    pub handle: Option<String>,
    /// The name to show.
    #[ts(optional)]
    pub display_name: Option<String>,
    /// An emoji or a letter or two; empty: none.
    #[ts(optional)]
    pub avatar: Option<String>,
    /// A preset to start from; only when it is made.
    #[ts(optional)]
    pub preset: Option<String>,
    /// All settings.
    #[ts(optional)]
    pub settings: Option<AgentSettings>,
    /// Rooms to bring it into, by name or id. It leaves no room by this.
    #[ts(optional)]
    pub rooms: Option<Vec<String>>,
}

/// What became of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgentChange {
    /// It was made.
    Made,
    /// Its settings changed.
    Edited,
    /// It will not speak again.
    Retired,
    /// It is back.
    Restored,
}
words!(AgentChange { Made = "made", Edited = "edited", Retired = "retired", Restored = "restored" });

/// How an approval stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalState {
    /// Nobody has decided yet.
    Waiting,
    /// Allowed; it is being done.
    Approved,
    /// Done.
    Done,
    /// It was allowed and failed.
    Failed,
    /// Refused.
    Denied,
    /// Nobody decided in time.
    Expired,
}
words!(ApprovalState {
    Waiting = "waiting", Approved = "approved", Done = "done", Failed = "failed",
    Denied = "denied", Expired = "expired",
});

/// Something an agent wants to do and may not do alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Approval {
    /// Its number in the room: `/approve N`.
    pub number: u32,
    /// The agent.
    pub agent: Handle,
    /// For whom; only they may approve, and whoever holds the right themselves.
    pub asker: Handle,
    /// Exactly what would be done: a typed command, or a tool with its arguments as JSON.
    pub act: String,
    /// Why it needs approval, in one stable word: `outside_readers`, `moderates`, `tool`.
    pub why: String,
    /// When it can no longer be approved.
    #[ts(type = "string")]
    pub expires_at: Timestamp,
    /// How it stands.
    pub state: ApprovalState,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub by: Option<Handle>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub result: Option<String>,
    /// In a list: the number of the event that asked, and with it its place among the messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub seq: Option<Seq>,
    /// In a list: when it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub asked_at: Option<Timestamp>,
}

/// `GET /api/rooms/{room}/approvals`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Approvals {
    /// Newest first.
    pub approvals: Vec<Approval>,
}

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

/// What was spent on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct SpentDay {
    /// The day, `2026-11-24`, UTC.
    pub day: String,
    /// Tokens read.
    #[ts(type = "number")]
    pub tokens_in: u64,
    /// Tokens written.
    #[ts(type = "number")]
    pub tokens_out: u64,
    /// Money, in millionths.
    #[ts(type = "number")]
    pub cost_micros: u64,
    /// Calls to models.
    #[ts(type = "number")]
    pub calls: u64,
}

/// What one agent, room or asker has spent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Spending {
    /// `agent`, `room`, `asker` or `server`.
    pub scope: String,
    /// Handle or room's name; of the server empty.
    pub name: String,
    /// What may be spent.
    pub budget: Budget,
    /// Days with spending, oldest first, at most 31.
    pub days: Vec<SpentDay>,
}

/// `GET /api/usage`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, ToSchema)]
pub struct Usages {
    /// What the asker may see: their own, their rooms', agents', and the whole server's where that
    /// has a budget.
    pub spending: Vec<Spending>,
    /// The currency of the price table, by its ISO 4217 code.
    pub currency: String,
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

/// Something an agent remembers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct Fact {
    /// Its number: `/forget N`.
    pub number: u32,
    /// What.
    pub text: String,
    /// Who told it.
    pub owner: Handle,
    /// Where it was told; it is never used where others read.
    pub room: RoomId,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
}

/// `POST /api/rooms/{room}/approvals/{number}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct DecideRequest {
    /// Allow it; otherwise refuse it.
    pub approve: bool,
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

/// How to reach a server of tools: a program, or an address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ToolServerConfig {
    /// The program that speaks over its standard input and output.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub command: Option<String>,
    /// Its arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub args: Vec<String>,
    /// Its environment; a value `$NAME` is taken from ours. No secret stands here itself.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    #[ts(optional, as = "Option<std::collections::BTreeMap<String, String>>")]
    pub env: std::collections::BTreeMap<String, String>,
    /// The address, for streamable HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub url: Option<String>,
    /// Headers, each with the name of the environment variable that holds its value.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    #[ts(optional, as = "Option<std::collections::BTreeMap<String, String>>")]
    pub headers_env: std::collections::BTreeMap<String, String>,
    /// Seconds that a call may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub timeout_seconds: Option<u64>,
    /// Rooms in which its tools are offered, by name; none: in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub rooms: Option<Vec<String>>,
}

/// One tool of such a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ToolInfo {
    /// Its name, as agents' settings use it: `server/tool`.
    pub name: String,
    /// What it says it does.
    pub description: String,
    /// It says that it only reads; otherwise each call needs approval.
    pub read_only: bool,
    /// It has changed since an admin agreed to it, and is not called until one agrees again.
    pub changed: bool,
}

/// A server of tools and how it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ToolServerInfo {
    /// Name.
    pub name: String,
    /// How it is reached.
    pub config: ToolServerConfig,
    /// It stands in the configuration file and is changed there.
    pub fixed: bool,
    /// Its tools, where it can be reached.
    pub tools: Vec<ToolInfo>,
    /// Why it cannot be reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub error: Option<String>,
}

/// `GET /api/tool-servers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ToolServers {
    /// By name.
    pub servers: Vec<ToolServerInfo>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stricter_budget_holds_limit_by_limit() {
        let one = Budget {
            tokens_day: Some(5),
            money_day: Some(1.0),
            ..Budget::default()
        };
        let other = Budget {
            tokens_day: Some(9),
            tokens_month: Some(20),
            money_day: Some(0.5),
            ..Budget::default()
        };
        let both = Budget {
            tokens_day: Some(5),
            tokens_month: Some(20),
            money_day: Some(0.5),
            money_month: None,
        };
        assert_eq!(one.stricter(other), both);
    }

    #[test]
    fn tools_are_allowed_by_name_or_by_server() {
        let only = |names: &[&str]| AgentSettings {
            tools: Some(names.iter().map(|&name| name.to_owned()).collect()),
            ..AgentSettings::default()
        };
        assert!(AgentSettings::default().may_call("t"));
        assert!(!only(&[]).may_call("t"));
        assert!(only(&["files/*"]).may_call("files/read"));
        assert!(!only(&["files/*"]).may_call("filesystem"));
        assert!(!only(&["*"]).may_call("t"));
    }
}
