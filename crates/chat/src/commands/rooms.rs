//! `/rooms`

use super::declare::{Command, Invocation, Place, Reach, notice_with};
use crate::{ChatError, queries};
use futures::FutureExt;
use salon_protocol::{Done, Effect, Lang, Role, RoomKind, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "rooms",
    aliases: &["list", "channels"],
    params: &[],
    place: Place::Anywhere,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "Which rooms there are.",
        zh: "列出聊天室。",
    },
    help: Text {
        en: "Lists your rooms and the public ones that you can join.",
        zh: "列出你所在的聊天室和可以加入的公开聊天室。",
    },
    run: |invocation| rooms(invocation).boxed(),
};

async fn rooms(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let rooms = queries::rooms(invocation.chat, invocation.caller)
        .await?
        .rooms;
    let lang = invocation.lang();
    let mut lines = vec![match lang {
        Lang::En => format!("**Rooms ({})**", rooms.len()),
        Lang::Zh => format!("**聊天室（{}）**", rooms.len()),
    }];
    let mut data = Vec::new();
    for room in rooms {
        let name = match room.kind {
            RoomKind::Direct => room.name.clone(),
            _ => format!("#{}", room.name),
        };
        let note = match (room.joined, lang) {
            (true, _) => String::new(),
            (false, Lang::En) => format!(" — /join {}", room.name),
            (false, Lang::Zh) => format!(" —— 可用 /join {} 加入", room.name),
        };
        let topic = if room.topic.is_empty() {
            String::new()
        } else {
            format!(" · {}", room.topic)
        };
        let members = match lang {
            Lang::En if room.member_count == 1 => "1 member".to_owned(),
            Lang::En => format!("{} members", room.member_count),
            Lang::Zh => format!("{} 人", room.member_count),
        };
        lines.push(format!("- {name} ({members}){topic}{note}"));
        data.push(json!({
            "id": room.id, "name": room.name, "kind": room.kind,
            "topic": room.topic, "joined": room.joined, "members": room.member_count,
        }));
    }
    Ok(notice_with(lines.join("\n"), json!({ "rooms": data })))
}
