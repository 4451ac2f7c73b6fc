//! Bytes on their way in: a file of its own until the digest is known. Dropped without being kept,
//! it takes its file along.

use super::{ByteDigest, failed};
use crate::StoreError;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tokio::{fs::File, io::AsyncWriteExt};

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
        self.file
            .sync_all()
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
