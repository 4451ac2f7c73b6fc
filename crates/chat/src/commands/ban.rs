//! `/ban USER [REASON]`

use super::declare::{Command, Invocation, Param, Place, REASON, Reach, saying};
use crate::{ChatError, Words, actions::ban_user};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "ban",
    aliases: &[],
    params: &[
        Param::required(
            "user",
            ParamKind::User,
            Text {
                en: "Whom to keep out.",
                zh: "要封禁的用户。",
            },
        ),
        REASON,
    ],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Moderates,
    reach: Reach::Nothing,
    summary: Text {
        en: "Remove somebody and keep them out.",
        zh: "将用户移出并禁止再次加入。",
    },
    help: Text {
        en: "For admins and whoever made the room. /unban lets them come back.",
        zh: "管理员和房间创建者可用。用 /unban 解除。",
    },
    run: |invocation| ban(invocation).boxed(),
};

async fn ban(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let user = invocation.args.text("user");
    let done = ban_user(
        invocation.chat,
        invocation.caller,
        invocation.room()?,
        user,
        invocation.reason(),
    )
    .await?;
    let words = Words::new(
        format!("@{user} is banned here."),
        format!("已封禁 @{user}。"),
    );
    Ok(saying(done, words, invocation.lang()))
}
