//! Planted bugs that the tests must find: a suite that lets one live has lost a tooth.
//!
//! Each file of `xtask/teeth` is one: a sentence that says what is planted, the promise that it
//! breaks, the file, the test that is to fail, the words that are there once, and what stands in
//! their place. The bugs are planted in a copy; the test has to pass there without them and to
//! fail with each of them. `docs/guarantees.md` holds the same list as a table.

mod plant;
mod table;

use crate::shell;
use anyhow::{bail, ensure};
use plant::{Copy, Ran, Tooth};
use std::collections::BTreeMap;

/// Plants all, or those whose names or files hold one of the words; `--list` only looks whether
/// each still fits and is in the table, `--table` writes the table.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let (flags, words): (Vec<&String>, Vec<&String>) = arguments
        .iter()
        .partition(|argument| argument.starts_with("--"));
    let mut teeth = plant::read()?;
    teeth.retain(|tooth| words.is_empty() || words.iter().any(|word| tooth.is_called(word)));
    ensure!(!teeth.is_empty(), "no planted bug is called so");
    let root = shell::root();
    for tooth in &teeth {
        tooth.planted(&root)?;
    }
    match flags.first().map(|flag| flag.as_str()) {
        None => plant_each(&teeth),
        Some("--list") => {
            for tooth in &teeth {
                shell::say(&format!("{:<34} {}", tooth.name, tooth.bug));
            }
            table::check(&plant::read()?)
        }
        Some("--table") => table::write(&plant::read()?),
        Some(other) => bail!("there is no {other:?}: cargo xtask teeth [--list|--table] [WORD…]"),
    }
}

/// Whether each planted bug still fits the code and stands in the table; plants none.
pub(crate) fn check() -> anyhow::Result<()> {
    let teeth = plant::read()?;
    for tooth in &teeth {
        tooth.planted(&shell::root())?;
    }
    table::check(&teeth)
}

/// By the program that tests them, so that each is built whole once and then a little at a time.
fn plant_each(teeth: &[Tooth]) -> anyhow::Result<()> {
    let mut targets = BTreeMap::<&[String], Vec<&Tooth>>::new();
    for tooth in teeth {
        targets.entry(tooth.target()).or_default().push(tooth);
    }
    let copy = Copy::of(&shell::root())?;
    let mut alive = Vec::new();
    for (target, mut teeth) in targets {
        teeth.sort_by_key(|tooth| &tooth.file);
        if !copy.builds(target)? {
            bail!("{} does not build without a planted bug", target.join(" "));
        }
        let mut sound = BTreeMap::new();
        for tooth in &teeth {
            if !sound.contains_key(&tooth.test) {
                sound.insert(&tooth.test, copy.test(&tooth.test)?);
            }
        }
        for tooth in teeth {
            let verdict = match sound[&tooth.test] {
                Ran::Passed => verdict(&copy, tooth, target)?,
                Ran::Nothing => "there is no such test",
                Ran::Failed | Ran::TimedOut => "its test fails without it",
            };
            shell::say(&format!("{:<34} {verdict:<26} {}", tooth.name, tooth.bug));
            if !verdict.starts_with("killed") {
                alive.push(tooth.name.as_str());
            }
        }
    }
    if !alive.is_empty() {
        let names = alive.join(", ");
        bail!("{} planted bugs were not killed: {names}", alive.len());
    }
    shell::say(&format!("all {} planted bugs were killed", teeth.len()));
    Ok(())
}

fn verdict(copy: &Copy, tooth: &Tooth, target: &[String]) -> anyhow::Result<&'static str> {
    let _planted = copy.plant(tooth)?;
    if !copy.builds(target)? {
        return Ok("it does not build");
    }
    Ok(match copy.test(&tooth.test)? {
        Ran::Passed | Ran::Nothing => "LIVES",
        Ran::Failed => "killed",
        Ran::TimedOut => "killed: its test hangs",
    })
}
