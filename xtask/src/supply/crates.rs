//! Libraries in Rust, as cargo resolves them for this kind of machine.

use super::Library;
use crate::shell;
use anyhow::Context;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    process::Command,
};

pub(super) struct Crates {
    /// Named by a crate of ours, or for fuzzing.
    pub(super) direct: BTreeSet<String>,
    /// Named for all crates of ours, and used by none.
    pub(super) unused: BTreeSet<String>,
    /// Everything that is resolved, for tests too.
    pub(super) all: BTreeSet<Library>,
    /// What the program itself is built of and with, by its crates' own names first.
    pub(super) program: BTreeSet<Library>,
    /// What the program names itself.
    pub(super) roots: BTreeSet<String>,
}

impl Crates {
    pub(super) fn read() -> anyhow::Result<Self> {
        let version = shell::output("rustc", &["-vV"]).context("cannot ask rustc")?;
        let host = version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .context("rustc names no host")?;
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version=1", "--locked"])
            .args(["--filter-platform", host])
            .current_dir(shell::root())
            .output()?;
        let metadata: Value =
            serde_json::from_slice(&output.stdout).context("cannot read cargo's metadata")?;
        let lock = std::fs::read_to_string(shell::root().join("Cargo.lock"))?;
        let manifest = std::fs::read_to_string(shell::root().join("Cargo.toml"))?;
        let named_for_all = named(&manifest, "[workspace.dependencies]");
        let mut crates = Self::of(&metadata, &checksums(&lock), &named_for_all)?;
        // A workspace of its own, without a lock file.
        let fuzz = std::fs::read_to_string(shell::root().join("fuzz/Cargo.toml"))?;
        let fuzz = named(&fuzz, "[dependencies]").into_iter();
        let others = fuzz.filter(|name| !name.starts_with("salon-"));
        crates.direct.extend(others);
        Ok(crates)
    }

    fn of(
        metadata: &Value,
        checksums: &HashMap<(String, String), String>,
        named: &BTreeSet<String>,
    ) -> anyhow::Result<Self> {
        let ours: BTreeSet<&str> = texts(&metadata["workspace_members"]).collect();
        let packages: BTreeMap<&str, &Value> = array(&metadata["packages"])
            .filter_map(|package| Some((package["id"].as_str()?, package)))
            .collect();
        let nodes: BTreeMap<&str, &Value> = array(&metadata["resolve"]["nodes"])
            .filter_map(|node| Some((node["id"].as_str()?, node)))
            .collect();
        let name_of = |id: &str| {
            packages
                .get(id)
                .and_then(|package| package["name"].as_str())
        };
        let our_names: BTreeSet<&str> = ours.iter().filter_map(|id| name_of(id)).collect();
        let direct: BTreeSet<String> = ours
            .iter()
            .filter_map(|id| packages.get(id))
            .flat_map(|package| array(&package["dependencies"]))
            .filter_map(|dependency| dependency["name"].as_str())
            .filter(|name| !our_names.contains(name))
            .map(str::to_owned)
            .collect();
        let known = |name: &&String| !direct.contains(*name) && !our_names.contains(name.as_str());
        let unused = named.iter().filter(known).cloned().collect();

        let library = |id: &str| -> Option<Library> {
            let package = packages.get(id)?;
            let name = package["name"].as_str()?.to_owned();
            let version = package["version"].as_str()?.to_owned();
            let checksum = checksums.get(&(name.clone(), version.clone()));
            let uses = edges(nodes.get(id)?).filter(|to| !ours.contains(to));
            Some(Library {
                licence: package["license"].as_str().unwrap_or_default().to_owned(),
                purl: purl(&name, &version),
                digest: checksum.map(|checksum| ("SHA-256", checksum.clone())),
                uses: uses
                    .filter_map(|to| {
                        let package = packages.get(to)?;
                        Some(purl(
                            package["name"].as_str()?,
                            package["version"].as_str()?,
                        ))
                    })
                    .collect(),
                name,
                version,
            })
        };
        let others = nodes.keys().filter(|id| !ours.contains(*id));
        let all = others.filter_map(|id| library(id)).collect();

        let mut reached = BTreeSet::new();
        let mut roots = BTreeSet::new();
        let program = ours.iter().find(|id| name_of(id) == Some("salon-server"));
        let mut waiting = vec![*program.context("there is no salon-server")?];
        while let Some(id) = waiting.pop() {
            let Some(node) = nodes.get(id).filter(|_| reached.insert(id)) else {
                continue;
            };
            for to in edges(node) {
                if ours.contains(id) && !ours.contains(to) {
                    roots.extend(library(to).map(|library| library.purl));
                }
                waiting.push(to);
            }
        }
        let theirs = reached.into_iter().filter(|id| !ours.contains(id));
        Ok(Self {
            direct,
            unused,
            all,
            program: theirs.filter_map(library).collect(),
            roots,
        })
    }

    /// Libraries of the program that are there in more than one version.
    pub(super) fn doubled(&self) -> BTreeSet<String> {
        let mut times = BTreeMap::<&str, usize>::new();
        for one in &self.program {
            *times.entry(&one.name).or_default() += 1;
        }
        let doubled = times.into_iter().filter(|(_, times)| *times > 1);
        doubled.map(|(name, _)| name.to_owned()).collect()
    }
}

fn purl(name: &str, version: &str) -> String {
    format!("pkg:cargo/{name}@{version}")
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    array(value).filter_map(Value::as_str)
}

/// What a package is built of and with; not what its tests need.
fn edges(node: &Value) -> impl Iterator<Item = &str> {
    array(&node["deps"])
        .filter(|dependency| array(&dependency["dep_kinds"]).any(|kind| kind["kind"] != "dev"))
        .filter_map(|dependency| dependency["pkg"].as_str())
}

/// The digests in `Cargo.lock`, by name and version.
fn checksums(lock: &str) -> HashMap<(String, String), String> {
    let mut found = HashMap::new();
    for package in lock.split("[[package]]") {
        let field = |name: &str| {
            package.lines().find_map(|line| {
                let value = line.strip_prefix(name)?.strip_prefix(" = \"")?;
                Some(value.trim_end_matches('"').to_owned())
            })
        };
        if let (Some(name), Some(version), Some(sum)) =
            (field("name"), field("version"), field("checksum"))
        {
            found.insert((name, version), sum);
        }
    }
    found
}

/// What a part of a manifest names.
fn named(manifest: &str, part: &str) -> BTreeSet<String> {
    let part = manifest.split(part).nth(1);
    let part = part.and_then(|rest| rest.split("\n[").next());
    part.unwrap_or_default()
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_and_names_are_read_from_the_files() {
        let lock = "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"00ff\"\n\n\
                    [[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n";
        let expected = HashMap::from([(("a".into(), "1.0.0".into()), "00ff".into())]);
        assert_eq!(checksums(lock), expected);
        let manifest =
            "[workspace.dependencies]\na = \"1\"\nb = { version = \"2\" }\n\n[next]\nc = 1";
        let part = "[workspace.dependencies]";
        assert_eq!(named(manifest, part), ["a", "b"].map(str::to_owned).into());
    }
}
