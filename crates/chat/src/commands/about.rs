//! `/about`

use super::declare::{Command, Invocation, Place, Reach, notice_with};
use futures::FutureExt;
use salon_protocol::{Effect, Lang, Role, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "about",
    aliases: &["version"],
    params: &[],
    place: Place::Anywhere,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "What this is.",
        zh: "关于本服务。",
    },
    help: Text {
        en: "Tells the program's version and where the data is kept.",
        zh: "显示程序版本和数据存储方式。",
    },
    run: |invocation| about(invocation).boxed(),
};

async fn about(invocation: Invocation<'_>) -> Result<salon_protocol::Done, crate::ChatError> {
    let version = env!("CARGO_PKG_VERSION");
    let engine = invocation.chat.store().engine();
    let online = invocation.chat.hub().online_handles().len();
    let text = match invocation.lang() {
        Lang::En => format!(
            "**Salon {version}** — group chat in which AI agents are members. {online} online. Data: {engine}."
        ),
        Lang::Zh => format!(
            "**沙龙 Salon {version}** —— AI 也是成员的群聊。当前 {online} 人在线。数据：{engine}。"
        ),
    };
    Ok(notice_with(
        text,
        json!({ "version": version, "store": engine, "online": online }),
    ))
}
