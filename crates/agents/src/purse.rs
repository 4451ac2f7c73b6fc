//! What may still be spent. Every call to a model takes a ticket first; what tickets reserve counts
//! as spent until the truth is in the store.
//!
//! A limit is exceeded by at most one call: while others are under way, a call is let in only if
//! its estimate still fits.

use crate::model::{ModelFailure, Purse as Whose, Usage};
use salon_chat::{Chat, ChatError, SpendScope, queries};
use salon_protocol::Budget;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// From this share of a limit on, whoever asks is told.
const WARN_AT: f64 = 0.8;
/// Times that the books are read again because somebody else's call ended meanwhile.
const READS_MAX: usize = 8;

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    tokens: u64,
    cost: u64,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.tokens += other.tokens;
        self.cost += other.cost;
    }
}

#[derive(Default)]
struct State {
    next: u64,
    /// Tickets that are out, with what they reserve.
    out: HashMap<u64, ([SpendScope; 3], Sum)>,
    /// Goes up when a ticket comes back: what was read of the store before may be too little.
    returned: u64,
    /// Who was told today that a limit is near.
    warned: HashSet<(SpendScope, i64)>,
}

/// All that may be spent on one server.
#[derive(Clone)]
pub(crate) struct Purse {
    chat: Chat,
    /// Written by whoever takes or returns a ticket; never held across an await.
    state: Arc<Mutex<State>>,
}

/// The right to one call; give it back, by dropping it, when its cost is in the store.
pub(crate) struct Ticket {
    number: u64,
    state: Arc<Mutex<State>>,
}

/// What came of asking for a ticket.
pub(crate) struct Entered {
    /// The ticket.
    pub(crate) ticket: Ticket,
    /// Scopes that have just come near a limit: to be told once a day.
    pub(crate) near: Vec<SpendScope>,
}

/// How near the limits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// Far.
    Plenty,
    /// Money is nearly spent: a cheaper model is to be preferred.
    Scarce,
    /// Money is spent: only what costs nothing may be asked.
    Free,
}

struct Books {
    budget: Budget,
    day: Sum,
    month: Sum,
}

impl Purse {
    pub(crate) fn new(chat: Chat) -> Self {
        Self {
            chat,
            state: Arc::default(),
        }
    }

    /// Takes a ticket for a call of about so much by an agent with a budget of its `own`, or says whose budget does not allow it.
    pub(crate) async fn enter(
        &self,
        scopes: [SpendScope; 3],
        own: Budget,
        estimate: Usage,
    ) -> Result<Result<Entered, ModelFailure>, ChatError> {
        let estimate = Sum {
            tokens: estimate.tokens(),
            cost: estimate.cost,
        };
        for _ in 0..READS_MAX {
            let returned = self.lock().returned;
            let mut books = Vec::with_capacity(scopes.len());
            for scope in scopes {
                books.push(self.books(scope, own).await?);
            }
            let mut state = self.lock();
            if state.returned != returned {
                continue;
            }
            for (scope, books) in scopes.iter().zip(&books) {
                if !state.fits(*scope, books, estimate) {
                    return Ok(Err(ModelFailure::BudgetSpent(whose(*scope))));
                }
            }
            let today = queries::today();
            let near = scopes
                .iter()
                .zip(&books)
                .filter(|(_, books)| share(books) >= WARN_AT);
            let near: Vec<SpendScope> = near.map(|(scope, _)| *scope).collect();
            let near = near
                .into_iter()
                .filter(|scope| state.warned.insert((*scope, today)))
                .collect();
            let number = state.next;
            state.next += 1;
            state.out.insert(number, (scopes, estimate));
            let ticket = Ticket {
                number,
                state: self.state.clone(),
            };
            return Ok(Ok(Entered { ticket, near }));
        }
        Ok(Err(ModelFailure::Busy))
    }

    /// How much money is left, for the choice of a model.
    pub(crate) async fn means(
        &self,
        scopes: [SpendScope; 3],
        own: Budget,
    ) -> Result<Means, ChatError> {
        let mut most: f64 = 0.0;
        for scope in scopes {
            let Books { budget, day, month } = self.books(scope, own).await?;
            let share = |may: Option<f64>, sum: Sum| {
                may.map_or(0.0, |may| part(sum.cost as f64 / 1e6, may))
            };
            most = most
                .max(share(budget.money_day, day))
                .max(share(budget.money_month, month));
        }
        Ok(match most {
            share if share >= 1.0 => Means::Free,
            share if share >= WARN_AT => Means::Scarce,
            _ => Means::Plenty,
        })
    }

