//! Places for files on their way in, so that nobody's slow ones keep others out.

use salon_chat::ChatError;
use salon_protocol::UserId;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

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
