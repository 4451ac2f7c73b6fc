//! The repository's manners that no compiler checks.

use crate::{named, shell, supply, types};
use anyhow::{Context, bail};
use serde_json::Value;
use std::{collections::BTreeSet, process::Command};

/// Which crate may use which other ones of ours; development dependencies are free.
const EDGES: [(&str, &[&str]); 13] = [
    ("salon-protocol", &[]),
    ("salon-store", &["salon-protocol"]),
    ("salon-live", &["salon-protocol"]),
    ("salon-media", &[]),
    ("salon-outside", &[]),
    (
        "salon-chat",
        &[
            "salon-protocol",
            "salon-store",
            "salon-live",
            "salon-media",
            "salon-outside",
        ],
    ),
    (
        "salon-agents",
        &["salon-protocol", "salon-live", "salon-chat"],
    ),
    (
        "salon-server",
        &["salon-protocol", "salon-live", "salon-chat", "salon-agents"],
    ),
    ("salon-testkit", &[]),
    (
        "salon-sim",
        &[
            "salon-protocol",
            "salon-chat",
            "salon-agents",
            "salon-server",
            "salon-testkit",
        ],
    ),
    (
        "salon-costs",
        &["salon-protocol", "salon-live", "salon-store"],
    ),
    // What is measured beside Salon is measured from outside.
    ("salon-peers", &[]),
    ("xtask", &["salon-protocol", "salon-testkit"]),
];
/// Libraries that these crates alone may know.
const ALONE: [(&str, &[&str]); 4] = [
    ("axum", &["salon-server"]),
    ("rusqlite", &["salon-store"]),
    ("reqwest", &["salon-agents", "salon-outside", "salon-store"]),
    ("clap", &["salon-server"]),
];
/// Words that mark unfinished work.
const UNFINISHED: [&str; 3] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
];

/// Checks all of it and names every breach.
pub(crate) fn check() -> anyhow::Result<()> {
    let mut breaches = edges()?;
    breaches.extend(files()?);
    breaches.extend(supply::check()?);
    breaches.extend(named::breaches());
    if let Err(error) = types::check() {
        breaches.push(error.to_string());
    }
    if breaches.is_empty() {
        shell::say("tidy: nothing to mend");
        return Ok(());
    }
    bail!("tidy:\n- {}", breaches.join("\n- "))
}

fn edges() -> anyhow::Result<Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--locked"])
        .current_dir(shell::root())
        .output()?;
    let metadata: Value =
        serde_json::from_slice(&output.stdout).context("cannot read cargo's metadata")?;
    let text = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut breaches = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = text(package, "name");
        let Some((_, allowed)) = EDGES.iter().find(|(crate_name, _)| *crate_name == name) else {
            breaches.push(format!("{name} has no line in xtask's table of edges"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let used = text(dependency, "name");
            let is_ours = EDGES.iter().any(|(crate_name, _)| *crate_name == used);
            let for_tests = dependency["kind"] == "dev";
            if is_ours && !for_tests && !allowed.contains(&used.as_str()) {
                breaches.push(format!("{name} may not use {used}"));
            }
            let owner = ALONE.iter().find(|(library, _)| *library == used);
            if let Some((library, owners)) = owner
                && !for_tests
                && !owners.contains(&name.as_str())
            {
                let owners = owners.join(" and ");
                breaches.push(format!("{name} may not know {library}: only {owners} may"));
            }
        }
    }
    Ok(breaches)
}

fn files() -> anyhow::Result<Vec<String>> {
    let root = shell::root();
    let output = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(&root)
        .output()?;
    let names = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: BTreeSet<&str> = names.split('\0').filter(|name| !name.is_empty()).collect();
    let mut breaches = Vec::new();
    for name in names {
        let Ok(text) = std::fs::read_to_string(root.join(name)) else {
            continue;
        };
        // Digests in a lock file spell anything.
        let is_lock = name.ends_with("package-lock.json");
        for word in UNFINISHED {
            if text.contains(word) && !is_lock {
                breaches.push(format!("{name} holds {word}"));
            }
        }
        if text.contains("\r\n") {
            breaches.push(format!("{name} has CRLF line ends"));
        }
        if is_lock && text.contains("\"resolved\": \"http") {
            breaches.push(format!("{name} names a registry's host"));
        }
        if name.ends_with(".rs") && name.starts_with("crates/") && !text.starts_with("//!") {
            breaches.push(format!("{name} does not begin by saying what it is for"));
        }
    }
    Ok(breaches)
}
