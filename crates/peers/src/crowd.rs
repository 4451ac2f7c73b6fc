//! All members of the room but the one who sends: they count what they receive and hold it to its
//! order.

use crate::{dialect::Dialect, line::Line, receipt};
use anyhow::{Context, bail};
use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{sync::Notify, task::JoinSet};

/// Members that come in at once.
const ENTERING_MAX: usize = 64;

/// When a run began: messages carry their time as microseconds since then.
#[derive(Clone, Copy)]
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn micros(self) -> u64 {
        self.0.elapsed().as_micros() as u64
    }
}

/// What all members have seen together.
#[derive(Default)]
pub(crate) struct Seen {
    /// Since the last goal was set.
    receipts: Cell<u64>,
    /// The message with which a phase ends.
    goal: Cell<u64>,
    /// Members that have it.
    reached: Cell<usize>,
    /// From the writing of a message to each receipt, in microseconds.
    latencies_us: RefCell<Vec<u32>>,
    failed: RefCell<Option<String>>,
    /// Woken by every read.
    news: Notify,
}

/// Members that listen; dropping it closes their lines.
pub(crate) struct Crowd {
    seen: Rc<Seen>,
    members: usize,
    _listening: JoinSet<()>,
}

impl Crowd {
    /// Has so many come in.
    pub(crate) async fn gather(
        address: SocketAddr,
        dialect: Dialect,
        members: usize,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let seen = Rc::new(Seen::default());
        let mut listening = JoinSet::new();
        let mut entering = JoinSet::new();
        let mut next = 0;
        loop {
            // The first is alone: some rooms come to be with it, and lose whoever comes meanwhile.
            let entering_max = if listening.is_empty() {
                1
            } else {
                ENTERING_MAX
            };
            while next < members && entering.len() < entering_max {
                entering.spawn_local(Line::enter(address, dialect, next));
                next += 1;
            }
            let Some(line) = entering.join_next().await else {
                break;
            };
            listening.spawn_local(listen(line??, seen.clone(), clock));
        }
        Ok(Self {
            seen,
            members,
            _listening: listening,
        })
    }

    /// Begins a phase that ends when every member has this message.
    pub(crate) fn aim(&self, goal: u64) {
        self.seen.goal.set(goal);
        self.seen.reached.set(0);
    }

    /// Forgets the receipts of the phase before.
    pub(crate) fn count_anew(&self) {
        self.seen.receipts.set(0);
        self.seen.latencies_us.borrow_mut().clear();
    }

    /// How many listen.
    pub(crate) fn members(&self) -> u64 {
        self.members as u64
    }

    /// Receipts of this phase.
    pub(crate) fn receipts(&self) -> u64 {
        self.seen.receipts.get()
    }

    /// Messages of this phase that all have received, were all equally fast.
    pub(crate) fn through(&self) -> u64 {
        self.receipts() / self.members.max(1) as u64
    }

    /// The times of all receipts of this phase, the shortest first.
    pub(crate) fn latencies_us(&self) -> Vec<u32> {
        let mut latencies_us = self.seen.latencies_us.take();
        latencies_us.sort_unstable();
        latencies_us
    }

    /// Waits until something was received; fails where a member saw something wrong.
    pub(crate) async fn news(&self) -> anyhow::Result<()> {
        self.seen.news.notified().await;
        self.check()
    }

    /// Waits until all members have the goal.
    pub(crate) async fn complete(&self, within: Duration) -> anyhow::Result<()> {
        let reached = async {
            while self.seen.reached.get() < self.members {
                self.news().await?;
            }
            self.check()
        };
        tokio::time::timeout(within, reached)
            .await
            .with_context(|| {
                let reached = self.seen.reached.get();
                format!(
                    "{reached} of {} members have the last message",
                    self.members
                )
            })?
    }

    /// Fails where a member saw something wrong.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        match self.seen.failed.borrow().as_ref() {
            Some(failed) => bail!("{failed}"),
            None => Ok(()),
        }
    }
}

async fn listen(mut line: Line, seen: Rc<Seen>, clock: Clock) {
    // A member hears from the first message on that it was in time for, and then every one.
    let mut last = None;
    loop {
        let mut wrong: Option<(u64, Option<u64>)> = None;
        let read = line
            .frames(|frame| {
                let Some(receipt) = receipt::find(frame) else {
                    return;
                };
                if last.is_some_and(|last| receipt.number != last + 1) {
                    wrong.get_or_insert((receipt.number, last));
                }
                last = Some(receipt.number);
                seen.receipts.set(seen.receipts.get() + 1);
                let took = clock.micros().saturating_sub(receipt.sent_us) as u32;
                seen.latencies_us.borrow_mut().push(took);
                if receipt.number == seen.goal.get() {
                    seen.reached.set(seen.reached.get() + 1);
                }
            })
            .await;
        let wrong = wrong
            .map(|(number, last)| format!("a member received message {number} after {last:?}"));
        if let Some(wrong) = wrong.or_else(|| read.err().map(|error| format!("{error:#}"))) {
            seen.failed.borrow_mut().get_or_insert(wrong);
            seen.news.notify_one();
            return;
        }
        seen.news.notify_one();
    }
}
