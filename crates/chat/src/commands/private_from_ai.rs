//! `/private-from-ai TEXT`

use super::declare::{Command, Invocation, Param, Place, Reach, saying};
use crate::{
    ChatError, Words,
    actions::{SendMessage, send_message, set_private_from_ai},
};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text, UserKind};

pub(super) static COMMAND: Command = Command {
    name: "private-from-ai",
    aliases: &["no-ai", "ai回避"],
    params: &[Param::optional(
        "text",
        ParamKind::Text,
        Text {
            en: "The message; or “room on”, “room off” for the whole room.",
            zh: "消息内容；或用“room on”“room off”设置整个聊天室。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Here,
    summary: Text {
        en: "Say something that no AI member reads.",
        zh: "发送 AI 成员读不到的消息。",
    },
    help: Text {
        en: "People in the room see the message; no agent ever reads it, in the history, by search or in a summary. “/private-from-ai room on” keeps agents out of the whole room; moderators may.",
        zh: "聊天室里的人能看到，AI 在历史、搜索和总结中都读不到。“/private-from-ai room on”让 AI 完全回避这个聊天室，仅管理者可用。",
    },
    run: |invocation| private_from_ai(invocation).boxed(),
};

async fn private_from_ai(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let room = invocation.room()?.to_owned();
    let (chat, caller) = (invocation.chat, invocation.caller);
    if caller.user.kind == UserKind::Agent {
        return Err(ChatError::Forbidden(Words::new(
            "An agent cannot hide what it says from agents.",
            "AI 不能隐藏自己说的话。",
        )));
    }
    let text = invocation.args.text("text");
    let on = match text {
        "room on" => Some(true),
        "room off" => Some(false),
        _ => None,
    };
    if let Some(on) = on {
        let done = set_private_from_ai(chat, caller, &room, on).await?;
        let words = match on {
            true => Words::new(
                "No agent reads or speaks here now.",
                "AI 现在读不到也不能在这里发言。",
            ),
            false => Words::new(
                "Agents may read and speak here again.",
                "AI 又可以在这里阅读和发言了。",
            ),
        };
        return Ok(saying(done, words, caller.lang));
    }
    let message = SendMessage {
        text: text.to_owned(),
        key: invocation.key,
        reply_to: invocation.reply_to,
        files: invocation.files,
        private_from_ai: true,
        ..SendMessage::default()
    };
    send_message(chat, caller, &room, message).await
}
