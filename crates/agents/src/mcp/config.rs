//! What an operator writes about a server, and what it comes to.

use super::error::McpError;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest name: it is a prefix of tools' names, which models' services keep to 64 characters.
const NAME_CHARS_MAX: usize = 32;
/// The patience with a call where the configuration says nothing.
const TIMEOUT_SECONDS: u64 = 30;
/// The most patience: whoever asked for the call has left by then.
const TIMEOUT_SECONDS_MAX: u64 = 600;
/// Headers that belong to the transport, which would fail or garble every request with them.
const RESERVED_HEADERS: [&str; 7] = [
    "accept",
    "content-length",
    "content-type",
    "host",
    "last-event-id",
    "mcp-protocol-version",
    "mcp-session-id",
];

/// How to reach a server: by a command or by an address, never both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct McpServerConfig {
    /// Letters, digits, `_` and `-`: the prefix of the tools' names.
    pub name: String,
    /// The program to start, which then speaks on its standard input and output.
    #[serde(default)]
    pub command: Option<String>,
    /// The program's arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// What the program finds in its environment, beside a path, a home, a language and a place
    /// for temporary files. A value `$NAME` is read from our own environment.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// The address of a server that speaks streamable HTTP.
    #[serde(default)]
    pub url: Option<String>,
    /// Headers by name, and the environment variables that hold their values: a secret has no
    /// place in a configuration.
    #[serde(default)]
    pub headers_env: BTreeMap<String, String>,
    /// How long a call may take; 30 seconds where nothing is said.
    #[serde(default)]
    pub timeout_seconds: Option<u64>,
}

/// A configuration that was read to its end, secrets included.
pub(super) enum Reach {
    /// A program to start.
    Command {
        /// The program.
        command: String,
        /// Its arguments.
        args: Vec<String>,
        /// What is added to its environment.
        env: Vec<(String, String)>,
    },
    /// An address to call.
    Address {
        /// The address.
        url: Url,
        /// Headers of every request.
        headers: HeaderMap,
    },
}

impl McpServerConfig {
    /// How to reach the server; an error where that cannot work.
    pub(super) fn reach(&self) -> Result<Reach, McpError> {
        let of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if !(1..=NAME_CHARS_MAX).contains(&self.name.len()) || !self.name.chars().all(of_name) {
            return bad("a name is 1 to 32 letters, digits, _ and -");
        }
        match (&self.command, &self.url) {
            (Some(command), None) => self.command(command),
            (None, Some(url)) => self.address(url),
            _ => bad("name either a command or a url"),
        }
    }

    /// How long a call may take.
    pub(super) fn patience(&self) -> Result<Duration, McpError> {
        let seconds = self.timeout_seconds.unwrap_or(TIMEOUT_SECONDS);
        if !(1..=TIMEOUT_SECONDS_MAX).contains(&seconds) {
            return bad("timeout_seconds is 1 to 600");
        }
        Ok(Duration::from_secs(seconds))
    }

    fn command(&self, command: &str) -> Result<Reach, McpError> {
        if command.trim().is_empty() {
            return bad("the command is empty");
        }
        if !self.headers_env.is_empty() {
            return bad("headers_env belongs to a url");
        }
        let value = |(name, value): (&String, &String)| match value.strip_prefix('$') {
            Some(variable) => Ok((name.clone(), read(variable)?)),
            None => Ok((name.clone(), value.clone())),
        };
        if self
            .env
            .keys()
            .any(|name| name.is_empty() || name.contains(['=', '\0']))
        {
            return bad("a name in env is none");
        }
        Ok(Reach::Command {
            command: command.to_owned(),
            args: self.args.clone(),
            env: self
                .env
                .iter()
                .map(value)
                .collect::<Result<_, McpError>>()?,
        })
    }

