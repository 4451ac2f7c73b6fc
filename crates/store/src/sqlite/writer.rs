//! The one writer: drains what is waiting, commits it as a group, publishes, then answers.
//!
//! Nothing is answered or published before the commit is on disk, and publications leave in the
//! order of the commits, because one thread does all three.

use super::{
    Committed, Workers,
    claims::{ClaimedTurn, Lent},
    group::{self, Outcome, Work},
    search,
};
use crate::StoreError;
use rusqlite::Connection;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};
use tokio::sync::{mpsc, oneshot};
use tracing::error;

pub use super::group::Tx;

/// Jobs that may wait for the writer; further callers wait for a place.
const JOBS_WAITING_MAX: usize = 4_096;
/// Jobs in one commit: enough to make one sync serve a burst, few enough that the first of them
/// does not wait long for the last.
const JOBS_PER_COMMIT_MAX: usize = 1_024;
/// When the search index is behind by so many messages, they are put into it: enough that what it
/// writes for them is shared by many, few enough that a search does not wait long for them.
const UNINDEXED_MAX: usize = 64;

/// What the writer tells the publisher.
#[derive(Debug)]
pub enum Publication {
    /// These events are durable.
    Events {
        /// In the order of their commits.
        events: Vec<Committed>,
        /// Turns that were claimed with them: to be handed over behind them.
        claimed: Vec<ClaimedTurn>,
        /// Agents have other turns to take because of them.
        turns_wait: bool,
    },
    /// Another process has written to the file; what it wrote is to be read.
    Foreign,
}

enum Job {
    Write(Work),
    LookForForeign,
    /// Answered when all that was committed before is in the search index, or could not be put there.
    Index(oneshot::Sender<()>),
}

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
    /// Why the last commit failed, if it did. Written by the writer after each commit; read by
    /// whoever asks how the database is.
    trouble: Arc<Mutex<Option<StoreError>>>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        publish: mpsc::Sender<Publication>,
        foreign_poll: Option<Duration>,
        workers: Workers,
        lent: Lent,
    ) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel(JOBS_WAITING_MAX);
        let trouble = Arc::<Mutex<Option<StoreError>>>::default();
        let work = Working {
            foreign_version: data_version(&connection),
            connection,
            trouble: trouble.clone(),
            lent,
            // The last process may have left some.
            unindexed: 1,
            index_failed: false,
        };
        match workers {
            Workers::Threads => drop(
                thread::Builder::new()
                    .name("salon-writer".into())
                    .spawn(move || work.run(waiting, &publish))
                    .map_err(|e| StoreError::Database(format!("start the writer: {e}")))?,
            ),
            Workers::InTurn(_) => drop(tokio::spawn(work.run_in_turn(waiting, publish, workers))),
        }
        if let Some(every) = foreign_poll {
            // Holds the channel weakly: the writer ends when the last store is dropped.
            let jobs = jobs.downgrade();
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(every).await;
                    let Some(jobs) = jobs.upgrade() else { return };
                    // A full queue means that the writer is at work and will look soon enough.
                    drop(jobs.try_send(Job::LookForForeign));
                }
            });
        }
        Ok(Self { jobs, trouble })
    }

    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Job::Write(Box::new(move |tx| {
            let result = tx.map(|tx| tx.undoable(work));
            Box::new(move |commit: Result<(), StoreError>| {
                // Whoever asked may have gone away; the commit stands all the same.
                drop(answer.send(commit.and_then(|()| result.unwrap_or(Err(StoreError::Closed)))));
            })
        }));
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }

    /// Has all that was committed before put into the search index, as far as it can be.
    pub(super) async fn index(&self) -> Result<(), StoreError> {
        let (done, is_done) = oneshot::channel();
        let job = Job::Index(done);
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        is_done.await.map_err(|_| StoreError::Closed)
    }

    /// Why the last commit failed, if it did.
    pub(super) fn trouble(&self) -> Option<StoreError> {
        lock(&self.trouble).clone()
    }
}

fn lock(trouble: &Mutex<Option<StoreError>>) -> std::sync::MutexGuard<'_, Option<StoreError>> {
    trouble.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the writer works with.
struct Working {
    connection: Connection,
    /// Tells when another process has written.
    foreign_version: i64,
    trouble: Arc<Mutex<Option<StoreError>>>,
    lent: Lent,
    /// About how many messages the search index is behind by.
    unindexed: usize,
    index_failed: bool,
}

