//! `/invite USER`

use super::declare::{Command, Invocation, Param, Place, Reach, saying};
use crate::{ChatError, Words, actions::invite_user};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "invite",
    aliases: &["add"],
    params: &[Param::required(
        "user",
        ParamKind::User,
        Text {
            en: "Whom to bring in.",
            zh: "要邀请的用户。",
        },
    )],
    place: Place::Room,
    role: Role::Member,
    effect: Effect::Writes,
    reach: Reach::User("user"),
    summary: Text {
        en: "Bring somebody into this room.",
        zh: "邀请用户加入本聊天室。",
    },
    help: Text {
        en: "The user is in at once and can read what was said before.",
        zh: "对方会立即加入，并能看到之前的消息。",
    },
    run: |invocation| invite(invocation).boxed(),
};

async fn invite(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let user = invocation.args.text("user");
    let done = invite_user(invocation.chat, invocation.caller, invocation.room()?, user).await?;
    let words = Words::new(format!("@{user} is in."), format!("@{user} 已加入。"));
    Ok(saying(done, words, invocation.lang()))
}