    async fn books(&self, scope: SpendScope, own: Budget) -> Result<Books, ChatError> {
        let budgets = self
            .chat
            .offered()
            .map(|offered| offered.budgets)
            .unwrap_or_default();
        let budget = match scope {
            SpendScope::Agent(_) => own.stricter(budgets.agent),
            SpendScope::Room(_) => budgets.room,
            SpendScope::Asker(_) => budgets.asker,
        };
        let mut books = Books {
            budget,
            day: Sum::default(),
            month: Sum::default(),
        };
        if budget.is_open() {
            return Ok(books);
        }
        let today = queries::today();
        let first = first_of_month(today);
        for row in self.chat.store().spending(scope, first).await? {
            let sum = Sum {
                tokens: row.tokens_in + row.tokens_out,
                cost: row.cost,
            };
            books.month.add(sum);
            if row.day == today {
                books.day.add(sum);
            }
        }
        Ok(books)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn fits(&self, scope: SpendScope, books: &Books, estimate: Sum) -> bool {
        if books.budget.is_open() {
            return true;
        }
        let mut reserved = Sum::default();
        let mut under_way = false;
        for (scopes, sum) in self.out.values() {
            if scopes.contains(&scope) {
                reserved.add(*sum);
                under_way = true;
            }
        }
        let fits = |may: Option<f64>, spent: f64, reserved: f64, estimate: f64| {
            may.is_none_or(|may| {
                // Alone, a call may be the one that reaches the limit.
                let wanted = if under_way { estimate } else { 0.0 };
                spent + reserved < may && spent + reserved + wanted <= may
            })
        };
        let tokens = |may: Option<u64>, spent: Sum| {
            let may = may.map(|may| may as f64);
            fits(
                may,
                spent.tokens as f64,
                reserved.tokens as f64,
                estimate.tokens as f64,
            )
        };
        let money = |may: Option<f64>, spent: Sum| {
            // What costs nothing is never too dear.
            estimate.cost == 0
                || fits(
                    may.map(|may| may * 1e6),
                    spent.cost as f64,
                    reserved.cost as f64,
                    estimate.cost as f64,
                )
        };
        let Budget {
            tokens_day,
            tokens_month,
            money_day,
            money_month,
        } = books.budget;
        tokens(tokens_day, books.day)
            && tokens(tokens_month, books.month)
            && money(money_day, books.day)
            && money(money_month, books.month)
    }
}

impl Ticket {
    /// The call is over and has cost this; the reservation becomes exact.
    pub(crate) fn used(&self, usage: Usage) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, sum)) = state.out.get_mut(&self.number) {
            *sum = Sum {
                tokens: usage.tokens(),
                cost: usage.cost,
            };
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.out.remove(&self.number);
        state.returned += 1;
    }
}

fn whose(scope: SpendScope) -> Whose {
    match scope {
        SpendScope::Agent(_) => Whose::Agent,
        SpendScope::Room(_) => Whose::Room,
        SpendScope::Asker(_) => Whose::Asker,
    }
}

/// The largest share of any limit that is spent.
fn share(books: &Books) -> f64 {
    let Books { budget, day, month } = books;
    let tokens =
        |may: Option<u64>, sum: &Sum| may.map_or(0.0, |may| part(sum.tokens as f64, may as f64));
    let money =
        |may: Option<f64>, sum: &Sum| may.map_or(0.0, |may| part(sum.cost as f64 / 1e6, may));
    tokens(budget.tokens_day, day)
        .max(tokens(budget.tokens_month, month))
        .max(money(budget.money_day, day))
        .max(money(budget.money_month, month))
}

fn part(spent: f64, may: f64) -> f64 {
    if may > 0.0 { spent / may } else { 1.0 }
}

/// The first day of the month that a day is in, in days since the epoch.
fn first_of_month(day: i64) -> i64 {
    let date = jiff::Timestamp::from_second(day * 86_400)
        .map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    date.map_or(day, |date| day - i64::from(date.day()) + 1)
}
