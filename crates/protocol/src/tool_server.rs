//! Servers of tools, by MCP.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

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
