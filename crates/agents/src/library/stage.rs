//! A turn's stage without a room.

use super::{AgentCommand, Host};
use crate::{
    driver::Stage,
    model::{ChatRequest, ModelFailure, ToolCall, Usage},
    tools::{self, Called},
    turn::{CallEnd, Input},
};
use salon_chat::commands::Registry;
use salon_protocol::AgentState;
use serde_json::Value;

pub(super) struct HostStage<'a> {
    pub(super) host: Option<&'a dyn Host>,
    pub(super) registry: &'a Registry,
    pub(super) ran: Vec<AgentCommand>,
}

impl Stage for HostStage<'_> {
    async fn show(&mut self, _state: AgentState, _tool: Option<String>) {}

    async fn append(&mut self, _text: String) {}

    async fn call(&mut self, _n: usize, call: &ToolCall) -> CallEnd {
        let Some(host) = self.host else {
            return CallEnd::Refused("There is no chat here to run commands in.".into());
        };
        let Some(line) = line(call, self.registry) else {
            return CallEnd::Refused(
                "The arguments are not a JSON object. Write them again.".into(),
            );
        };
        let mut words = line
            .trim_start_matches('/')
            .split_whitespace()
            .map(str::to_owned);
        let command = words.next().unwrap_or_default();
        self.ran.push(AgentCommand {
            command,
            args: words.collect(),
        });
        match host.run(&line).await {
            Ok(text) if text.is_empty() => CallEnd::Done("Done.".into()),
            Ok(text) => CallEnd::Told(text),
            Err(error) => CallEnd::Refused(error.to_string()),
        }
    }

    async fn may_ask(&mut self, _request: &ChatRequest) -> Result<(), ModelFailure> {
        Ok(())
    }

    fn charge(&mut self, _usage: Usage) {}

    async fn interrupted(&mut self) -> Input {
        std::future::pending().await
    }
}

/// A call as a typed line: arguments in the order in which the command declares them.
fn line(call: &ToolCall, registry: &Registry) -> Option<String> {
    match tools::read(call)? {
        Called::Line(line) => Some(line),
        Called::Named(name, arguments) => {
            let params = registry
                .find(&name)
                .map(|command| command.params)
                .unwrap_or_default();
            let values = params
                .iter()
                .filter_map(|param| match arguments.get(param.name)? {
                    Value::String(text) => Some(text.clone()),
                    Value::Null => None,
                    other => Some(other.to_string()),
                });
            let words: Vec<String> = std::iter::once(format!("/{name}")).chain(values).collect();
            Some(words.join(" "))
        }
    }
}
