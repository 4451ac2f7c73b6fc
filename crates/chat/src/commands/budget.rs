//! `/budget [LIMIT] [AMOUNT]`

use super::declare::{Command, Invocation, Param, Place, Reach, notice_with, saying};
use crate::{ChatError, Words, actions::set_budget, queries};
use futures::FutureExt;
use salon_protocol::{Budget, Done, Effect, ParamKind, Role, Text};
use serde_json::json;

/// The limits by name.
const LIMITS: &[&str] = &["tokens_day", "tokens_month", "money_day", "money_month"];

pub(super) static COMMAND: Command = Command {
    name: "budget",
    aliases: &["预算"],
    params: &[
        Param::optional(
            "limit",
            ParamKind::Word,
            Text {
                en: "Which limit.",
                zh: "哪一项限额。",
            },
        )
        .one_of(LIMITS),
        Param::optional(
            "amount",
            ParamKind::Word,
            Text {
                en: "How much; “-” takes the limit away.",
                zh: "额度；“-”表示取消限额。",
            },
        ),
    ],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Moderates,
    reach: Reach::Here,
    summary: Text {
        en: "Say what AI members may spend in this room.",
        zh: "设置 AI 成员在本聊天室可以花费多少。",
    },
    help: Text {
        en: "/budget tokens_day 200000 · /budget money_month 5 · /budget tokens_day - . Days are UTC. Without a limit, tells those that hold. Moderators of the room change them; /usage shows what was spent.",
        zh: "/budget tokens_day 200000 · /budget money_month 5 · /budget tokens_day -。日期按 UTC 计算。不带参数时显示当前限额。聊天室管理者可以修改；用 /usage 查看用量。",
    },
    run: |invocation| budget(invocation).boxed(),
};

async fn budget(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller, room) = (invocation.chat, invocation.caller, invocation.room()?);
    let now = queries::room(chat, caller, room).await?.budget;
    let Some(limit) = invocation.args.get("limit") else {
        let words = words(&now, queries::currency(chat));
        return Ok(notice_with(
            words.get(caller.lang),
            json!({ "budget": now }),
        ));
    };
    let amount = invocation.args.get("amount").ok_or_else(|| {
        ChatError::BadArguments(Words::new(
            format!("Say how much: /budget {limit} 100, or - for no limit."),
            format!("请写明额度，例如 /budget {limit} 100；“-”表示不限。"),
        ))
    })?;
    let budget = changed(now, limit, amount)?;
    let done = set_budget(chat, caller, room, budget).await?;
    Ok(saying(
        done,
        words(&budget, queries::currency(chat)),
        caller.lang,
    ))
}

fn changed(now: Budget, limit: &str, amount: &str) -> Result<Budget, ChatError> {
    let mut budget = now;
    match limit {
        "tokens_day" => budget.tokens_day = parsed(amount)?,
        "tokens_month" => budget.tokens_month = parsed(amount)?,
        "money_day" => budget.money_day = parsed(amount)?,
        _ => budget.money_month = parsed(amount)?,
    }
    Ok(budget)
}

fn parsed<T: std::str::FromStr>(amount: &str) -> Result<Option<T>, ChatError> {
    if amount == "-" {
        return Ok(None);
    }
    amount.parse().map(Some).map_err(|_| {
        let amount: String = amount.chars().take(40).collect();
        ChatError::BadArguments(Words::new(
            format!("“{amount}” is no amount: write a number, or - for no limit."),
            format!("“{amount}”不是额度：请写一个数字，或用“-”表示不限。"),
        ))
    })
}

fn words(budget: &Budget, currency: &str) -> Words {
    let tokens = |limit: Option<u64>| limit.map(|limit| format!("{limit} tokens"));
    let money = |limit: Option<f64>| limit.map(|limit| format!("{limit} {currency}"));
    let part = |limits: [Option<String>; 2]| {
        let limits: Vec<String> = limits.into_iter().flatten().collect();
        (!limits.is_empty()).then(|| limits.join(", "))
    };
    let day = part([tokens(budget.tokens_day), money(budget.money_day)]);
    let month = part([tokens(budget.tokens_month), money(budget.money_month)]);
    match (day, month) {
        (None, None) => Words::new(
            "This room sets AI members no limit of its own.",
            "这个聊天室没有给 AI 成员设置限额。",
        ),
        (day, month) => {
            let (en, zh) = ("no limit", "不限");
            Words::new(
                format!(
                    "AI members may spend here, a day: {}; a month: {}.",
                    day.as_deref().unwrap_or(en),
                    month.as_deref().unwrap_or(en)
                ),
                format!(
                    "AI 成员在这里每天最多：{}；每月最多：{}。",
                    day.as_deref().unwrap_or(zh),
                    month.as_deref().unwrap_or(zh)
                ),
            )
        }
    }
}
