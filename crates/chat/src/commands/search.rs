//! `/search TEXT`

use super::{
    declare::{Command, Invocation, Param, Place, Reach, notice_with},
    history::line,
};
use crate::{ChatError, queries};
use futures::FutureExt;
use salon_protocol::{Answered, Done, Effect, Lang, ParamKind, Role, Text};
use serde_json::json;

/// Results told in a notice; the search page has more.
const RESULTS_MAX: usize = 10;

pub(super) static COMMAND: Command = Command {
    name: "search",
    aliases: &["find", "搜索"],
    params: &[Param::required(
        "text",
        ParamKind::Text,
        Text {
            en: "Words or a “quoted phrase”.",
            zh: "关键词，或用英文双引号括起的短语。",
        },
    )],
    place: Place::Anywhere,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "Search all that you may read.",
        zh: "搜索你能看到的消息。",
    },
    help: Text {
        en: "Finds messages with all of the words, best first. Narrow it with from:NAME, in:ROOM, before:2026-11-27, after:7d and has:file (image, link, code). Only you see the answer.",
        zh: "查找包含全部关键词的消息，最相关的在前。可用 来自:用户、在:聊天室、之前:2026-11-27、之后:7天、包含:文件（图片、链接、代码）缩小范围。只有你能看到结果。",
    },
    run: |invocation| search(invocation).boxed(),
};

async fn search(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let text = invocation.args.text("text");
    let search = queries::Search {
        text: text.to_owned(),
        limit: RESULTS_MAX,
        ..queries::Search::default()
    };
    let found = queries::search(invocation.chat, invocation.caller, search).await?;
    let lang = invocation.lang();
    let heading = match (found.results.len(), lang) {
        (0, Lang::En) => format!("Nothing found for “{text}”."),
        (0, Lang::Zh) => format!("没有找到与“{text}”有关的消息。"),
        (n, Lang::En) => format!("**{n} found for “{text}”**"),
        (n, Lang::Zh) => format!("**与“{text}”有关的消息（{n}）**"),
    };
    let mut lines = vec![heading];
    lines.extend(found.results.iter().map(|hit| {
        let sigil = if hit.room_name.starts_with('@') {
            ""
        } else {
            "#"
        };
        let mut told = format!("{} ({sigil}{})", line(&hit.message), hit.room_name);
        let place =
            |it: &Answered| format!("[{}](/room/{}?m={})", it.from, hit.message.room, it.seq);
        if let Some(it) = &hit.answers {
            told.push_str(&match lang {
                Lang::En => format!(" ↳ to {}: “{}”", place(it), it.text),
                Lang::Zh => format!(" ↳ 回复 {}：“{}”", place(it), it.text),
            });
        }
        if let Some(it) = &hit.thread {
            told.push_str(&match lang {
                Lang::En => format!(" · thread by {}: “{}”", place(it), it.text),
                Lang::Zh => format!(" · 话题始于 {}：“{}”", place(it), it.text),
            });
        }
        told
    }));
    Ok(notice_with(lines.join("\n"), json!(found)))
}
