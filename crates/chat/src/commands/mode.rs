//! `/mode [off|mention|ambient]`

use super::declare::{Command, Invocation, Param, Place, Reach, notice_with, saying};
use crate::{ChatError, Words, actions::set_mode, queries};
use futures::FutureExt;
use salon_protocol::{Done, Effect, ParamKind, Role, SpeakMode, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "mode",
    aliases: &["模式"],
    params: &[Param::optional(
        "mode",
        ParamKind::Word,
        Text {
            en: "“mention”: when they are addressed; “ambient”: also when they are sure to help; “off”: never.",
            zh: "“mention”：被叫到时；“ambient”：确信能帮上忙时也会；“off”：从不。",
        },
    )
    .one_of(&["off", "mention", "ambient"])],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Moderates,
    reach: Reach::Here,
    summary: Text {
        en: "Say when AI members speak in this room.",
        zh: "设置 AI 成员在本聊天室何时发言。",
    },
    help: Text {
        en: "Without a mode, tells the one that holds. Moderators of the room change it; everybody sees the change.",
        zh: "不带参数时显示当前模式。聊天室管理者可以修改，所有成员都会看到改动。",
    },
    run: |invocation| mode(invocation).boxed(),
};

async fn mode(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller, room) = (invocation.chat, invocation.caller, invocation.room()?);
    let Some(word) = invocation.args.get("mode") else {
        let room = queries::room(chat, caller, room).await?;
        let words = words(room.mode);
        let data = json!({ "mode": room.mode });
        return Ok(notice_with(words.get(caller.lang), data));
    };
    let mode: SpeakMode = word.parse().unwrap_or_default();
    let done = set_mode(chat, caller, room, mode).await?;
    Ok(saying(done, words(mode), caller.lang))
}

fn words(mode: SpeakMode) -> Words {
    match mode {
        SpeakMode::Off => Words::new("AI members never speak here.", "AI 成员在这里从不发言。"),
        SpeakMode::Mention => Words::new(
            "AI members speak here when they are addressed.",
            "AI 成员在这里被叫到时才发言。",
        ),
        SpeakMode::Ambient => Words::new(
            "AI members speak here when they are addressed, and when they are sure to be of help.",
            "AI 成员在这里被叫到时发言，确信能帮上忙时也会主动发言。",
        ),
    }
}
