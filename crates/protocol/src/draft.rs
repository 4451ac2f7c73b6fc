//! Messages that agents are still writing.

use crate::user::words;
use crate::{DraftId, Handle, RoomId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What an agent is doing while its draft lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgentState {
    /// Queued behind other turns.
    Waiting,
    /// Asked the model, nothing written yet.
    Thinking,
    /// Text is arriving.
    Writing,
    /// Runs a command or a tool.
    Tool,
}
words!(AgentState { Waiting = "waiting", Thinking = "thinking", Writing = "writing", Tool = "tool" });

/// What to append to a draft. An empty `text` opens a draft or tells a change of `state`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct DraftUpdate {
    /// Where it is written.
    pub room: RoomId,
    /// Which draft.
    pub draft_id: DraftId,
    /// Who writes.
    pub from: Handle,
    /// Where `text` belongs, in Unicode code points from the draft's beginning.
    #[ts(type = "number")]
    pub offset: u64,
    /// What to append at `offset`.
    pub text: String,
    /// What the agent is doing.
    pub state: AgentState,
    /// With `state` `tool`: the command's or tool's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tool: Option<String>,
}

/// How a draft ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DraftEnd {
    /// Its message is in the log.
    Posted,
    /// Somebody stopped it; what was written, if anything, is in the log.
    Stopped,
    /// Nothing came of it.
    Dropped,
}
