//! The real binary as a process: killed in the middle of everything, asked to stop.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod accounts;
mod agent;
mod agents;
mod backup;
mod bucket;
mod disk;
mod imports;
mod kill;
mod program;
mod stop;
mod uploads;
