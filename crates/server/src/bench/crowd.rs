//! Many sockets that take what one room says, count it and hold it to its order.

use super::socket::{self, Socket};
use anyhow::{Context, bail};
use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{sync::Notify, task::JoinHandle};

/// Sockets that connect at once.
const CONNECTING_MAX: usize = 64;

/// What all sockets of a crowd have seen together.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) receipts: Cell<u64>,
    wanted: Cell<u64>,
    complete: Notify,
    /// From the writing of a message to each receipt, in microseconds.
    pub(super) latencies_us: RefCell<Vec<u32>>,
    failed: RefCell<Option<String>>,
}

/// Connected sockets; dropping it closes them.
pub(super) struct Crowd {
    pub(super) seen: Rc<Seen>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// When a run began: messages carry their time as microseconds since then.
#[derive(Clone, Copy)]
pub(super) struct Clock(Instant);

impl Clock {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn micros(self) -> u64 {
        self.0.elapsed().as_micros() as u64
    }
}

impl Crowd {
    /// Connects a socket for each token; `plain` speaks with the floor.
    pub(super) async fn gather(
        address: SocketAddr,
        tokens: &[String],
        plain: bool,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let seen = Rc::new(Seen::default());
        let mut tasks = Vec::with_capacity(tokens.len());
        for some in tokens.chunks(CONNECTING_MAX) {
            let opening = some.iter().map(|token| async move {
                if plain {
                    Socket::plain(address).await
                } else {
                    Socket::ready(address, token).await
                }
            });
            for socket in futures::future::try_join_all(opening).await? {
                tasks.push(tokio::task::spawn_local(listen(
                    socket,
                    seen.clone(),
                    clock,
                )));
            }
        }
        Ok(Self { seen, tasks })
    }

    /// Forgets what was seen and says how much is to come.
    pub(super) fn expect(&self, receipts: u64) {
        self.seen.receipts.set(0);
        self.seen.wanted.set(receipts);
        self.seen.latencies_us.borrow_mut().clear();
    }

    /// Waits until all that was expected has come.
    pub(super) async fn complete(&self, within: Duration) -> anyhow::Result<()> {
        let waiting = async {
            while self.seen.receipts.get() < self.seen.wanted.get() {
                self.seen.complete.notified().await;
                if let Some(failed) = self.seen.failed.borrow().as_ref() {
                    bail!("{failed}");
                }
            }
            Ok(())
        };
        let (receipts, wanted) = (&self.seen.receipts, &self.seen.wanted);
        tokio::time::timeout(within, waiting)
            .await
            .with_context(|| format!("{} of {} receipts", receipts.get(), wanted.get()))?
    }
}

async fn listen(mut socket: Socket, seen: Rc<Seen>, clock: Clock) {
    let mut last = None;
    loop {
        let mut wrong = None;
        let read = socket
            .next_many(|frame| {
                let Some((seq, sent_at)) = socket::posted(frame) else {
                    return;
                };
                if last.is_some_and(|last| seq != last + 1) {
                    wrong = Some(format!("event {seq} came after {last:?}"));
                }
                last = Some(seq);
                seen.receipts.set(seen.receipts.get() + 1);
                let took = clock.micros().saturating_sub(sent_at) as u32;
                seen.latencies_us.borrow_mut().push(took);
            })
            .await;
        if let Some(wrong) = wrong.or_else(|| read.err().map(|error| format!("{error:#}"))) {
            seen.failed.replace(Some(wrong));
            seen.complete.notify_one();
            return;
        }
        if seen.receipts.get() >= seen.wanted.get() {
            seen.complete.notify_one();
        }
    }
}
