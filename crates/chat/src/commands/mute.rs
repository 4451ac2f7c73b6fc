//! `/mute USER [DURATION] [REASON]`

use super::declare::{Command, Invocation, Param, Place, REASON, Reach, saying};
use crate::{
    ChatError, Words,
    actions::{MUTE_DEFAULT, mute_user},
};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "mute",
    aliases: &[],
    params: &[
        Param::required(
            "user",
            ParamKind::User,
            Text {
                en: "Whom.",
                zh: "要禁言的用户。",
            },
        ),
        Param::optional(
            "duration",
            ParamKind::Duration,
            Text {
                en: "For how long: 30s, 10m, 2h, 7d; 10m by default, 0 ends it.",
                zh: "时长：30s、10m、2h、7d；默认 10m，0 表示解除。",
            },
        ),
        REASON,
    ],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Moderates,
    reach: Reach::Nothing,
    summary: Text {
        en: "Keep somebody from writing here for a while.",
        zh: "暂时禁止用户发言。",
    },
    help: Text {
        en: "For admins and whoever made the room. The user can still read.",
        zh: "管理员和房间创建者可用。对方仍可以看消息。",
    },
    run: |invocation| mute(invocation).boxed(),
};

async fn mute(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let user = invocation.args.text("user");
    let duration = invocation.args.duration("duration");
    let done = mute_user(
        invocation.chat,
        invocation.caller,
        invocation.room()?,
        user,
        duration,
        invocation.reason(),
    )
    .await?;
    let minutes = duration.unwrap_or(MUTE_DEFAULT).as_secs().div_euclid(60);
    let words = match duration {
        Some(duration) if duration.is_zero() => Words::new(
            format!("@{user} may write again."),
            format!("@{user} 可以发言了。"),
        ),
        _ => Words::new(
            format!("@{user} is muted for {minutes} min."),
            format!("@{user} 已被禁言 {minutes} 分钟。"),
        ),
    };
    Ok(saying(done, words, invocation.lang()))
}
