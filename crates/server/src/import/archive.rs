//! A zip file by a stranger, read within bounds. Names in it are compared, never used as paths.

use anyhow::{Context, bail};
use std::{
    fs::File,
    io::{BufReader, ErrorKind, Read},
    path::Path,
};

/// Files in one export.
const ENTRIES_MAX: usize = 500_000;
/// One of them, unpacked: a day of a room, or everybody's profiles.
const ENTRY_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// All that is read of an export, unpacked.
const BYTES_MAX: u64 = 32 * 1024 * 1024 * 1024;

pub(super) struct Archive {
    zip: zip::ZipArchive<BufReader<File>>,
    left: u64,
}

impl Archive {
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        let zip = zip::ZipArchive::new(BufReader::new(file))
            .with_context(|| format!("{} is no zip file that can be read", path.display()))?;
        if zip.len() > ENTRIES_MAX {
            bail!(
                "there are more than {ENTRIES_MAX} files in {}",
                path.display()
            );
        }
        Ok(Self {
            zip,
            left: BYTES_MAX,
        })
    }

    /// Whether a file begins as a zip does: its name says nothing.
    pub(super) fn is_one(path: &Path) -> anyhow::Result<bool> {
        let mut file =
            File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        let mut head = [0; 4];
        match file.read_exact(&mut head) {
            Ok(()) => Ok(head == *b"PK\x03\x04" || head == *b"PK\x05\x06"),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error).context("cannot read it"),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// What a file says of its size: to show how far one is, and nothing else.
    pub(super) fn told_size(&mut self, name: &str) -> u64 {
        self.zip.by_name(name).map_or(0, |entry| entry.size())
    }

    pub(super) fn names(&self) -> Vec<String> {
        // One that is no text names nothing that we look for.
        let names = self.zip.file_names().filter_map(Result::ok);
        names.map(|name| name.into_owned()).collect()
    }

    /// A file's bytes; none where there is no such file.
    pub(super) fn read(&mut self, name: &str) -> anyhow::Result<Option<Vec<u8>>> {
        let entry = match self.zip.by_name(name) {
            Ok(entry) => entry,
            Err(zip::result::ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {name}")),
        };
        // What an entry says of its size is as much a stranger's word as the rest of it.
        let max = ENTRY_BYTES_MAX.min(self.left);
        let mut bytes = Vec::new();
        entry
            .take(max + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("{name} is damaged"))?;
        if bytes.len() as u64 > max {
            bail!("{name} is too large unpacked: more than {max} bytes");
        }
        self.left -= bytes.len() as u64;
        Ok(Some(bytes))
    }

    /// A file that somebody attached, as a stream. How long it may be is up to whoever reads it.
    pub(super) fn file(&mut self, name: &str) -> anyhow::Result<impl Read + '_> {
        let entry = self.zip.by_name(name);
        let entry = entry.with_context(|| format!("cannot read {name}"))?;
        if entry.is_symlink() || entry.is_dir() {
            bail!("it is no file but a link or a folder");
        }
        Ok(entry)
    }

    /// The same as a stream, no longer than all that may be read.
    pub(super) fn stream(&mut self, name: &str) -> anyhow::Result<impl Read + '_> {
        let entry = self.zip.by_name(name);
        Ok(entry
            .with_context(|| format!("cannot read {name}"))?
            .take(BYTES_MAX))
    }
}
