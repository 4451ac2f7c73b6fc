//! One run: a crowd comes in, says nothing for a while, is told as much as goes, and then a little
//! at a steady pace.

use crate::{
    crowd::{Clock, Crowd},
    line::Line,
    machine,
    peers::Peer,
    receipt::{self, Receipt},
    server::{Account, Server},
    settings::Settings,
    spread::share,
};
use anyhow::{Context, anyhow, bail};
use std::{fmt, pin::pin, time::Duration};
use tokio::{
    signal::unix::{SignalKind, signal},
    time::Instant,
};

/// Memory is read when the server has been left alone for so long.
const SETTLE: Duration = Duration::from_secs(1);
/// Whoever doubles a last message does it within this time.
const LINGER: Duration = Duration::from_millis(200);
/// What was sent is there after so long, or never.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a first message may take to be everywhere, before another is tried.
const PROBE: Duration = Duration::from_millis(200);
const PROBES_MAX: u32 = 20;
/// Sent before anything is measured, fewer where it takes too long.
const WARM_UP: usize = 100;
const WARM_UP_MAX: Duration = Duration::from_secs(1);

/// What one run came to.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run {
    pub(crate) deliveries_per_second: f64,
    pub(crate) cpu_us: f64,
    pub(crate) calm_cpu_us: f64,
    pub(crate) calm_p50_ms: f64,
    pub(crate) calm_p99_ms: f64,
    pub(crate) resident_kb: f64,
    pub(crate) receipts: u64,
}

/// Somebody wants no more of it.
#[derive(Debug)]
pub(crate) struct Stopped;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("stopped")
    }
}

impl std::error::Error for Stopped {}

/// Starts a program and measures it once, from a thread that keeps to the crowd's core.
pub(crate) fn on_own_thread(peer: &Peer, settings: &Settings) -> anyhow::Result<Run> {
    let (folder, port) = (peer.folder()?, crate::server::free_port()?);
    let launch = peer.launch(&folder, port)?;
    std::thread::scope(|scope| {
        let crowd = scope.spawn(|| {
            let server = Server::start(launch, &folder, port)?;
            machine::keep_to(machine::CROWD_CORE);
            alone(async {
                let run = run(&server, peer, settings).await;
                run.map_err(|error| {
                    anyhow!("{error:#}; its log ends with: {}", server.last_words())
                })
            })
        });
        crowd
            .join()
            .unwrap_or_else(|_| bail!("the crowd's thread panicked"))
    })
}

/// Runs something on this thread until it is done or somebody wants no more of it.
pub(crate) fn alone<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let local = tokio::task::LocalSet::new();
    runtime.block_on(local.run_until(async {
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            done = work => done,
            _ = tokio::signal::ctrl_c() => Err(Stopped.into()),
            _ = terminated.recv() => Err(Stopped.into()),
        }
    }))
}

async fn run(server: &Server, peer: &Peer, settings: &Settings) -> anyhow::Result<Run> {
    let (members, clock) = (settings.sockets, Clock::start());
    tokio::time::sleep(SETTLE).await;
    let empty = server.account()?;
    let crowd = Crowd::gather(server.address, peer.dialect, members, clock).await?;
    let line = Line::enter(server.address, peer.dialect, members).await?;
    tokio::time::sleep(SETTLE).await;
    let full = server.account()?;
    let resident = full.resident_bytes.saturating_sub(empty.resident_bytes);

    let mut sender = Sender::new(line, &crowd, clock);
    sender.probe().await?;
    let pushed = Pace::InFlight(settings.in_flight as u64);
    sender.send(WARM_UP, pushed, WARM_UP_MAX).await?;
    let before = server.account()?;
    let fast = sender
        .send(settings.messages, pushed, settings.time_max)
        .await?;
    let between = server.account()?;
    let calm_pace = Pace::EverySecond(settings.paced);
    let calm = sender
        .send(settings.calm_messages(), calm_pace, PATIENCE)
        .await?;
    let after = server.account()?;
    sender.linger().await?;
    Ok(Run {
        deliveries_per_second: fast.receipts as f64 / fast.seconds,
        cpu_us: cpu_us(before, between, fast.receipts),
        calm_cpu_us: cpu_us(between, after, calm.receipts),
        calm_p50_ms: share(&calm.latencies_us, 0.5) / 1e3,
        calm_p99_ms: share(&calm.latencies_us, 0.99) / 1e3,
        resident_kb: resident as f64 / 1_024.0 / (members + 1) as f64,
        receipts: fast.receipts + calm.receipts,
    })
}

