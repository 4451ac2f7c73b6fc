//! `/ask AGENT TEXT`

use super::declare::{Command, Invocation, Param, Place, Reach};
use crate::{
    ChatError, Words,
    actions::{SendMessage, check_words, invite_user, send_message},
    rules,
};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text, UserKind};

pub(super) static COMMAND: Command = Command {
    name: "ask",
    aliases: &["问"],
    params: &[
        Param::required(
            "agent",
            ParamKind::Agent,
            Text {
                en: "The agent to ask.",
                zh: "要提问的 AI 成员。",
            },
        ),
        Param::required(
            "text",
            ParamKind::Text,
            Text {
                en: "The question.",
                zh: "问题。",
            },
        ),
    ],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    // The agent is brought in where it is not in the room: then it comes to read it.
    reach: Reach::User("agent"),
    summary: Text {
        en: "Ask an AI member in this room.",
        zh: "在本聊天室向 AI 成员提问。",
    },
    help: Text {
        en: "Posts the question for everybody to see, addressed to the agent, which answers here. An agent that is not in the room is brought in if you may invite.",
        zh: "把问题发到聊天室（所有人可见）并指定由该 AI 回答。若它不在聊天室而你有权邀请，会先把它请进来。",
    },
    run: |invocation| ask(invocation).boxed(),
};

async fn ask(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let Invocation { chat, caller, .. } = invocation;
    let agent = rules::open_user_named(chat, invocation.args.text("agent")).await?;
    if agent.kind != UserKind::Agent {
        return Err(ChatError::BadArguments(Words::new(
            format!(
                "@{} is not an AI member; write to them with /t. /agents lists the AI members.",
                agent.handle
            ),
            format!(
                "@{} 不是 AI 成员，请用 /t 私信对方。用 /agents 查看 AI 成员。",
                agent.handle
            ),
        )));
    }
    let room = rules::member_room(chat, caller, invocation.room()?).await?;
    // What cannot be said brings nobody in either.
    let text = check_words(&format!(
        "@{} {}",
        agent.handle,
        invocation.args.text("text")
    ))?;
    rules::require_voice(chat, caller, room.id).await?;
    if !chat.store().is_member(room.id, agent.id).await? {
        invite_user(chat, caller, &room.id.to_string(), agent.handle.as_str()).await?;
    }
    let message = SendMessage {
        text,
        key: invocation.key,
        reply_to: invocation.reply_to,
        ..SendMessage::default()
    };
    send_message(chat, caller, &room.id.to_string(), message).await
}
