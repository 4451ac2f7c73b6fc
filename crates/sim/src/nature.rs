//! The simulated machine's clock, ids and chance, for whatever runs on this thread.

use crate::chance::Chance;
use jiff::{SignedDuration, Timestamp};
use salon_protocol::Nature;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use uuid::{Builder, Uuid};

/// Every run begins at the same moment.
const BEGINNING: i64 = 1_700_000_000_000_000;

/// What the seed decides beside the world's own moves.
pub(crate) struct Simulated {
    micros: Cell<i64>,
    ids: Cell<u64>,
    chance: RefCell<Chance>,
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Simulated>>> = const { RefCell::new(None) };
}

impl Simulated {
    /// Takes the machine's place on this thread.
    pub(crate) fn begin(seed: u64) -> Rc<Self> {
        let simulated = Rc::new(Self {
            micros: Cell::new(BEGINNING),
            ids: Cell::new(0),
            chance: RefCell::new(Chance::new(seed ^ 0x5EED)),
        });
        CURRENT.set(Some(simulated.clone()));
        salon_protocol::simulate(Some(simulated.clone()));
        simulated
    }

    /// Moves the wall clock, backwards too.
    pub(crate) fn jump(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or_default();
        self.micros.set(self.micros.get() + micros);
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        CURRENT.set(None);
        salon_protocol::simulate(None);
    }
}

/// Gives the machine its place back when dropped.
pub(crate) struct Ending;

impl Nature for Simulated {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.micros.get()).unwrap()
    }

    fn fresh_id(&self) -> Uuid {
        self.ids.set(self.ids.get() + 1);
        // As real ones do, ids sort by their making even where the clock has jumped back.
        let mut rest = [0; 10];
        rest[..8].copy_from_slice(&(self.ids.get() << 8).to_be_bytes());
        Builder::from_unix_timestamp_millis((BEGINNING / 1_000) as u64, &rest).into_uuid()
    }
}

/// Asks the current run's chance.
pub(crate) fn chance<T>(ask: impl FnOnce(&mut Chance) -> T) -> T {
    CURRENT.with_borrow(|current| {
        let current = current.as_ref().expect("nothing is being simulated");
        ask(&mut current.chance.borrow_mut())
    })
}

/// For how many turns of others a step of the store lasts.
pub(crate) fn pause() -> u32 {
    chance(|chance| chance.below(4)) as u32
}
