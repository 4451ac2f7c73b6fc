//! `/deny N`

use super::declare::{Command, Invocation, Param, Place, Reach, saying};
use crate::{ChatError, Words, actions::decide_approval};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "deny",
    aliases: &["拒绝"],
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
        en: "Refuse what an AI member asked for.",
        zh: "拒绝 AI 成员请求的操作。",
    },
    help: Text {
        en: "It is not done. Only whoever asked the agent, or a moderator of the room, may decide.",
        zh: "操作不会执行。只有提问者或聊天室管理者可以决定。",
    },
    run: |invocation| deny(invocation).boxed(),
};

async fn deny(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller) = (invocation.chat, invocation.caller);
    let number = invocation
        .args
        .number("n")
        .and_then(|n| u32::try_from(n).ok());
    let room = invocation.room()?;
    let done = decide_approval(chat, caller, room, number.unwrap_or(0), false).await?;
    Ok(saying(
        done,
        Words::new("Refused.", "已拒绝。"),
        caller.lang,
    ))
}
