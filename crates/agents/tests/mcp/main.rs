//! The client of tool servers against the protocol's own reference servers, and against one that
//! does everything wrong. `cargo xtask test rust` installs the reference servers.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod odd;
mod servers;
mod support;
