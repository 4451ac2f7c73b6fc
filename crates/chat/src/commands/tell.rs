//! `/t USER TEXT`

use super::declare::{Command, Invocation, Param, Place, Reach};
use crate::{
    ChatError,
    actions::{SendMessage, tell as tell_user},
};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "t",
    aliases: &["msg", "w", "tell", "私信"],
    params: &[
        Param::required(
            "user",
            ParamKind::User,
            Text {
                en: "To whom.",
                zh: "收信人。",
            },
        ),
        Param::required(
            "text",
            ParamKind::Text,
            Text {
                en: "What to say.",
                zh: "内容。",
            },
        ),
    ],
    place: Place::Anywhere,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::User("user"),
    summary: Text {
        en: "Write to somebody privately.",
        zh: "发送私信。",
    },
    help: Text {
        en: "Only the two of you see it, in your direct room. Somebody who is not online gets it later.",
        zh: "只有你们两人能在私聊中看到。对方不在线时消息会保留。",
    },
    run: |invocation| tell(invocation).boxed(),
};

async fn tell(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let message = SendMessage {
        text: invocation.args.text("text").to_owned(),
        key: invocation.key,
        ..SendMessage::default()
    };
    tell_user(
        invocation.chat,
        invocation.caller,
        invocation.args.text("user"),
        message,
    )
    .await
}
