//! `/usage`

use super::declare::{Command, Invocation, Place, Reach, notice_with};
use crate::{ChatError, queries};
use futures::FutureExt;
use salon_protocol::{Budget, Done, Effect, Lang, Role, Spending, Text};
use serde_json::json;

pub(super) static COMMAND: Command = Command {
    name: "usage",
    aliases: &["用量"],
    params: &[],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "What AI members have spent.",
        zh: "查看 AI 成员的用量。",
    },
    help: Text {
        en: "Tokens and money today and this month: your own questions, this room, each agent, and what may be spent.",
        zh: "今天和本月的 token 与费用：你的提问、本聊天室、每个 AI，以及各自的预算。",
    },
    run: |invocation| usage(invocation).boxed(),
};

async fn usage(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller) = (invocation.chat, invocation.caller);
    let usages = queries::usage(chat, caller, Some(invocation.room()?)).await?;
    let lines: Vec<String> = usages
        .spending
        .iter()
        .map(|spending| line(spending, &usages.currency, invocation.lang()))
        .collect();
    Ok(notice_with(lines.join("\n"), json!(usages)))
}

fn line(spending: &Spending, currency: &str, lang: Lang) -> String {
    let today = day(queries::today());
    let month = &today[..7];
    let sum = |fits: &dyn Fn(&str) -> bool| {
        spending
            .days
            .iter()
            .filter(|day| fits(&day.day))
            .fold((0, 0), |(tokens, cost), day| {
                (
                    tokens + day.tokens_in + day.tokens_out,
                    cost + day.cost_micros,
                )
            })
    };
    let now = sum(&|name| name == today);
    let whole = sum(&|name| name.starts_with(month));
    let Budget {
        tokens_day,
        tokens_month,
        money_day,
        money_month,
    } = spending.budget;
    let name = match spending.scope.as_str() {
        "room" if !spending.name.starts_with('@') => format!("#{}", spending.name),
        "room" => spending.name.clone(),
        "server" => match lang {
            Lang::En => "the whole server".to_owned(),
            Lang::Zh => "整个服务器".to_owned(),
        },
        _ => format!("@{}", spending.name),
    };
    let (a, b) = (
        part(now, tokens_day, money_day, currency),
        part(whole, tokens_month, money_month, currency),
    );
    match lang {
        Lang::En => format!("- {name}: today {a}; this month {b}"),
        Lang::Zh => format!("- {name}：今天 {a}；本月 {b}"),
    }
}

fn part(
    (tokens, micros): (u64, u64),
    may: Option<u64>,
    may_money: Option<f64>,
    currency: &str,
) -> String {
    let mut text = match may {
        Some(may) => format!("{tokens} / {may} tokens"),
        None => format!("{tokens} tokens"),
    };
    let money = micros as f64 / 1e6;
    match may_money {
        Some(may) => text.push_str(&format!(", {money:.4} / {may} {currency}")),
        None if micros > 0 => text.push_str(&format!(", {money:.4} {currency}")),
        None => {}
    }
    text
}

fn day(day: i64) -> String {
    jiff::Timestamp::from_second(day * 86_400)
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}
