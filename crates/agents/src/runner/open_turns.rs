//! A burst by one person is one turn: what they say before the first word is shown joins the turn
//! that is open already.

use salon_protocol::{RoomId, Seq, UserId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// An agent's open turn for a person in a room.
pub(super) type Key = (UserId, RoomId, UserId);

struct Open {
    seq: Seq,
    up_to: Seq,
    shown: bool,
}

/// The turns that are open.
#[derive(Clone, Default)]
pub(super) struct OpenTurns(Arc<Mutex<HashMap<Key, Open>>>);

/// What became of a turn that wants to begin.
pub(super) enum Entered {
    /// It is the one that answers.
    First(Guard),
    /// Another one, which has shown nothing yet, answers this too.
    Merged,
    /// Another one has begun to answer: this is a turn of its own.
    Beside,
}

/// An open turn; it is closed when dropped.
pub(super) struct Guard {
    open: OpenTurns,
    key: Key,
    seq: Seq,
}

impl OpenTurns {
    pub(super) fn enter(&self, key: Key, seq: Seq) -> Entered {
        let mut open = self.lock();
        match open.get_mut(&key) {
            Some(first) if !first.shown && first.seq < seq => {
                first.up_to = first.up_to.max(seq);
                Entered::Merged
            }
            Some(_) => Entered::Beside,
            None => {
                let first = Open {
                    seq,
                    up_to: seq,
                    shown: false,
                };
                open.insert(key, first);
                Entered::First(Guard {
                    open: self.clone(),
                    key,
                    seq,
                })
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guard {
    /// Whether what was read up to a number is still all there is to answer; from then on it is,
    /// and later messages are turns of their own.
    pub(super) fn may_show(&self, read_up_to: Seq) -> bool {
        let mut open = self.open.lock();
        let Some(first) = open.get_mut(&self.key) else {
            return true;
        };
        first.shown = first.shown || first.up_to <= read_up_to;
        first.shown
    }

    /// No more joins: it has begun again often enough.
    pub(super) fn close_the_door(&self) {
        if let Some(first) = self.open.lock().get_mut(&self.key) {
            first.shown = true;
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut open = self.open.lock();
        if open
            .get(&self.key)
            .is_some_and(|first| first.seq == self.seq)
        {
            open.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_messages_join_until_the_first_word() {
        let (turns, key) = (
            OpenTurns::default(),
            (UserId::new(), RoomId::new(), UserId::new()),
        );
        let Entered::First(guard) = turns.enter(key, Seq(5)) else {
            panic!("nothing was open")
        };
        assert!(matches!(turns.enter(key, Seq(6)), Entered::Merged));
        assert!(!guard.may_show(Seq(5)), "it has not read the sixth");
        assert!(guard.may_show(Seq(6)));
        assert!(matches!(turns.enter(key, Seq(7)), Entered::Beside));
        drop(guard);
        assert!(matches!(turns.enter(key, Seq(7)), Entered::First(_)));
    }
}
