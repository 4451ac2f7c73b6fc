//! The client of tool servers against real ones: the protocol's own reference servers, and one
//! that misbehaves in every way we know. `cargo xtask test rust` installs the reference servers.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod harness;
mod odd;
mod reference;
