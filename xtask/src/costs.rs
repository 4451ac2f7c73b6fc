//! Instructions of the hot path beside those of a committed baseline: a guard against slow code that
//! does not ask a clock, and so says the same on a busy machine.

use crate::{prerequisites, shell};
use anyhow::{Context, bail};
use std::{fmt::Write, path::PathBuf, process::Command};

/// What is counted, how often it is done, and how many are served by doing it once.
const WHAT: [(&str, u64, u64); 8] = [
    ("delivery", 20, 1_000),
    ("draft", 20, 1_000),
    ("arrival", 50, 1),
    ("message", 200, 1),
    ("lone-message", 50, 1),
    ("page", 20, 1),
    ("missed", 20, 1),
    ("search", 20, 1),
];
/// A difference from the baseline by more than this part is a breach: what is cheaper by so much asks
/// for a new baseline. Machines whose C library chooses other instructions differ by less.
const PART: f64 = 0.1;

/// Counts, and compares; `--write` makes what was counted the baseline.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let write = match arguments {
        [] => false,
        [flag] if flag == "--write" => true,
        _ => bail!("cargo xtask costs [--write]"),
    };
    if !prerequisites::valgrind() {
        shell::say("valgrind could not be installed: instructions are not counted");
        return Ok(());
    }
    let root = shell::root();
    let build = [
        "build",
        "--quiet",
        "--locked",
        "--profile",
        "costs",
        "--package",
        "salon-costs",
    ];
    shell::run(&root, "cargo", &build)?;
    let file = root.join("crates/costs/baseline.txt");
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    let compiler = shell::output("rustc", &["--version"]).unwrap_or_default();
    let same_compiler = before.lines().next() == Some(compiler.as_str());
    let (mut now, mut breaches) = (format!("{compiler}\n"), Vec::new());
    for (name, count, serves) in WHAT {
        // What comes before the first is in both and so in neither.
        let more = instructions(name, 2 * count)?;
        let each = more.saturating_sub(instructions(name, count)?) / (count * serves);
        writeln!(now, "{name} {each}")?;
        let Some(was) = baseline(&before, name) else {
            shell::say(&format!("{name:>14}: {each} instructions, no baseline"));
            breaches.push(format!("{name} has no baseline"));
            continue;
        };
        let change = each as f64 / was as f64 - 1.0;
        shell::say(&format!(
            "{name:>14}: {each} instructions, {:+.1} %",
            100.0 * change
        ));
        if change.abs() > PART {
            breaches.push(format!("{name} took {was} and takes {each}"));
        }
    }
    if write {
        std::fs::write(&file, now).context("cannot write the baseline")?;
    } else if !same_compiler {
        shell::say("the baseline is another compiler's: nothing is held against it");
    } else if !breaches.is_empty() {
        bail!(
            "the hot path's costs have changed:\n- {}\nMend it, or say why in the commit that writes \
             them anew: cargo xtask costs --write",
            breaches.join("\n- ")
        );
    }
    Ok(())
}

fn baseline(file: &str, name: &str) -> Option<u64> {
    let mut lines = file.lines().skip(1).filter_map(|line| line.split_once(' '));
    let (_, count) = lines.find(|(known, _)| *known == name)?;
    count.parse().ok()
}

/// All instructions of a program that does a thing so many times.
fn instructions(name: &str, count: u64) -> anyhow::Result<u64> {
    let program: PathBuf = shell::root().join("target/costs/salon-costs");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([name, &count.to_string()])
        .output()
        .context("cannot start valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("{name} failed under valgrind:\n{said}");
    }
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    let (_, collected) = collected.with_context(|| format!("valgrind said no count:\n{said}"))?;
    Ok(collected.trim().parse()?)
}
