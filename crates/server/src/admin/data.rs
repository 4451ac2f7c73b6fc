//! `salon backup` and `salon restore`.

use super::{open, say};
use crate::config::Config;
use anyhow::Context;
use salon_chat::{Store, StoreConfig};
use std::path::Path;

pub(crate) async fn backup(config: &Config, file: &Path) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let written = chat.store().backup(file).await;
    written.with_context(|| format!("cannot write the backup {}", file.display()))?;
    say(format_args!("Everything is in {}.", file.display()));
    Ok(())
}

pub(crate) fn restore(config: &Config, file: &Path) -> anyhow::Result<()> {
    Store::restore(&StoreConfig::new(&config.data), file).with_context(|| {
        format!(
            "cannot restore {} into {}; the data folder must be empty and the server stopped",
            file.display(),
            config.data.display()
        )
    })?;
    say(format_args!(
        "{} holds the backup now. Start the server on it.",
        config.data.display()
    ));
    Ok(())
}
