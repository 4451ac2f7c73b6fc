//! Tools from outside: a client of the Model Context Protocol.
//!
//! An [`McpServer`] is a program that we start, or an address that we call. It is somebody else's
//! code: whatever it sends is bounded, may be wrong, and never ends this process.

mod child;
mod config;
mod connection;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod hostile;
mod http;
mod listener;
mod pipes;
mod request;
mod result;
mod server;
mod text;
mod tool;

pub use config::McpServerConfig;
pub use error::McpError;
pub use result::{McpResult, OUTPUT_CHARS_MAX};
pub use server::McpServer;
pub use tool::{McpTool, TOOLS_MAX};
