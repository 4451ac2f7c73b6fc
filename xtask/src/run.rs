//! From a fresh checkout to a running server.

use crate::{prerequisites, shell, web};
use anyhow::bail;
use std::process::Command;

/// Builds everything and becomes the server.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    prerequisites::compiler()?;
    web::build()?;
    let root = shell::root();
    shell::run(
        &root,
        "cargo",
        &["build", "--release", "--package", "salon-server"],
    )?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let status = Command::new(target.join("release/salon"))
        .arg("serve")
        .args(arguments)
        .current_dir(&root)
        .status()?;
    if !status.success() {
        bail!("the server ended with {status}");
    }
    Ok(())
}
