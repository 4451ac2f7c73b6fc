//! A few connections that only read, each used by one query at a time.

use super::{Workers, connect};
use crate::StoreError;
use rusqlite::Connection;
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

#[derive(Clone)]
pub(super) struct Readers {
    /// Connections nobody uses now. The lock is held for a push or a pop only.
    idle: Arc<Mutex<Vec<Connection>>>,
    /// As many permits as there are connections: whoever holds one finds one idle.
    places: Arc<Semaphore>,
    workers: Workers,
    /// The connection that all reads of one go use, on the thread that they run on.
    in_hand: Option<Arc<Mutex<InHand>>>,
}

/// A connection that is in use; it is idle again when dropped.
struct InHand {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
    _place: OwnedSemaphorePermit,
}

impl Readers {
    pub(super) fn open(file: &Path, count: usize, workers: Workers) -> Result<Self, StoreError> {
        let count = count.max(1);
        let connections = (0..count)
            .map(|_| connect(file, true))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            idle: Arc::new(Mutex::new(connections)),
            places: Arc::new(Semaphore::new(count)),
            workers,
            in_hand: None,
        })
    }

    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        if let Some(in_hand) = &self.in_hand {
            return lock(in_hand).run(work);
        }
        let in_hand = self.take().await?;
        match self.workers {
            Workers::Threads => tokio::task::spawn_blocking(move || in_hand.run(work))
                .await
                .map_err(failed)?,
            Workers::InTurn(_) => {
                self.workers.pause().await;
                let result = in_hand.run(work);
                self.workers.pause().await;
                result
            }
        }
    }

    /// Runs work whose reads all use one connection, on a thread of their own. Each of them is a
    /// call there, where otherwise it is a way to another thread and back: on a busy machine those
    /// ways take longer than the reads. All of them see the same moment: what others commit in
    /// between would have each begin with an empty cache.
    pub(super) async fn in_one_go<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(Self) -> F + Send + 'static,
        F: Future<Output = T> + Send,
    {
        if self.in_hand.is_some() || matches!(self.workers, Workers::InTurn(_)) {
            return Ok(work(self.clone()).await);
        }
        let in_hand = self.take().await?;
        let mut readers = self.clone();
        let runtime = tokio::runtime::Handle::current();
        let run = move || {
            in_hand.run(|db| Ok(db.execute_batch("BEGIN")?))?;
            readers.in_hand = Some(Arc::new(Mutex::new(in_hand)));
            Ok(runtime.block_on(work(readers)))
        };
        tokio::task::spawn_blocking(run).await.map_err(failed)?
    }

    async fn take(&self) -> Result<InHand, StoreError> {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|_| StoreError::Closed)?;
        Ok(InHand {
            connection: lock(&self.idle).pop(),
            idle: self.idle.clone(),
            _place: place,
        })
    }
}

impl InHand {
    fn run<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(self.connection.as_ref().ok_or(StoreError::Closed)?)
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        // Whoever has it next sees what is stored then.
        if let Some(db) = self.connection.as_ref().filter(|db| !db.is_autocommit())
            && let Err(error) = db.execute_batch("COMMIT")
        {
            tracing::error!(%error, "a reader still sees what was stored earlier");
        }
        // Before its place is free.
        lock(&self.idle).extend(self.connection.take());
    }
}

fn failed(error: tokio::task::JoinError) -> StoreError {
    StoreError::Database(format!("reader failed: {error}"))
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
