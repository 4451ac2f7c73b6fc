//! One room with many sockets: every message goes to each of them, and is on disk before it does.

use super::{
    crowd::{Clock, Crowd},
    floor::Floor,
    house::House,
    process::Process,
    report::{Report, share},
    socket::{self, Socket},
};
use anyhow::Context;
use clap::Args;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(120);
/// Sent before anything is measured.
const WARM_UP: usize = 100;
/// A message's text, in bytes.
const TEXT_BYTES: usize = 200;

#[derive(Clone, Args)]
pub(super) struct FanOut {
    /// Sockets in the room, each of a person of its own
    #[arg(long, default_value_t = Self::default().sockets)]
    sockets: usize,
    /// Messages to send
    #[arg(long, default_value_t = Self::default().messages)]
    messages: usize,
    /// Messages that are under way at once
    #[arg(long, default_value_t = Self::default().in_flight)]
    in_flight: usize,
    /// So many messages a second instead of as many as go
    #[arg(long)]
    paced: Option<u32>,
    /// Leave the floor out
    #[arg(long)]
    no_floor: bool,
}

impl Default for FanOut {
    fn default() -> Self {
        Self {
            sockets: 1_000,
            messages: 2_000,
            in_flight: 16,
            paced: None,
            no_floor: false,
        }
    }
}

/// What one server did.
struct Measured {
    seconds: f64,
    cpu: f64,
    frame_bytes: usize,
    sent_bytes: usize,
    latencies_us: Vec<u32>,
}

impl FanOut {
    /// One without a floor, for what is measured many times over.
    pub(super) fn with(sockets: usize, messages: usize, in_flight: usize) -> Self {
        Self {
            sockets,
            messages,
            in_flight,
            paced: None,
            no_floor: true,
        }
    }

    /// What a message takes in all, with its deliveries.
    pub(super) async fn cpu_us_per_message(
        &self,
        process: &Process,
        house: &House,
    ) -> anyhow::Result<f64> {
        let measured = self.run(process, house, false).await?;
        Ok(measured.cpu * 1e6 / self.messages as f64)
    }

    pub(super) async fn measure(&self, report: &mut Report) -> anyhow::Result<()> {
        let house = House::build(self.sockets + 1, 0, 0).await?;
        let process = Process::salon(house.data())?;
        let salon = self.run(&process, &house, false).await?;
        drop(process);
        let deliveries = (self.sockets * self.messages) as f64;
        report.setting(format!(
            "one room, {} sockets of as many people, {} messages of {TEXT_BYTES} bytes, {}; frames of \
             {} bytes; log written with full sync before delivery, metrics on",
            self.sockets, self.messages, self.pace(), salon.frame_bytes
        ));
        self.tell(report, "Salon", &salon);
        report.receipts(deliveries as u64);
        if self.no_floor {
            return Ok(());
        }
        for coalesce in [false, true] {
            let floor = Floor::start(self.sockets, salon.sent_bytes, salon.frame_bytes, coalesce)?;
            let measured = self.run(&floor, &house, true).await?;
            let name = if coalesce {
                "floor, all that is queued in one write"
            } else {
                "floor, one write a delivery"
            };
            self.tell(report, name, &measured);
            report.add(
                format!("Salon's CPU ÷ {name}"),
                "×",
                salon.cpu / measured.cpu.max(f64::MIN_POSITIVE),
            );
            report.receipts(deliveries as u64);
        }
        Ok(())
    }

    fn pace(&self) -> String {
        match self.paced {
            Some(rate) => format!("{rate} a second"),
            None => format!("{} in flight", self.in_flight),
        }
    }

