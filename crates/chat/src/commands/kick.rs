//! `/kick USER [REASON]`

use super::declare::{Command, Invocation, Param, Place, REASON, Reach, saying};
use crate::{ChatError, Words, actions::kick_user};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "kick",
    aliases: &["remove"],
    params: &[
        Param::required(
            "user",
            ParamKind::User,
            Text {
                en: "Whom to remove.",
                zh: "要移出的用户。",
            },
        ),
        REASON,
    ],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Moderates,
    reach: Reach::Nothing,
    summary: Text {
        en: "Remove somebody from this room.",
        zh: "将用户移出本聊天室。",
    },
    help: Text {
        en: "For admins and whoever made the room. The user may come back; /ban keeps them out.",
        zh: "管理员和房间创建者可用。对方之后可以再加入；要阻止请用 /ban。",
    },
    run: |invocation| kick(invocation).boxed(),
};

async fn kick(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let user = invocation.args.text("user");
    let done = kick_user(
        invocation.chat,
        invocation.caller,
        invocation.room()?,
        user,
        invocation.reason(),
    )
    .await?;
    let words = Words::new(
        format!("@{user} was removed."),
        format!("已将 @{user} 移出。"),
    );
    Ok(saying(done, words, invocation.lang()))
}
