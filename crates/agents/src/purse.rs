//! What may still be spent. Every call to a model takes a ticket first; what tickets reserve counts
//! as spent until the truth is in the store.
//!
//! A limit is exceeded by at most one call: while others are in flight, a call is let in only if
//! all of them and itself still fit at their dearest, and waits where they do not.

use crate::model::{ChatRequest, ModelFailure, Price, Purse as Whose, Usage, tokens::reserve};
use salon_chat::{Chat, ChatError, SpendScope, queries};
use salon_protocol::Budget;
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

/// From this share of a limit on, whoever asks is told.
const WARN_AT: f64 = 0.8;
/// A call waits so long for others to tell what they cost.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// Whose means one call spends: the agent's, the room's, the asker's, the server's.
pub(crate) type Scopes = [SpendScope; 4];

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

impl From<Usage> for Sum {
    fn from(usage: Usage) -> Self {
        Self {
            tokens: usage.tokens(),
            cost: usage.cost,
        }
    }
}

/// A ticket that is out.
struct Out {
    scopes: Scopes,
    /// What it reserves; once the call is over, what it cost.
    sum: Sum,
    /// Nobody knows yet what it costs.
    in_flight: bool,
}

#[derive(Default)]
struct State {
    next: u64,
    out: HashMap<u64, Out>,
    /// Goes up when a ticket comes back: what was read of the store before may be too little.
    returned: u64,
    /// Who was told today that a limit is near.
    warned: HashSet<(SpendScope, i64)>,
}

/// What is known of all tickets, and the bell for those who wait.
#[derive(Default)]
struct Shared {
    /// Written by whoever takes or returns a ticket; never held across an await.
    state: Mutex<State>,
    /// Rings when it has become known what a call cost.
    told: Notify,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a call may be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Now,
    /// When others that are in flight cost less than they might.
    Perhaps,
    /// The limit is reached.
    Never,
}

/// All that may be spent on one server.
#[derive(Clone)]
pub(crate) struct Purse {
    chat: Chat,
    shared: Arc<Shared>,
}

/// The right to one call; give it back, by dropping it, when its cost is in the store.
pub(crate) struct Ticket {
    number: u64,
    shared: Arc<Shared>,
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

#[derive(Clone, Copy)]
struct Books {
    budget: Budget,
    day: Sum,
    month: Sum,
}

/// The books of everybody whose means a call spends, as they were at one moment.
pub(crate) struct AllBooks {
    books: Vec<Books>,
    /// Tickets that had come back before.
    returned: u64,
}

impl Purse {
    pub(crate) fn new(chat: Chat) -> Self {
        Self {
            chat,
            shared: Arc::default(),
        }
    }

    /// Reads the books for an agent with a budget of its `own`. `chat` may be one that reads
    /// [in one go](Chat::in_one_go).
    pub(crate) async fn books(
        &self,
        chat: &Chat,
        scopes: Scopes,
        own: Budget,
    ) -> Result<AllBooks, ChatError> {
        // Before reading: what comes back meanwhile may be in the books or not.
        let returned = self.shared.lock().returned;
        let mut all = Vec::with_capacity(scopes.len());
        for scope in scopes {
            all.push(books(chat, scope, own).await?);
        }
        Ok(AllBooks {
            books: all,
            returned,
        })
    }

    /// Takes a ticket for a call by an agent with a budget of its `own`, or says whose budget does
    /// not allow it. Waits where that depends on what others in flight will have cost. Books that
    /// were `read` are read anew only where a ticket has come back since.
    pub(crate) async fn enter(
        &self,
        scopes: Scopes,
        own: Budget,
        mut read: Option<AllBooks>,
        request: &ChatRequest,
        price: Price,
    ) -> Result<Result<Entered, ModelFailure>, ChatError> {
        let most = Sum::from(reserve(request, price));
        let until = Instant::now() + WAIT_MAX;
        loop {
            // Listening begins before reading: what is told meanwhile is heard.
            let told = self.shared.told.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            let books = match read.take() {
                Some(books) => books,
                None => {
                    let purse = self.clone();
                    let read = async move |chat: Chat| purse.books(&chat, scopes, own).await;
                    self.chat.in_one_go(read).await?
                }
            };
            match self.try_enter(scopes, &books, most) {
                Ok(Some(entered)) => return Ok(Ok(entered)),
                Ok(None) if self.shared.lock().returned != books.returned => {}
                Ok(None) if timeout_at(until, told).await.is_err() => {
                    return Ok(Err(ModelFailure::Busy));
                }
                Ok(None) => {}
                Err(failure) => return Ok(Err(failure)),
            }
        }
    }

