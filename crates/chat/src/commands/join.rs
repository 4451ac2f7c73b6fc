//! `/join ROOM`

use super::declare::{Command, Invocation, Param, Place, Reach, saying};
use crate::{ChatError, Words, actions::join_room};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "join",
    aliases: &["j"],
    params: &[Param::required(
        "room",
        ParamKind::Room,
        Text {
            en: "A public room.",
            zh: "公开聊天室的名称。",
        },
    )],
    place: Place::Anywhere,
    role: Role::Member,
    effect: Effect::Writes,
    reach: Reach::Members,
    summary: Text {
        en: "Come into a public room.",
        zh: "加入公开聊天室。",
    },
    help: Text {
        en: "/rooms lists the rooms that you can join. Into a private room somebody must /invite you.",
        zh: "用 /rooms 查看可加入的聊天室。私密聊天室需要成员用 /invite 邀请。",
    },
    run: |invocation| join(invocation).boxed(),
};

async fn join(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let room = invocation.args.text("room");
    let done = join_room(invocation.chat, invocation.caller, room).await?;
    let words = Words::new(format!("You are in #{room}."), format!("已加入 #{room}。"));
    Ok(saying(done, words, invocation.lang()))
}
