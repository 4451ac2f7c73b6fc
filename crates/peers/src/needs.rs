//! What programs that are measured need: found, or installed where we may, or named.

use crate::peers::Peer;
use anyhow::{Context, bail};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// One thing that must be there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Need {
    /// A package of Debian, and a file that it brings.
    Debian(&'static str, &'static str),
    /// A package of `servers/node`, as locked there.
    Npm(&'static str),
    /// Node.js itself.
    Node,
    /// A package of `servers/python`, in an environment of its own.
    Python(&'static str),
    /// A library that `servers/axum` is built of.
    Crate(&'static str),
}

/// Our own programs and configurations.
pub(crate) fn servers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("servers")
}

/// Where everything is that is built, installed or written here.
pub(crate) fn target() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
    let target = root.unwrap_or(Path::new(".")).join("target");
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or(target, PathBuf::from)
        .join("peers")
}

/// The interpreter with `servers/python/requirements.txt`.
pub(crate) fn python() -> PathBuf {
    target().join("python/bin/python")
}

/// The room of `servers/axum`.
pub(crate) fn axum_room() -> PathBuf {
    target().join("axum/release/afternoon")
}

/// Sees to all that one needs; gives the versions.
pub(crate) fn meet(peer: &Peer) -> anyhow::Result<String> {
    let mut versions = Vec::new();
    for need in peer.needs {
        versions.push(need.meet()?);
    }
    versions.dedup();
    Ok(versions.join(", "))
}

impl Need {
    fn meet(self) -> anyhow::Result<String> {
        match self {
            Self::Debian(package, file) => debian(package, file),
            Self::Npm(package) => npm(package),
            Self::Node => {
                let version = output("node", &["--version"]).context("there is no Node.js")?;
                Ok(format!("Node.js {}", version.trim_start_matches('v')))
            }
            Self::Python(package) => pip(package),
            Self::Crate(name) => cargo(name),
        }
    }
}

fn debian(package: &str, file: &str) -> anyhow::Result<String> {
    if !Path::new(file).exists() {
        let is_root = output("id", &["-u"]).as_deref() == Some("0");
        if !is_root || output("apt-get", &["--version"]).is_none() {
            bail!("it is missing: `sudo apt-get install {package}`");
        }
        run("apt-get", &["update", "-qq"])?;
        // A server that is installed to be measured is not to be run by the system as well.
        let forbids = Path::new("/usr/sbin/policy-rc.d");
        let is_ours = !forbids.exists();
        if is_ours {
            std::fs::write(forbids, "#!/bin/sh\nexit 101\n")?;
            run("chmod", &["755", "/usr/sbin/policy-rc.d"])?;
        }
        let installed = run(
            "apt-get",
            &["install", "-y", "-qq", "--no-install-recommends", package],
        );
        if is_ours {
            std::fs::remove_file(forbids)?;
        }
        installed?;
    }
    let version = output("dpkg-query", &["-W", "-f", "${Version}", package]);
    Ok(format!(
        "{package} {}",
        version.as_deref().unwrap_or("of unknown version")
    ))
}

fn npm(package: &str) -> anyhow::Result<String> {
    let folder = servers().join("node");
    let lock = std::fs::read(folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed-lock");
    if std::fs::read(&stamp).ok().as_ref() != Some(&lock) {
        let folder = folder.to_str().context("a folder that is no text")?;
        run(
            "npm",
            &["ci", "--no-audit", "--no-fund", "--prefix", folder],
        )?;
        std::fs::write(stamp, lock)?;
    }
    let manifest = folder
        .join("node_modules")
        .join(package)
        .join("package.json");
    let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(manifest)?)?;
    let version = manifest["version"].as_str().unwrap_or_default();
    Ok(format!("{package} {version}"))
}

fn pip(package: &str) -> anyhow::Result<String> {
    let file = servers().join("python/requirements.txt");
    let wanted = std::fs::read(&file)?;
    let stamp = target().join("python/.installed");
    if std::fs::read(&stamp).ok().as_ref() != Some(&wanted) {
        let (folder, python) = (target().join("python"), python());
        let text = |path: &Path| path.to_str().map(str::to_owned).context("no text");
        run("python3", &["-m", "venv", &text(&folder)?])?;
        let install = ["-m", "pip", "install", "--quiet", "--requirement"];
        run(&text(&python)?, &[&install[..], &[&text(&file)?]].concat())?;
        std::fs::write(stamp, wanted)?;
    }
    let python = python();
    let asked = format!("import importlib.metadata as m; print(m.version('{package}'))");
    let version = output(python.to_str().context("no text")?, &["-c", &asked]);
    Ok(format!(
        "{package} {}",
        version.context("it cannot be imported")?
    ))
}

fn cargo(name: &str) -> anyhow::Result<String> {
    let folder = servers().join("axum");
    let (manifest, target) = (folder.join("Cargo.toml"), target().join("axum"));
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--locked", "--quiet"])
        .arg("--manifest-path")
        .arg(manifest)
        .arg("--target-dir")
        .arg(target)
        .status()?;
    if !status.success() {
        bail!("cargo could not build it");
    }
    let lock = std::fs::read_to_string(folder.join("Cargo.lock"))?;
    let version = locked_version(&lock, name).context("it is not in the lock file")?;
    Ok(format!("{name} {version}"))
}

fn locked_version(lock: &str, name: &str) -> Option<String> {
    let (_, behind) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    Some(behind.split_once('"')?.0.to_owned())
}

fn run(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let status = Command::new(program)
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        bail!("`{program} {}` failed", arguments.join(" "));
    }
    Ok(())
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_locked_one() {
        let lock = std::fs::read_to_string(servers().join("axum/Cargo.lock")).unwrap();
        let version = locked_version(&lock, "axum").unwrap();
        assert!(version.starts_with("0."), "{version}");
        assert_eq!(locked_version(&lock, "absent"), None);
    }
}
