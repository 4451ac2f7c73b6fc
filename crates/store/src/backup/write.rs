//! Writes a backup while others read, write, upload and delete.
//!
//! The order is the promise: first the files are held, so that no process takes bytes away, then
//! the database is copied as of one moment, then the bytes that the copy stands for. Bytes are on
//! disk before their row is committed: all of them are there.

use super::{DATABASE, FORMAT, MANIFEST, Manifest, path_of};
use crate::{BucketConfig, ByteDigest, StoreError, Vault, sqlite};
use futures::StreamExt;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use tar::{EntryType, Header};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncWriteExt, BufWriter},
};

/// Tar's unit: everything in an archive is padded to it.
const BLOCK_BYTES: u64 = 512;
const BUFFER_BYTES: usize = 256 * 1024;

/// Copies everything in a data folder to a new file, which appears under its name when it is
/// whole and on disk.
pub async fn backup(
    data: &Path,
    to: &Path,
    bucket: Option<&BucketConfig>,
) -> Result<Manifest, StoreError> {
    if to.exists() {
        return Err(StoreError::Taken("file"));
    }
    let database = data.join(DATABASE);
    if !database.exists() {
        return Err(StoreError::NotFound("data folder"));
    }
    let (snapshot, part) = (beside(to, ".db-part"), beside(to, ".part"));
    let written = write(data, &database, &snapshot.0, &part.0, bucket).await?;
    std::fs::rename(&part.0, to).map_err(|error| failed("name", to, &error))?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    std::fs::File::open(folder.unwrap_or(Path::new(".")))
        .and_then(|folder| folder.sync_all())
        .map_err(|error| failed("sync the folder of", to, &error))?;
    Ok(written)
}

async fn write(
    data: &Path,
    database: &Path,
    snapshot: &Path,
    part: &Path,
    bucket: Option<&BucketConfig>,
) -> Result<Manifest, StoreError> {
    let vault = Vault::open(data, bucket)?;
    let _hold = vault.hold().await?;
    let (from, to) = (database.to_owned(), snapshot.to_owned());
    let copied = tokio::task::spawn_blocking(move || sqlite::copy_database(&from, &to));
    let copied = copied
        .await
        .map_err(|error| StoreError::Backup(error.to_string()))??;
    let mut manifest = Manifest {
        format: FORMAT,
        made_at: jiff::Timestamp::now(),
        schema: copied.schema,
        files: 0,
        bytes: 0,
        missing: Vec::new(),
        damaged: Vec::new(),
    };
    let mut archive = Archive::create(part).await?;
    archive.database(snapshot).await?;
    for digest in copied.digests {
        let Some(size) = vault.size(digest).await? else {
            manifest.missing.push(digest.to_string());
            continue;
        };
        if !archive.bytes(&vault, digest, size).await? {
            manifest.damaged.push(digest.to_string());
        }
        manifest.files += 1;
        manifest.bytes += size;
    }
    archive.finish(&manifest).await?;
    Ok(manifest)
}

/// A file that goes when whoever wrote it is done or has failed.
struct Passing(PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

fn beside(file: &Path, suffix: &str) -> Passing {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    Passing(name.into())
}

struct Archive<'a> {
    path: &'a Path,
    file: BufWriter<File>,
}

impl<'a> Archive<'a> {
    async fn create(path: &'a Path) -> Result<Self, StoreError> {
        let file = File::create(path)
            .await
            .map_err(|error| failed("make", path, &error))?;
        let file = BufWriter::with_capacity(BUFFER_BYTES, file);
        Ok(Self { path, file })
    }

    async fn database(&mut self, snapshot: &Path) -> Result<(), StoreError> {
        let mut file = File::open(snapshot)
            .await
            .map_err(|error| failed("open", snapshot, &error))?;
        let about = file.metadata().await;
        let size = about
            .map_err(|error| failed("read", snapshot, &error))?
            .len();
        self.begin(DATABASE, size).await?;
        let mut piece = vec![0; BUFFER_BYTES];
        loop {
            let read = file.read(&mut piece).await;
            let read = read.map_err(|error| failed("read", snapshot, &error))?;
            if read == 0 {
                return self.pad(size).await;
            }
            self.write(&piece[..read]).await?;
        }
    }

    /// Whether the bytes are what their name says.
    async fn bytes(
        &mut self,
        vault: &Vault,
        digest: ByteDigest,
        size: u64,
    ) -> Result<bool, StoreError> {
        self.begin(&path_of(digest), size).await?;
        let mut hash = Sha256::new();
        let mut pieces = vault.read(digest, Some(0..size)).await?;
        while let Some(piece) = pieces.next().await {
            let piece = piece?;
            hash.update(&piece);
            self.write(&piece).await?;
        }
        self.pad(size).await?;
        Ok(ByteDigest(hash.finalize().into()) == digest)
    }

    async fn finish(mut self, manifest: &Manifest) -> Result<(), StoreError> {
        let text = serde_json::to_vec_pretty(manifest)?;
        self.begin(MANIFEST, text.len() as u64).await?;
        self.write(&text).await?;
        self.pad(text.len() as u64).await?;
        // Two empty blocks end an archive.
        self.write(&[0; 2 * BLOCK_BYTES as usize]).await?;
        let Self { path, mut file } = self;
        let synced = async {
            file.flush().await?;
            file.get_ref().sync_all().await
        };
        synced.await.map_err(|error| failed("sync", path, &error))
    }

    async fn begin(&mut self, name: &str, size: u64) -> Result<(), StoreError> {
        let mut header = Header::new_gnu();
        header
            .set_path(name)
            .map_err(|error| failed("name a part of", self.path, &error))?;
        header.set_entry_type(EntryType::Regular);
        header.set_size(size);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(jiff::Timestamp::now().as_second()).unwrap_or(0));
        header.set_cksum();
        self.write(header.as_bytes()).await
    }

    async fn pad(&mut self, size: u64) -> Result<(), StoreError> {
        let left = (BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES;
        let padding = [0; BLOCK_BYTES as usize];
        self.write(&padding[..usize::try_from(left).unwrap_or(0)])
            .await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file
            .write_all(bytes)
            .await
            .map_err(|error| failed("write", self.path, &error))
    }
}

fn failed(what: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Backup(format!("cannot {what} {}: {error}", path.display()))
}
