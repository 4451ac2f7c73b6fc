//! Where pictures are worked on: few at a time, away from the tasks that must answer quickly, and
//! nobody waits for one for ever.

use crate::Unreadable;
use std::{sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// Pictures that are read at once: each may take a quarter of a gigabyte.
const AT_ONCE_MAX: usize = 2;
/// Whoever waits for a picture is answered within so long. The work itself is bounded by the
/// picture's size; one that goes on keeps its place until it is done.
const WAIT_MAX: Duration = Duration::from_secs(20);

/// The places; clones share them.
#[derive(Clone)]
pub struct Workshop {
    places: Arc<Semaphore>,
}

impl Default for Workshop {
    fn default() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE_MAX)),
        }
    }
}

impl Workshop {
    /// Runs `work` on a thread for such work once there is a place.
    pub async fn run<T, F>(&self, work: F) -> Result<T, Unreadable>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, Unreadable> + Send + 'static,
    {
        let place = self
            .places
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| Unreadable::TooSlow)?;
        let task = tokio::task::spawn_blocking(move || {
            let made = work();
            drop(place);
            made
        });
        match tokio::time::timeout(WAIT_MAX, task).await {
            Ok(Ok(made)) => made,
            // A decoder that panics has met bytes that its author did not think of.
            Ok(Err(_)) => Err(Unreadable::Broken),
            Err(_) => Err(Unreadable::TooSlow),
        }
    }
}
