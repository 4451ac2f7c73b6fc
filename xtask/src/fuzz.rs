//! Fuzzing: bytes of strangers, guided by what they reach in the code.
//!
//! The fuzzers are libFuzzer's; the compiler's own coverage guides them, so that the stable toolchain
//! does. What they keep is written to `fuzz/corpus`, which every run of the tests reads again.

use crate::{prerequisites, shell};
use anyhow::{Context, bail};
use salon_testkit::{corpus, corpus_file, escaped};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// What is fuzzed.
const TARGETS: [&str; 7] = [
    "socket",
    "frame",
    "typed",
    "stream",
    "words",
    "tool_server",
    "exports",
];
/// Tells libFuzzer where the code went, and what it compared with what.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
     -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";
/// Inputs tried where nobody says how many.
const RUNS: u64 = 20_000;

/// Fuzzes the targets that are named, or all.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let Options {
        targets,
        runs,
        keep,
    } = options(arguments)?;
    let programs = build(&targets)?;
    for target in targets {
        let tried = Try::new(target, &programs)?;
        tried.run(runs)?;
        if keep {
            tried.keep()?;
        }
    }
    shell::say(&format!("{runs} inputs each, and nothing broke"));
    Ok(())
}

struct Options {
    targets: Vec<&'static str>,
    runs: u64,
    keep: bool,
}

fn options(arguments: &[String]) -> anyhow::Result<Options> {
    let (mut targets, mut runs, mut keep) = (Vec::new(), RUNS, false);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--keep" => keep = true,
            "--runs" => {
                let number = arguments.next().and_then(|number| number.parse().ok());
                runs = number.context("--runs needs a number")?;
            }
            name => match TARGETS.iter().find(|target| **target == name) {
                Some(target) => targets.push(*target),
                None => bail!("there is no target {name:?}: {}", TARGETS.join(", ")),
            },
        }
    }
    if targets.is_empty() {
        targets = TARGETS.to_vec();
    }
    Ok(Options {
        targets,
        runs,
        keep,
    })
}

/// Builds the fuzzers; answers where they are.
fn build(targets: &[&str]) -> anyhow::Result<PathBuf> {
    prerequisites::compiler()?;
    let about = shell::output("rustc", &["-vV"]).unwrap_or_default();
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.context("rustc does not say what machine this is")?;
    // With a target of its own the flags are not for build scripts, which have no fuzzer to tell.
    let mut cargo = vec!["build", "--release", "--quiet", "--target", host];
    for target in targets {
        cargo.extend(["--bin", target]);
    }
    let root = shell::root();
    // The libraries that the product has, and the fuzzer's own.
    std::fs::copy(root.join("Cargo.lock"), root.join("fuzz/Cargo.lock"))?;
    let folder = root.join("target/fuzz");
    let place = folder.to_string_lossy();
    let environment = [("RUSTFLAGS", FLAGS), ("CARGO_TARGET_DIR", &*place)];
    shell::run_with(&root.join("fuzz"), "cargo", &cargo, &environment)?;
    Ok(folder.join(host).join("release"))
}

/// One target with a folder of its own.
struct Try {
    target: &'static str,
    program: PathBuf,
    folder: PathBuf,
}

impl Try {
    /// With what was kept of it.
    fn new(target: &'static str, programs: &Path) -> anyhow::Result<Self> {
        let folder = shell::root().join("target/fuzz/inputs").join(target);
        std::fs::create_dir_all(&folder)?;
        for (n, input) in corpus(target).into_iter().enumerate() {
            std::fs::write(folder.join(format!("kept-{n}")), input)?;
        }
        let program = programs.join(target);
        Ok(Self {
            target,
            program,
            folder,
        })
    }

    fn run(&self, runs: u64) -> anyhow::Result<()> {
        let broken = self.folder.with_extension("broken");
        let settings = [
            format!("-runs={runs}"),
            format!("-exact_artifact_path={}", broken.display()),
            "-max_len=4096".to_owned(),
            "-timeout=10".to_owned(),
            "-rss_limit_mb=1024".to_owned(),
            "-print_final_stats=1".to_owned(),
            "-verbosity=0".to_owned(),
        ];
        let folder = self.folder.to_string_lossy();
        let settings = settings.iter().map(String::as_str);
        let arguments: Vec<&str> = settings.chain([&*folder]).collect();
        shell::run(&shell::root(), &self.program.to_string_lossy(), &arguments).map_err(|error| {
            let input = std::fs::read(&broken).unwrap_or_default();
            error.context(format!(
                "this broke {}; as a line of {} it is tried by every test: {}",
                self.target,
                corpus_file(self.target).display(),
                escaped(&input)
            ))
        })
    }

    /// Keeps of all inputs the fewest that reach as much.
    fn keep(&self) -> anyhow::Result<()> {
        let fewest = self.folder.with_extension("fewest");
        std::fs::remove_dir_all(&fewest).ok();
        std::fs::create_dir_all(&fewest)?;
        let (to, from) = (fewest.to_string_lossy(), self.folder.to_string_lossy());
        let arguments = ["-merge=1", "-max_len=4096", "-verbosity=0", &*to, &*from];
        shell::run(&shell::root(), &self.program.to_string_lossy(), &arguments)?;
        let mut lines = BTreeSet::new();
        for entry in std::fs::read_dir(&fewest)? {
            lines.insert(escaped(&std::fs::read(entry?.path())?));
        }
        let lines: String = lines.into_iter().map(|line| line + "\n").collect();
        Ok(std::fs::write(corpus_file(self.target), lines)?)
    }
}
