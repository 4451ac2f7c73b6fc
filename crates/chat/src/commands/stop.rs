//! `/stop`

use super::declare::{Command, Invocation, Param, Place, Reach, saying};
use crate::{
    ChatError, Words,
    actions::{stop_all, stop_all_drafts},
};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "stop",
    aliases: &["停"],
    params: &[Param::optional(
        "what",
        ParamKind::Word,
        Text {
            en: "“all”: also what waits, and agents answering each other.",
            zh: "“all”：同时停止排队中的回答和 AI 之间的连续对话。",
        },
    )
    .one_of(&["all"])],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Here,
    summary: Text {
        en: "Stop what agents are writing here.",
        zh: "让 AI 停止书写。",
    },
    help: Text {
        en: "What they have written so far is kept.",
        zh: "已经写出的内容会保留。",
    },
    run: |invocation| stop(invocation).boxed(),
};

async fn stop(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller, room) = (invocation.chat, invocation.caller, invocation.room()?);
    let stopped = match invocation.args.get("what") {
        Some(_) => stop_all(chat, caller, room).await?,
        None => stop_all_drafts(chat, caller, room).await?,
    };
    let words = match stopped {
        0 => Words::new("Nothing is being written here.", "现在没有 AI 在书写。"),
        n => Words::new(
            format!("Asked {n} to stop."),
            format!("已让 {n} 处书写停止。"),
        ),
    };
    Ok(saying(Done::default(), words, invocation.lang()))
}
