//! How much agents may say in one room, whatever anybody told them.
//!
//! Two buckets a room: one for what people asked for, wide enough never to be met by talk; one for
//! what agents began by themselves or asked of each other. Whoever is out of drops stays silent,
//! and people are told why.

use salon_protocol::RoomId;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Answers to people in one room at once, and one more every [`PEOPLE_EVERY`].
pub(crate) const PEOPLE_BURST: u32 = 40;
/// See [`PEOPLE_BURST`].
pub(crate) const PEOPLE_EVERY: Duration = Duration::from_secs(1);
/// Words of agents that no person asked for, in one room at once, and one more every
/// [`AGENTS_EVERY`].
pub(crate) const AGENTS_BURST: u32 = 6;
/// See [`AGENTS_BURST`].
pub(crate) const AGENTS_EVERY: Duration = Duration::from_secs(15);
/// Questions to a model whether to join in, in one room at once, and one more every
/// [`CHECKS_EVERY`].
pub(crate) const CHECKS_BURST: u32 = 10;
/// See [`CHECKS_BURST`].
pub(crate) const CHECKS_EVERY: Duration = Duration::from_secs(60);
/// Rooms remembered; full buckets are forgotten first, which changes nothing.
const ROOMS_MAX: usize = 10_000;

/// What is to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A person asked for it.
    People,
    /// An agent did, or it joins in by itself.
    Agents,
    /// A question to a model whether to join in.
    Check,
}

impl Kind {
    fn bucket(self) -> (u32, Duration) {
        match self {
            Self::People => (PEOPLE_BURST, PEOPLE_EVERY),
            Self::Agents => (AGENTS_BURST, AGENTS_EVERY),
            Self::Check => (CHECKS_BURST, CHECKS_EVERY),
        }
    }
}

struct Bucket {
    drops: f64,
    at: Instant,
}

/// The governor of all rooms.
#[derive(Default)]
pub(crate) struct Governor {
    /// Written by each turn that would speak; never held across an await.
    buckets: Mutex<HashMap<(RoomId, Kind), Bucket>>,
}

impl Governor {
    /// Takes a drop, if there is one.
    pub(crate) fn allow(&self, room: RoomId, kind: Kind) -> bool {
        let now = Instant::now();
        let (burst, every) = kind.bucket();
        let burst = f64::from(burst);
        let filled = |bucket: &Bucket, every: Duration, burst: f64| {
            let gained = now.duration_since(bucket.at).as_secs_f64() / every.as_secs_f64();
            (bucket.drops + gained).min(burst)
        };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ROOMS_MAX {
            buckets.retain(|(_, kind), bucket| {
                let (burst, every) = kind.bucket();
                filled(bucket, every, f64::from(burst)) < f64::from(burst)
            });
        }
        let bucket = buckets.entry((room, kind)).or_insert(Bucket {
            drops: burst,
            at: now,
        });
        bucket.drops = filled(bucket, every, burst);
        bucket.at = now;
        if bucket.drops < 1.0 {
            return false;
        }
        bucket.drops -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_room_runs_dry_and_fills_again() {
        let governor = Governor::default();
        let (one, other) = (RoomId::new(), RoomId::new());
        let taken = (0..100)
            .filter(|_| governor.allow(one, Kind::Agents))
            .count();
        assert_eq!(taken, AGENTS_BURST as usize);
        assert!(
            governor.allow(other, Kind::Agents),
            "another room is another matter"
        );
        assert!(
            governor.allow(one, Kind::People),
            "people can always get a word in"
        );
        tokio::time::advance(2 * AGENTS_EVERY).await;
        let again = (0..100)
            .filter(|_| governor.allow(one, Kind::Agents))
            .count();
        assert_eq!(again, 2);
    }
}
