//! The real log, hub, actions, sessions and agents under one seed.
//!
//! Everything runs on one thread and in an order that the seed alone decides: which task goes on,
//! which bytes arrive, which connection breaks, what the model says, how far the clocks move, and
//! when the process dies. One seed is one run, to the byte; a seed that breaks a promise can be
//! run again and looked at. What is simulated are the machine's parts: network, clocks, ids, the
//! model's service. The database is the real one, on files.

#![expect(
    clippy::unwrap_used,
    reason = "a run that cannot go on says so by panicking"
)]

mod chance;
mod client;
mod line;
mod model;
mod nature;
pub mod power;
mod process;
mod run;

pub use run::{Run, seed};

use std::path::Path;
use tempfile::TempDir;

/// A place for files, in memory where that is possible: syncs of a disk would cost most of the
/// time.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    }
    .unwrap()
}
