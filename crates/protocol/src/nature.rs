//! The present moment and fresh ids: the machine's, or in a simulation those of whoever runs it.
//!
//! Whatever decides or stores asks here what time it is, so that a simulation can repeat a run to
//! the byte and let the clock jump.

use jiff::Timestamp;
use std::{cell::RefCell, rc::Rc};
use uuid::Uuid;

/// What a simulation puts in the machine's place.
pub trait Nature {
    /// The wall clock. It may jump, as real ones do.
    fn now(&self) -> Timestamp;
    /// A new id, of version 7: it sorts behind those before it.
    fn fresh_id(&self) -> Uuid;
}

thread_local! {
    static SIMULATED: RefCell<Option<Rc<dyn Nature>>> = const { RefCell::new(None) };
}

/// Puts a simulation in the machine's place, or takes it away; for this thread alone.
pub fn simulate(nature: Option<Rc<dyn Nature>>) {
    SIMULATED.set(nature);
}

/// What time it is.
pub fn now() -> Timestamp {
    simulated(|nature| nature.now()).unwrap_or_else(Timestamp::now)
}

/// A new id.
pub fn fresh_id() -> Uuid {
    simulated(|nature| nature.fresh_id()).unwrap_or_else(Uuid::now_v7)
}

fn simulated<T>(ask: impl FnOnce(&dyn Nature) -> T) -> Option<T> {
    SIMULATED.with_borrow(|nature| nature.as_deref().map(ask))
}
