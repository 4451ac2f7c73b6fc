//! `/topic TEXT`

use super::declare::{Command, Invocation, Param, Place, Reach};
use crate::{ChatError, actions::set_topic};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "topic",
    aliases: &[],
    params: &[Param::required(
        "text",
        ParamKind::Text,
        Text {
            en: "What the room is about.",
            zh: "聊天室的话题。",
        },
    )],
    place: Place::Room,
    role: Role::Member,
    effect: Effect::Writes,
    reach: Reach::Here,
    summary: Text {
        en: "Say what this room is about.",
        zh: "设置本聊天室的话题。",
    },
    help: Text {
        en: "Everybody in the room sees the change.",
        zh: "所有成员都会看到改动。",
    },
    run: |invocation| topic(invocation).boxed(),
};

async fn topic(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let text = invocation.args.text("text");
    set_topic(invocation.chat, invocation.caller, invocation.room()?, text).await
}
