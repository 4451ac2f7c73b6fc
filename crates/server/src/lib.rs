//! The doors: HTTP, WebSocket, the terminal. The only crate that knows axum.
//!
//! A door finds out who asks, hands the request to `salon-chat`, and carries the answer. It decides
//! nothing about rights and phrases nothing but what is wrong with the request's form.

mod admin;
mod app;
mod auth;
mod bench;
mod body;
pub mod cli;
pub mod config;
mod device;
mod import;
mod limits;
pub mod logging;
mod metrics;
mod origin;
mod problem;
mod routes;
mod serve;
mod uploads;
mod web;
mod ws;

#[cfg(fuzzing)]
/// Where bytes of strangers come in.
pub mod hostile {
    use std::path::Path;

    /// What comes over a socket, whole and cut.
    pub fn socket(bytes: &[u8], cut: &[&[u8]]) {
        crate::ws::hostile::socket(bytes, cut);
    }

    /// What the text of a frame says.
    pub fn frame_text(text: &str) {
        crate::ws::hostile::frame_text(text);
    }

    /// Exports of other chats, written to a file.
    pub fn exports(bytes: &[u8], file: &Path) {
        use crate::import::hostile::{archive, marks, mattermost, slack};
        mattermost(bytes, file, &mut || true);
        slack(bytes, file, &mut || true);
        archive(bytes, file);
        marks(&String::from_utf8_lossy(bytes));
    }
}

pub use cli::run;
pub use serve::{Running, start, start_with};
pub use ws::{Line, Sockets};
