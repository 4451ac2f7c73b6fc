//! `/why [N]`

use super::declare::{Command, Invocation, Param, Place, Reach, notice_with};
use crate::{ChatError, queries};
use futures::FutureExt;
use salon_protocol::{Done, Effect, Lang, ParamKind, Role, Text, TurnView};
use serde_json::json;

/// Turns that are looked through for the newest message's.
const LOOKED_AT: usize = 50;

pub(super) static COMMAND: Command = Command {
    name: "why",
    aliases: &["为什么"],
    params: &[Param::optional(
        "n",
        ParamKind::Number,
        Text {
            en: "The number of a message; the newest that agents dealt with by default.",
            zh: "消息编号，默认为 AI 最近处理的一条。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "Why AI members spoke or stayed silent.",
        zh: "查看 AI 成员为什么发言或沉默。",
    },
    help: Text {
        en: "Tells for each agent what it made of a message.",
        zh: "说明每个 AI 成员对一条消息的处理及原因。",
    },
    run: |invocation| why(invocation).boxed(),
};

async fn why(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller, room) = (invocation.chat, invocation.caller, invocation.room()?);
    let turns = queries::turns_in(chat, caller, room, LOOKED_AT)
        .await?
        .turns;
    let wanted = match invocation.args.number("n") {
        Some(n) => u64::try_from(n).ok(),
        None => turns
            .iter()
            .find(|turn| turn.outcome.is_some())
            .map(|turn| turn.seq.0),
    };
    let turns: Vec<TurnView> = turns
        .into_iter()
        .filter(|turn| Some(turn.seq.0) == wanted)
        .collect();
    let lang = invocation.lang();
    if turns.is_empty() {
        let text = match lang {
            Lang::En => "No agent has dealt with that message.",
            Lang::Zh => "没有 AI 处理过那条消息。",
        };
        return Ok(notice_with(text, json!({ "turns": [] })));
    }
    let lines: Vec<String> = turns.iter().map(|turn| line(turn, lang)).collect();
    Ok(notice_with(lines.join("\n"), json!({ "turns": turns })))
}

fn line(turn: &TurnView, lang: Lang) -> String {
    let outcome = turn.outcome.as_deref().unwrap_or("running");
    let did = match (outcome, lang) {
        ("spoke" | "acted", Lang::En) => "spoke",
        ("spoke" | "acted", Lang::Zh) => "发言了",
        ("silent", Lang::En) => "stayed silent",
        ("silent", Lang::Zh) => "保持沉默",
        ("failed", Lang::En) => "tried to speak",
        ("failed", Lang::Zh) => "尝试发言",
        ("stopped", Lang::En) => "was stopped",
        ("stopped", Lang::Zh) => "被停止",
        (_, Lang::En) => "is at it",
        (_, Lang::Zh) => "正在处理",
    };
    match (turn.because.is_empty(), lang) {
        (true, _) => format!("- @{} {did}", turn.agent),
        (false, Lang::En) => format!(
            "- @{} {did} (#{}): {}",
            turn.agent, turn.seq.0, turn.because
        ),
        (false, Lang::Zh) => format!(
            "- @{} {did}（#{}）：{}",
            turn.agent, turn.seq.0, turn.because
        ),
    }
}
