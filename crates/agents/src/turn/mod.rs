//! One turn as a pure machine: inputs in, effects out, no IO.
//!
//! Everything that bounds a turn is here: how often the model is asked, how many calls it may
//! make, that the same call is not made twice, and what is shown when any of it fails.

mod effects;
mod machine;
mod words;

pub(crate) use effects::{CallEnd, Effect, End, Input, Outcome};
pub(crate) use machine::TurnMachine;
pub(crate) use words::{as_data, notice, without_notice};
