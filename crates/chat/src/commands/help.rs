//! `/help [command]`

use super::declare::{Command, Invocation, Param, Place, Reach, notice_with};
use crate::ChatError;
use futures::FutureExt;
use salon_protocol::{Done, Effect, Lang, ParamKind, Role, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "help",
    aliases: &["h", "?", "帮助"],
    params: &[Param::optional(
        "command",
        ParamKind::Command,
        Text {
            en: "The command to explain.",
            zh: "要了解的命令。",
        },
    )],
    place: Place::Anywhere,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "What one can do here.",
        zh: "查看可用的命令。",
    },
    help: Text {
        en: "Lists all commands, or explains one.",
        zh: "列出全部命令，或说明某一个命令的用法。",
    },
    run: |invocation| help(invocation).boxed(),
};

async fn help(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let lang = invocation.lang();
    let commands = invocation.chat.commands();
    if let Some(name) = invocation.args.get("command") {
        let command = commands.find(name)?;
        return Ok(notice_with(
            explain(command, lang),
            json!(command.info(lang)),
        ));
    }
    let mut lines = vec![match lang {
        Lang::En => {
            "**Commands** — `/help COMMAND` explains one; `//` begins a message with a slash."
                .to_owned()
        }
        Lang::Zh => {
            "**命令** —— `/help 命令名` 查看说明；用 `//` 发送以斜杠开头的消息。".to_owned()
        }
    }];
    for command in commands.all() {
        lines.push(format!(
            "- `{}` {}",
            command.usage(),
            command.summary.get(lang)
        ));
    }
    Ok(notice_with(
        lines.join("\n"),
        json!({ "commands": commands.infos(lang) }),
    ))
}

fn explain(command: &Command, lang: Lang) -> String {
    let mut lines = vec![
        format!("**`{}`** — {}", command.usage(), command.summary.get(lang)),
        String::new(),
        command.help.get(lang).to_owned(),
    ];
    for param in command.params {
        lines.push(format!(
            "- `{}`: {}",
            param.name.to_uppercase(),
            param.help.get(lang)
        ));
    }
    if !command.aliases.is_empty() {
        let aliases: Vec<_> = command
            .aliases
            .iter()
            .map(|alias| format!("`/{alias}`"))
            .collect();
        let label = if lang == Lang::Zh {
            "也可以写作："
        } else {
            "Also: "
        };
        lines.extend([String::new(), format!("{label}{}", aliases.join(" "))]);
    }
    lines.join("\n")
}
