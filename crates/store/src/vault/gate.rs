//! Who may put bytes and who may take them away, within this process and between processes.
//!
//! Inside the server a lock does it. A backup or an import runs beside the server: it holds the
//! folder's lock file, which the system lets go of when its process ends, however it ends.

use super::failed;
use crate::StoreError;
use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

#[derive(Clone)]
pub(super) struct Gate {
    /// Held for reading from before bytes are put until their row is committed, for writing while
    /// bytes are taken away: nothing is taken away that somebody is about to stand for. Held
    /// across awaits on purpose.
    inside: Arc<RwLock<()>>,
    file: Arc<PathBuf>,
}

/// While this is held no process takes bytes away.
#[derive(Debug)]
pub struct Hold(#[expect(dead_code, reason = "held, never read")] File);

/// While this is held nobody puts anything.
pub(crate) struct TakingAway<'a> {
    _inside: RwLockWriteGuard<'a, ()>,
    _between: File,
}

impl Gate {
    pub(super) fn new(data: &Path) -> Self {
        Self {
            inside: Arc::default(),
            file: Arc::new(data.join("files.lock")),
        }
    }

    pub(super) async fn keeping(&self) -> RwLockReadGuard<'_, ()> {
        self.inside.read().await
    }

    /// Waits for a sweep that is going on, which is short.
    pub(super) async fn hold(&self) -> Result<Hold, StoreError> {
        let file = self.file.clone();
        let held = tokio::task::spawn_blocking(move || {
            let file = open(&file)?;
            file.lock_shared().map(|()| file)
        });
        held.await
            .map_err(|error| StoreError::Files(error.to_string()))?
            .map(Hold)
            .map_err(|error| failed("hold the files", &error))
    }

    /// None while another process holds the files: a backup takes as long as it takes, and
    /// whoever would wait for it here would keep uploads waiting as well.
    pub(super) async fn taking_away(&self) -> Result<Option<TakingAway<'_>>, StoreError> {
        let _inside = self.inside.write().await;
        let file = open(&self.file).map_err(|error| failed("lock the files", &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(TakingAway {
                _inside,
                _between: file,
            })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed("lock the files", &error)),
        }
    }
}

fn open(file: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .create(true)
        .append(true)
        .truncate(false)
        .open(file)
}
