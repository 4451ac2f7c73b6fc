//! `cargo xtask peers`: rooms of other programs beside Salon's, each with as many sockets, the same
//! messages and the same count of every receipt, in one table.
//!
//! Nothing here is part of the product: programs that are measured are installed where we may,
//! started on a port and a core of their own, and ended with the run.

mod crowd;
mod dialect;
mod line;
mod machine;
mod measure;
mod needs;
mod peers;
mod receipt;
mod salon;
mod server;
mod settings;
mod spread;
mod table;

use anyhow::Context;
use measure::Stopped;
use settings::Settings;
use std::{path::PathBuf, time::Instant};
use table::{Row, Table};

#[expect(
    clippy::print_stdout,
    reason = "a developer's command talks to the terminal"
)]
fn main() -> anyhow::Result<()> {
    let settings = match Settings::read(std::env::args().skip(1))? {
        settings if settings.help => {
            println!("{}", settings::help());
            return Ok(());
        }
        settings => settings,
    };
    machine::more_files()?;
    let began = Instant::now();
    let mut table = Table::new(&settings);
    let mut measured = Vec::new();
    for peer in settings.peers() {
        println!("{}: looking for what it needs", peer.name);
        match needs::meet(peer) {
            Ok(version) => measured.push((peer, Row::new(peer.name, peer.what, version))),
            Err(error) => {
                println!("{}: left out, {error:#}", peer.name);
                table.left_out(peer.name, &format!("{error:#}"));
            }
        }
    }
    // Round by round, so that a machine that is slower for a while is so for all of them.
    for round in 1..=settings.runs {
        for (peer, row) in &mut measured {
            println!("{}: round {round} of {}", peer.name, settings.runs);
            match measure::on_own_thread(peer, &settings) {
                Ok(run) => row.add(&run),
                Err(error) if error.is::<Stopped>() => return Err(error),
                Err(error) => {
                    println!("{}: failed, {error:#}", peer.name);
                    row.failed(format!("{error:#}"));
                }
            }
        }
    }
    if settings.salon {
        println!("salon: as many runs of `salon bench`, floors beside");
        let program = std::env::var_os("SALON_BINARY").map(PathBuf::from);
        let measured = program
            .context("SALON_BINARY names no program: `cargo xtask peers` builds and names it")
            .and_then(|program| salon::measure(&program, &settings, &mut table));
        if let Err(error) = measured {
            // What the others came to is not lost with it.
            println!("salon: failed, {error:#}");
            let mut row = Row::new("Salon", "its own bench", "of unknown version".into());
            row.failed(format!("{error:#}"));
            table.add(row);
        }
    }
    for (_, row) in measured {
        table.add(row);
    }
    println!("\n{}", table.markdown());
    println!("{} s in all", began.elapsed().as_secs());
    if let Some(file) = &settings.json {
        let text = serde_json::to_string_pretty(&table.json())?;
        std::fs::write(file, text + "\n")
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    table.verdict()
}
