//! `/approve N`

use super::declare::{Command, Invocation, Param, Place, Reach, saying};
use crate::{ChatError, Words, actions::decide_approval};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "approve",
    aliases: &["批准"],
    params: &[Param::required(
        "n",
        ParamKind::Number,
        Text {
            en: "The number on the card.",
            zh: "卡片上的编号。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Here,
    summary: Text {
        en: "Allow what an AI member asked for.",
        zh: "批准 AI 成员请求的操作。",
    },
    help: Text {
        en: "It is done at once, exactly as shown, with your rights. Only whoever asked the agent, or a moderator of the room, may.",
        zh: "批准后立即按所示内容执行，权限以你为准。只有提问者或聊天室管理者可以批准。",
    },
    run: |invocation| approve(invocation).boxed(),
};

async fn approve(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller) = (invocation.chat, invocation.caller);
    let number = invocation
        .args
        .number("n")
        .and_then(|n| u32::try_from(n).ok());
    let room = invocation.room()?;
    let done = decide_approval(chat, caller, room, number.unwrap_or(0), true).await?;
    Ok(saying(
        done,
        Words::new("Allowed.", "已批准。"),
        caller.lang,
    ))
}
