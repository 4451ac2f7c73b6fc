//! Bytes on their way in: a file of its own until the digest is known. Dropped without being kept,
//! it takes its file along.

use super::{ByteDigest, failed, to_disk};
use crate::StoreError;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncWriteExt},
};

/// Bytes that are not kept yet.
pub struct Staged {
    path: PathBuf,
    file: File,
    hash: Sha256,
    size: u64,
    digest: Option<ByteDigest>,
}

impl Staged {
    pub(super) async fn create(incoming: &Path) -> Result<Self, StoreError> {
        tokio::fs::create_dir_all(incoming)
            .await
            .map_err(|error| failed("make the folder for files", &error))?;
        let path = incoming.join(salon_protocol::fresh_id().to_string());
        let file = File::create_new(&path)
            .await
            .map_err(|error| failed("make a file", &error))?;
        Ok(Self {
            path,
            file,
            hash: Sha256::new(),
            size: 0,
            digest: None,
        })
    }

    /// The first `size` bytes of a file that is there already, under a name of their own.
    pub(super) async fn of(incoming: &Path, from: PathBuf, size: u64) -> Result<Self, StoreError> {
        tokio::fs::create_dir_all(incoming)
            .await
            .map_err(|error| failed("make the folder for files", &error))?;
        let path = incoming.join(salon_protocol::fresh_id().to_string());
        let staged = tokio::task::spawn_blocking(move || named_again(&from, path, size));
        staged
            .await
            .map_err(|error| StoreError::Files(error.to_string()))?
            .map_err(|error| failed("stage an unfinished file", &error))
    }

    /// Adds bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file
            .write_all(bytes)
            .await
            .map_err(|error| failed("write a file", &error))?;
        self.hash.update(bytes);
        self.size += bytes.len() as u64;
        Ok(())
    }

    /// Nothing more comes; answers with the digest.
    pub async fn finish(&mut self) -> Result<ByteDigest, StoreError> {
        to_disk(&mut self.file)
            .await
            .map_err(|error| failed("sync a file", &error))?;
        let digest = ByteDigest(std::mem::take(&mut self.hash).finalize().into());
        self.digest = Some(digest);
        Ok(digest)
    }

    /// How many bytes were written.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The first bytes of them, at most so many.
    pub async fn head(&self, max: usize) -> Result<Vec<u8>, StoreError> {
        let file = File::open(&self.path).await;
        let file = file.map_err(|error| failed("open a file", &error))?;
        let mut head = Vec::new();
        file.take(max as u64)
            .read_to_end(&mut head)
            .await
            .map_err(|error| failed("read a file", &error))?;
        Ok(head)
    }

    /// Where they lie meanwhile, for whoever must look into them.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn digest(&self) -> Result<ByteDigest, StoreError> {
        self.digest
            .ok_or_else(|| StoreError::Files("the file is not finished".into()))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // Gone already where it was kept.
        std::fs::remove_file(&self.path).ok();
    }
}

fn named_again(from: &Path, path: PathBuf, size: u64) -> std::io::Result<Staged> {
    // Where the file system knows no second name for a file, it is copied.
    std::fs::hard_link(from, &path).or_else(|_| std::fs::copy(from, &path).map(drop))?;
    let mut file = std::fs::File::options()
        .read(true)
        .write(true)
        .open(&path)?;
    let mut staged = Staged {
        path,
        file: File::from_std(file.try_clone()?),
        hash: Sha256::new(),
        size,
        digest: None,
    };
    if file.metadata()?.len() < size {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    // Whatever lies behind the last byte that was acked is no part of it.
    file.set_len(size)?;
    std::io::copy(&mut file, &mut staged.hash)?;
    Ok(staged)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_that_found_no_room_are_not_said_to_be_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        // Every write to it fails as on a full disk, behind the answer of tokio's own.
        let full = File::options().write(true).open("/dev/full").await.unwrap();
        let mut staged = Staged {
            path: folder.path().join("none"),
            file: full,
            hash: Sha256::new(),
            size: 0,
            digest: None,
        };
        staged.write(b"the last bytes").await.unwrap();
        let finished = staged.finish().await;
        assert!(
            matches!(finished, Err(StoreError::Files(_))),
            "{finished:?}"
        );
    }
}
