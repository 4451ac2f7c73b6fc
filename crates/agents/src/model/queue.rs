//! A fair queue in front of an endpoint: so many calls at once, and of those who wait each asker
//! in turn, so that nobody's burst keeps others waiting.
//!
//! The lock is held only to look at and change the queue, never across an await.

use super::{ChatRequest, Completion, Delta, DeltaSink, Model, ModelFailure};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{sync::oneshot, time::Instant};

/// Askers' questions under a limit of concurrent calls.
#[derive(Debug)]
pub struct FairQueue {
    running_max: usize,
    waiting_max: usize,
    waiting_per_asker_max: usize,
    /// Written by whoever comes, leaves or is let in; waited on by nobody.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: usize,
    /// Askers with somebody waiting; the front one's turn is next.
    ring: VecDeque<String>,
    waiting: HashMap<String, VecDeque<oneshot::Sender<Permit>>>,
}

/// The queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueFull;

/// The right to make one call; given back when dropped.
#[derive(Debug)]
pub struct Permit {
    /// None once its place was taken back.
    queue: Option<Arc<FairQueue>>,
}

impl FairQueue {
    /// Calls at once where nothing else is said.
    pub const RUNNING_DEFAULT: usize = 8;
    /// Questions that may wait where nothing else is said.
    pub const WAITING_DEFAULT: usize = 256;
    /// Questions of one asker that may wait where nothing else is said.
    pub const WAITING_PER_ASKER_DEFAULT: usize = 16;

    /// A queue with its three bounds.
    pub fn new(running_max: usize, waiting_max: usize, waiting_per_asker_max: usize) -> Arc<Self> {
        let state = Mutex::default();
        Arc::new(Self {
            running_max: running_max.max(1),
            waiting_max,
            waiting_per_asker_max,
            state,
        })
    }

    /// Waits for the right to make a call. Leaving early, by dropping the future, leaves no trace.
    pub async fn acquire(self: &Arc<Self>, asker: &str) -> Result<Permit, QueueFull> {
        let admitted = {
            let mut state = self.lock();
            state.forget_those_who_left();
            if state.running < self.running_max {
                state.running += 1;
                return Ok(Permit {
                    queue: Some(Arc::clone(self)),
                });
            }
            let all: usize = state.waiting.values().map(VecDeque::len).sum();
            let own = state.waiting.get(asker).map_or(0, VecDeque::len);
            if all >= self.waiting_max || own >= self.waiting_per_asker_max {
                return Err(QueueFull);
            }
            let (sender, receiver) = oneshot::channel();
            if own == 0 {
                state.ring.push_back(asker.to_owned());
            }
            state
                .waiting
                .entry(asker.to_owned())
                .or_default()
                .push_back(sender);
            receiver
        };
        // The sender lives in the queue until it sends, and the queue outlives us: we hold it.
        admitted.await.map_err(|_| QueueFull)
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        let mut state = self.lock();
        state.forget_those_who_left();
        state.waiting.values().map(VecDeque::len).sum()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes a place on to whoever is next, or frees it.
    fn pass_on(self: &Arc<Self>) {
        loop {
            let next = {
                let mut state = self.lock();
                state.forget_those_who_left();
                let Some(next) = state.next() else {
                    state.running -= 1;
                    return;
                };
                next
            };
            match next.send(Permit {
                queue: Some(Arc::clone(self)),
            }) {
                Ok(()) => return,
                // Left between our look and our word. The place is still ours to give, so the
                // returned permit must not give it a second time.
                Err(mut permit) => drop(permit.queue.take()),
            }
        }
    }
}

impl State {
    fn next(&mut self) -> Option<oneshot::Sender<Permit>> {
        let asker = self.ring.pop_front()?;
        let line = self.waiting.get_mut(&asker)?;
        let next = line.pop_front();
        if line.is_empty() {
            self.waiting.remove(&asker);
        } else {
            self.ring.push_back(asker);
        }
        next
    }

