//! `/memory`

use super::declare::{Command, Invocation, Place, Reach, notice_with};
use crate::{ChatError, queries};
use futures::FutureExt;
use salon_protocol::{Done, Effect, Lang, Role, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "memory",
    aliases: &["记忆"],
    params: &[],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "What AI members remember in this room.",
        zh: "查看 AI 成员在本聊天室记住了什么。",
    },
    help: Text {
        en: "Lists every fact with who told it. /remember adds one, /forget N takes one away.",
        zh: "列出全部记忆和告知者。用 /remember 添加，用 /forget N 删除。",
    },
    run: |invocation| memory(invocation).boxed(),
};

async fn memory(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let facts = queries::facts(invocation.chat, invocation.caller, invocation.room()?).await?;
    let text = match (facts.is_empty(), invocation.lang()) {
        (true, Lang::En) => "Nothing is remembered here. /remember TEXT adds something.".to_owned(),
        (true, Lang::Zh) => "这里还没有记忆。用 /remember 内容 添加。".to_owned(),
        _ => {
            let lines = facts
                .iter()
                .map(|fact| format!("- {} · {} — @{}", fact.number, fact.text, fact.owner));
            lines.collect::<Vec<_>>().join("\n")
        }
    };
    Ok(notice_with(text, json!({ "facts": facts })))
}
