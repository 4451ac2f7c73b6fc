//! The web client.

use crate::{prerequisites, shell};

/// Builds it into `web/dist`, from where the server's build takes it.
pub(crate) fn build() -> anyhow::Result<()> {
    prerequisites::npm()?;
    shell::run(
        &shell::root().join("web"),
        "npm",
        &["run", "--silent", "build"],
    )
}
