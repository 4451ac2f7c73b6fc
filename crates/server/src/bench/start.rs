//! From the process's start to the line that says where it listens, and what it holds at rest.

use super::{house::House, process::Process, report::Report};
use clap::Args;
use std::time::Duration;

#[derive(Clone, Args)]
pub(super) struct Start {
    /// Starts of each run
    #[arg(long, default_value_t = 10)]
    starts: usize,
}

impl Start {
    pub(super) async fn measure(&self, report: &mut Report) -> anyhow::Result<()> {
        let house = House::build(10, 0, 0).await?;
        report.setting(
            "a folder with ten people; started when the port takes connections; size 5 s later"
                .into(),
        );
        for _ in 0..self.starts {
            let process = Process::salon(house.data())?;
            report.add("start", "ms", process.started_in.as_secs_f64() * 1e3);
            report.receipts(1);
        }
        let process = Process::salon(house.data())?;
        tokio::time::sleep(Duration::from_secs(5)).await;
        report.add("resident at rest", "MB", process.resident()? as f64 / 1e6);
        report.add("of it its own", "MB", process.own()? as f64 / 1e6);
        let program = std::fs::metadata(std::env::current_exe()?)?;
        report.add("program", "MB", program.len() as f64 / 1e6);
        Ok(())
    }
}
