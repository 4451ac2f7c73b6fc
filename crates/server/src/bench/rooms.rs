//! Many small rooms at once: every message is stored with a full sync before it is acked.

use super::{
    crowd::{Clock, Crowd},
    house::House,
    process::Process,
    report::{Report, share},
    socket::Socket,
};
use clap::Args;
use futures::future::try_join_all;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone, Args)]
pub(super) struct Rooms {
    /// Rooms
    #[arg(long, default_value_t = 200)]
    rooms: usize,
    /// People in each; one of them sends
    #[arg(long, default_value_t = 5)]
    people: usize,
    /// Messages that each sender sends
    #[arg(long, default_value_t = 500)]
    messages: usize,
    /// Messages that each sender has under way
    #[arg(long, default_value_t = 16)]
    in_flight: usize,
}

impl Rooms {
    pub(super) async fn measure(&self, report: &mut Report) -> anyhow::Result<()> {
        let house = House::build(self.rooms * self.people, self.rooms, self.people).await?;
        let process = Process::salon(house.data())?;
        let clock = Clock::start();
        let rooms = &house.rooms[1..];
        let tokens = |first: bool| -> Vec<String> {
            let people = |inside: &Vec<usize>| match first {
                true => inside[..1].to_vec(),
                false => inside[1..].to_vec(),
            };
            rooms
                .iter()
                .flat_map(|(_, inside)| people(inside))
                .map(|person| house.tokens[person].clone())
                .collect()
        };
        let crowd = Crowd::gather(process.address, &tokens(false), false, clock).await?;
        let mut senders = Vec::new();
        for token in tokens(true) {
            senders.push(Socket::ready(process.address, &token).await?);
        }
        let sent = self.rooms * self.messages;
        let receipts = (sent * (self.people - 1)) as u64;
        crowd.expect(receipts);
        let before = process.cpu()?;
        let began = Instant::now();
        let sending = senders.iter_mut().zip(rooms).map(|(sender, (room, _))| {
            self.send(sender, room, self.messages, self.in_flight, clock)
        });
        let mut acks_us: Vec<u32> = try_join_all(sending).await?.concat();
        let seconds = began.elapsed().as_secs_f64();
        crowd.complete(PATIENCE).await?;
        let cpu = process.cpu()?.saturating_sub(before).as_secs_f64();
        acks_us.sort_unstable();
        report.setting(format!(
            "{} rooms of {} people, {} messages of 200 bytes each, {} in flight a room; acked after a commit with full sync",
            self.rooms, self.people, self.messages, self.in_flight
        ));
        report.receipts(receipts + sent as u64);
        report.add("messages acked", "/s", sent as f64 / seconds);
        report.add("CPU per message", "µs", cpu * 1e6 / sent as f64);
        report.add("ack p50", "ms", share(&acks_us, 0.5) / 1e3);
        report.add("ack p99", "ms", share(&acks_us, 0.99) / 1e3);
        let lone = self.send(&mut senders[0], &rooms[0].0, 200, 1, clock);
        let mut lone = lone.await?;
        lone.sort_unstable();
        report.add("a lone message: ack p50", "ms", share(&lone, 0.5) / 1e3);
        report.add(
            "the disk: append and fsync p50",
            "ms",
            sync_ms(house.data())?,
        );
        Ok(())
    }

    /// Sends so many; answers with the time from each message's writing to its ack.
    async fn send(
        &self,
        sender: &mut Socket,
        room: &str,
        messages: usize,
        in_flight: usize,
        clock: Clock,
    ) -> anyhow::Result<Vec<u32>> {
        let mut sent_us = Vec::with_capacity(messages);
        let mut acks_us = Vec::with_capacity(messages);
        while acks_us.len() < messages {
            let mut frames = Vec::new();
            while sent_us.len() < messages && sent_us.len() - acks_us.len() < in_flight {
                frames.extend(super::fan_out::framed(room, sent_us.len(), clock));
                sent_us.push(clock.micros());
            }
            sender.write(&frames).await?;
            sender
                .next_many(|frame| {
                    if frame.starts_with(br#"{"type":"ack""#) {
                        // A session's acks come in the order of its messages.
                        let began = sent_us.get(acks_us.len()).copied().unwrap_or_default();
                        acks_us.push(clock.micros().saturating_sub(began) as u32);
                    }
                })
                .await?;
        }
        Ok(acks_us)
    }
}

/// What one append and its sync take on this disk, in the middle of a hundred.
fn sync_ms(folder: &std::path::Path) -> anyhow::Result<f64> {
    use std::io::Write;
    let path = folder.join("sync-probe");
    let mut file = std::fs::File::create(&path)?;
    let mut times_us = Vec::new();
    for _ in 0..100 {
        let began = Instant::now();
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
        times_us.push(began.elapsed().as_micros() as u32);
    }
    std::fs::remove_file(path)?;
    times_us.sort_unstable();
    Ok(share(&times_us, 0.5) / 1e3)
}
