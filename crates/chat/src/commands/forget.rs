//! `/forget N`

use super::declare::{Command, Invocation, Param, Place, Reach, saying};
use crate::{ChatError, Words, actions};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "forget",
    aliases: &["忘记"],
    params: &[Param::required(
        "n",
        ParamKind::Number,
        Text {
            en: "Its number in /memory.",
            zh: "在 /memory 中的编号。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Here,
    summary: Text {
        en: "Have AI members forget something.",
        zh: "让 AI 成员忘记某件事。",
    },
    help: Text {
        en: "Whoever told it may, and moderators of the room.",
        zh: "告知者和聊天室管理者可以使用。",
    },
    run: |invocation| forget(invocation).boxed(),
};

async fn forget(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller) = (invocation.chat, invocation.caller);
    let number = invocation
        .args
        .number("n")
        .and_then(|n| u32::try_from(n).ok());
    actions::forget(chat, caller, invocation.room()?, number.unwrap_or(0)).await?;
    Ok(saying(
        Done::default(),
        Words::new("Forgotten.", "已忘记。"),
        caller.lang,
    ))
}
