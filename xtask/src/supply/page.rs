//! The page that gives each library its reason.

use crate::shell;
use anyhow::Context;
use std::collections::BTreeSet;

pub(super) const NAME: &str = "docs/dependencies.md";

/// The first column of each of its three tables.
pub(super) struct Page {
    pub(super) crates: BTreeSet<String>,
    pub(super) packages: BTreeSet<String>,
    pub(super) doubled: BTreeSet<String>,
}

pub(super) fn read() -> anyhow::Result<Page> {
    let text = std::fs::read_to_string(shell::root().join(NAME));
    let text = text.with_context(|| format!("cannot read {NAME}"))?;
    let of = |title: &str| {
        let part = text.split("\n## ").find(|part| part.starts_with(title));
        part.map(names)
            .with_context(|| format!("{NAME} has no part {title:?}"))
    };
    Ok(Page {
        crates: of("Libraries in Rust")?,
        packages: of("Packages of the web client")?,
        doubled: of("Twice")?,
    })
}

/// What rows with a reason begin with; several names may share one.
fn names(part: &str) -> BTreeSet<String> {
    let rows = part.lines().filter_map(|line| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let (names, reason) = (cells.next()?, cells.next()?);
        (!reason.is_empty()).then_some(names)
    });
    rows.flat_map(|names| names.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_a_reason_is_none() {
        let part = "Twice\n\n| library | why |\n|---|---|\n| `a`, `b` | both |\n| `c` | |\n";
        assert_eq!(names(part), ["a", "b"].map(str::to_owned).into());
    }
}
