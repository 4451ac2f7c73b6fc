//! What was spent and what may be.

use crate::{Budgets, Caller, Chat, ChatError, rules};
use jiff::Timestamp;
use salon_protocol::{Budget, RoomKind, Spending, SpentDay, Usages};
use salon_store::SpendScope;

/// Days that are shown.
const DAYS_SHOWN: i64 = 31;
const SECONDS_PER_DAY: i64 = 86_400;

/// Today in days since the epoch, UTC.
pub fn today() -> i64 {
    salon_protocol::now()
        .as_second()
        .div_euclid(SECONDS_PER_DAY)
}

/// The currency where the configuration names none, or there is no configuration.
const CURRENCY_DEFAULT: &str = "USD";

/// The currency of the models' prices.
pub fn currency(chat: &Chat) -> &str {
    chat.offered()
        .map(|offered| offered.currency.as_str())
        .filter(|code| !code.is_empty())
        .unwrap_or(CURRENCY_DEFAULT)
}

/// What may be spent: the stricter of the configuration's word and the agent's or room's own.
pub async fn budget_of(chat: &Chat, scope: SpendScope) -> Result<Budget, ChatError> {
    let none = Budgets::default();
    let budgets = chat.offered().map_or(&none, |offered| &offered.budgets);
    Ok(match scope {
        SpendScope::Room(id) => match chat.store().room(id).await? {
            Some(room) => {
                let named = budgets.rooms.get(&room.name).copied().unwrap_or_default();
                room.budget.stricter(budgets.room).stricter(named)
            }
            None => budgets.room,
        },
        SpendScope::Asker(_) => budgets.asker,
        SpendScope::Server => budgets.server,
        SpendScope::Agent(id) => match chat.store().agent(id).await? {
            Some(agent) => agent.settings.budget.stricter(budgets.agent),
            None => budgets.agent,
        },
    })
}

/// The caller's own spending, that of every agent, and that of the room or of all their rooms.
pub async fn usage(chat: &Chat, caller: &Caller, room: Option<&str>) -> Result<Usages, ChatError> {
    let mut scopes = vec![(
        SpendScope::Asker(caller.id()),
        "asker",
        caller.user.handle.to_string(),
    )];
    for agent in chat.store().agents().await? {
        if !agent.user.disabled {
            scopes.push((
                SpendScope::Agent(agent.user.id),
                "agent",
                agent.user.handle.to_string(),
            ));
        }
    }
    match room {
        Some(room) => {
            let room = rules::member_room(chat, caller, room).await?;
            let summary = chat.store().room_summary(room.id, caller.id()).await?;
            let name = summary.map(|summary| summary.name).unwrap_or_default();
            scopes.push((SpendScope::Room(room.id), "room", name));
        }
        None => {
            for room in chat.store().room_summaries(caller.id(), false).await? {
                if room.kind != RoomKind::Direct {
                    scopes.push((SpendScope::Room(room.id), "room", room.name));
                }
            }
        }
    }
    if chat
        .offered()
        .is_some_and(|it| !it.budgets.server.is_open())
    {
        scopes.push((SpendScope::Server, "server", String::new()));
    }
    let mut spending = Vec::new();
    for (scope, word, name) in scopes {
        let days = chat
            .store()
            .spending(scope, today() - DAYS_SHOWN + 1)
            .await?;
        spending.push(Spending {
            scope: word.to_owned(),
            name,
            budget: budget_of(chat, scope).await?,
            days: days
                .into_iter()
                .map(|row| SpentDay {
                    day: day_name(row.day),
                    tokens_in: row.tokens_in,
                    tokens_out: row.tokens_out,
                    cost_micros: row.cost,
                    calls: row.calls,
                })
                .collect(),
        });
    }
    Ok(Usages {
        spending,
        currency: currency(chat).to_owned(),
    })
}

fn day_name(day: i64) -> String {
    Timestamp::from_second(day * SECONDS_PER_DAY)
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}
