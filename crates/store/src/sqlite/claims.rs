//! Turns that begin with their question: whoever takes turns lends the store its places, and a turn
//! that finds one free is claimed in the commit that writes it. No second commit, and no look for
//! it, lies between a question and its agent.

use super::{Store, writer::Tx};
use crate::Turn;
use jiff::{SignedDuration, Timestamp};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// A turn that was claimed as it was written.
#[derive(Debug)]
pub struct ClaimedTurn {
    /// The turn; its lease began with its row.
    pub turn: Turn,
    /// Its place among those that run at once.
    pub place: OwnedSemaphorePermit,
}

/// The places that were lent.
pub(super) struct Claims {
    places: Arc<Semaphore>,
    lease: SignedDuration,
    /// Holds no more than there are places: each that waits here has one.
    to: mpsc::UnboundedSender<ClaimedTurn>,
    /// Turns wait in their rows for a place: whoever comes now waits behind them. Written and read
    /// by the writer alone.
    others_wait: AtomicBool,
}

/// Where the lent places are found; none where nobody takes turns here.
#[derive(Clone, Default)]
pub(super) struct Lent(Arc<Mutex<Option<Arc<Claims>>>>);

impl Lent {
    pub(super) fn now(&self) -> Option<Arc<Claims>> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Claims>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claims {
    /// A place for a turn that is being written, and until when it is claimed.
    fn place(&self) -> Option<(OwnedSemaphorePermit, Timestamp)> {
        if self.to.is_closed() || self.others_wait.load(Ordering::Relaxed) {
            return None;
        }
        let place = self.places.clone().try_acquire_owned().ok()?;
        Some((place, ends(self.lease)))
    }
}

/// When a lease that begins now is over.
pub(super) fn ends(lease: SignedDuration) -> Timestamp {
    salon_protocol::now()
        .saturating_add(lease)
        .unwrap_or(Timestamp::MAX)
}

impl Tx<'_> {
    /// A place for a turn that is being written here. Without one it waits in its row, and those
    /// that are written after it wait behind it.
    pub(super) fn place(&mut self) -> Option<(OwnedSemaphorePermit, Timestamp)> {
        let place = self.claims.as_ref().and_then(|claims| claims.place());
        if place.is_none() {
            self.others_wait(true);
        }
        place
    }

    /// Whether turns that are written from now on wait behind others.
    pub(super) fn others_wait(&mut self, wait: bool) {
        self.turns_wait |= wait;
        if let Some(claims) = &self.claims {
            claims.others_wait.store(wait, Ordering::Relaxed);
        }
    }
}

impl Store {
    /// Lends places to turns that are written from now on; the receiver gets those that were
    /// claimed. Who lends looks for turns that wait in their rows as well, and at once: until it
    /// has found no more of them than it has places, nothing is claimed here.
    pub fn lend_places(
        &self,
        places: Arc<Semaphore>,
        lease: SignedDuration,
    ) -> mpsc::UnboundedReceiver<ClaimedTurn> {
        let (to, claimed) = mpsc::unbounded_channel();
        *self.lent.lock() = Some(Arc::new(Claims {
            places,
            lease,
            to,
            others_wait: AtomicBool::new(true),
        }));
        claimed
    }

    /// Gives turns that were claimed to whoever lent the places. Where it is gone, they are taken
    /// up when their lease ends.
    pub fn hand_over(&self, claimed: Vec<ClaimedTurn>) {
        if let Some(claims) = self.lent.now() {
            for turn in claimed {
                drop(claims.to.send(turn));
            }
        }
    }
}
