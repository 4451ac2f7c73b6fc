//! Bytes of files that come in several requests: one file each, in the data folder also where
//! files go to a bucket. It outlives its request, the process, and the power: what
//! [`Unfinished::sync`] has answered for is on disk. How much of a file counts, its row says; what
//! lies behind that is written over.

use super::{Vault, failed, to_disk};
use crate::StoreError;
use salon_protocol::FileId;
use std::{
    io::{ErrorKind, SeekFrom},
    path::{Path, PathBuf},
};
use tokio::{
    fs::File,
    io::{AsyncSeekExt, AsyncWriteExt},
};

/// A file that is being added to. Whoever has it is the only one who does.
pub struct Unfinished {
    file: File,
    received: u64,
    /// Where it was made just now: a name is on disk once its folder is.
    made_in: Option<PathBuf>,
}

impl Vault {
    /// Goes on behind the first `received` bytes of a file; there is none where those are not
    /// there, as after a restore.
    pub async fn go_on(&self, id: FileId, received: u64) -> Result<Unfinished, StoreError> {
        let folder = self.folder.unfinished();
        tokio::fs::create_dir_all(folder)
            .await
            .map_err(|error| failed("make the folder for unfinished files", &error))?;
        let file = File::options()
            .create(received == 0)
            .write(true)
            .truncate(false)
            .open(folder.join(id.to_string()))
            .await;
        let mut file = match file {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(StoreError::NotFound("file"));
            }
            Err(error) => return Err(failed("open an unfinished file", &error)),
        };
        let about = file.metadata().await;
        let there = about.map_err(|error| failed("look at an unfinished file", &error))?;
        if there.len() < received {
            return Err(StoreError::NotFound("file"));
        }
        file.seek(SeekFrom::Start(received))
            .await
            .map_err(|error| failed("go on with an unfinished file", &error))?;
        Ok(Unfinished {
            file,
            received,
            made_in: (received == 0).then(|| folder.to_owned()),
        })
    }

    /// The names of all of them.
    pub(crate) async fn unfinished(&self) -> Result<Vec<FileId>, StoreError> {
        let folder = self.folder.unfinished().to_owned();
        let listed = tokio::task::spawn_blocking(move || list(&folder));
        listed
            .await
            .map_err(|error| StoreError::Files(error.to_string()))?
            .map_err(|error| failed("list the unfinished files", &error))
    }

    /// Takes one away. What is not there is gone already.
    pub async fn drop_unfinished(&self, id: FileId) -> Result<(), StoreError> {
        match tokio::fs::remove_file(self.folder.unfinished().join(id.to_string())).await {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed("remove an unfinished file", &error)),
        }
    }
}

impl Unfinished {
    /// Adds bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file
            .write_all(bytes)
            .await
            .map_err(|error| failed("write an unfinished file", &error))?;
        self.received += bytes.len() as u64;
        Ok(())
    }

    /// So many bytes there are.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Answers once all that was written is on disk.
    pub async fn sync(&mut self) -> Result<(), StoreError> {
        to_disk(&mut self.file)
            .await
            .map_err(|error| failed("sync an unfinished file", &error))?;
        let Some(folder) = self.made_in.take() else {
            return Ok(());
        };
        let synced = tokio::task::spawn_blocking(move || {
            std::fs::File::open(&folder)?.sync_all()?;
            // The folder's own name, the first time.
            match folder.parent() {
                Some(parent) => std::fs::File::open(parent)?.sync_all(),
                None => Ok(()),
            }
        });
        synced
            .await
            .map_err(|error| StoreError::Files(error.to_string()))?
            .map_err(|error| failed("sync the folder of unfinished files", &error))
    }
}

/// What is called otherwise is nobody's upload, and left alone.
fn list(folder: &Path) -> std::io::Result<Vec<FileId>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut ids = Vec::new();
    for entry in entries {
        ids.extend(
            entry?
                .file_name()
                .to_str()
                .and_then(|name| name.parse::<FileId>().ok()),
        );
    }
    Ok(ids)
}
