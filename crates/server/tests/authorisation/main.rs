//! Who may do what: every route, frame and command, for everybody, in rooms of every kind, as one
//! table. A route, frame or command that has no row fails; so does any change of a cell, until
//! somebody has looked at it. What one may not see answers, to the byte, like what is not there.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod cast;
mod commands;
mod frames;
#[path = "../api/harness.rs"]
#[expect(dead_code, reason = "the other integration tests use the rest")]
mod harness;
mod routes;
