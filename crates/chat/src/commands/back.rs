//! `/back`

use super::declare::{Command, Invocation, Place, Reach, saying};
use crate::{ChatError, Words, actions::set_away};
use futures::FutureExt;
use salon_protocol::{Done, Effect, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "back",
    aliases: &[],
    params: &[],
    place: Place::Anywhere,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Everybody,
    summary: Text {
        en: "Say that you are back.",
        zh: "取消离开状态。",
    },
    help: Text {
        en: "Ends what /away began.",
        zh: "结束由 /away 设置的离开状态。",
    },
    run: |invocation| back(invocation).boxed(),
};

async fn back(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    set_away(invocation.chat, invocation.caller, None).await?;
    Ok(saying(
        Done::default(),
        Words::new("Welcome back.", "欢迎回来。"),
        invocation.lang(),
    ))
}
