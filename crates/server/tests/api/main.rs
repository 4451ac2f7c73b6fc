//! The server from outside: a real one in this process on a free port, over HTTP and WebSocket.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod harness;

mod account;
mod accounts;
mod admin;
mod agent;
mod agents;
mod avatars;
mod bad_input;
mod commands;
mod emoji;
mod entrance;
mod export;
mod files;
mod hostile;
mod http;
mod imports;
mod kept;
mod later;
mod mentions;
mod moderation;
mod notifying;
mod passkeys;
mod polls;
mod previews;
mod pushes;
mod resume;
mod retention;
mod rights;
mod search;
mod sign_in;
mod sites;
mod socket;
mod threads;
mod unsent;
mod uploads;
mod verify;
