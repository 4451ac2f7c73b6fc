//! `/history [N]`

use super::declare::{Command, Invocation, Param, Place, Reach, notice_with};
use crate::{ChatError, queries};
use futures::FutureExt;
use salon_protocol::{Done, Effect, Lang, MessageView, ParamKind, Role, Text};
use serde_json::json;

/// Messages told without a number.
const MESSAGES_DEFAULT: i64 = 20;
/// A line of history in characters; the whole is in the room.
const LINE_CHARS_MAX: usize = 400;

pub(super) static COMMAND: Command = Command {
    name: "history",
    aliases: &[],
    params: &[Param::optional(
        "n",
        ParamKind::Number,
        Text {
            en: "How many; 20 by default, 100 at most.",
            zh: "条数；默认 20，最多 100。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "The latest messages of this room.",
        zh: "显示本聊天室最近的消息。",
    },
    help: Text {
        en: "Tells the latest messages, oldest first. Only you see the answer.",
        zh: "按时间顺序显示最近的消息，只有你能看到。",
    },
    run: |invocation| history(invocation).boxed(),
};

async fn history(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let count = invocation
        .args
        .number("n")
        .unwrap_or(MESSAGES_DEFAULT)
        .clamp(1, 100);
    let count = usize::try_from(count).unwrap_or(1);
    let page = queries::messages(
        invocation.chat,
        invocation.caller,
        invocation.room()?,
        None,
        count,
    )
    .await?;
    let lines: Vec<String> = page.messages.iter().map(line).collect();
    let text = match (lines.is_empty(), invocation.lang()) {
        (true, Lang::En) => "Nothing has been said here yet.".to_owned(),
        (true, Lang::Zh) => "这里还没有消息。".to_owned(),
        _ => lines.join("\n"),
    };
    Ok(notice_with(text, json!({ "messages": page.messages })))
}

/// One message on one line: when, who, what, and where to find it.
pub(super) fn line(view: &MessageView) -> String {
    let mut text: String = view
        .message
        .text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if text.chars().count() > LINE_CHARS_MAX {
        text = text.chars().take(LINE_CHARS_MAX).chain(['…']).collect();
    }
    let at = view.at.strftime("%m-%d %H:%M");
    format!(
        "- [{at}](/room/{}?m={}) **{}**: {text}",
        view.room, view.seq, view.message.from
    )
}
