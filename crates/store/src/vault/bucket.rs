//! Bytes in a bucket of an S3-compatible service: `PREFIX/ab/abcdef…`. What is put is there whole
//! or not at all, and what is answered for was acknowledged by the service.
//!
//! The service's own words may name the key's id and repeat what was asked: none of them goes on.

use super::{ByteDigest, Piece, Staged, failed};
use crate::StoreError;
use futures::{Stream, StreamExt, TryStreamExt};
use object_store::{
    BackoffConfig, ClientOptions, Error, GetOptions, GetRange, ObjectStore, ObjectStoreExt,
    PutPayload, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use std::{fmt, ops::Range, sync::Arc, time::Duration};
use tokio::io::AsyncReadExt;
use tracing::warn;

/// What is put in one request; a larger file goes in several.
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Tries behind the first, and how long they go on in all: whoever uploads waits meanwhile.
const RETRIES_MAX: usize = 3;
const RETRY_FOR: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A service that gives nothing for so long is given up.
const SILENCE_MAX: Duration = Duration::from_secs(20);

/// Which bucket, and the key to it.
#[derive(Clone, PartialEq, Eq)]
pub struct BucketConfig {
    /// The service's address; none for Amazon's own.
    pub endpoint: Option<String>,
    /// Its region; what most others call `us-east-1`.
    pub region: String,
    /// The bucket's name. It is there already.
    pub name: String,
    /// A folder in it; may be empty.
    pub prefix: String,
    /// The key's id.
    pub key_id: String,
    /// The key.
    pub secret: String,
}

/// Neither the key nor its id is ever told.
impl fmt::Debug for BucketConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketConfig")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("name", &self.name)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

#[derive(Clone)]
pub(super) struct Bucket {
    store: Arc<AmazonS3>,
    prefix: Arc<str>,
}

impl Bucket {
    /// Asks nothing yet.
    pub(super) fn new(config: &BucketConfig) -> Result<Self, StoreError> {
        // Installed once a process; a second time is refused and changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let options = ClientOptions::new()
            .with_allow_http(true)
            .with_connect_timeout(CONNECT_TIMEOUT)
            .with_read_timeout(SILENCE_MAX)
            // A large file takes as long as whoever reads it.
            .with_timeout_disabled();
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&config.name)
            .with_region(&config.region)
            .with_access_key_id(&config.key_id)
            .with_secret_access_key(&config.secret)
            // Not every service knows it, and ours are single ones.
            .with_disable_bulk_delete(true)
            .with_client_options(options)
            .with_retry(RetryConfig {
                backoff: BackoffConfig {
                    init_backoff: Duration::from_millis(100),
                    max_backoff: Duration::from_secs(2),
                    base: 2.0,
                },
                max_retries: RETRIES_MAX,
                retry_timeout: RETRY_FOR,
            });
        if let Some(endpoint) = &config.endpoint {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        let store = builder.build();
        let store =
            store.map_err(|_| StoreError::Files("the bucket's settings are not right".into()))?;
        Ok(Self {
            store: Arc::new(store),
            prefix: config.prefix.trim_matches('/').into(),
        })
    }

    fn place(&self, digest: ByteDigest) -> Path {
        let name = digest.to_string();
        Path::from(format!("{}/{}/{name}", self.prefix, &name[..2]))
    }

    /// The same bytes may be there already; putting them once more changes nothing.
    pub(super) async fn keep(&self, staged: &Staged) -> Result<(), StoreError> {
        let place = self.place(staged.digest()?);
        let mut file = tokio::fs::File::open(staged.path())
            .await
            .map_err(|error| failed("open a file", &error))?;
        let first = part(&mut file).await?;
        if first.len() < PART_BYTES {
            let put = self.store.put(&place, PutPayload::from(first)).await;
            return put.map(drop).map_err(|error| told("keep a file", &error));
        }
        let begun = self.store.put_multipart(&place).await;
        let mut upload = begun.map_err(|error| told("keep a file", &error))?;
        let sent = async {
            let mut next = first;
            // One part after the other: an upload holds one in memory.
            while !next.is_empty() {
                let put = upload.put_part(PutPayload::from(next)).await;
                put.map_err(|error| told("keep a file", &error))?;
                next = part(&mut file).await?;
            }
            let done = upload.complete().await;
            done.map_err(|error| told("keep a file", &error))
        };
        let sent = sent.await;
        if sent.is_err() && upload.abort().await.is_err() {
            // The service's own rule for unfinished uploads takes them away.
            warn!("parts of an upload stay in the bucket");
        }
        sent.map(drop)
    }

    pub(super) async fn read(
        &self,
        digest: ByteDigest,
        range: Option<Range<u64>>,
    ) -> Result<impl Stream<Item = Piece> + use<>, StoreError> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let found = self.store.get_opts(&self.place(digest), options).await;
        let found = match found {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Err(StoreError::NotFound("file")),
            Err(error) => return Err(told("read a file", &error)),
        };
        let mut left = found.range.end - found.range.start;
        let pieces = found.into_stream();
        let pieces = pieces.map_err(|error| told("read a file", &error));
        // One that ends early is an error to whoever reads, not the end of the file.
        let pieces = pieces
            .map(Some)
            .chain(futures::stream::once(std::future::ready(None)));
        Ok(pieces.filter_map(move |piece| {
            let piece = match piece {
                Some(Ok(piece)) => {
                    left = left.saturating_sub(piece.len() as u64);
                    Some(Ok(piece))
                }
                None if left > 0 => Some(Err(StoreError::Files(
                    "a file in the bucket is shorter than it was".into(),
                ))),
                Some(Err(error)) => {
                    left = 0;
                    Some(Err(error))
                }
                None => None,
            };
            std::future::ready(piece)
        }))
    }

    pub(super) async fn size(&self, digest: ByteDigest) -> Result<Option<u64>, StoreError> {
        match self.store.head(&self.place(digest)).await {
            Ok(about) => Ok(Some(about.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(told("look at a file", &error)),
        }
    }

    pub(super) async fn remove(&self, digest: ByteDigest) -> Result<(), StoreError> {
        match self.store.delete(&self.place(digest)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(told("remove a file", &error)),
        }
    }

    pub(super) async fn list(&self) -> Result<(Vec<ByteDigest>, Vec<String>), StoreError> {
        let prefix = Path::from(self.prefix.as_ref());
        let (mut digests, mut strange) = (Vec::new(), Vec::new());
        let mut listed = self.store.list(Some(&prefix));
        while let Some(about) = listed.next().await {
            let place = about
                .map_err(|error| told("list the files", &error))?
                .location;
            let digest = place.filename().and_then(ByteDigest::parse);
            match digest.filter(|digest| self.place(*digest) == place) {
                Some(digest) => digests.push(digest),
                None => strange.push(place.to_string()),
            }
        }
        Ok((digests, strange))
    }

    /// Whether it answers, takes the key, and is there. Who asks for a file learns no more of a
    /// bucket that is missing than of a file that is, so it is listed as well.
    pub(super) async fn check(&self) -> Result<(), StoreError> {
        self.size(ByteDigest([0; 32])).await?;
        let prefix = Path::from(self.prefix.as_ref());
        match self.store.list(Some(&prefix)).next().await {
            Some(Err(_)) => Err(StoreError::Files(
                "there is no such bucket, or the key may not list it".into(),
            )),
            Some(Ok(_)) | None => Ok(()),
        }
    }
}

async fn part(file: &mut tokio::fs::File) -> Result<Vec<u8>, StoreError> {
    let mut part = Vec::new();
    file.take(PART_BYTES as u64)
        .read_to_end(&mut part)
        .await
        .map_err(|error| failed("read a file", &error))?;
    Ok(part)
}

/// What failed, in our own words.
fn told(what: &str, error: &Error) -> StoreError {
    let why = match error {
        Error::NotFound { .. } => "there is no such bucket",
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            "the bucket refuses the key"
        }
        Error::Precondition { .. } | Error::AlreadyExists { .. } => "the bucket refuses it",
        _ => "the bucket does not answer as it should",
    };
    StoreError::Files(format!("cannot {what}: {why}"))
}
