//! Who has a data folder open. Every process that does shares a lock on a file in it, which ends
//! with the process; a restore needs it alone.

use crate::StoreError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};
use tracing::warn;

/// The lock file's name.
pub(crate) const PRESENCE: &str = "salon.lock";

/// That this process has the folder open.
pub(super) struct Presence(#[expect(dead_code, reason = "held, never read")] Option<File>);

impl Presence {
    pub(super) fn take(folder: &Path) -> Result<Self, StoreError> {
        let file = open(folder)?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Self(Some(file))),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
            // Some network file systems know no locks; the server works there all the same.
            Err(TryLockError::Error(error)) => {
                warn!(%error, "the data folder cannot be locked: restore into it only when no server runs");
                Ok(Self(None))
            }
        }
    }
}

/// While this is held nobody else opens the folder.
pub(crate) fn alone_with(folder: &Path) -> Result<File, StoreError> {
    let file = open(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(failed(folder, &error)),
    }
}

fn open(folder: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(folder.join(PRESENCE))
        .map_err(|error| failed(folder, &error))
}

fn failed(folder: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Database(format!("lock {}: {error}", folder.display()))
}
