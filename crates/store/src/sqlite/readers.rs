//! A few connections that only read, each used by one query at a time.

use super::{Workers, connect};
use crate::StoreError;
use rusqlite::Connection;
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Semaphore;

#[derive(Clone)]
pub(super) struct Readers {
    /// Connections nobody uses now. The lock is held for a push or a pop only.
    idle: Arc<Mutex<Vec<Connection>>>,
    /// As many permits as there are connections: whoever holds one finds one idle.
    places: Arc<Semaphore>,
    workers: Workers,
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
        })
    }

    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let place = self
            .places
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| StoreError::Closed)?;
        let idle = self.idle.clone();
        let read = move || {
            let connection = idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop()
                .ok_or(StoreError::Closed)?;
            let result = work(&connection);
            idle.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(connection);
            drop(place);
            result
        };
        match self.workers {
            Workers::Threads => tokio::task::spawn_blocking(read)
                .await
                .map_err(|e| StoreError::Database(format!("reader failed: {e}")))?,
            Workers::InTurn(_) => {
                self.workers.pause().await;
                let result = read();
                self.workers.pause().await;
                result
            }
        }
    }
}
