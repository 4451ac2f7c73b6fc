//! A release: the program with the client inside, and what both are made of.

use crate::{shell, supply, web};

pub(crate) fn build() -> anyhow::Result<()> {
    let root = shell::root();
    web::build()?;
    shell::run(
        &root,
        "cargo",
        &[
            "build",
            "--release",
            "--locked",
            "--package",
            "salon-server",
        ],
    )?;
    let folder = root.join("target/dist");
    std::fs::create_dir_all(&folder)?;
    for (from, to) in [
        ("target/release/salon", "salon"),
        ("LICENSE-APACHE", "LICENSE-APACHE"),
        ("LICENSE-MIT", "LICENSE-MIT"),
    ] {
        std::fs::copy(root.join(from), folder.join(to))?;
    }
    supply::write(&folder.join("salon.cdx.json"))
}
