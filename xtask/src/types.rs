//! The web client's types, generated from the protocol crate.

use crate::shell;
use anyhow::{Context, bail};
use std::path::PathBuf;

/// Writes the file.
pub(crate) fn write() -> anyhow::Result<()> {
    let file = file();
    std::fs::write(&file, salon_protocol::typescript())
        .with_context(|| format!("cannot write {}", file.display()))
}

/// Fails where the file is not what would be written.
pub(crate) fn check() -> anyhow::Result<()> {
    let written = std::fs::read_to_string(file()).unwrap_or_default();
    if written != salon_protocol::typescript() {
        bail!("web/src/protocol.ts is not what the protocol crate says; run `cargo xtask types`");
    }
    Ok(())
}

fn file() -> PathBuf {
    shell::root().join("web/src/protocol.ts")
}
