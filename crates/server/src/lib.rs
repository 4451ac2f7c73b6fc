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

pub use cli::run;
pub use serve::{Running, start, start_with};
pub use ws::{Line, Sockets};
