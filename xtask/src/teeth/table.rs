//! The planted bugs as the table of `docs/guarantees.md`.

use super::plant::Tooth;
use crate::shell;
use anyhow::{Context, ensure};
use std::fs;

const PAGE: &str = "docs/guarantees.md";
/// Between these the page belongs to `cargo xtask teeth --table`.
const BEGINNING: &str = "<!-- teeth: written by `cargo xtask teeth --table` -->\n";
const END: &str = "<!-- /teeth -->";

/// Writes the table into the page.
pub(super) fn write(teeth: &[Tooth]) -> anyhow::Result<()> {
    let path = shell::root().join(PAGE);
    fs::write(&path, page(&fs::read_to_string(&path)?, teeth)?)?;
    shell::say(&format!("{PAGE}: {} planted bugs", teeth.len()));
    Ok(())
}

/// Whether the page's table is of these.
pub(super) fn check(teeth: &[Tooth]) -> anyhow::Result<()> {
    let there = fs::read_to_string(shell::root().join(PAGE))?;
    ensure!(
        page(&there, teeth)? == there,
        "{PAGE} has another table: cargo xtask teeth --table"
    );
    Ok(())
}

fn page(there: &str, teeth: &[Tooth]) -> anyhow::Result<String> {
    let parts = || {
        let (before, rest) = there.split_once(BEGINNING)?;
        let (_, behind) = rest.split_once(END)?;
        Some((before, behind))
    };
    let (before, behind) = parts().with_context(|| format!("{PAGE} has no place for the table"))?;
    Ok(format!("{before}{BEGINNING}{}{END}{behind}", table(teeth)))
}

fn table(teeth: &[Tooth]) -> String {
    let mut teeth: Vec<&Tooth> = teeth.iter().collect();
    teeth.sort_by_key(|tooth| (&tooth.promise, &tooth.name));
    let mut table = "| promise | planted bug | where | killed by |\n|---|---|---|---|\n".to_owned();
    for tooth in teeth {
        let file = tooth.file.trim_start_matches("crates/");
        let Tooth { promise, bug, .. } = tooth;
        table += &format!("| {promise} | {bug} | `{file}` | {} |\n", killer(tooth));
    }
    table
}

/// `-p salon-store --test search name` as where one finds it.
fn killer(tooth: &Tooth) -> String {
    let name = tooth.test.last().map_or("", String::as_str);
    let mut place = String::new();
    let mut words = tooth.target().iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-p" => {
                let package = words.next().map_or("", String::as_str);
                place += package.trim_start_matches("salon-");
            }
            "--test" => place += &format!(" {}", words.next().map_or("", String::as_str)),
            _ => {}
        }
    }
    format!("{place}: `{name}`")
}
