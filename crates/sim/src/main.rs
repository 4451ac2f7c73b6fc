//! `salon-sim --seeds N [--seed S]`: runs seeds, names the first one that breaks a promise.
//! `salon-sim load FOLDER` is what the power cuts record.

#![expect(clippy::print_stdout, reason = "this is a program for the terminal")]

use anyhow::{Context, bail};
use std::{panic, time::Instant};

fn main() -> anyhow::Result<()> {
    let (mut seeds, mut first) = (200_u64, 0_u64);
    let mut arguments = std::env::args().skip(1);
    if std::env::args().nth(1).as_deref() == Some("load") {
        let folder = std::env::args().nth(2).context("a folder is missing")?;
        salon_sim::power::load(folder.as_ref());
    }
    while let Some(name) = arguments.next() {
        let value = arguments.next().context("a number is missing")?.parse()?;
        match name.as_str() {
            "--seeds" => seeds = value,
            "--seed" => (first, seeds) = (value, 1),
            "--from" => first = value,
            other => bail!("there is no argument {other:?}: --seeds N, --from S, --seed S"),
        }
    }
    let began = Instant::now();
    let mut sum = salon_sim::Run::default();
    for seed in first..first + seeds {
        let Ok(run) = panic::catch_unwind(|| salon_sim::seed(seed)) else {
            bail!("seed {seed} breaks a promise; again: cargo xtask sim --seed {seed}");
        };
        if seeds == 1 {
            println!("{run:#?}");
        }
        sum.events += run.events;
        sum.acked += run.acked;
        sum.replies += run.replies;
        sum.crashes += run.crashes;
        sum.cuts += run.cuts;
        sum.left += run.left;
    }
    println!(
        "{seeds} seeds from {first} keep every promise: {} events, {} acked, {} answers, {} crashes, {} cut connections, {} leavings, {:.1} s",
        sum.events,
        sum.acked,
        sum.replies,
        sum.crashes,
        sum.cuts,
        sum.left,
        began.elapsed().as_secs_f64()
    );
    Ok(())
}
