//! `/notify [LEVEL] [DURATION]`

use super::declare::{Command, Invocation, Param, Place, Reach, notice_with};
use crate::{ChatError, Words, actions::set_notifications, notify::default_level, queries};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use salon_protocol::{Done, Effect, NotificationLevel, ParamKind, Role, RoomKind, Text};
use serde_json::json;

/// For how long a room is muted where nobody says.
const MUTED_DEFAULT: SignedDuration = SignedDuration::from_hours(1);

pub(super) static COMMAND: Command = Command {
    name: "notify",
    aliases: &["notifications", "通知"],
    params: &[
        Param::optional(
            "level",
            ParamKind::Word,
            Text {
                en: "“everything”, “mentions”, “nothing”, “mute” for a while, or “default”.",
                zh: "“everything”（全部）、“mentions”（仅提及）、“nothing”（不通知）、“mute”（静音一段时间）或“default”（默认）。",
            },
        )
        .one_of(&["everything", "mentions", "nothing", "mute", "default"]),
        Param::optional(
            "duration",
            ParamKind::Duration,
            Text {
                en: "With “mute”: for how long, such as 30m, 2h, 7d; 1h by default, 0 ends it.",
                zh: "配合“mute”使用：时长，如 30m、2h、7d；默认 1h，0 表示解除。",
            },
        ),
    ],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Nothing,
    summary: Text {
        en: "Say of what in this room you want to be told.",
        zh: "设置本聊天室的通知。",
    },
    help: Text {
        en: "Without a level, tells the one that holds. It is yours alone, and holds on all of your devices.",
        zh: "不带参数时显示当前设置。设置只对你有效，并同步到你的所有设备。",
    },
    run: |invocation| notify(invocation).boxed(),
};

async fn notify(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller, room) = (invocation.chat, invocation.caller, invocation.room()?);
    let now = queries::room(chat, caller, room).await?;
    let (level, muted_until) = match invocation.args.get("level") {
        None => (now.level, now.muted_until),
        Some("mute") => {
            let span = invocation
                .args
                .duration("duration")
                .unwrap_or(MUTED_DEFAULT);
            let until = salon_protocol::now().checked_add(span).ok();
            (now.level, until.filter(|_| !span.is_zero()))
        }
        // “default” is no level: the room's own holds.
        Some(word) => (word.parse().ok(), None),
    };
    if invocation.args.get("level").is_some() {
        set_notifications(chat, caller, room, level, muted_until).await?;
    }
    let words = words(level, muted_until, now.kind);
    let data = json!({ "level": level, "muted_until": muted_until });
    Ok(notice_with(words.get(caller.lang), data))
}

fn words(
    level: Option<NotificationLevel>,
    muted_until: Option<Timestamp>,
    kind: RoomKind,
) -> Words {
    if let Some(until) = muted_until.filter(|until| *until > salon_protocol::now()) {
        let at = until.strftime("%Y-%m-%d %H:%M UTC");
        return Words::new(
            format!("You are told nothing of this room until {at}."),
            format!("在 {at} 之前，你不会收到本聊天室的通知。"),
        );
    }
    match level.unwrap_or_else(|| default_level(kind)) {
        NotificationLevel::Everything => Words::new(
            "You are told of every message here.",
            "你会收到本聊天室的所有消息通知。",
        ),
        NotificationLevel::Mentions => Words::new(
            "You are told when somebody mentions you here.",
            "有人在这里提到你时，你会收到通知。",
        ),
        NotificationLevel::Nothing => Words::new(
            "You are told nothing of this room.",
            "你不会收到本聊天室的通知。",
        ),
    }
}
