//! `/remind WHAT`

use super::declare::{Command, Invocation, Param, Place, Reach, notice_with};
use crate::{ChatError, Words, actions, when};
use futures::FutureExt;
use salon_protocol::{Done, Effect, LaterKind, LaterRequest, ParamKind, Role, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "remind",
    aliases: &["提醒", "提醒我"],
    params: &[Param::required(
        "text",
        ParamKind::Text,
        Text {
            en: "When and of what: in 2h …, tomorrow at 9 …, next Monday …",
            zh: "时间和内容：半小时后 …、明天上午九点 …、下周一 …",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Nothing,
    summary: Text {
        en: "Be reminded of something later.",
        zh: "稍后提醒我某件事。",
    },
    help: Text {
        en: "Only you are reminded, on every device, in the time zone of your account. Say when before or after what: /remind in 2h buy tea. Answer a message with it to be led back there.",
        zh: "只提醒你自己，所有设备都会收到，按你账号的时区计算。时间可写在内容之前或之后：/提醒 明天上午九点 买茶。回复某条消息使用时，提醒会带你回到那里。",
    },
    run: |invocation| remind(invocation).boxed(),
};

async fn remind(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller) = (invocation.chat, invocation.caller);
    let text = invocation.args.text("text").trim();
    let text = ["me to ", "me ", "我"]
        .iter()
        .find_map(|me| text.strip_prefix(me))
        .unwrap_or(text);
    let Some((at, what)) = when::said(text, &caller.clock()) else {
        return Err(ChatError::BadArguments(Words::new(
            "Say when and of what, such as: /remind in 2h buy tea, /remind tomorrow at 9 call Bo.",
            "请写明时间和内容，例如：/提醒 半小时后 买茶，/提醒 明天上午九点 开会。",
        )));
    };
    let request = LaterRequest {
        kind: LaterKind::Reminder,
        room: invocation.room()?.to_owned(),
        text: what.trim_start_matches("to ").to_owned(),
        reply_to: invocation.reply_to,
        due_at: at.timestamp(),
    };
    let later = actions::plan(chat, caller, request).await?;
    let told = at.strftime("%Y-%m-%d %H:%M %Z").to_string();
    let words = Words::new(
        format!("You will be reminded at {told}: {}", later.text),
        format!("将在 {told} 提醒你：{}", later.text),
    );
    Ok(notice_with(
        words.get(caller.lang),
        json!({ "later": later }),
    ))
}
