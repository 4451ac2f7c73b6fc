//! `/slow [DURATION|off]`

use super::declare::{Command, Invocation, Param, Place, Reach, notice_with, saying};
use crate::{ChatError, Words, actions::set_slow, queries};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "slow",
    aliases: &["慢速"],
    params: &[Param::optional(
        "duration",
        ParamKind::Duration,
        Text {
            en: "How long one waits between two messages: 30s, 5m, 1h; at most 6h. “off” ends it.",
            zh: "两条消息之间的间隔：30s、5m、1h，最长 6h；“off”表示关闭。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Moderates,
    reach: Reach::Here,
    summary: Text {
        en: "Say how often one may write in this room.",
        zh: "设置在本聊天室多久可以发一条消息。",
    },
    help: Text {
        en: "/slow 30s · /slow off. Without a time, tells the one that holds. Moderators of the room change it and are not bound by it; AI members are.",
        zh: "/slow 30s · /slow off。不带参数时显示当前设置。聊天室管理者可以修改，且不受其限制；AI 成员受其限制。",
    },
    run: |invocation| slow(invocation).boxed(),
};

async fn slow(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller, room) = (invocation.chat, invocation.caller, invocation.room()?);
    let Some(between) = invocation.args.duration("duration") else {
        let seconds = queries::room(chat, caller, room).await?.slow_seconds;
        let data = json!({ "slow_seconds": seconds });
        return Ok(notice_with(words(seconds.into()).get(caller.lang), data));
    };
    let done = set_slow(chat, caller, room, between).await?;
    Ok(saying(done, words(between.as_secs()), caller.lang))
}

fn words(seconds: i64) -> Words {
    match seconds {
        0 => Words::new(
            "One may write here as often as one likes.",
            "这里可以随时发言。",
        ),
        _ => Words::new(
            format!("One may write here once every {seconds} s."),
            format!("这里每 {seconds} 秒可以发一条消息。"),
        ),
    }
}
