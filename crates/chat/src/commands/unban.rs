//! `/unban USER`

use super::declare::{Command, Invocation, Param, Place, Reach, saying};
use crate::{ChatError, Words, actions::unban_user};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "unban",
    aliases: &[],
    params: &[Param::required(
        "user",
        ParamKind::User,
        Text {
            en: "Who may come back.",
            zh: "要解除封禁的用户。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Moderates,
    reach: Reach::Nothing,
    summary: Text {
        en: "Let somebody come back.",
        zh: "解除封禁。",
    },
    help: Text {
        en: "Ends a /ban. It brings nobody in: they join, or somebody invites them.",
        zh: "解除 /ban。不会自动把人请回来：对方需自行加入或被邀请。",
    },
    run: |invocation| unban(invocation).boxed(),
};

async fn unban(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let user = invocation.args.text("user");
    let done = unban_user(invocation.chat, invocation.caller, invocation.room()?, user).await?;
    let words = Words::new(
        format!("@{user} may come back."),
        format!("已解除对 @{user} 的封禁。"),
    );
    Ok(saying(done, words, invocation.lang()))
}
