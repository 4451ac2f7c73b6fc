//! Where the bytes of an export's files are: in its archive, or in a folder that the operator laid
//! beside it. Names in an export are compared with what is there and never made into paths.

use super::archive::Archive;
use anyhow::{Context, bail};
use std::{
    collections::HashMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// Files in the folder.
const FILES_MAX: usize = 500_000;
/// Folders in folders.
const DEPTH_MAX: usize = 16;
/// Bytes handed on at once.
const PIECE_BYTES: usize = 64 * 1024;

#[derive(Default)]
pub(super) struct Shelf {
    archive: Option<Archive>,
    /// By what they are called from the folder on, with `/` between.
    folder: HashMap<String, PathBuf>,
}

impl Shelf {
    pub(super) fn open(export: &Path, folder: Option<&Path>) -> anyhow::Result<Self> {
        let mut shelf = Self::default();
        if Archive::is_one(export)? {
            shelf.archive = Some(Archive::open(export)?);
        }
        if let Some(folder) = folder {
            walk(folder, "", 0, &mut shelf.folder)?;
        }
        Ok(shelf)
    }

    /// Hands the bytes of the first of these names that is there to `write`, which answers with
    /// whether to go on; answers with whether one is there.
    pub(super) fn pour(
        &mut self,
        names: &[String],
        mut write: impl FnMut(Vec<u8>) -> bool,
    ) -> anyhow::Result<bool> {
        if let Some(path) = names.iter().find_map(|name| self.folder.get(name)) {
            // It was a file when the folder was looked through.
            let file = File::open(path).context("cannot be opened")?;
            pieces(file, &mut write)?;
            return Ok(true);
        }
        let Some(archive) = &mut self.archive else {
            return Ok(false);
        };
        match names.iter().find(|name| archive.has(name)) {
            Some(name) => {
                pieces(archive.file(name)?, &mut write)?;
                Ok(true)
            }
            None => Ok(false),
        }
    }
}

fn pieces(mut from: impl Read, write: &mut impl FnMut(Vec<u8>) -> bool) -> anyhow::Result<()> {
    loop {
        let mut piece = vec![0; PIECE_BYTES];
        let read = from.read(&mut piece).context("is damaged")?;
        piece.truncate(read);
        if read == 0 || !write(piece) {
            return Ok(());
        }
    }
}

/// Links are not followed: they lead out of the folder.
fn walk(
    folder: &Path,
    prefix: &str,
    depth: usize,
    found: &mut HashMap<String, PathBuf>,
) -> anyhow::Result<()> {
    let told = || format!("cannot look into {}", folder.display());
    for entry in std::fs::read_dir(folder).with_context(told)? {
        let entry = entry.with_context(told)?;
        let kind = entry.file_type().with_context(told)?;
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
            continue;
        };
        let name = format!("{prefix}{name}");
        if kind.is_dir() && depth < DEPTH_MAX {
            walk(&entry.path(), &format!("{name}/"), depth + 1, found)?;
        } else if kind.is_file() {
            found.insert(name, entry.path());
        }
        if found.len() > FILES_MAX {
            bail!("there are more than {FILES_MAX} files in it");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poured(shelf: &mut Shelf, name: &str) -> Option<Vec<u8>> {
        let mut whole = Vec::new();
        let found = shelf.pour(&[name.to_owned()], |piece| {
            whole.extend(piece);
            true
        });
        found.unwrap().then_some(whole)
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("files");
        std::fs::create_dir_all(folder.join("F1")).unwrap();
        std::fs::write(place.path().join("secret"), "secret").unwrap();
        std::fs::write(folder.join("F1/plan.txt"), "plan").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(place.path().join("secret"), folder.join("link")).unwrap();
        let mut shelf = Shelf::default();
        walk(&folder, "", 0, &mut shelf.folder).unwrap();
        assert_eq!(
            poured(&mut shelf, "F1/plan.txt").as_deref(),
            Some(&b"plan"[..])
        );
        let absolute = place.path().join("secret").display().to_string();
        for name in [
            "../secret",
            "F1/../../secret",
            "link",
            &absolute,
            "",
            "F1",
            ".",
        ] {
            assert_eq!(poured(&mut shelf, name), None, "{name}");
        }
    }
}
