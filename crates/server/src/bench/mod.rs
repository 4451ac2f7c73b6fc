//! `salon bench SCENARIO`: the whole product measured from outside, beside the floor that the
//! kernel sets in the same run.
//!
//! The server is a process of its own, the crowd of clients is this one; where the machine has two
//! cores, each is kept on its own. Every receipt is counted and every room's numbers must follow
//! each other: a run that misses one fails instead of printing a figure.

mod crowd;
mod drafts;
mod fan_out;
mod floor;
mod growth;
mod history;
mod hostile;
mod house;
mod idle;
mod place;
mod plot;
mod process;
mod report;
mod resume;
mod rooms;
pub(crate) mod scripted;
mod search;
mod socket;
mod start;
mod talk;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use report::Report;
use std::{path::PathBuf, time::Duration};

/// A scenario that takes longer has gone wrong.
const TIME_MAX: Duration = Duration::from_secs(600);
/// The same where logs of millions are written first.
const GROWTH_TIME_MAX: Duration = Duration::from_secs(4 * 3_600);

/// What to measure, and where to write it.
#[derive(Args)]
pub(crate) struct ScenarioArgs {
    /// Without one: fan-out
    #[command(subcommand)]
    scenario: Option<Scenario>,
    /// How often each figure is measured; the median and the spread are printed
    #[arg(long, default_value_t = 3, global = true)]
    runs: usize,
    /// Also write the figures as JSON
    #[arg(long, global = true)]
    json: Option<PathBuf>,
    /// Also draw the figures as SVG, where they are lines (growth)
    #[arg(long, global = true)]
    plot: Option<PathBuf>,
}

#[derive(Clone, Subcommand)]
enum Scenario {
    /// One room, every message to every socket
    FanOut(fan_out::FanOut),
    /// What an idle socket holds
    Idle(idle::Idle),
    /// Many answers that are written at once, every piece to every socket
    Drafts(drafts::Drafts),
    /// Many small rooms, every message stored before it is acked
    Rooms(rooms::Rooms),
    /// Everybody comes back after a restart
    Resume(resume::Resume),
    /// Pages of a long room's history
    History(history::History),
    /// Searches of several shapes over many messages
    Search(search::Search),
    /// What people notice of thousands of sockets that misbehave
    Hostile(hostile::Hostile),
    /// What a delivery, a socket and a commit cost, the more there is
    Growth(growth::Growth),
    /// From the process's start to its first answer, and its size at rest
    Start(start::Start),
    /// What the kernel alone takes: a server that only writes (used by the others)
    #[command(hide = true)]
    Floor(floor::Floor),
}

/// Runs a scenario on a thread that keeps to the crowd's core.
pub(crate) fn run(args: ScenarioArgs) -> anyhow::Result<()> {
    if args.runs == 0 || args.runs > 20 {
        bail!("choose 1 to 20 runs");
    }
    if let Some(Scenario::Floor(floor)) = args.scenario {
        return floor.serve();
    }
    let is_growth = matches!(args.scenario, Some(Scenario::Growth(_)));
    if args.plot.is_some() && !is_growth {
        bail!("only `salon bench growth` has lines to draw");
    }
    let time_max = if is_growth { GROWTH_TIME_MAX } else { TIME_MAX };
    let crowd = std::thread::Builder::new()
        .name("crowd".into())
        .spawn(move || {
            place::keep_to(place::Whose::Crowd);
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let local = tokio::task::LocalSet::new();
            let measured = local.run_until(async {
                tokio::time::timeout(time_max, measure(&args))
                    .await
                    .context("the run took too long")?
            });
            runtime.block_on(measured)
        })?;
    crowd
        .join()
        .unwrap_or_else(|_| bail!("the crowd's thread panicked"))
}

async fn measure(args: &ScenarioArgs) -> anyhow::Result<()> {
    place::more_files()?;
    let mut report = Report::new(args.runs);
    for _ in 0..args.runs {
        let scenario = match &args.scenario {
            Some(scenario) => scenario,
            None => &Scenario::FanOut(fan_out::FanOut::default()),
        };
        match scenario {
            Scenario::FanOut(scenario) => scenario.measure(&mut report).await?,
            Scenario::Drafts(scenario) => scenario.measure(&mut report).await?,
            Scenario::Idle(scenario) => scenario.measure(&mut report).await?,
            Scenario::Rooms(scenario) => scenario.measure(&mut report).await?,
            Scenario::Resume(scenario) => scenario.measure(&mut report).await?,
            Scenario::History(scenario) => scenario.measure(&mut report).await?,
            Scenario::Search(scenario) => scenario.measure(&mut report).await?,
            Scenario::Hostile(scenario) => scenario.measure(&mut report).await?,
            Scenario::Growth(scenario) => scenario.measure(&mut report).await?,
            Scenario::Start(scenario) => scenario.measure(&mut report).await?,
            Scenario::Floor(_) => bail!("the floor is no scenario"),
        }
    }
    report.print();
    if let Some(file) = &args.json {
        report.write_json(file)?;
    }
    if let Some(file) = &args.plot {
        report.write_plot(file)?;
    }
    Ok(())
}
