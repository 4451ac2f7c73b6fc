//! AI members.

mod runner;

pub use runner::Agents;
