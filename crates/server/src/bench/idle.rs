//! What a socket holds that is signed in and says nothing.

use super::{
    crowd::{Clock, Crowd},
    house::House,
    place,
    process::Process,
    report::Report,
};
use clap::Args;
use std::time::Duration;

/// Memory is read when the server has been left alone for so long.
const SETTLE: Duration = Duration::from_secs(3);

#[derive(Clone, Args)]
pub(super) struct Idle {
    /// Sockets to open
    #[arg(long, default_value_t = 20_000)]
    sockets: usize,
    /// People who open them
    #[arg(long, default_value_t = 1_000)]
    people: usize,
}

impl Idle {
    pub(super) async fn measure(&self, report: &mut Report) -> anyhow::Result<()> {
        let house = House::build(self.people.max(1), 0, 0).await?;
        let process = Process::salon(house.data())?;
        tokio::time::sleep(SETTLE).await;
        let before = process.resident()?;
        let (sockets, fewer) = place::sockets(self.sockets);
        let tokens: Vec<String> = house.tokens.iter().cycle().take(sockets).cloned().collect();
        let crowd = Crowd::gather(process.address, &tokens, false, Clock::start()).await?;
        tokio::time::sleep(SETTLE).await;
        let after = process.resident()?;
        report.setting(format!(
            "{sockets} idle sockets{fewer} of {} people, all in one room, {} s after the last said hello; \
             no TLS",
            self.people,
            SETTLE.as_secs()
        ));
        report.receipts(tokens.len() as u64);
        report.add("resident before", "MB", before as f64 / 1e6);
        let each = after.saturating_sub(before) as f64 / sockets as f64;
        report.add("resident per socket", "KB", each / 1_024.0);
        drop(crowd);
        Ok(())
    }
}