    fn tell(&self, report: &mut Report, who: &str, measured: &Measured) {
        let deliveries = (self.sockets * self.messages) as f64;
        if self.paced.is_none() {
            let rate = deliveries / measured.seconds;
            report.add(format!("{who}: deliveries"), "/s", rate);
        }
        let cpu = measured.cpu * 1e6 / deliveries;
        report.add(format!("{who}: CPU per delivery"), "µs", cpu);
        if self.paced.is_some() {
            for (name, at) in [("p50", 0.5), ("p99", 0.99)] {
                let value = share(&measured.latencies_us, at) / 1e3;
                report.add(format!("{who}: {name}"), "ms", value);
            }
        }
    }

    async fn run(&self, process: &Process, house: &House, floor: bool) -> anyhow::Result<Measured> {
        let clock = Clock::start();
        let (sender_token, tokens) = house.tokens.split_last().context("nobody sends")?;
        // Where there are fewer people than sockets, they have several each.
        let tokens: Vec<String> = tokens.iter().cycle().take(self.sockets).cloned().collect();
        let crowd = Crowd::gather(process.address, &tokens, floor, clock).await?;
        let mut sender = if floor {
            Socket::plain(process.address).await?
        } else {
            Socket::ready(process.address, sender_token).await?
        };
        let room = &house.rooms[0].0;
        crowd.expect((self.sockets * WARM_UP) as u64);
        self.send(&mut sender, room, WARM_UP, clock, floor).await?;
        crowd.complete(PATIENCE).await?;
        let deliveries = (self.sockets * self.messages) as u64;
        crowd.expect(deliveries);
        let before = process.cpu()?;
        let began = Instant::now();
        let frame_bytes = self
            .send(&mut sender, room, self.messages, clock, floor)
            .await?;
        crowd.complete(PATIENCE).await?;
        let seconds = began.elapsed().as_secs_f64();
        let cpu = process.cpu()?.saturating_sub(before).as_secs_f64();
        let mut latencies_us = crowd.seen.latencies_us.take();
        latencies_us.sort_unstable();
        Ok(Measured {
            seconds,
            cpu,
            frame_bytes,
            sent_bytes: framed(room, 0, clock).len(),
            latencies_us,
        })
    }

    /// Sends messages as fast as the bound in flight allows, or at the pace. Answers with the bytes
    /// of a delivered frame.
    async fn send(
        &self,
        sender: &mut Socket,
        room: &str,
        messages: usize,
        clock: Clock,
        floor: bool,
    ) -> anyhow::Result<usize> {
        let mut frame_bytes = 0;
        let (mut sent, mut acked) = (0, 0);
        let began = tokio::time::Instant::now();
        while acked < messages {
            let due = match self.paced {
                None => began,
                Some(rate) => began + Duration::from_secs_f64(sent as f64 / f64::from(rate.max(1))),
            };
            let is_due = sent < messages && (self.paced.is_some() || sent - acked < self.in_flight);
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(due), if is_due => {
                    let mut frames = Vec::new();
                    loop {
                        frames.extend(framed(room, sent, clock));
                        sent += 1;
                        if self.paced.is_some() || sent == messages || sent - acked >= self.in_flight {
                            break;
                        }
                    }
                    sender.write(&frames).await?;
                }
                read = sender.next_many(|frame| {
                    let is_posted = socket::posted(frame).is_some();
                    if is_posted {
                        frame_bytes = frame.len() + 4;
                    }
                    // The floor acks nothing: what comes back of a message is its ack.
                    acked += usize::from(if floor { is_posted } else { frame.starts_with(br#"{"type":"ack""#) });
                }) => read?,
            }
        }
        Ok(frame_bytes)
    }
}

pub(super) fn framed(room: &str, n: usize, clock: Clock) -> Vec<u8> {
    let time = format!("@{:012} ", clock.micros());
    let text = format!("{time}{}", "x".repeat(TEXT_BYTES - time.len()));
    let mut frame = Vec::new();
    Socket::add_frame(
        &mut frame,
        &format!(r#"{{"type":"send","id":"{n:08}","room":"{room}","text":"{text}"}}"#),
    );
    frame
}
