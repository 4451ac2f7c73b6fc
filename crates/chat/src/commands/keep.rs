//! `/keep [DAYS|forever]`

use super::declare::{Command, Invocation, Param, Place, Reach, notice_with, saying};
use crate::{
    ChatError, Words,
    actions::{require_keeper, set_keep},
    queries,
};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "keep",
    aliases: &["保留"],
    params: &[Param::optional(
        "days",
        ParamKind::Word,
        Text {
            en: "How many days messages are kept here, or “forever”.",
            zh: "消息在此保留的天数，或“永久”。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    // No agent gets as far as asking for leave.
    effect: Effect::Writes,
    reach: Reach::Here,
    summary: Text {
        en: "Say how long messages are kept in this room.",
        zh: "设置本聊天室消息的保留时间。",
    },
    help: Text {
        en: "/keep 30 · /keep forever. Without a number, tells what holds. What is older goes for good, with its files; pinned messages stay. Admins change it.",
        zh: "/keep 30 · /保留 永久。不带参数时显示当前设置。更早的消息及其文件会被永久删除，置顶消息除外。由管理员设置。",
    },
    run: |invocation| keep(invocation).boxed(),
};

async fn keep(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller, room) = (invocation.chat, invocation.caller, invocation.room()?);
    require_keeper(caller)?;
    let Some(days) = invocation.args.get("days") else {
        let days = queries::room(chat, caller, room).await?.keep_days;
        let data = json!({ "keep_days": days });
        return Ok(notice_with(words(days).get(caller.lang), data));
    };
    let days = read(days)?;
    let done = set_keep(chat, caller, room, days).await?;
    Ok(saying(done, words(days), caller.lang))
}

fn read(text: &str) -> Result<u32, ChatError> {
    let text = text.trim().to_lowercase();
    if matches!(text.as_str(), "forever" | "off" | "永久" | "永远") {
        return Ok(0);
    }
    let number = text.trim_end_matches(['d', '天']);
    number.parse().map_err(|_| {
        ChatError::BadArguments(Words::new(
            "Say a number of days, as in /keep 30, or /keep forever.",
            "请给出天数，例如 /keep 30，或 /保留 永久。",
        ))
    })
}

fn words(days: u32) -> Words {
    match days {
        0 => Words::new("Messages are kept here for ever.", "这里的消息会永久保留。"),
        1 => Words::new(
            "Messages are kept here for 1 day; pinned ones stay.",
            "这里的消息保留 1 天，置顶消息除外。",
        ),
        _ => Words::new(
            format!("Messages are kept here for {days} days; pinned ones stay."),
            format!("这里的消息保留 {days} 天，置顶消息除外。"),
        ),
    }
}
