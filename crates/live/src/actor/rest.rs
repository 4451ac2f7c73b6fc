//! Between two long rounds of writes to one room: what is said there meanwhile shares the second.

use salon_protocol::RoomId;
use std::time::Duration;
use tokio::time::Instant;

/// How many times as long as the rest after it a round takes. A socket is written to less often and
/// more at once, and nobody waits longer than half a round more.
const ROUND_PER_REST: u32 = 2;
/// A shorter one is none: the runtime's timers go by milliseconds.
const REST_MIN: Duration = Duration::from_millis(1);
/// However long a round took.
const REST_MAX: Duration = Duration::from_millis(25);

/// A room that was written to a moment ago, and for long.
pub(super) struct Rest {
    room: RoomId,
    pub(super) until: Instant,
}

impl Rest {
    /// After a round of writes to nobody but who is in this room.
    pub(super) fn after(room: RoomId, took: Duration) -> Option<Self> {
        let rest = (took / ROUND_PER_REST).min(REST_MAX);
        (rest >= REST_MIN).then(|| Self {
            room,
            until: Instant::now() + rest,
        })
    }

    /// The room, while it is not over.
    pub(super) fn room(&self) -> Option<RoomId> {
        (Instant::now() < self.until).then_some(self.room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_round_has_half_of_it_as_rest_and_a_short_one_none() {
        let room = RoomId::new();
        let rest = |ms| Rest::after(room, Duration::from_millis(ms));
        assert!(rest(1).is_none(), "too short for a timer");
        let before = Instant::now();
        let [short, long] = [8, 1_000].map(|ms| rest(ms).unwrap().until);
        let after = Instant::now();
        let half = Duration::from_millis(4);
        assert!((before + half..=after + half).contains(&short));
        assert!((before + REST_MAX..=after + REST_MAX).contains(&long));
        let over = Rest {
            room,
            until: before,
        };
        assert_eq!(over.room(), None);
        assert!(rest(1_000).unwrap().room().is_some());
    }
}
