//! `/remember TEXT`

use super::declare::{Command, Invocation, Param, Place, Reach, notice_with};
use crate::{ChatError, Words, actions};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "remember",
    aliases: &["记住"],
    params: &[Param::required(
        "text",
        ParamKind::Text,
        Text {
            en: "What to remember, in a sentence.",
            zh: "要记住的内容，一句话。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Here,
    summary: Text {
        en: "Have AI members remember something in this room.",
        zh: "让 AI 成员在本聊天室记住某件事。",
    },
    help: Text {
        en: "Agents read it whenever they speak here. It never leaves this room, unless the room is public. /memory lists, /forget takes away.",
        zh: "AI 在这里发言时会读到。除非是公开聊天室，内容不会离开这里。用 /memory 查看，用 /forget 删除。",
    },
    run: |invocation| remember(invocation).boxed(),
};

async fn remember(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller) = (invocation.chat, invocation.caller);
    let text = invocation.args.text("text");
    let number = actions::remember(chat, caller, invocation.room()?, text).await?;
    let words = Words::new(
        format!("Remembered as number {number}. /forget {number} takes it away."),
        format!("已记住，编号 {number}。用 /forget {number} 删除。"),
    );
    Ok(notice_with(
        words.get(caller.lang),
        json!({ "number": number }),
    ))
}