    fn forget_those_who_left(&mut self) {
        self.waiting.retain(|_, line| {
            line.retain(|sender| !sender.is_closed());
            !line.is_empty()
        });
        let waiting = &self.waiting;
        self.ring.retain(|asker| waiting.contains_key(asker));
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.take() {
            queue.pass_on();
        }
    }
}

/// A model behind a queue.
pub struct Queued<M> {
    inner: M,
    queue: Arc<FairQueue>,
}

impl<M: Model> Queued<M> {
    /// Puts a model behind a queue; models of one endpoint share one.
    pub fn new(inner: M, queue: Arc<FairQueue>) -> Self {
        Self { inner, queue }
    }
}

#[async_trait::async_trait]
impl<M: Model> Model for Queued<M> {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn endpoint(&self) -> &str {
        self.inner.endpoint()
    }

    fn price(&self) -> super::Price {
        self.inner.price()
    }

    fn sees(&self) -> bool {
        self.inner.sees()
    }

    async fn stream(
        &self,
        request: ChatRequest,
        deltas: DeltaSink,
    ) -> Result<Completion, ModelFailure> {
        let came = Instant::now();
        let admitted = self.queue.acquire(&request.origin.asker);
        let permit = match request.deadline {
            Some(deadline) => tokio::time::timeout_at(deadline, admitted)
                .await
                .map_err(|_| ModelFailure::Busy)?,
            None => admitted.await,
        };
        let _permit = permit.map_err(|QueueFull| ModelFailure::Busy)?;
        metrics::histogram!("salon_model_queue_seconds").record(came.elapsed().as_secs_f64());
        deltas.send(Delta::Started).await;
        self.inner.stream(request, deltas).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    /// Who got in, in order, when each of `line` asks while one call is running.
    async fn order(line: &[&str]) -> Vec<String> {
        let queue = FairQueue::new(1, 100, 100);
        let running = queue.acquire("first").await.unwrap();
        let (log, mut entered) = tokio::sync::mpsc::unbounded_channel();
        for asker in line.iter().map(|&asker| asker.to_owned()) {
            let mut place = Box::pin({
                let queue = Arc::clone(&queue);
                let log = log.clone();
                async move {
                    let permit = queue.acquire(&asker).await.unwrap();
                    log.send(asker).unwrap();
                    drop(permit);
                }
            });
            assert!(place.as_mut().now_or_never().is_none());
            tokio::spawn(place);
        }
        drop((running, log));
        let mut order = Vec::new();
        while let Some(asker) = entered.recv().await {
            order.push(asker);
        }
        order
    }

    #[tokio::test]
    async fn a_burst_by_one_asker_does_not_keep_others_waiting() {
        assert_eq!(
            order(&["ada", "ada", "ada", "bob", "eve"]).await,
            ["ada", "bob", "eve", "ada", "ada"]
        );
    }

    #[tokio::test]
    async fn no_more_run_than_allowed_and_each_end_lets_one_in() {
        let queue = FairQueue::new(2, 10, 10);
        let first = queue.acquire("a").await.unwrap();
        let _second = queue.acquire("b").await.unwrap();
        let mut third = Box::pin(queue.acquire("c"));
        assert!(third.as_mut().now_or_never().is_none());
        drop(first);
        assert!(third.await.is_ok());
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_one_asker_cannot_fill_it() {
        let queue = FairQueue::new(1, 3, 2);
        let _running = queue.acquire("ada").await.unwrap();
        let mut waiting = Vec::new();
        for asker in ["ada", "ada", "bob"] {
            let mut place = Box::pin(queue.acquire(asker));
            assert!(place.as_mut().now_or_never().is_none());
            waiting.push(place);
        }
        assert_eq!(queue.acquire("ada").await.unwrap_err(), QueueFull);
        assert_eq!(queue.acquire("eve").await.unwrap_err(), QueueFull);
        drop(waiting.remove(0));
        assert_eq!(queue.waiting(), 2);
        assert!(queue.acquire("eve").now_or_never().is_none());
    }

    #[tokio::test]
    async fn whoever_leaves_while_let_in_gives_the_place_back() {
        let queue = FairQueue::new(1, 10, 10);
        let running = queue.acquire("a").await.unwrap();
        let mut left = Box::pin(queue.acquire("b"));
        assert!(left.as_mut().now_or_never().is_none());
        drop(running);
        // The place was passed to `b`, who never looked.
        drop(left);
        assert!(queue.acquire("c").now_or_never().unwrap().is_ok());
        assert_eq!(queue.lock().running, 0);
    }
}
