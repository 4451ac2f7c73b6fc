//! `/away [TEXT]`

use super::declare::{Command, Invocation, Param, Place, Reach, saying};
use crate::{ChatError, Words, actions::set_away};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "away",
    aliases: &["afk"],
    params: &[Param::optional(
        "text",
        ParamKind::Text,
        Text {
            en: "Why, or until when.",
            zh: "原因或回来的时间。",
        },
    )],
    place: Place::Anywhere,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Everybody,
    summary: Text {
        en: "Say that you are away.",
        zh: "设为离开状态。",
    },
    help: Text {
        en: "Others see you as away, with your note, until you say /back.",
        zh: "其他人会看到你处于离开状态和你的说明，直到你使用 /back。",
    },
    run: |invocation| away(invocation).boxed(),
};

async fn away(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let note = invocation.args.get("text").unwrap_or_default();
    set_away(invocation.chat, invocation.caller, Some(note)).await?;
    let words = Words::new(
        "You are away. /back when you return.",
        "已设为离开。回来时用 /back。",
    );
    Ok(saying(Done::default(), words, invocation.lang()))
}
