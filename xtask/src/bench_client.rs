//! The web client in a real browser, with figures.

use crate::{prerequisites, shell, web};

/// Builds what is needed and prints how the client does in a long room. `arguments` may name how
/// many messages that has.
pub(crate) fn run(arguments: &[String]) -> anyhow::Result<()> {
    let messages = match arguments {
        [flag, n] if flag == "--messages" => n.parse::<u32>()?.to_string(),
        [] => "100000".to_owned(),
        _ => anyhow::bail!("write `cargo xtask bench-client [--messages N]`"),
    };
    prerequisites::compiler()?;
    let root = shell::root();
    web::build()?;
    let build = ["build", "--release", "--package", "salon-server"];
    shell::run(&root, "cargo", &build)?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    let binary = target.join("release/salon").display().to_string();
    shell::run_with(
        &root.join("web"),
        "npx",
        &["vitest", "run", "--config", "vitest.bench.config.ts"],
        &[("BENCH_MESSAGES", &messages), ("SALON_BINARY", &binary)],
    )
}
