//! `salon backup` and `salon restore`.

use super::{remark, say};
use crate::config::Config;
use anyhow::{Context, anyhow};
use salon_chat::StoreError;
use std::path::Path;

pub(crate) async fn backup(config: &Config, file: &Path) -> anyhow::Result<()> {
    let bucket = config.files.bucket()?;
    let written = salon_chat::backup(&config.data, file, bucket.as_ref()).await;
    let written = written
        .map_err(|error| match error {
            StoreError::NotFound(_) => {
                anyhow!("there is no data of Salon in {}", config.data.display())
            }
            StoreError::Taken(_) => anyhow!("it exists already; name a new file"),
            error => error.into(),
        })
        .with_context(|| format!("cannot write the backup {}", file.display()))?;
    say(format_args!(
        "Everything is in {}: the database and {} files of {} bytes.",
        file.display(),
        written.files,
        written.bytes
    ));
    tell_of(&written.missing, "is not in the data folder any more");
    tell_of(&written.damaged, "is damaged; it was copied as it is");
    Ok(())
}

pub(crate) fn restore(config: &Config, file: &Path, overwrite: bool) -> anyhow::Result<()> {
    let restored = salon_chat::restore(&config.data, file, overwrite)
        .map_err(|error| match error {
            StoreError::NotEmpty(found) => anyhow!(
                "the folder is not empty, it has {found:?} in it; --overwrite sets aside what is \
                 there, or name another folder with --data"
            ),
            StoreError::InUse => anyhow!("a server or a command has the folder open; stop it"),
            error => error.into(),
        })
        .with_context(|| {
            let data = config.data.display();
            format!("cannot restore {} into {data}", file.display())
        })?;
    let data = config.data.display();
    if let Some(aside) = restored.set_aside {
        remark(format_args!(
            "What was there before is in {}.",
            aside.display()
        ));
    }
    match restored.manifest {
        Some(manifest) => {
            say(format_args!(
                "{data} holds the backup of {} now, {} files with it. Start the server on it.",
                manifest.made_at, manifest.files
            ));
            tell_of(&manifest.damaged, "was damaged when the backup was made");
        }
        None => say(format_args!(
            "{data} holds the backup now. Start the server on it."
        )),
    }
    tell_of(&restored.missing, "was not in the backup");
    Ok(())
}

fn tell_of(digests: &[String], what: &str) {
    for digest in digests {
        remark(format_args!("the file {digest} {what}"));
    }
}
