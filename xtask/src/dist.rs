//! A release: the program with the client inside, what both are made of, and the sums of it all.

use crate::{shell, supply, web};
use anyhow::Context;
use sha2::{Digest, Sha256};
use std::{fmt::Write, fs, path::Path};

/// What is in the folder of a release, beside the sums.
const FILES: [&str; 4] = ["LICENSE-APACHE", "LICENSE-MIT", "salon", "salon.cdx.json"];

pub(crate) fn build() -> anyhow::Result<()> {
    let root = shell::root();
    web::build()?;
    // Other machines may have an older C library than this one.
    shell::run_with(
        &root,
        "cargo",
        &[
            "build",
            "--release",
            "--locked",
            "--package",
            "salon-server",
        ],
        &[("SALON_BUILD_FOR_OTHERS", "1")],
    )?;
    let folder = root.join("target/dist");
    fs::create_dir_all(&folder)?;
    for (from, to) in [
        ("target/release/salon", "salon"),
        ("LICENSE-APACHE", "LICENSE-APACHE"),
        ("LICENSE-MIT", "LICENSE-MIT"),
    ] {
        fs::copy(root.join(from), folder.join(to))?;
    }
    supply::write(&folder.join("salon.cdx.json"))?;
    fs::write(folder.join("SHA256SUMS"), sums(&folder)?)?;
    shell::say("check what was brought elsewhere: sha256sum --check SHA256SUMS");
    Ok(())
}

/// As `sha256sum` writes and reads it.
fn sums(folder: &Path) -> anyhow::Result<String> {
    let mut sums = String::new();
    for name in FILES {
        let bytes = fs::read(folder.join(name)).with_context(|| format!("no {name}"))?;
        for byte in Sha256::digest(bytes) {
            write!(sums, "{byte:02x}")?;
        }
        writeln!(sums, "  {name}")?;
    }
    Ok(sums)
}