impl Working {
    fn run(mut self, mut waiting: mpsc::Receiver<Job>, publish: &mpsc::Sender<Publication>) {
        while let Some(first) = waiting.blocking_recv() {
            let Gathered {
                mut group,
                look,
                searches,
            } = gather(first, &mut waiting);
            while !group.is_empty() {
                let mut outcome = self.commit(&mut group);
                if let Ok(Some(publication)) = outcome.commit.as_mut().map(Option::take) {
                    // Fails only while the process ends; the log keeps what was written.
                    drop(publish.blocking_send(publication));
                }
                outcome.answer();
            }
            if look && self.others_wrote() {
                drop(publish.blocking_send(Publication::Foreign));
            }
            self.index(look, searches);
        }
    }

    /// The same, step by step on the caller's runtime. Between the steps others have their turns,
    /// and the process may end.
    async fn run_in_turn(
        mut self,
        mut waiting: mpsc::Receiver<Job>,
        publish: mpsc::Sender<Publication>,
        workers: Workers,
    ) {
        while let Some(first) = waiting.recv().await {
            workers.pause().await;
            let Gathered {
                mut group,
                look,
                searches,
            } = gather(first, &mut waiting);
            while !group.is_empty() {
                let mut outcome = self.commit(&mut group);
                workers.pause().await;
                if let Ok(Some(publication)) = outcome.commit.as_mut().map(Option::take) {
                    drop(publish.send(publication).await);
                    workers.pause().await;
                }
                outcome.answer();
            }
            if look && self.others_wrote() {
                drop(publish.send(Publication::Foreign).await);
            }
            self.index(look, searches);
        }
    }

    fn commit(&mut self, group: &mut VecDeque<Work>) -> Outcome {
        let outcome = group::commit(&mut self.connection, group, self.lent.now());
        let failed = outcome.commit.as_ref().err().cloned();
        if let Some(error) = &failed {
            let jobs = outcome.finishes.len();
            error!(%error, jobs, "commit failed; nothing of it was written");
        }
        *lock(&self.trouble) = failed;
        self.unindexed += outcome.posted;
        outcome
    }

    /// Puts what the search index is behind by into it, if that is much, or somebody waits for it,
    /// or it is time to look around.
    fn index(&mut self, look: bool, searches: Vec<oneshot::Sender<()>>) {
        let wanted = !searches.is_empty() || (look && self.unindexed > 0);
        if wanted || self.unindexed >= UNINDEXED_MAX {
            let indexed = search::catch_up(&mut self.connection);
            if let Err(error) = &indexed
                && !self.index_failed
            {
                error!(%error, "the search index does not get what was said; it is tried again");
            }
            // Not after every commit of a disk that is full: when it is time to look around.
            self.unindexed = usize::from(indexed.is_err());
            self.index_failed = indexed.is_err();
        }
        for search in searches {
            // Whoever searched may have gone away.
            search.send(()).ok();
        }
    }

    /// Changes of this connection's own do not count here: only other processes' do.
    fn others_wrote(&mut self) -> bool {
        let version = data_version(&self.connection);
        let wrote = std::mem::replace(&mut self.foreign_version, version) != version;
        self.unindexed = self.unindexed.max(wrote.into());
        wrote
    }
}

/// Jobs that wait, as many as one commit takes.
#[derive(Default)]
struct Gathered {
    group: VecDeque<Work>,
    /// Whether to look for what other processes wrote.
    look: bool,
    /// Who waits for the search index.
    searches: Vec<oneshot::Sender<()>>,
}

/// The first job and those that wait behind it.
fn gather(first: Job, waiting: &mut mpsc::Receiver<Job>) -> Gathered {
    let mut gathered = Gathered::default();
    let mut next = Some(first);
    while let Some(job) = next {
        match job {
            Job::Write(work) => gathered.group.push_back(work),
            Job::LookForForeign => gathered.look = true,
            Job::Index(done) => gathered.searches.push(done),
        }
        next = if gathered.group.len() < JOBS_PER_COMMIT_MAX {
            waiting.try_recv().ok()
        } else {
            None
        };
    }
    gathered
}

fn data_version(connection: &Connection) -> i64 {
    connection
        .pragma_query_value(None, "data_version", |row| row.get(0))
        .unwrap_or(0)
}
