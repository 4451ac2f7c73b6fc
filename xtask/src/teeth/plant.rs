//! One planted bug, and the copy of the repository in which it is planted.

use crate::shell;
use anyhow::{Context, ensure};
use std::{
    fs,
    io::Read,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long one test may take: a bug that makes it wait for ever is found, too.
const TEST_TIME_MAX: Duration = Duration::from_secs(180);
const LOOK_EVERY: Duration = Duration::from_millis(50);

pub(super) struct Tooth {
    pub(super) name: String,
    pub(super) bug: String,
    /// The number of a promise, or what else it is about.
    pub(super) promise: String,
    pub(super) file: String,
    /// Cargo's arguments: a package, one of its test programs, a test of that.
    pub(super) test: Vec<String>,
    old: String,
    new: String,
}

/// What became of a test.
pub(super) enum Ran {
    Passed,
    Failed,
    TimedOut,
    /// No test is called so.
    Nothing,
}

impl Tooth {
    pub(super) fn is_called(&self, word: &str) -> bool {
        self.name.contains(word) || self.file.contains(word)
    }

    /// The test program that is to be built.
    pub(super) fn target(&self) -> &[String] {
        &self.test[..self.test.len() - 1]
    }

    /// The file's text with the bug in it.
    pub(super) fn planted(&self, root: &Path) -> anyhow::Result<String> {
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
}

/// All of them, by name.
pub(super) fn read() -> anyhow::Result<Vec<Tooth>> {
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
        let promise = head.next()?.strip_prefix("promise: ")?.to_owned();
        let file = head.next()?.strip_prefix("file: ")?.to_owned();
        let test = head.next()?.strip_prefix("test: ")?;
        let test: Vec<String> = test.split_whitespace().map(str::to_owned).collect();
        (test.len() > 1).then_some(Tooth {
            name: name.clone().into_owned(),
            bug,
            promise,
            file,
            test,
            old: old.to_owned(),
            new: new.trim_end_matches('\n').to_owned(),
        })
    };
    parts().with_context(|| format!("{} is not a planted bug; see the others", path.display()))
}

/// What the repository holds now, in a folder of its own with a target folder of its own.
pub(super) struct Copy {
    folder: PathBuf,
    target: PathBuf,
}

/// Takes its bug out again when dropped.
pub(super) struct Planted {
    file: PathBuf,
    sound: String,
}

impl Copy {
    /// What is the same there already stays untouched, so that little is built again.
    pub(super) fn of(root: &Path) -> anyhow::Result<Self> {
        let folder = root.join("target/teeth/copy");
        let which = ["--cached", "--others", "--exclude-standard", "-z"];
        let listed = Command::new("git")
            .arg("ls-files")
            .args(which)
            .current_dir(root)
            .output()?;
        for name in String::from_utf8(listed.stdout)?.split_terminator('\0') {
            let Ok(bytes) = fs::read(root.join(name)) else {
                continue;
            };
            let file = folder.join(name);
            if fs::read(&file).is_ok_and(|there| there == bytes) {
                continue;
            }
            if let Some(folder) = file.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(file, bytes)?;
        }
        let target = root.join("target/teeth/target");
        Ok(Self { folder, target })
    }

    pub(super) fn plant(&self, tooth: &Tooth) -> anyhow::Result<Planted> {
        let file = self.folder.join(&tooth.file);
        let sound = fs::read_to_string(&file)?;
        fs::write(&file, tooth.planted(&self.folder)?)?;
        Ok(Planted { file, sound })
    }

    pub(super) fn builds(&self, target: &[String]) -> anyhow::Result<bool> {
        let mut cargo = self.cargo(target);
        let status = cargo.arg("--no-run").stdout(Stdio::null()).status()?;
        Ok(status.success())
    }

    pub(super) fn test(&self, test: &[String]) -> anyhow::Result<Ran> {
        let mut cargo = self.cargo(test);
        // A group of its own, to be ended with whatever the test has started.
        let mut child = cargo.stdout(Stdio::piped()).process_group(0).spawn()?;
        let mut output = child.stdout.take().context("no output")?;
        let said = thread::spawn(move || {
            let mut said = Vec::new();
            output.read_to_end(&mut said).map(|_| said)
        });
        let Some(passed) = ended(&mut child)? else {
            return Ok(Ran::TimedOut);
        };
        let said = said.join().unwrap_or_else(|_| Ok(Vec::new()))?;
        let said = String::from_utf8_lossy(&said);
        let ran_any = said
            .lines()
            .any(|line| line.starts_with("running ") && !line.starts_with("running 0 "));
        Ok(match (ran_any, passed) {
            (false, true) => Ran::Nothing,
            (_, true) => Ran::Passed,
            (_, false) => Ran::Failed,
        })
    }

    fn cargo(&self, arguments: &[String]) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["test", "--quiet", "--locked"])
            .args(arguments)
            .env("CARGO_TARGET_DIR", &self.target)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        cargo
    }
}

/// Whether it ended well; none where its time was up.
fn ended(child: &mut Child) -> anyhow::Result<Option<bool>> {
    let until = Instant::now() + TEST_TIME_MAX;
    while Instant::now() < until {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        thread::sleep(LOOK_EVERY);
    }
    let group = format!("-{}", child.id());
    Command::new("kill")
        .args(["-KILL", "--", &group])
        .status()?;
    child.wait()?;
    Ok(None)
}

impl Drop for Planted {
    fn drop(&mut self) {
        if let Err(error) = fs::write(&self.file, &self.sound) {
            shell::say(&format!("{} keeps its bug: {error}", self.file.display()));
        }
    }
}
