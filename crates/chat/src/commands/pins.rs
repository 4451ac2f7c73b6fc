//! `/pins`

use super::{
    declare::{Command, Invocation, Place, Reach, notice_with},
    history::line,
};
use crate::{ChatError, queries};
use futures::FutureExt;
use salon_protocol::{Done, Effect, Lang, Role, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "pins",
    aliases: &[],
    params: &[],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "The messages that are pinned in this room.",
        zh: "查看本聊天室的置顶消息。",
    },
    help: Text {
        en: "The one pinned last comes first. Only you see the answer.",
        zh: "最近置顶的在前，只有你能看到结果。",
    },
    run: |invocation| pins(invocation).boxed(),
};

async fn pins(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let found = queries::pins(invocation.chat, invocation.caller, invocation.room()?).await?;
    let lines: Vec<String> = found.pins.iter().map(line).collect();
    let text = match (lines.is_empty(), invocation.lang()) {
        (true, Lang::En) => "Nothing is pinned here.".to_owned(),
        (true, Lang::Zh) => "这里没有置顶消息。".to_owned(),
        _ => lines.join("\n"),
    };
    Ok(notice_with(text, json!(found)))
}
