//! `/vote NUMBERS|none`

use super::declare::{Command, Invocation, Param, Place, Reach};
use crate::{
    ChatError, Words,
    actions::{newest_poll, vote as cast},
};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "vote",
    aliases: &["投"],
    params: &[Param::required(
        "choices",
        ParamKind::Text,
        Text {
            en: "The numbers of the options that you choose, or “none” to take your vote back.",
            zh: "所选项的编号，或用“none”撤回。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Here,
    summary: Text {
        en: "Vote in a poll.",
        zh: "参与投票。",
    },
    help: Text {
        en: "/vote 2 votes in the poll that it answers, or in the last one here; what you choose takes the place of what you chose before. For people alone.",
        zh: "/投 2：投给所回复的或最近的一个投票；新的选择会代替之前的选择。仅供人使用。",
    },
    run: |invocation| vote(invocation).boxed(),
};

async fn vote(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller, room) = (invocation.chat, invocation.caller, invocation.room()?);
    let choices = read(invocation.args.text("choices"))?;
    let message = match invocation.reply_to {
        Some(message) => message,
        None => newest_poll(chat, caller, room).await?,
    };
    cast(chat, caller, message, choices).await
}

fn read(text: &str) -> Result<Vec<u8>, ChatError> {
    if matches!(text.trim().to_lowercase().as_str(), "none" | "-" | "撤回") {
        return Ok(Vec::new());
    }
    let numbers = text
        .split([' ', ',', '，', '、'])
        .filter(|word| !word.is_empty());
    let read: Result<Vec<u8>, _> = numbers.map(str::parse).collect();
    read.map_err(|_| {
        ChatError::BadArguments(Words::new(
            "Choose by number, such as /vote 2, or /vote 1 3 where one may choose several.",
            "请用编号选择，例如 /投 2；可多选时 /投 1 3。",
        ))
    })
}
