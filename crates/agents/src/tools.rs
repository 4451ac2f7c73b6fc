//! What a model may call: the chat's commands.
//!
//! A few that every conversation needs are offered by name; one more runs any typed line, so that
//! the schemas stay short: a small model on a small machine reads them anew for every question.

use crate::model::{ToolCall, ToolSchema};
use salon_chat::commands::{Command, Registry};
use salon_protocol::{AgentSettings, Lang, ParamKind, Text};
use serde_json::{Map, Value, json};

/// The tool that runs a typed line.
pub(crate) const LINE_TOOL: &str = "command";

/// Commands that are offered by name.
const NAMED: [&str; 5] = ["t", "users", "search", "history", "remember"];
/// Commands that make no sense for a model: they steer a person's own view, or an agent itself.
const UNSUITABLE: [&str; 16] = [
    "keep",
    "ask",
    "lang",
    "stop",
    "nick",
    "notify",
    "about",
    "approve",
    "deny",
    "private-from-ai",
    "catchup",
    "why",
    "usage",
    "memory",
    "agent",
    "vote",
];

/// A call that can be made.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Called {
    /// A typed line, slash included.
    Line(String),
    /// A command by name, with arguments by name.
    Named(String, Map<String, Value>),
}

/// The schemas that a model is offered.
pub(crate) fn schemas(
    registry: &Registry,
    lang: Lang,
    settings: &AgentSettings,
) -> Vec<ToolSchema> {
    let named = registry
        .all()
        .iter()
        .filter(|command| NAMED.contains(&command.name) && settings.may_call(command.name));
    let mut schemas: Vec<ToolSchema> = named.map(|command| schema(command, lang)).collect();
    let others: Vec<String> = suitable(registry, settings)
        .filter(|command| !NAMED.contains(&command.name))
        .map(|command| command.usage())
        .collect();
    if others.is_empty() {
        return schemas;
    }
    let words = Text {
        en: "Run another chat command, as somebody would type it. Only when the asker wants it. One of: ",
        zh: "运行其他聊天命令，写法与成员输入的相同。仅在提问者要求时使用。可用命令：",
    };
    schemas.push(ToolSchema {
        name: LINE_TOOL.into(),
        description: format!("{}{}", words.get(lang), others.join(" · ")),
        parameters: json!({
            "type": "object",
            "properties": { "line": { "type": "string" } },
            "required": ["line"],
        }),
    });
    schemas
}

/// The commands as a prompt lists them, for models that write calls as text.
pub(crate) fn list(
    registry: &Registry,
    lang: Lang,
    settings: &AgentSettings,
    extra: &[ToolSchema],
) -> String {
    let commands = suitable(registry, settings)
        .map(|command| format!("{} — {}", command.usage(), command.summary.get(lang)));
    let extra = extra.iter().map(|tool| {
        let call = json!({ "name": tool.name, "arguments": tool.parameters["properties"] });
        format!("{call} — {}", tool.description)
    });
    commands.chain(extra).collect::<Vec<_>>().join("\n")
}

/// Every name and alias that can be called, in lower case.
pub(crate) fn names(registry: &Registry) -> Vec<String> {
    let mut names = vec![LINE_TOOL.to_owned()];
    for command in registry.all() {
        names.push(command.name.to_owned());
        names.extend(command.aliases.iter().map(|&alias| alias.to_owned()));
    }
    names
}

/// What a call asks for; none where its arguments cannot be read.
pub(crate) fn read(call: &ToolCall) -> Option<Called> {
    let arguments = call.parsed()?;
    if call.name != LINE_TOOL {
        return Some(Called::Named(call.name.to_lowercase(), arguments));
    }
    let line = ["line", "command", "text"]
        .iter()
        .find_map(|key| arguments.get(*key)?.as_str())?;
    let line = line.trim();
    Some(Called::Line(if line.starts_with('/') {
        line.to_owned()
    } else {
        format!("/{line}")
    }))
}

/// A call in a few words for people: the command and to whom, never what it says.
pub(crate) fn shown(call: &ToolCall) -> String {
    match read(call) {
        Some(Called::Line(line)) => {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap_or_default();
            match words.next().filter(|_| takes_name_first(name)) {
                Some(subject) => format!("{name} {}", subject.trim_start_matches('@')),
                None => name.to_owned(),
            }
        }
        Some(Called::Named(name, arguments)) => {
            let subject = ["user", "room", "agent", "command"].iter();
            let subject = subject
                .filter_map(|key| arguments.get(*key)?.as_str())
                .next();
            match subject {
                Some(subject) => format!("/{name} {}", subject.trim_start_matches(['@', '#'])),
                None => format!("/{name}"),
            }
        }
        None => format!("/{}", call.name),
    }
}

fn takes_name_first(name: &str) -> bool {
    !matches!(
        name,
        "/me" | "/topic" | "/poll" | "/投票" | "/search" | "/find" | "/搜索" | "/away" | "/history"
    )
}

fn suitable(
    registry: &Registry,
    settings: &AgentSettings,
) -> impl Iterator<Item = &'static Command> {
    let all: Vec<&'static Command> = registry.all().to_vec();
    all.into_iter()
        .filter(|command| !UNSUITABLE.contains(&command.name) && settings.may_call(command.name))
}

fn schema(command: &Command, lang: Lang) -> ToolSchema {
    let mut properties = Map::new();
    for param in command.params {
        let mut property = Map::new();
        let kind = if param.kind == ParamKind::Number {
            "integer"
        } else {
            "string"
        };
        property.insert("type".into(), kind.into());
        property.insert("description".into(), param.help.get(lang).into());
        if !param.choices.is_empty() {
            property.insert("enum".into(), json!(param.choices));
        }
        properties.insert(param.name.into(), property.into());
    }
    let required: Vec<_> = command
        .params
        .iter()
        .filter(|param| param.required)
        .map(|param| param.name)
        .collect();
    ToolSchema {
        name: command.name.into(),
        description: command.summary.get(lang).into(),
        parameters: json!({ "type": "object", "properties": properties, "required": required }),
    }
}
