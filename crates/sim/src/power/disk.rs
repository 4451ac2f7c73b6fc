//! Files on a disk that loses what was not synced.

use super::record::Call;
use crate::chance::Chance;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// What a disk writes whole or not at all.
const SECTOR: usize = 512;

#[derive(Clone, Debug, Default)]
struct File {
    /// What is surely there.
    synced: Vec<u8>,
    /// Its name is surely in its folder.
    is_named: bool,
    /// Since the last sync, in order.
    unsynced: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

/// The database's folder.
pub(super) struct Disk {
    folder: PathBuf,
    files: BTreeMap<PathBuf, File>,
}

impl Disk {
    /// A folder as it is, all of it synced.
    pub(super) fn of(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let synced = std::fs::read(&path).unwrap();
                let file = File {
                    synced,
                    is_named: true,
                    unsynced: Vec::new(),
                };
                files.insert(path, file);
            }
        }
        Self {
            folder: folder.to_owned(),
            files,
        }
    }

    /// Learns of a call. What concerns other files is nothing to it.
    pub(super) fn take(&mut self, call: &Call) {
        match call {
            Call::Write { path, at, bytes } => {
                self.change(path, Change::Write(*at, bytes.clone()));
            }
            Call::Truncate { path, length } => self.change(path, Change::Truncate(*length)),
            Call::Sync { path } if *path == self.folder => {
                self.files
                    .values_mut()
                    .for_each(|file| file.is_named = true);
            }
            Call::Sync { path } => {
                if let Some(file) = self.files.get_mut(path) {
                    for change in std::mem::take(&mut file.unsynced) {
                        apply(&mut file.synced, &change);
                    }
                }
            }
            Call::Ack { .. } => {}
        }
    }

    fn change(&mut self, path: &Path, change: Change) {
        if path.parent() == Some(&self.folder) {
            let file = self.files.entry(path.to_owned()).or_default();
            file.unsynced.push(change);
        }
    }

    pub(super) fn has_unsynced(&self) -> bool {
        self.files.values().any(|file| !file.unsynced.is_empty())
    }

    /// Writes what might be found after a power cut now.
    pub(super) fn cut(&self, to: &Path, chance: &mut Chance) {
        std::fs::create_dir(to).unwrap();
        for (path, file) in &self.files {
            let bytes = file.after_a_cut(chance);
            if let Some(bytes) = bytes {
                std::fs::write(to.join(path.file_name().unwrap()), bytes).unwrap();
            }
        }
    }
}

impl File {
    fn after_a_cut(&self, chance: &mut Chance) -> Option<Vec<u8>> {
        if !self.is_named && chance.one_in(2) {
            return None;
        }
        let mut bytes = self.synced.clone();
        // Nothing of it, all up to somewhere, or any of it.
        let (most, sieve) = match chance.below(4) {
            0 => (0, false),
            1 => (self.unsynced.len(), false),
            2 => (chance.below(self.unsynced.len() + 1), false),
            _ => (self.unsynced.len(), true),
        };
        for change in &self.unsynced[..most] {
            match change {
                Change::Write(at, new) if sieve => {
                    let mut done = 0;
                    while done < new.len() {
                        // Up to the next border between sectors.
                        let sector = SECTOR - (at + done) % SECTOR;
                        let end = new.len().min(done + sector);
                        if chance.one_in(2) {
                            let piece = new[done..end].to_vec();
                            apply(&mut bytes, &Change::Write(at + done, piece));
                        }
                        done = end;
                    }
                }
                Change::Truncate(_) if sieve && chance.one_in(2) => {}
                change => apply(&mut bytes, change),
            }
        }
        Some(bytes)
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write(at, new) => {
            let end = at + new.len();
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*at..end].copy_from_slice(new);
        }
        Change::Truncate(length) => bytes.resize(*length, 0),
    }
}
