//! What the world knows of what others have written: advisories, and what `deny.toml` forbids.
//!
//! It asks the network and needs tools that not everybody has, so no test depends on it: whoever
//! brings a library in, or makes a release, runs it.

use super::check;
use crate::shell;
use anyhow::{Context, bail};

/// Folders with packages of npm.
const PACKAGES: [&str; 2] = ["web", "crates/agents/tests/mcp"];

/// Asks all of them, whatever one says. With `--advisories` a copy of the RustSec database in that
/// folder is asked, as it is, and nothing is fetched.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let copy = match arguments {
        [] => None,
        [flag, folder] if flag == "--advisories" => Some(folder.as_str()),
        _ => bail!("cargo xtask supply [--advisories FOLDER]"),
    };
    let root = shell::root();
    let mut failed = Vec::new();
    for breach in check()? {
        failed.push(breach);
    }
    let audit = match copy {
        Some(folder) => vec![
            "audit",
            "--deny",
            "warnings",
            "--db",
            folder,
            "--no-fetch",
            "--stale",
        ],
        None => vec!["audit", "--deny", "warnings"],
    };
    let deny = ["deny", "check", "bans", "licenses", "sources"];
    for (tool, arguments) in [("cargo-audit", &audit[..]), ("cargo-deny", &deny)] {
        let ran = match shell::output("cargo", &[arguments[0], "--version"]) {
            Some(_) => shell::run(&root, "cargo", arguments),
            None => Err(anyhow::anyhow!(
                "{tool} is not installed: `cargo install --locked {tool}`"
            )),
        };
        failed.extend(ran.err().map(|error| error.to_string()));
    }
    for folder in PACKAGES {
        let ran = shell::run(&root.join(folder), "npm", &["audit"]);
        let ran = ran.with_context(|| format!("in {folder}"));
        failed.extend(ran.err().map(|error| format!("{error:#}")));
    }
    if failed.is_empty() {
        shell::say("supply: nothing is known against any library");
        return Ok(());
    }
    bail!("supply:\n- {}", failed.join("\n- "))
}
