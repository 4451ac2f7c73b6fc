//! `/nick NAME`

use super::declare::{Command, Invocation, Param, Place, Reach, saying};
use crate::{ChatError, Words, actions::set_display_name};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "nick",
    aliases: &["name"],
    params: &[Param::required(
        "name",
        ParamKind::Text,
        Text {
            en: "The name to show.",
            zh: "要显示的名字。",
        },
    )],
    place: Place::Anywhere,
    role: Role::Guest,
    effect: Effect::Writes,
    // An agent never runs it.
    reach: Reach::Nothing,
    summary: Text {
        en: "Change the name others see.",
        zh: "修改显示的名字。",
    },
    help: Text {
        en: "Your handle stays as it is: you are still mentioned and signed in by it.",
        zh: "用户名不变：仍用它登录和被 @ 提及。",
    },
    run: |invocation| nick(invocation).boxed(),
};

async fn nick(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let name = invocation.args.text("name");
    let user = set_display_name(invocation.chat, invocation.caller, name).await?;
    let words = Words::new(
        format!("You are now shown as “{}”.", user.display_name),
        format!("现在显示为“{}”。", user.display_name),
    );
    Ok(saying(Done::default(), words, invocation.lang()))
}
