//! Bytes in the data folder: `files/ab/abcdef…`, each written whole under its name or not at all.

use super::{ByteDigest, Piece, Staged, failed, pieces};
use crate::StoreError;
use futures::Stream;
use std::{
    io::ErrorKind,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::io::AsyncSeekExt;

/// What is on its way in, forgotten at the next start.
const INCOMING: &str = "incoming";
/// What comes in several requests, and is kept over a restart.
const UNFINISHED: &str = "unfinished";

#[derive(Clone)]
pub(super) struct Folder {
    root: Arc<PathBuf>,
    incoming: Arc<PathBuf>,
    unfinished: Arc<PathBuf>,
}

impl Folder {
    pub(super) fn new(data: &Path) -> Self {
        let root = data.join("files");
        Self {
            incoming: Arc::new(root.join(INCOMING)),
            unfinished: Arc::new(root.join(UNFINISHED)),
            root: Arc::new(root),
        }
    }

    pub(super) fn incoming(&self) -> &Path {
        &self.incoming
    }

    pub(super) fn unfinished(&self) -> &Path {
        &self.unfinished
    }

    fn place(&self, digest: ByteDigest) -> (PathBuf, PathBuf) {
        let name = digest.to_string();
        let folder = self.root.join(&name[..2]);
        let file = folder.join(name);
        (folder, file)
    }

    /// The same bytes may be there already; putting them once more changes nothing.
    pub(super) async fn keep(&self, staged: Staged) -> Result<(), StoreError> {
        let (folder, file) = self.place(staged.digest()?);
        let root = self.root.clone();
        let kept = tokio::task::spawn_blocking(move || {
            let is_new = !folder.exists();
            std::fs::create_dir_all(&folder)?;
            std::fs::rename(staged.path(), &file)?;
            // A name is on disk once its folder is.
            std::fs::File::open(&folder)?.sync_all()?;
            if is_new {
                std::fs::File::open(&*root)?.sync_all()?;
            }
            Ok(())
        });
        kept.await
            .map_err(|error| StoreError::Files(error.to_string()))?
            .map_err(|error| failed("keep a file", &error))
    }

    pub(super) async fn read(
        &self,
        digest: ByteDigest,
        range: Option<Range<u64>>,
    ) -> Result<impl Stream<Item = Piece> + use<>, StoreError> {
        let (_, path) = self.place(digest);
        let mut file = match tokio::fs::File::open(path).await {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(StoreError::NotFound("file"));
            }
            Err(error) => return Err(failed("open a file", &error)),
        };
        let length = match range {
            Some(range) => {
                file.seek(std::io::SeekFrom::Start(range.start))
                    .await
                    .map_err(|error| failed("read a file", &error))?;
                range.end.saturating_sub(range.start)
            }
            None => {
                let about = file.metadata().await;
                about.map_err(|error| failed("read a file", &error))?.len()
            }
        };
        Ok(pieces(file, length))
    }

    pub(super) async fn size(&self, digest: ByteDigest) -> Result<Option<u64>, StoreError> {
        match tokio::fs::metadata(self.place(digest).1).await {
            Ok(about) => Ok(Some(about.len())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("look at a file", &error)),
        }
    }

    pub(super) async fn remove(&self, digest: ByteDigest) -> Result<(), StoreError> {
        match tokio::fs::remove_file(self.place(digest).1).await {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed("remove a file", &error)),
        }
    }

    pub(super) async fn list(&self) -> Result<(Vec<ByteDigest>, Vec<String>), StoreError> {
        let root = self.root.clone();
        let listed = tokio::task::spawn_blocking(move || list(&root));
        listed
            .await
            .map_err(|error| StoreError::Files(error.to_string()))?
            .map_err(|error| failed("list the files", &error))
    }

    pub(super) async fn clear_incoming(&self) -> Result<(), StoreError> {
        match tokio::fs::remove_dir_all(&*self.incoming).await {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(failed("clear the folder for files", &error)),
        }
    }
}

fn list(root: &Path) -> std::io::Result<(Vec<ByteDigest>, Vec<String>)> {
    let (mut digests, mut strange) = (Vec::new(), Vec::new());
    let shelves = match std::fs::read_dir(root) {
        Ok(shelves) => shelves,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok((digests, strange)),
        Err(error) => return Err(error),
    };
    for shelf in shelves {
        let shelf = shelf?;
        let name = shelf.file_name().to_string_lossy().into_owned();
        if name == INCOMING || name == UNFINISHED {
            continue;
        }
        if !shelf.file_type()?.is_dir() {
            strange.push(name);
            continue;
        }
        for file in std::fs::read_dir(shelf.path())? {
            let file = file?.file_name().to_string_lossy().into_owned();
            match ByteDigest::parse(&file).filter(|_| file.starts_with(&name)) {
                Some(digest) => digests.push(digest),
                None => strange.push(format!("{name}/{file}")),
            }
        }
    }
    Ok((digests, strange))
}
