//! All tests, each part with what it needs.

use crate::{costs, prerequisites, shell, teeth, tidy, web};
use anyhow::bail;

/// Runs every part, or the one that is named.
pub(crate) fn run(part: Option<&str>) -> anyhow::Result<()> {
    match part {
        None => {
            tidy()?;
            web_units()?;
            rust()?;
            costs::run(&[])?;
            browser()?;
            shell::say("all parts passed: tidy, web, rust, costs, browser");
            Ok(())
        }
        Some("tidy") => tidy(),
        Some("rust") => rust(),
        Some("web") => web_units(),
        Some("costs") => costs::run(&[]),
        Some("browser") => browser(),
        Some(other) => bail!("there is no part {other:?}: tidy, rust, web, costs or browser"),
    }
}

fn tidy() -> anyhow::Result<()> {
    prerequisites::compiler()?;
    tidy::check()?;
    teeth::check()?;
    let root = shell::root();
    shell::run(&root, "cargo", &["fmt", "--all", "--check"])?;
    let deny = ["--", "--deny", "warnings"];
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--locked",
    ];
    shell::run(&root, "cargo", &[&clippy[..], &deny[..]].concat())?;
    let strict = [("RUSTDOCFLAGS", "--deny warnings")];
    let doc = [
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--quiet",
        "--locked",
    ];
    shell::run_with(&root, "cargo", &doc, &strict)
}

fn rust() -> anyhow::Result<()> {
    prerequisites::tool_servers()?;
    prerequisites::strace();
    let root = shell::root();
    // More than `cargo test` alone has patience for.
    let much = [("SALON_SEEDS", "2000"), ("SALON_POWER_CUTS", "500")];
    shell::run_with(
        &root,
        "cargo",
        &["test", "--workspace", "--locked", "--no-fail-fast"],
        &much,
    )
}

fn web_units() -> anyhow::Result<()> {
    prerequisites::npm()?;
    let folder = shell::root().join("web");
    shell::run(&folder, "npm", &["run", "--silent", "check"])?;
    shell::run(&folder, "npm", &["run", "--silent", "test"])
}

fn browser() -> anyhow::Result<()> {
    prerequisites::browser()?;
    web::build()?;
    let root = shell::root();
    shell::run(
        &root,
        "cargo",
        &["build", "--package", "salon-server", "--locked"],
    )?;
    shell::run(
        &root.join("web"),
        "npm",
        &["run", "--silent", "test:browser"],
    )
}

/// The deterministic layer of “when to speak” against labelled talk, with its figures.
pub(crate) fn evaluate() -> anyhow::Result<()> {
    let test = [
        "test",
        "--quiet",
        "--package",
        "salon-agents",
        "--lib",
        "evaluation",
        "--",
        "--nocapture",
    ];
    shell::run(&shell::root(), "cargo", &test)
}

/// A hostile model against the rules: a long run, or one world again, with its counts.
pub(crate) fn adversary(arguments: &[String]) -> anyhow::Result<()> {
    let (name, value) = match arguments {
        [] => ("SALON_ADVERSARY_CALLS", "100000"),
        [flag, calls] if flag == "--calls" => ("SALON_ADVERSARY_CALLS", calls.as_str()),
        [flag, world] if flag == "--world" => ("SALON_ADVERSARY_WORLD", world.as_str()),
        _ => bail!("cargo xtask adversary [--calls N | --world N]"),
    };
    if value.parse::<u64>().is_err() {
        bail!("{value:?} is not a number");
    }
    let test = [
        "test",
        "--quiet",
        "--package",
        "salon-server",
        "--test",
        "adversary",
        "--",
        "--nocapture",
    ];
    shell::run_with(&shell::root(), "cargo", &test, &[(name, value)])
}
