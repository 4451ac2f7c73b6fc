//! The simulation: many seeds, or one again.

use crate::shell;

/// Runs it with these arguments; `--release` builds it so.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let mut cargo = vec!["run", "--quiet", "--locked", "--package", "salon-sim"];
    if arguments.iter().any(|argument| argument == "--release") {
        cargo.push("--release");
    }
    cargo.push("--");
    let rest = arguments.iter().map(String::as_str);
    cargo.extend(rest.filter(|argument| *argument != "--release"));
    shell::run(&shell::root(), "cargo", &cargo)
}
