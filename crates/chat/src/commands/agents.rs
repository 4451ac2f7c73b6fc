//! `/agents`

use super::declare::{Command, Invocation, Place, Reach, notice_with};
use crate::ChatError;
use futures::FutureExt;
use salon_protocol::{Done, Effect, Lang, Role, Text, UserKind};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "agents",
    aliases: &[],
    params: &[],
    place: Place::Anywhere,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "Which AI members there are.",
        zh: "列出所有 AI 成员。",
    },
    help: Text {
        en: "Lists the AI members and whether they can be reached. Mention one by @handle, or use /ask.",
        zh: "列出 AI 成员及其在线状态。可以用 @用户名 提及，或用 /ask 提问。",
    },
    run: |invocation| agents(invocation).boxed(),
};

async fn agents(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let users = invocation.chat.store().users().await?;
    let agents: Vec<_> = users
        .iter()
        .filter(|user| user.kind == UserKind::Agent && !user.disabled)
        .collect();
    let lang = invocation.lang();
    let mut lines = vec![match lang {
        Lang::En => format!("**AI members ({})**", agents.len()),
        Lang::Zh => format!("**AI 成员（{}）**", agents.len()),
    }];
    let mut data = Vec::new();
    for agent in agents {
        let online = invocation.chat.hub().is_online(agent.id);
        let state = match (lang, online) {
            (Lang::En, true) => "online",
            (Lang::En, false) => "offline",
            (Lang::Zh, true) => "在线",
            (Lang::Zh, false) => "离线",
        };
        lines.push(format!(
            "- @{} {} — {state}",
            agent.handle, agent.display_name
        ));
        data.push(
            json!({ "handle": agent.handle, "display_name": agent.display_name, "online": online }),
        );
    }
    Ok(notice_with(lines.join("\n"), json!({ "agents": data })))
}