    fn address(&self, url: &str) -> Result<Reach, McpError> {
        if !self.args.is_empty() || !self.env.is_empty() {
            return bad("args and env belong to a command");
        }
        let Ok(url) = Url::parse(url.trim()) else {
            return bad("the url is none");
        };
        if !matches!(url.scheme(), "http" | "https") {
            return bad("the url must begin with http:// or https://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return bad("the url holds credentials; name them in headers_env");
        }
        let mut headers = HeaderMap::new();
        for (name, variable) in &self.headers_env {
            let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
                return bad("a name in headers_env is none");
            };
            if RESERVED_HEADERS.contains(&name.as_str()) {
                return bad(&format!("the header {name} belongs to the protocol"));
            }
            let value = HeaderValue::from_str(read(variable)?.trim());
            let Some(mut value) = value.ok().filter(|value| !value.is_empty()) else {
                return bad(&format!("no header can carry what {variable} holds"));
            };
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(Reach::Address { url, headers })
    }
}

/// What a variable of our environment holds.
fn read(variable: &str) -> Result<String, McpError> {
    match std::env::var(variable) {
        Ok(value) => Ok(value),
        Err(_) => bad(&format!("the environment has no readable {variable}")),
    }
}

fn bad<T>(why: &str) -> Result<T, McpError> {
    Err(McpError::BadConfig(super::text::short(
        why,
        super::error::REFUSAL_CHARS_MAX,
    )))
}

#[cfg(test)]
mod tests {
    use super::{McpServerConfig, Reach};
    use crate::mcp::McpError;
    use serde_json::{Value, json};
    use std::time::Duration;

    fn read(config: Value) -> Result<Reach, McpError> {
        let config: McpServerConfig = serde_json::from_value(config).unwrap();
        config.patience()?;
        config.reach()
    }

    #[test]
    fn what_cannot_work_is_refused_before_anything_starts() {
        let wrong = [
            json!({ "name": "", "command": "a" }),
            json!({ "name": "a b", "command": "a" }),
            json!({ "name": "a".repeat(33), "command": "a" }),
            json!({ "name": "a" }),
            json!({ "name": "a", "command": " " }),
            json!({ "name": "a", "command": "a", "url": "http://a" }),
            json!({ "name": "a", "command": "a", "headers_env": { "x": "PATH" } }),
            json!({ "name": "a", "command": "a", "env": { "A": "$NO_SUCH_VARIABLE" } }),
            json!({ "name": "a", "command": "a", "env": { "A=B": "c" } }),
            json!({ "name": "a", "command": "a", "timeout_seconds": 0 }),
            json!({ "name": "a", "command": "a", "timeout_seconds": 601 }),
            json!({ "name": "a", "url": "file:///etc/passwd" }),
            json!({ "name": "a", "url": "http://me:secret@a" }),
            json!({ "name": "a", "url": "no url" }),
            json!({ "name": "a", "url": "http://a", "args": ["b"] }),
            json!({ "name": "a", "url": "http://a", "headers_env": { "a b": "PATH" } }),
            json!({ "name": "a", "url": "http://a", "headers_env": { "Accept": "PATH" } }),
            json!({ "name": "a", "url": "http://a", "headers_env": { "x": "NO_SUCH_VARIABLE" } }),
        ];
        for config in wrong {
            let answer = read(config.clone()).map(drop);
            assert!(
                matches!(answer, Err(McpError::BadConfig(_))),
                "{config}: {answer:?}"
            );
        }
    }

    #[test]
    fn secrets_come_from_the_environment_and_are_never_shown() {
        let config = json!({ "name": "a", "command": "a", "env": { "A": "$PATH", "B": "b" } });
        let Ok(Reach::Command { env, .. }) = read(config) else {
            panic!("a command");
        };
        let path = std::env::var("PATH").unwrap();
        assert_eq!(env, [("A".into(), path.clone()), ("B".into(), "b".into())]);

        let config =
            json!({ "name": "a", "url": "https://a/mcp", "headers_env": { "X-Key": "PATH" } });
        let Ok(Reach::Address { headers, .. }) = read(config) else {
            panic!("an address");
        };
        assert_eq!(headers["x-key"], path.as_str());
        assert!(!format!("{headers:?}").contains(&path));
    }

    #[test]
    fn a_call_has_thirty_seconds_where_nothing_is_said() {
        let config: McpServerConfig = serde_json::from_value(json!({ "name": "a" })).unwrap();
        assert_eq!(config.patience(), Ok(Duration::from_secs(30)));
        assert!(serde_json::from_value::<McpServerConfig>(json!({ "name": "a", "b": 1 })).is_err());
    }
}
