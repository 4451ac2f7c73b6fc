//! What must be on the machine: named where it is missing, installed where we may.

use crate::shell;
use anyhow::bail;
use std::path::Path;

/// Node.js 20 or newer.
pub(crate) fn node() -> anyhow::Result<()> {
    let version = shell::output("node", &["--version"]);
    let major = version.as_deref().and_then(|version| {
        version
            .trim_start_matches('v')
            .split('.')
            .next()?
            .parse::<u32>()
            .ok()
    });
    match major {
        Some(20..) => Ok(()),
        Some(old) => {
            bail!("Node.js {old} is too old: version 20 or newer is needed (https://nodejs.org)")
        }
        None => bail!(
            "Node.js is missing: version 20 or newer is needed (https://nodejs.org, or `apt-get install nodejs npm`)"
        ),
    }
}

/// The packages of the web client, exactly as locked.
pub(crate) fn npm() -> anyhow::Result<()> {
    packages("web")
}

/// The servers of tools that tests speak with.
pub(crate) fn tool_servers() -> anyhow::Result<()> {
    packages("crates/agents/tests/mcp")
}

fn packages(folder: &str) -> anyhow::Result<()> {
    node()?;
    let folder = shell::root().join(folder);
    let lock = std::fs::read(folder.join("package-lock.json"))?;
    let stamp = folder.join("node_modules/.installed-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    shell::run(&folder, "npm", &["ci", "--no-audit", "--no-fund"])?;
    std::fs::write(stamp, lock)?;
    Ok(())
}

/// Chromium and fonts for the browser tests.
pub(crate) fn browser() -> anyhow::Result<()> {
    const PACKAGES: [&str; 3] = ["chromium", "fonts-noto-cjk", "fonts-noto-color-emoji"];
    let has_fonts = Path::new("/usr/share/fonts/opentype/noto").exists();
    if chromium().is_some() && has_fonts {
        return Ok(());
    }
    let is_root = shell::output("id", &["-u"]).as_deref() == Some("0");
    let has_apt = shell::output("apt-get", &["--version"]).is_some();
    if !(is_root && has_apt) {
        if chromium().is_some() {
            return Ok(());
        }
        bail!(
            "the browser tests need Chromium: `sudo apt-get install {}`",
            PACKAGES.join(" ")
        );
    }
    let root = shell::root();
    let quiet = [("DEBIAN_FRONTEND", "noninteractive")];
    shell::run_with(&root, "apt-get", &["update", "-qq"], &quiet)?;
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(PACKAGES);
    shell::run_with(&root, "apt-get", &install, &quiet)
}

/// `strace`, for power cuts and failing syncs; where it cannot be had those tests say so and pass.
pub(crate) fn strace() {
    if !debian("strace", "-V") {
        shell::say("strace could not be installed: power cuts and failing syncs are not tested");
    }
}

/// `valgrind`, which counts instructions; false where it cannot be had.
pub(crate) fn valgrind() -> bool {
    debian("valgrind", "--version")
}

/// Whether a program is there that a package of the same name brings, installed where we may.
fn debian(program: &str, version: &str) -> bool {
    let is_there = || shell::output(program, &[version]).is_some();
    let is_root = shell::output("id", &["-u"]).as_deref() == Some("0");
    let has_apt = shell::output("apt-get", &["--version"]).is_some();
    if is_there() || !(is_root && has_apt) {
        return is_there();
    }
    let root = shell::root();
    let quiet = [("DEBIAN_FRONTEND", "noninteractive")];
    let install = ["install", "-y", "-qq", "--no-install-recommends", program];
    let installed = shell::run_with(&root, "apt-get", &["update", "-qq"], &quiet)
        .and_then(|()| shell::run_with(&root, "apt-get", &install, &quiet));
    installed.is_ok() && is_there()
}

fn chromium() -> Option<&'static str> {
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ]
    .into_iter()
    .find(|path| Path::new(path).exists())
}

/// A C compiler, for the embedded database.
pub(crate) fn compiler() -> anyhow::Result<()> {
    if ["cc", "gcc", "clang"]
        .iter()
        .any(|name| shell::output(name, &["--version"]).is_some())
    {
        return Ok(());
    }
    bail!(
        "a C compiler is missing: `apt-get install build-essential`, or your system's counterpart"
    )
}
