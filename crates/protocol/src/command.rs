//! The command registry as clients see it.

use crate::Role;
use crate::user::words;
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// What running a command can change; agents' rights depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Only tells.
    Reads,
    /// Changes what the caller owns, or says something.
    Writes,
    /// Changes what somebody else may do.
    Moderates,
}
words!(Effect { Reads = "reads", Writes = "writes", Moderates = "moderates" });

/// What a parameter takes; clients complete by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ParamKind {
    /// A user's handle, `@` optional.
    User,
    /// An agent's handle, `@` optional.
    Agent,
    /// A room's name, `#` optional.
    Room,
    /// A command's name, `/` optional.
    Command,
    /// One word.
    Word,
    /// A whole number.
    Number,
    /// A span of time: `30s`, `10m`, `2h`, `7d`.
    Duration,
    /// The rest of the line.
    Text,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct ParamInfo {
    /// Name; also the key in `args`.
    pub name: String,
    /// What it takes.
    #[serde(rename = "type")]
    pub kind: ParamKind,
    /// Whether it must be given.
    pub required: bool,
    /// The only values allowed, where the list is closed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub choices: Vec<String>,
    /// What it means, in the asker's language.
    pub help: String,
}

/// One command, in the asker's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, ToSchema)]
pub struct CommandInfo {
    /// Name without the slash.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// How to type it: `/t USER TEXT`.
    pub usage: String,
    /// What it does, in a line.
    pub summary: String,
    /// What it does, in full.
    pub help: String,
    /// Parameters in order.
    pub params: Vec<ParamInfo>,
    /// What running it can change.
    pub effect: Effect,
    /// The least role that may run it.
    pub role: Role,
}
