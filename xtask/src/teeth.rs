//! Planted bugs that the tests must find: a suite that lets one live has lost a tooth.
//!
//! Each file of `xtask/teeth` is one: a sentence that says what is planted, the file, the test that
//! is to fail, the words that are there once, and what stands in their place. The bugs are planted
//! in a copy; the test has to pass there without them and to fail with each of them.

use crate::shell;
use anyhow::{Context, bail, ensure};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

struct Tooth {
    name: String,
    bug: String,
    file: String,
    test: Vec<String>,
    old: String,
    new: String,
}

/// Plants all, or those whose names hold the word; `--list` only looks whether each still fits.
pub(crate) fn run(word: Option<&str>) -> anyhow::Result<()> {
    let only_look = word == Some("--list");
    let word = word.filter(|_| !only_look).unwrap_or_default();
    let teeth: Vec<Tooth> = read()?
        .into_iter()
        .filter(|tooth| tooth.name.contains(word))
        .collect();
    ensure!(!teeth.is_empty(), "no planted bug is called so");
    let root = shell::root();
    for tooth in &teeth {
        tooth.plant(&root)?;
    }
    if only_look {
        for tooth in &teeth {
            shell::say(&format!("{:<34} {}", tooth.name, tooth.bug));
        }
        return Ok(());
    }
    let copy = copy(&root)?;
    let mut alive = 0;
    for tooth in &teeth {
        let file = copy.join(&tooth.file);
        let sound = fs::read_to_string(&file)?;
        let passes = tooth.passes(&copy)?;
        fs::write(&file, tooth.plant(&copy)?)?;
        let verdict = match (passes, tooth.builds(&copy)?) {
            (false, _) => "its test fails without it",
            (_, false) => "it does not build",
            (true, true) if tooth.passes(&copy)? => "LIVES",
            (true, true) => "killed",
        };
        fs::write(&file, sound)?;
        alive += usize::from(verdict != "killed");
        shell::say(&format!("{:<34} {verdict:<26} {}", tooth.name, tooth.bug));
    }
    if alive > 0 {
        bail!("{alive} of {} planted bugs were not killed", teeth.len());
    }
    shell::say(&format!("all {} planted bugs were killed", teeth.len()));
    Ok(())
}

impl Tooth {
    /// The file's text with the bug in it.
    fn plant(&self, root: &Path) -> anyhow::Result<String> {
        let path = root.join(&self.file);
        let sound = fs::read_to_string(&path)
            .with_context(|| format!("{}: no {}", self.name, self.file))?;
        let found = sound.matches(&self.old).count();
        ensure!(
            found == 1,
            "xtask/teeth/{}.txt no longer fits: its words are {found} times in {}",
            self.name,
            self.file
        );
        Ok(sound.replacen(&self.old, &self.new, 1))
    }

    fn passes(&self, copy: &Path) -> anyhow::Result<bool> {
        self.cargo(copy, &[])
    }

    fn builds(&self, copy: &Path) -> anyhow::Result<bool> {
        self.cargo(copy, &["--no-run"])
    }

    fn cargo(&self, copy: &Path, more: &[&str]) -> anyhow::Result<bool> {
        // What follows `--` is for the test's program alone.
        let ours = self.test.iter().take_while(|word| *word != "--");
        let status = Command::new(env!("CARGO"))
            .args(["test", "--quiet"])
            .args(match more {
                [] => self.test.iter().collect::<Vec<_>>(),
                _ => ours.collect(),
            })
            .args(more)
            .env(
                "CARGO_TARGET_DIR",
                shell::root().join("target/teeth/target"),
            )
            .env("RUSTFLAGS", "--cap-lints=allow")
            .current_dir(copy)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        Ok(status.success())
    }
}

fn read() -> anyhow::Result<Vec<Tooth>> {
    let folder = shell::root().join("xtask/teeth");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    files.iter().map(|file| parse(file)).collect()
}

fn parse(path: &Path) -> anyhow::Result<Tooth> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let text = fs::read_to_string(path)?;
    let parts = || {
        let (head, rest) = text.split_once("\n--- there is\n")?;
        let (old, new) = rest.split_once("\n+++ planted\n")?;
        let mut head = head.lines();
        let bug = head.next()?.to_owned();
        let file = head.next()?.strip_prefix("file: ")?.to_owned();
        let test = head.next()?.strip_prefix("test: ")?;
        Some(Tooth {
            name: name.clone().into_owned(),
            bug,
            file,
            test: test.split_whitespace().map(str::to_owned).collect(),
            old: old.to_owned(),
            new: new.trim_end_matches('\n').to_owned(),
        })
    };
    parts().with_context(|| format!("{} is not a planted bug; see the others", path.display()))
}

/// A copy of what the repository holds now. What is the same there already stays untouched, so
/// that little is built again.
fn copy(root: &Path) -> anyhow::Result<PathBuf> {
    let to = root.join("target/teeth/copy");
    let listed = Command::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .current_dir(root)
        .output()?;
    for name in String::from_utf8(listed.stdout)?.split_terminator('\0') {
        let Ok(bytes) = fs::read(root.join(name)) else {
            continue;
        };
        let file = to.join(name);
        if fs::read(&file).is_ok_and(|there| there == bytes) {
            continue;
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(file, bytes)?;
    }
    Ok(to)
}
