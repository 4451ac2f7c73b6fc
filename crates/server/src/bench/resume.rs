//! Everybody comes back after a restart, each with messages to catch up on.

use super::{
    crowd::Clock,
    house::House,
    process::Process,
    report::Report,
    socket::{self, Socket},
};
use anyhow::{Context, bail};
use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};
use std::time::Instant;

/// Connections that are being opened at once.
const CONNECTING_MAX: usize = 512;

#[derive(Clone, Args)]
pub(super) struct Resume {
    /// Sockets that come back
    #[arg(long, default_value_t = 10_000)]
    sockets: usize,
    /// People who open them
    #[arg(long, default_value_t = 1_000)]
    people: usize,
    /// Messages that each has missed
    #[arg(long, default_value_t = 50)]
    missed: usize,
}

impl Resume {
    pub(super) async fn measure(&self, report: &mut Report) -> anyhow::Result<()> {
        let house = House::build(self.people.max(1), 0, 0).await?;
        let room = &house.rooms[0].0;
        let (epoch, last) = self.say(&house, room).await?;
        let process = Process::salon(house.data())?;
        let from = last - self.missed as u64;
        let hello = format!(
            r#"{{"type":"hello","resume":{{"epoch":"{epoch}","rooms":{{"{room}":{from}}}}}}}"#
        );
        let before = process.cpu()?;
        let began = Instant::now();
        let tokens = house.tokens.iter().cycle().take(self.sockets);
        let sockets: Vec<Socket> = stream::iter(tokens)
            .map(|token| self.come_back(&process, token, &hello, from))
            .buffer_unordered(CONNECTING_MAX)
            .try_collect()
            .await?;
        let seconds = began.elapsed().as_secs_f64();
        let cpu = process.cpu()?.saturating_sub(before).as_secs_f64();
        report.setting(format!(
            "{} sockets of {} people resume at once after a restart, each {} messages behind",
            self.sockets, self.people, self.missed
        ));
        report.receipts((sockets.len() * self.missed) as u64);
        report.add("all are back after", "s", seconds);
        report.add("CPU per session", "µs", cpu * 1e6 / self.sockets as f64);
        report.add("resident then", "MB", process.resident()? as f64 / 1e6);
        Ok(())
    }

    /// What was said before the restart. Answers with the epoch and the newest number.
    async fn say(&self, house: &House, room: &str) -> anyhow::Result<(String, u64)> {
        let process = Process::salon(house.data())?;
        let token = house.tokens.first().context("nobody is there")?;
        let mut socket = Socket::open(process.address, token, r#"{"type":"hello"}"#).await?;
        let welcome = socket.next(|frame| frame.to_vec()).await?;
        let welcome: serde_json::Value = serde_json::from_slice(&welcome)?;
        let epoch = welcome["epoch"].as_str().context("no epoch")?.to_owned();
        let clock = Clock::start();
        let mut last = 0;
        for n in 0..self.missed {
            socket
                .write(&super::fan_out::framed(room, n, clock))
                .await?;
            loop {
                let posted = socket.next(socket::posted).await?;
                if let Some((seq, _)) = posted {
                    last = seq;
                    break;
                }
            }
        }
        Ok((epoch, last))
    }

    async fn come_back(
        &self,
        process: &Process,
        token: &str,
        hello: &str,
        from: u64,
    ) -> anyhow::Result<Socket> {
        let mut socket = Socket::open(process.address, token, hello).await?;
        let mut last = from;
        let mut wrong = false;
        loop {
            let ready = socket
                .next(|frame| {
                    if let Some((seq, _)) = socket::posted(frame) {
                        wrong |= seq != last + 1;
                        last = seq;
                    }
                    frame == br#"{"type":"ready"}"#
                })
                .await?;
            if ready {
                break;
            }
        }
        if wrong || last != from + self.missed as u64 {
            bail!("resumed at {last} instead of {}", from + self.missed as u64);
        }
        Ok(socket)
    }
}
