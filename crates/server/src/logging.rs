//! Log lines, for people or for programs, on standard error.

use crate::config::{Config, LogFormat};
use tracing_subscriber::EnvFilter;

/// Begins to log. A second call, as tests make, changes nothing.
pub fn start(config: &Config) {
    // The protocol's library logs what servers of tools send, whole and without a bound.
    let quiet = format!("rmcp=error,{}", config.log);
    let filter = EnvFilter::try_new(quiet).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.ok();
}
