//! What the tests of servers share.

use salon_agents::mcp::{McpError, McpResult, McpServer, McpServerConfig, McpTool};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A file of this crate.
pub(crate) fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A server from a configuration without its name.
pub(crate) fn server(mut config: Value) -> McpServer {
    config["name"] = json!("tested");
    let config: McpServerConfig = serde_json::from_value(config).unwrap();
    McpServer::new(config).unwrap()
}

/// A server that misbehaves.
pub(crate) fn odd(mode: &str, config: Value) -> McpServer {
    let mut config = if config.is_null() { json!({}) } else { config };
    config["command"] = json!("node");
    config["args"] = json!([here("tests/mcp/odd.mjs"), mode]);
    server(config)
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("an object: {other}"),
    }
}

pub(crate) async fn call(
    server: &McpServer,
    tool: &str,
    arguments: Value,
) -> Result<McpResult, McpError> {
    server.call(tool, object(arguments), None).await
}

/// The text of a call that works.
pub(crate) async fn text(server: &McpServer, tool: &str, arguments: Value) -> String {
    let result = call(server, tool, arguments).await.unwrap();
    assert!(!result.is_error, "{result:?}");
    result.text
}

pub(crate) fn names(tools: &[McpTool]) -> Vec<&str> {
    tools.iter().map(|tool| tool.name.as_str()).collect()
}

/// Whether a process lives; one that nobody has waited for does not.
pub(crate) fn lives(process: u32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let state = state.rsplit(')').next().unwrap_or_default();
    !matches!(state.trim().chars().next(), None | Some('Z'))
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_secs(15), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
