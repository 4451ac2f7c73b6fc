//! `salon-costs NAME COUNT`: does one thing of the hot path so many times. `cargo xtask costs` counts
//! the instructions.
//!
//! All of it on one thread and without a clock, so that the same build takes the same instructions.

mod hearing;
mod log;

use anyhow::{Context, bail};

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().context("a name is missing")?;
    let count = arguments.next().context("a count is missing")?.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    runtime.block_on(async {
        match name.as_str() {
            "delivery" => hearing::deliveries(count).await,
            "draft" => hearing::draft(count).await,
            "arrival" => hearing::arrivals(count).await,
            "message" => log::messages(count).await,
            "lone-message" => log::lone_messages(count).await,
            "page" => log::pages(count).await,
            "missed" => log::missed(count).await,
            "search" => log::searches(count).await,
            other => bail!("nothing is called {other:?}"),
        }
    })
}
