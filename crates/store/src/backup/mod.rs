//! Copies of everything in one file, and data folders made out of them.
//!
//! A backup is a tar archive: `salon.db`, then the bytes of every file that the database stands
//! for as `files/ab/abcdef…` under their SHA-256, then `salon-backup.json`, which says what must
//! be in it. An archive that was cut off lacks that last part and is refused. Works beside a
//! server or without one, and never changes the folder that it copies.

mod restore;
mod write;

pub use restore::{Restored, restore};
pub use write::backup;

use crate::ByteDigest;
use serde::{Deserialize, Serialize};

const DATABASE: &str = "salon.db";
const MANIFEST: &str = "salon-backup.json";
/// The archive's make-up; a later one is refused rather than half understood.
const FORMAT: u32 = 1;

/// What an archive holds, written behind the rest of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The archive's make-up.
    pub format: u32,
    /// When it was made.
    pub made_at: jiff::Timestamp,
    /// The database's version.
    pub schema: u32,
    /// Files in it.
    pub files: usize,
    /// Their bytes together.
    pub bytes: u64,
    /// Digests that the database stands for and whose bytes were not there to be copied.
    pub missing: Vec<String>,
    /// Digests whose bytes were there and were not what they should be.
    pub damaged: Vec<String>,
}

fn path_of(digest: ByteDigest) -> String {
    let name = digest.to_string();
    format!("files/{}/{name}", &name[..2])
}
