//! `/me TEXT`

use super::declare::{Command, Invocation, Param, Place, Reach};
use crate::{
    ChatError,
    actions::{SendMessage, send_message},
};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "me",
    aliases: &[],
    params: &[Param::required(
        "text",
        ParamKind::Text,
        Text {
            en: "What you do.",
            zh: "你的动作。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Here,
    summary: Text {
        en: "Say what you do.",
        zh: "以动作的方式发言。",
    },
    help: Text {
        en: "“/me waves” is shown as an action of yours: “Ada waves”.",
        zh: "例如“/me 挥了挥手”会显示为“小明 挥了挥手”。",
    },
    run: |invocation| me(invocation).boxed(),
};

async fn me(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let room = invocation.room()?.to_owned();
    let message = SendMessage {
        text: invocation.args.text("text").to_owned(),
        key: invocation.key,
        reply_to: invocation.reply_to,
        files: invocation.files,
        action: true,
        ..SendMessage::default()
    };
    send_message(invocation.chat, invocation.caller, &room, message).await
}
