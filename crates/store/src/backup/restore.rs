//! Makes a data folder out of a backup, under a new epoch: sessions of before start afresh.
//!
//! Everything is laid out in a folder of its own inside the data folder and checked there; only
//! then does it take its place, the database last. What was there before is set aside, never
//! overwritten.

use super::{DATABASE, FORMAT, MANIFEST, Manifest, path_of};
use crate::{ByteDigest, StoreError, sqlite};
use sha2::{Digest, Sha256};
use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// How every SQLite database begins: backups used to be one alone.
const SQLITE_MAGIC: &[u8; 16] = b"SQLite format 3\0";
const PIECE_BYTES: usize = 256 * 1024;
/// A manifest names at most every file of a server; more than this is no manifest.
const MANIFEST_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// What does not make a folder one that is used.
const NOTHING: [&str; 3] = [sqlite::PRESENCE, "files.lock", "lost+found"];
/// What a data folder is made of.
const OURS: [&str; 4] = [DATABASE, "salon.db-wal", "salon.db-shm", "files"];

/// What came of a restore.
#[derive(Debug)]
pub struct Restored {
    /// What the backup said; none of a database alone, which has no files with it.
    pub manifest: Option<Manifest>,
    /// Digests that the database stands for and whose bytes were not in the backup.
    pub missing: Vec<String>,
    /// Where lies what was in the folder before.
    pub set_aside: Option<PathBuf>,
}

/// Restores into a folder that is empty or missing; with `overwrite` what is there is set aside.
pub fn restore(data: &Path, from: &Path, overwrite: bool) -> Result<Restored, StoreError> {
    let mut source = File::open(from).map_err(|error| failed("open", from, &error))?;
    fs::create_dir_all(data).map_err(|error| failed("make", data, &error))?;
    let _alone = sqlite::alone_with(data)?;
    if !overwrite && let Some(found) = first_of(data)? {
        return Err(StoreError::NotEmpty(found));
    }
    let laid_out = LaidOut::new(data)?;
    let mut magic = [0; SQLITE_MAGIC.len()];
    let is_database = source.read_exact(&mut magic).is_ok() && magic == *SQLITE_MAGIC;
    let (manifest, unpacked) = match is_database {
        true => (None, None),
        false => {
            io::Seek::rewind(&mut source).map_err(|error| failed("read", from, &error))?;
            let (manifest, digests) = unpack(source, &laid_out.0)?;
            (Some(manifest), Some(digests))
        }
    };
    let database = laid_out.0.join(DATABASE);
    if unpacked.is_none() {
        sqlite::copy_plain(from, &database)?;
    }
    let wanted = sqlite::begin_new_life(&database)?;
    let unpacked = unpacked.unwrap_or_default();
    let missing: Vec<_> = wanted
        .iter()
        .filter(|digest| !unpacked.contains(digest))
        .map(ToString::to_string)
        .collect();
    if let Some(manifest) = &manifest
        && let Some(lost) = missing.iter().find(|lost| !manifest.missing.contains(lost))
    {
        return Err(StoreError::Backup(format!(
            "it lacks a file that its database stands for: {lost}"
        )));
    }
    let set_aside = set_aside(data)?;
    laid_out.take_place(data)?;
    Ok(Restored {
        manifest,
        missing,
        set_aside,
    })
}

/// Something in the folder that a restore would mix itself with.
fn first_of(data: &Path) -> Result<Option<String>, StoreError> {
    let entries = fs::read_dir(data).map_err(|error| failed("read", data, &error))?;
    for entry in entries {
        let name = entry
            .map_err(|error| failed("read", data, &error))?
            .file_name();
        if NOTHING.iter().all(|nothing| name != *nothing) && name != LaidOut::NAME {
            return Ok(Some(name.to_string_lossy().into_owned()));
        }
    }
    Ok(None)
}

/// Moves what is there into a folder named for the moment.
fn set_aside(data: &Path) -> Result<Option<PathBuf>, StoreError> {
    let there: Vec<_> = OURS
        .iter()
        .filter(|name| data.join(name).exists())
        .collect();
    if there.is_empty() {
        return Ok(None);
    }
    let aside = data.join(format!(
        "replaced-{}",
        jiff::Timestamp::now().as_millisecond()
    ));
    fs::create_dir(&aside).map_err(|error| failed("make", &aside, &error))?;
    for name in there {
        fs::rename(data.join(name), aside.join(name))
            .map_err(|error| failed("set aside", &data.join(name), &error))?;
    }
    sync(&aside)?;
    Ok(Some(aside))
}

/// The folder where a restore is laid out; dropped, it goes with all that is still in it.
struct LaidOut(PathBuf);

impl LaidOut {
    const NAME: &str = "restoring";

