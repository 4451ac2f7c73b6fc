//! `/users`

use super::declare::{Command, Invocation, Place, Reach, notice_with};
use crate::{ChatError, queries};
use futures::FutureExt;
use salon_protocol::{Done, Effect, Lang, Presence, Role, Text, UserKind};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "users",
    aliases: &["who", "online"],
    params: &[],
    place: Place::Anywhere,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "Who is online.",
        zh: "查看谁在线。",
    },
    help: Text {
        en: "Lists everybody who is online, AI members included.",
        zh: "列出所有在线的成员，包括 AI。",
    },
    run: |invocation| users(invocation).boxed(),
};

async fn users(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let lang = invocation.lang();
    let directory = queries::directory(invocation.chat).await?;
    let online: Vec<_> = directory
        .users
        .iter()
        .filter(|user| user.presence != Presence::Offline)
        .collect();
    let mut lines = vec![match lang {
        Lang::En => format!("**Online ({})**", online.len()),
        Lang::Zh => format!("**在线（{}）**", online.len()),
    }];
    for user in &online {
        let kind = match user.kind {
            UserKind::Human => "",
            UserKind::Agent => " · AI",
            UserKind::Bot => " · bot",
        };
        let away = match (user.presence, lang) {
            (Presence::Away, Lang::En) => " · away",
            (Presence::Away, Lang::Zh) => " · 离开",
            _ => "",
        };
        let note = user.away.as_deref().filter(|note| !note.is_empty());
        let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
        lines.push(format!(
            "- @{} {}{kind}{away}{note}",
            user.handle, user.display_name
        ));
    }
    let handles: Vec<_> = online.iter().map(|user| user.handle.as_str()).collect();
    Ok(notice_with(lines.join("\n"), json!({ "users": handles })))
}
