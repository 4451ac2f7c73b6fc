//! The one writer: drains what is waiting, commits it as a group, publishes, then answers.
//!
//! Nothing is answered or published before the commit is on disk, and publications leave in the
//! order of the commits, because one thread does all three.

use super::Committed;
use crate::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{thread, time::Duration};
use tokio::sync::{mpsc, oneshot};
use tracing::{error, warn};

/// Jobs that may wait for the writer; further callers wait for a place.
const JOBS_WAITING_MAX: usize = 4_096;
/// Jobs in one commit: enough to make one sync serve a burst, few enough that the first of them
/// does not wait long for the last.
const JOBS_PER_COMMIT_MAX: usize = 1_024;

/// What the writer tells the publisher.
#[derive(Debug)]
pub enum Publication {
    /// These events are durable.
    Events {
        /// In the order of their commits.
        events: Vec<Committed>,
        /// Agents have turns to take because of them.
        turns_wait: bool,
    },
    /// Another process has written to the file; what it wrote is to be read.
    Foreign,
}

/// A transaction in which several jobs write; each sees what those before it wrote.
pub struct Tx<'a> {
    pub(super) db: &'a Transaction<'a>,
    pub(super) events: Vec<Committed>,
    /// Agents have something to do.
    pub(super) turns_wait: bool,
}

type Finish = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

enum Job {
    Write(Box<dyn FnOnce(&mut Tx<'_>) -> Finish + Send>),
    LookForForeign,
}

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(super) fn start(
        connection: Connection,
        publish: mpsc::Sender<Publication>,
        foreign_poll: Option<Duration>,
    ) -> Result<Self, StoreError> {
        let (jobs, waiting) = mpsc::channel(JOBS_WAITING_MAX);
        thread::Builder::new()
            .name("salon-writer".into())
            .spawn(move || run(connection, waiting, &publish))
            .map_err(|e| StoreError::Database(format!("start the writer: {e}")))?;
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
        Ok(Self { jobs })
    }

    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Job::Write(Box::new(move |tx| {
            let result = tx.undoable(work);
            Box::new(move |commit| {
                // Whoever asked may have gone away; the commit stands all the same.
                drop(answer.send(commit.and(result)));
            })
        }));
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

impl Tx<'_> {
    /// Runs `work` so that an error takes back what it wrote, and only that.
    fn undoable<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let events_before = self.events.len();
        self.execute("SAVEPOINT job")?;
        match work(self) {
            Ok(value) => {
                self.execute("RELEASE job")?;
                Ok(value)
            }
            Err(error) => {
                self.events.truncate(events_before);
                self.execute("ROLLBACK TO job")?;
                self.execute("RELEASE job")?;
                Err(error)
            }
        }
    }

    fn execute(&self, statement: &str) -> Result<(), StoreError> {
        self.db.prepare_cached(statement)?.execute([])?;
        Ok(())
    }
}

fn run(
    mut connection: Connection,
    mut waiting: mpsc::Receiver<Job>,
    publish: &mpsc::Sender<Publication>,
) {
    let mut foreign_version = data_version(&connection);
    while let Some(first) = waiting.blocking_recv() {
        let mut group = Vec::new();
        let mut look = false;
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Write(work) => group.push(work),
                Job::LookForForeign => look = true,
            }
            next = if group.len() < JOBS_PER_COMMIT_MAX {
                waiting.try_recv().ok()
            } else {
                None
            };
        }
        if !group.is_empty() {
            let (commit, finishes) = commit_group(&mut connection, group);
            if let Err(error) = &commit {
                error!(%error, jobs = finishes.len(), "commit failed; nothing of it was written");
            }
            let answer = match commit {
                Ok(publication) => {
                    if let Some(publication) = publication {
                        // Fails only while the process ends; the log keeps what was written.
                        drop(publish.blocking_send(publication));
                    }
                    Ok(())
                }
                Err(error) => Err(error),
            };
            for finish in finishes {
                finish(answer.clone());
            }
        }
        if look {
            // Changes of this connection's own do not count here: only other processes' do.
            let version = data_version(&connection);
            if version != foreign_version {
                foreign_version = version;
                drop(publish.blocking_send(Publication::Foreign));
            }
        }
    }
}

type Work = Box<dyn FnOnce(&mut Tx<'_>) -> Finish + Send>;

fn commit_group(
    connection: &mut Connection,
    group: Vec<Work>,
) -> (Result<Option<Publication>, StoreError>, Vec<Finish>) {
    let db = match connection.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(db) => db,
        Err(error) => {
            warn!(%error, "cannot begin to write");
            return (Err(error.into()), group.into_iter().map(refuse).collect());
        }
    };
    let mut tx = Tx {
        db: &db,
        events: Vec::new(),
        turns_wait: false,
    };
    let finishes = group.into_iter().map(|work| work(&mut tx)).collect();
    let Tx {
        events, turns_wait, ..
    } = tx;
    let publication = (!events.is_empty()).then_some(Publication::Events { events, turns_wait });
    let committed = db.commit().map(|()| publication).map_err(StoreError::from);
    (committed, finishes)
}

/// A job that could not even be tried is dropped, and with it its answer's sender: its caller
/// sees the store closed rather than waiting for ever.
fn refuse(work: Work) -> Finish {
    Box::new(move |_| drop(work))
}

fn data_version(connection: &Connection) -> i64 {
    connection
        .pragma_query_value(None, "data_version", |row| row.get(0))
        .unwrap_or(0)
}