    fn new(data: &Path) -> Result<Self, StoreError> {
        let folder = data.join(Self::NAME);
        // What an earlier attempt left behind.
        fs::remove_dir_all(&folder).ok();
        fs::create_dir(&folder).map_err(|error| failed("make", &folder, &error))?;
        Ok(Self(folder))
    }

    fn take_place(self, data: &Path) -> Result<(), StoreError> {
        for name in ["files", DATABASE] {
            let (from, to) = (self.0.join(name), data.join(name));
            if from.exists() {
                fs::rename(&from, &to).map_err(|error| failed("name", &to, &error))?;
            }
        }
        sync(data)
    }
}

impl Drop for LaidOut {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// Unpacks an archive into a folder; answers with its manifest and what bytes there are.
///
/// Names come from outside: nothing is written under a name that is not made here anew.
fn unpack(source: File, into: &Path) -> Result<(Manifest, HashSet<ByteDigest>), StoreError> {
    let mut archive = tar::Archive::new(io::BufReader::with_capacity(PIECE_BYTES, source));
    let (mut manifest, mut has_database) = (None::<Manifest>, false);
    let (mut digests, mut damaged) = (HashSet::new(), Vec::new());
    for entry in archive.entries().map_err(|error| broken(&error))? {
        let mut entry = entry.map_err(|error| broken(&error))?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if name == DATABASE && !has_database {
            copy(&mut entry, &into.join(DATABASE))?;
            has_database = true;
        } else if name == MANIFEST && manifest.is_none() {
            let mut text = Vec::new();
            entry
                .by_ref()
                .take(MANIFEST_BYTES_MAX)
                .read_to_end(&mut text)
                .map_err(|error| broken(&error))?;
            manifest = Some(read_manifest(&text)?);
        } else if let Some(digest) = digest_in(&name) {
            let file = into.join(path_of(digest));
            let folder = file.parent().unwrap_or(into);
            fs::create_dir_all(folder).map_err(|error| failed("make", folder, &error))?;
            if copy(&mut entry, &file)? != digest {
                damaged.push(digest.to_string());
            }
            digests.insert(digest);
        } else {
            return Err(StoreError::Backup(format!(
                "this is no backup of Salon: it has {name:?} in it"
            )));
        }
    }
    let Some(manifest) = manifest.filter(|_| has_database) else {
        return Err(StoreError::Backup(
            "it is not whole: it was cut off, or is no backup of Salon".into(),
        ));
    };
    if manifest.files != digests.len() {
        return Err(StoreError::Backup(format!(
            "it should have {} files and has {}",
            manifest.files,
            digests.len()
        )));
    }
    if let Some(digest) = damaged.iter().find(|d| !manifest.damaged.contains(d)) {
        return Err(StoreError::Backup(format!(
            "a file in it is damaged: {digest}"
        )));
    }
    sync_folders(&into.join("files"))?;
    Ok((manifest, digests))
}

fn read_manifest(text: &[u8]) -> Result<Manifest, StoreError> {
    let manifest: Manifest = serde_json::from_slice(text)
        .map_err(|error| StoreError::Backup(format!("its manifest cannot be read: {error}")))?;
    if manifest.format != FORMAT {
        return Err(StoreError::Backup(format!(
            "it is of format {}, this program knows {FORMAT}; use a newer program",
            manifest.format
        )));
    }
    Ok(manifest)
}

fn digest_in(name: &str) -> Option<ByteDigest> {
    let (_, hex) = name.strip_prefix("files/")?.split_once('/')?;
    ByteDigest::parse(hex).filter(|digest| path_of(*digest) == name)
}

/// Writes a part of the archive to disk; answers with its digest.
fn copy(from: &mut impl Read, to: &Path) -> Result<ByteDigest, StoreError> {
    let mut file = File::create(to).map_err(|error| failed("make", to, &error))?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let read = from.read(&mut piece).map_err(|error| broken(&error))?;
        if read == 0 {
            break;
        }
        hash.update(&piece[..read]);
        file.write_all(&piece[..read])
            .map_err(|error| failed("write", to, &error))?;
    }
    file.sync_all()
        .map_err(|error| failed("sync", to, &error))?;
    Ok(ByteDigest(hash.finalize().into()))
}

/// A name is on disk once its folder is.
fn sync_folders(files: &Path) -> Result<(), StoreError> {
    if !files.exists() {
        return Ok(());
    }
    let entries = fs::read_dir(files).map_err(|error| failed("read", files, &error))?;
    for entry in entries {
        sync(&entry.map_err(|error| failed("read", files, &error))?.path())?;
    }
    sync(files)
}

fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path)
        .and_then(|opened| opened.sync_all())
        .map_err(|error| failed("sync", path, &error))
}

fn broken(error: &io::Error) -> StoreError {
    StoreError::Backup(format!("it cannot be read: {error}"))
}

fn failed(what: &str, path: &Path, error: &io::Error) -> StoreError {
    StoreError::Backup(format!("cannot {what} {}: {error}", path.display()))
}