    /// None where it is to be tried again when more is known.
    fn try_enter(
        &self,
        scopes: Scopes,
        AllBooks { books, returned }: &AllBooks,
        most: Sum,
    ) -> Result<Option<Entered>, ModelFailure> {
        let mut state = self.shared.lock();
        if state.returned != *returned {
            return Ok(None);
        }
        let mut fit = Fit::Now;
        for (scope, books) in scopes.iter().zip(books) {
            match state.fits(*scope, books, most) {
                Fit::Never => return Err(ModelFailure::BudgetSpent(whose(*scope))),
                other => fit = fit.max(other),
            }
        }
        if fit != Fit::Now {
            return Ok(None);
        }
        let today = queries::today();
        let near = scopes
            .iter()
            .zip(books)
            .filter(|(_, books)| share(books) >= WARN_AT);
        let near: Vec<SpendScope> = near.map(|(scope, _)| *scope).collect();
        let near = near
            .into_iter()
            .filter(|scope| state.warned.insert((*scope, today)))
            .collect();
        let number = state.next;
        state.next += 1;
        let out = Out {
            scopes,
            sum: most,
            in_flight: true,
        };
        state.out.insert(number, out);
        let ticket = Ticket {
            number,
            shared: self.shared.clone(),
        };
        Ok(Some(Entered { ticket, near }))
    }
}

impl AllBooks {
    /// How much money is left, for the choice of a model.
    pub(crate) fn means(&self) -> Means {
        let mut most: f64 = 0.0;
        for Books { budget, day, month } in &self.books {
            let share = |may: Option<f64>, sum: &Sum| {
                may.map_or(0.0, |may| part(sum.cost as f64 / 1e6, may))
            };
            most = most
                .max(share(budget.money_day, day))
                .max(share(budget.money_month, month));
        }
        match most {
            share if share >= 1.0 => Means::Free,
            share if share >= WARN_AT => Means::Scarce,
            _ => Means::Plenty,
        }
    }
}

async fn books(chat: &Chat, scope: SpendScope, own: Budget) -> Result<Books, ChatError> {
    let budget = match scope {
        SpendScope::Agent(_) => match chat.offered() {
            Some(offered) => own.stricter(offered.budgets.agent),
            None => own,
        },
        _ => queries::budget_of(chat, scope).await?,
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
    for row in chat.store().spending(scope, first).await? {
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

impl State {
    fn fits(&self, scope: SpendScope, books: &Books, most: Sum) -> Fit {
        if books.budget.is_open() {
            return Fit::Now;
        }
        let (mut known, mut reserved, mut in_flight) = (Sum::default(), Sum::default(), false);
        for out in self.out.values().filter(|out| out.scopes.contains(&scope)) {
            match out.in_flight {
                true => reserved.add(out.sum),
                false => known.add(out.sum),
            }
            in_flight |= out.in_flight;
        }
        let fits = |may: Option<f64>, spent: u64, reserved: u64, most: u64| {
            let Some(may) = may else { return Fit::Now };
            if spent as f64 >= may {
                Fit::Never
            // Alone, a call may be the one that reaches the limit.
            } else if in_flight && (spent + reserved + most) as f64 > may {
                Fit::Perhaps
            } else {
                Fit::Now
            }
        };
        let tokens = |may: Option<u64>, spent: Sum| {
            let may = may.map(|may| may as f64);
            let spent = spent.tokens + known.tokens;
            fits(may, spent, reserved.tokens, most.tokens)
        };
        let money = |may: Option<f64>, spent: Sum| match most.cost {
            // What costs nothing is never too dear.
            0 => Fit::Now,
            cost => fits(
                may.map(|may| may * 1e6),
                spent.cost + known.cost,
                reserved.cost,
                cost,
            ),
        };
        let Books { budget, day, month } = *books;
        tokens(budget.tokens_day, day)
            .max(tokens(budget.tokens_month, month))
            .max(money(budget.money_day, day))
            .max(money(budget.money_month, month))
    }
}

impl Ticket {
    /// The call is over and has cost this; the reservation becomes exact.
    pub(crate) fn used(&self, usage: Usage) {
        self.settle(Some(usage.into()));
    }

    /// The call is over; where nobody said what it cost, the service was never at it.
    pub(crate) fn over(&self) {
        self.settle(None);
    }

    fn settle(&self, sum: Option<Sum>) {
        if let Some(out) = self.shared.lock().out.get_mut(&self.number) {
            if let Some(sum) = sum.or_else(|| out.in_flight.then(Sum::default)) {
                out.sum = sum;
            }
            out.in_flight = false;
        }
        self.shared.told.notify_waiters();
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.out.remove(&self.number);
        state.returned += 1;
        drop(state);
        self.shared.told.notify_waiters();
    }
}

fn whose(scope: SpendScope) -> Whose {
    match scope {
        SpendScope::Agent(_) => Whose::Agent,
        SpendScope::Room(_) => Whose::Room,
        SpendScope::Asker(_) => Whose::Asker,
        SpendScope::Server => Whose::Server,
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
