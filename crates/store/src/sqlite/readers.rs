//! A few connections that only read, each used by one query at a time.

use super::connect;
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
}

impl Readers {
    pub(super) fn open(file: &Path, count: usize) -> Result<Self, StoreError> {
        let count = count.max(1);
        let connections = (0..count)
            .map(|_| connect(file, true))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            idle: Arc::new(Mutex::new(connections)),
            places: Arc::new(Semaphore::new(count)),
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
        let outcome = tokio::task::spawn_blocking(move || {
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
        });
        outcome
            .await
            .map_err(|e| StoreError::Database(format!("reader failed: {e}")))?
    }
}