fn cpu_us(before: Account, after: Account, receipts: u64) -> f64 {
    let taken = after.cpu.saturating_sub(before.cpu);
    taken.as_secs_f64() * 1e6 / receipts.max(1) as f64
}

/// How fast messages are sent.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// So many that not all have received yet.
    InFlight(u64),
    EverySecond(u32),
}

/// What a phase came to.
pub(crate) struct Phase {
    pub(crate) seconds: f64,
    pub(crate) receipts: u64,
    pub(crate) latencies_us: Vec<u32>,
}

/// The member that speaks.
pub(crate) struct Sender<'a> {
    line: Line,
    crowd: &'a Crowd,
    clock: Clock,
    next: u64,
    /// How long the last receipts of a phase may take.
    patience: Duration,
    /// How long those of a first message may, before another is tried.
    probe: Duration,
}

impl<'a> Sender<'a> {
    pub(crate) fn new(line: Line, crowd: &'a Crowd, clock: Clock) -> Self {
        Self {
            line,
            crowd,
            clock,
            next: 0,
            patience: PATIENCE,
            probe: PROBE,
        }
    }

    /// Speaks until everybody hears: no protocol says when a member is really in.
    pub(crate) async fn probe(&mut self) -> anyhow::Result<()> {
        for n in 1..=PROBES_MAX {
            let message = self.next_message(true);
            self.line.write(&message).await?;
            let heard = self.wait_for_all(self.probe * n).await;
            self.crowd.check()?;
            if heard.is_ok() {
                return Ok(());
            }
        }
        bail!("not everybody hears what is said in the room")
    }

    /// Sends so many messages, fewer where that takes too long, and waits until all have them.
    pub(crate) async fn send(
        &mut self,
        messages: usize,
        pace: Pace,
        time_max: Duration,
    ) -> anyhow::Result<Phase> {
        self.crowd.count_anew();
        let (began, mut sent) = (Instant::now(), 0);
        let mut is_last = false;
        while !is_last {
            let (room, due) = match pace {
                Pace::InFlight(most) => ((self.crowd.through() + most).saturating_sub(sent), began),
                Pace::EverySecond(rate) => {
                    let after = Duration::from_secs_f64(sent as f64 / f64::from(rate.max(1)));
                    (1, began + after)
                }
            };
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(due), if room > 0 => {
                    let mut frames = Vec::new();
                    for _ in 0..room {
                        sent += 1;
                        is_last = sent == messages as u64 || began.elapsed() > time_max;
                        frames.extend(self.next_message(is_last));
                        if is_last {
                            break;
                        }
                    }
                    self.line.write(&frames).await?;
                }
                heard = self.line.frames(|_| {}) => heard.context("the sender")?,
                news = self.crowd.news() => news?,
                () = tokio::time::sleep(PATIENCE) => bail!("nothing has come for {PATIENCE:?}"),
            }
        }
        self.wait_for_all(self.patience).await?;
        let seconds = began.elapsed().as_secs_f64();
        let (receipts, wanted) = (self.crowd.receipts(), sent * self.crowd.members());
        if receipts != wanted {
            bail!("{receipts} receipts instead of {wanted}");
        }
        Ok(Phase {
            seconds,
            receipts,
            latencies_us: self.crowd.latencies_us(),
        })
    }

    /// Waits for what should not come any more.
    pub(crate) async fn linger(&mut self) -> anyhow::Result<()> {
        let before = self.crowd.receipts();
        tokio::time::sleep(LINGER).await;
        self.crowd.check()?;
        match self.crowd.receipts() - before {
            0 => Ok(()),
            more => bail!("{more} receipts came after the last"),
        }
    }

    /// The bytes of the next message; a phase ends when all have its last.
    fn next_message(&mut self, is_last: bool) -> Vec<u8> {
        if is_last {
            self.crowd.aim(self.next);
        }
        let receipt = Receipt {
            number: self.next,
            sent_us: self.clock.micros(),
        };
        self.next += 1;
        self.line.say(&receipt::text(receipt))
    }

    /// Goes on reading what comes back to the sender.
    async fn wait_for_all(&mut self, within: Duration) -> anyhow::Result<()> {
        let mut complete = pin!(self.crowd.complete(within));
        loop {
            tokio::select! {
                complete = &mut complete => return complete,
                heard = self.line.frames(|_| {}) => heard.context("the sender")?,
            }
        }
    }
}

#[cfg(test)]
#[path = "measure_tests.rs"]
mod tests;
