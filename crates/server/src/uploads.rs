//! Places for files on their way in, so that nobody's slow ones keep others out; and who adds to a
//! file that comes in pieces.

use salon_chat::ChatError;
use salon_protocol::{FileId, UserId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::OwnedMutexGuard;
use tokio_util::sync::CancellationToken;

/// Files that one user brings in at once.
const PER_USER_MAX: usize = 6;
/// Whoever brings more is told to wait so long.
const RETRY_AFTER_MS: u64 = 1_000;

/// Taken and given back by requests; the lock is held for a count only.
#[derive(Clone, Default)]
pub(crate) struct Uploads(Arc<Mutex<HashMap<UserId, usize>>>);

/// A place, given back when dropped.
pub(crate) struct Place {
    uploads: Uploads,
    user: UserId,
}

impl Uploads {
    pub(crate) fn take(&self, user: UserId) -> Result<Place, ChatError> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(user).or_default();
        if *count >= PER_USER_MAX {
            return Err(ChatError::TooFast {
                retry_after_ms: RETRY_AFTER_MS,
            });
        }
        *count += 1;
        Ok(Place {
            uploads: self.clone(),
            user,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self
            .uploads
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user);
            }
        }
    }
}

/// Somebody's upload. A stranger who knows its id has another key, and disturbs nobody.
type Key = (UserId, FileId);

/// Requests about uploads in pieces, one at a time for each upload. A newer one has an older one
/// end: that has lost its sender, most likely, and would wait for bytes that do not come.
#[derive(Clone, Default)]
pub(crate) struct Growers(Arc<Mutex<HashMap<Key, Growing>>>);

#[derive(Default)]
struct Growing {
    /// The newest request's; cancelled by the next.
    over: CancellationToken,
    /// Held by the request that works, across awaits on purpose.
    work: Arc<tokio::sync::Mutex<()>>,
    /// Requests that work or wait.
    count: usize,
}

/// One request's turn, given on when dropped.
pub(crate) struct Grower {
    growers: Growers,
    key: Key,
    over: CancellationToken,
    work: Option<OwnedMutexGuard<()>>,
}

impl Growers {
    /// Waits for the requests before this one, which are told to end.
    pub(crate) async fn alone(&self, user: UserId, upload: FileId) -> Grower {
        let key = (user, upload);
        let (over, work) = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let growing = all.entry(key).or_default();
            growing.over.cancel();
            growing.over = CancellationToken::new();
            growing.count += 1;
            (growing.over.clone(), growing.work.clone())
        };
        let mut grower = Grower {
            growers: self.clone(),
            key,
            over,
            work: None,
        };
        grower.work = Some(work.lock_owned().await);
        grower
    }
}

impl Grower {
    /// Completes when a newer request wants to go on.
    pub(crate) async fn over(&self) {
        self.over.cancelled().await;
    }
}

impl Drop for Grower {
    fn drop(&mut self) {
        self.work.take();
        let mut all = self
            .growers
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(growing) = all.get_mut(&self.key) {
            growing.count -= 1;
            if growing.count == 0 {
                all.remove(&self.key);
            }
        }
    }
}
