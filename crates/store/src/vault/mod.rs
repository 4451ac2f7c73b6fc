//! Where files' bytes lie: outside the database, under their SHA-256. In the data folder, or in a
//! bucket; with a bucket, what lies in the folder from before is read there.
//!
//! Knows digests and bytes, and neither rows nor rights. What [`Vault::keep`] has answered for is
//! on disk: the row that stands for it may be committed after that, and never before.

mod bucket;
mod digest;
mod folder;
mod gate;
mod staged;
mod unfinished;

pub use bucket::BucketConfig;
pub use digest::ByteDigest;
pub use gate::Hold;
pub use staged::Staged;
pub use unfinished::Unfinished;

use crate::StoreError;
use bucket::Bucket;
use folder::Folder;
use futures::{Stream, StreamExt, stream::BoxStream};
use gate::{Gate, TakingAway};
use salon_protocol::FileId;
use sha2::{Digest, Sha256};
use std::{ops::Range, path::Path};
use tokio::sync::RwLockReadGuard;

/// Bytes handed on at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// A piece of a file, or why there is no more.
pub type Piece = Result<bytes::Bytes, StoreError>;

/// The place; clones share it.
#[derive(Clone)]
pub struct Vault {
    folder: Folder,
    bucket: Option<Bucket>,
    gate: Gate,
}

impl Vault {
    pub(crate) fn open(data: &Path, bucket: Option<&BucketConfig>) -> Result<Self, StoreError> {
        Ok(Self {
            folder: Folder::new(data),
            bucket: bucket.map(Bucket::new).transpose()?,
            gate: Gate::new(data),
        })
    }

    /// Whether bytes can be kept: a bucket answers and takes the key. The folder is the disk's.
    pub async fn check(&self) -> Result<(), StoreError> {
        match &self.bucket {
            Some(bucket) => bucket.check().await,
            None => Ok(()),
        }
    }

    /// While this is held nothing is taken away by this process.
    pub async fn keeping(&self) -> RwLockReadGuard<'_, ()> {
        self.gate.keeping().await
    }

    /// While this is held nothing is taken away by any process: for whoever works beside a server.
    pub async fn hold(&self) -> Result<Hold, StoreError> {
        self.gate.hold().await
    }

    /// While this is held nobody puts anything; none while another process holds the files.
    pub(crate) async fn taking_away(&self) -> Result<Option<TakingAway<'_>>, StoreError> {
        self.gate.taking_away().await
    }

    /// A place to write bytes to whose digest is not known yet.
    pub async fn stage(&self) -> Result<Staged, StoreError> {
        Staged::create(self.folder.incoming()).await
    }

    /// The first `size` bytes of an unfinished file, staged as if they had come at once. The
    /// unfinished file stays until it is dropped: what fails behind this can be tried again.
    pub async fn stage_unfinished(&self, id: FileId, size: u64) -> Result<Staged, StoreError> {
        let from = self.folder.unfinished().join(id.to_string());
        Staged::of(self.folder.incoming(), from, size).await
    }

    /// Puts staged bytes where they belong; answers once they are on disk.
    pub async fn keep(&self, staged: Staged) -> Result<(), StoreError> {
        match &self.bucket {
            // The staged file goes when it is dropped.
            Some(bucket) => bucket.keep(&staged).await,
            None => self.folder.keep(staged).await,
        }
    }

    /// The same for bytes in memory.
    pub async fn put(&self, bytes: &[u8]) -> Result<ByteDigest, StoreError> {
        let mut staged = self.stage().await?;
        staged.write(bytes).await?;
        let digest = staged.finish().await?;
        self.keep(staged).await?;
        Ok(digest)
    }

    /// A part of the bytes, or all of them.
    pub async fn read(
        &self,
        digest: ByteDigest,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Piece>, StoreError> {
        if let Some(bucket) = &self.bucket {
            match bucket.read(digest, range.clone()).await {
                Ok(pieces) => return Ok(pieces.boxed()),
                Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.folder.read(digest, range).await?.boxed())
    }

    /// All of the bytes in memory, refused when they are more than `max`.
    pub async fn read_whole(&self, digest: ByteDigest, max: usize) -> Result<Vec<u8>, StoreError> {
        let mut pieces = self.read(digest, None).await?;
        let mut whole = Vec::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece?;
            if whole.len() + piece.len() > max {
                return Err(StoreError::TooMany("bytes"));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    }

    /// How many bytes there are, or none where they are not there.
    pub async fn size(&self, digest: ByteDigest) -> Result<Option<u64>, StoreError> {
        if let Some(bucket) = &self.bucket
            && let Some(size) = bucket.size(digest).await?
        {
            return Ok(Some(size));
        }
        self.folder.size(digest).await
    }

    /// What bytes there are, and names of what is there and should not be. For `salon doctor`.
    pub(crate) async fn list(&self) -> Result<(Vec<ByteDigest>, Vec<String>), StoreError> {
        let (mut digests, mut strange) = self.folder.list().await?;
        if let Some(bucket) = &self.bucket {
            let (there, others) = bucket.list().await?;
            digests.extend(there);
            strange.extend(others);
        }
        Ok((digests, strange))
    }

    /// What the bytes under a name really are.
    pub(crate) async fn digest_of(&self, digest: ByteDigest) -> Result<ByteDigest, StoreError> {
        let mut hash = Sha256::new();
        let mut pieces = self.read(digest, None).await?;
        while let Some(piece) = pieces.next().await {
            hash.update(&piece?);
        }
        Ok(ByteDigest(hash.finalize().into()))
    }

    /// Takes bytes away. What is not there is gone already.
    pub(crate) async fn remove(&self, digest: ByteDigest) -> Result<(), StoreError> {
        if let Some(bucket) = &self.bucket {
            bucket.remove(digest).await?;
        }
        self.folder.remove(digest).await
    }

    /// Forgets what was being staged when an earlier server ended.
    pub(crate) async fn clear_staged(&self) -> Result<(), StoreError> {
        self.folder.clear_incoming().await
    }
}

fn pieces(file: tokio::fs::File, length: u64) -> impl Stream<Item = Piece> {
    use tokio::io::AsyncReadExt;
    futures::stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let want = usize::try_from(left)
            .unwrap_or(CHUNK_BYTES)
            .min(CHUNK_BYTES);
        let mut piece = bytes::BytesMut::with_capacity(want);
        let read = file
            .read_buf(&mut bytes::BufMut::limit(&mut piece, want))
            .await
            .map_err(|error| failed("read a file", &error))?;
        if read == 0 {
            return Err(StoreError::Files("a file is shorter than it was".into()));
        }
        Ok(Some((piece.freeze(), (file, left - read as u64))))
    })
}

/// Waits until all that was written is on disk. A write may go on behind its answer; that it failed
/// is told by the flush, and by a sync alone never.
async fn to_disk(file: &mut tokio::fs::File) -> std::io::Result<()> {
    tokio::io::AsyncWriteExt::flush(file).await?;
    file.sync_all().await
}

fn failed(what: &str, error: &std::io::Error) -> StoreError {
    StoreError::Files(format!("{what}: {error}"))
}
