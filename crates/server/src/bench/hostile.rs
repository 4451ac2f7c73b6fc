//! What well-behaved people notice of thousands of sockets that misbehave.

use super::{
    crowd::{Clock, Crowd},
    fan_out::framed,
    house::House,
    place,
    process::Process,
    report::{Report, share},
    socket::Socket,
};
use anyhow::Context;
use clap::Args;
use std::{
    cell::Cell,
    net::SocketAddr,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::time::sleep;

/// People who talk in a room of their own; each sends a message a second.
const TALKERS: usize = 20;
/// People who fill the room that everybody is in; each sends a long message a second.
const FILLERS: usize = 10;
/// What they send, in characters: a socket that reads nothing is full within seconds.
const FILLER_CHARS: usize = 4_000;
/// Frames that a flood sends without waiting; then it takes a breath, for we have one core.
const FLOOD_FRAMES: usize = 200;
/// One socket in so many floods.
const FLOOD_SHARE: usize = 100;
/// Who floods takes such a breath.
const FLOOD_BREATH: Duration = Duration::from_secs(2);
/// A byte at a time is sent so often.
const DRIP: Duration = Duration::from_millis(500);
/// Whoever was put out comes back after so long.
const BACK_AFTER: Duration = Duration::from_millis(500);
/// The attack may take so long to be there.
const GATHER_MAX: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_secs(60);
/// Memory is looked at so often.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Clone, Args)]
pub(super) struct Hostile {
    /// Sockets that misbehave: one in a hundred floods, a third each of the others never says hello,
    /// reads nothing, sends a byte at a time
    #[arg(long, default_value_t = 10_000)]
    sockets: usize,
    /// People whose tokens they have
    #[arg(long, default_value_t = 1_000)]
    people: usize,
    /// Seconds that are measured, before the attack and in it
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

/// What the sockets that misbehave tell of themselves.
#[derive(Default)]
struct Attack {
    /// Opened for the first time.
    open: AtomicU64,
    /// Ended by the server and come back.
    again: AtomicU64,
    over: AtomicBool,
}

/// How a socket misbehaves.
#[derive(Clone, Copy)]
enum Way {
    Silent,
    ReadsNothing,
    Drips,
    Floods,
}

impl Hostile {
    pub(super) async fn measure(&self, report: &mut Report) -> anyhow::Result<()> {
        let people = self.people.max(TALKERS + FILLERS + 1);
        let house = House::build(people, 1, TALKERS).await?;
        let process = Process::salon_with_limits(house.data())?;
        let clock = Clock::start();
        let (room, _) = &house.rooms[1];
        let talkers = &house.tokens[..TALKERS];
        let crowd = Crowd::gather(process.address, talkers, false, clock).await?;
        let mut senders = Vec::new();
        for token in talkers {
            senders.push(Socket::ready(process.address, token).await?);
        }
        let before = process.resident()?;
        let at_rest = self.talk(&crowd, &mut senders, room, clock).await?;
        let attack = Arc::new(Attack::default());
        let tokens = house.tokens[TALKERS..].to_vec();
        let general = house.rooms[0].0.clone();
        let attackers = self.attack(process.address, tokens, general, attack.clone())?;
        let began = Instant::now();
        tokio::select! {
            gathered = self.gathered(&attack, began) => gathered?,
            // Good people read all the while; they would be put out too.
            read = read_all(&mut senders) => read?,
        }
        let gathered = began.elapsed();
        let most = Rc::new(Cell::new(0));
        let looking = async {
            loop {
                most.set(most.get().max(process.resident().unwrap_or_default()));
                sleep(LOOK).await;
            }
        };
        let under_attack = tokio::select! {
            talked = self.talk(&crowd, &mut senders, room, clock) => talked?,
            () = looking => Vec::new(),
        };
        attack.over.store(true, Ordering::Relaxed);
        attackers
            .join()
            .ok()
            .context("the attackers' thread panicked")??;
        report.setting(format!(
            "{TALKERS} people talk, a message a second each, {} s before and {} s in the attack; {} sockets of {} \
             people misbehave, each from an address of its own: one in {FLOOD_SHARE} floods {FLOOD_FRAMES} \
             frames every {} s, a third each of the others never says hello, reads nothing while {FILLERS} people fill the room \
             with {FILLER_CHARS} characters a second each, sends a byte every {} ms; whoever is put out comes back; rate limits on; attackers on the clients' core, below them",
            self.seconds, self.seconds, self.sockets, people, FLOOD_BREATH.as_secs(), DRIP.as_millis()
        ));
        report.receipts((at_rest.len() + under_attack.len()) as u64);
        for (name, part) in [("p50", 0.5), ("p99", 0.99)] {
            let (rest, attacked) = (share(&at_rest, part), share(&under_attack, part));
            report.add(format!("at rest: {name}"), "ms", rest / 1e3);
            report.add(format!("under attack: {name}"), "ms", attacked / 1e3);
            report.add(
                format!("{name}: attack ÷ rest"),
                "×",
                attacked / rest.max(1.0),
            );
        }
        report.add(
            "all of the attack is there after",
            "s",
            gathered.as_secs_f64(),
        );
        let again = attack.again.load(Ordering::Relaxed);
        report.add("put out and come back", "times", again as f64);
        report.add("resident at rest", "MB", before as f64 / 1e6);
        report.add(
            "resident, the most under attack",
            "MB",
            most.get() as f64 / 1e6,
        );
        Ok(())
    }

    async fn gathered(&self, attack: &Attack, began: Instant) -> anyhow::Result<()> {
        while attack.open.load(Ordering::Relaxed) < self.sockets as u64 {
            anyhow::ensure!(
                began.elapsed() < GATHER_MAX,
                "{} of {} sockets were opened",
                attack.open.load(Ordering::Relaxed),
                self.sockets
            );
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// Everybody who talks sends a message a second; answers with how long each took to each.
    async fn talk(
        &self,
        crowd: &Crowd,
        senders: &mut [Socket],
        room: &str,
        clock: Clock,
    ) -> anyhow::Result<Vec<u32>> {
        let rounds = self.seconds.max(1);
        crowd.expect(rounds * (TALKERS * TALKERS) as u64);
        let talking = senders
            .iter_mut()
            .enumerate()
            .map(|(n, sender)| async move {
                let first = tokio::time::Instant::now()
                    + Duration::from_secs(1) * u32::try_from(n)? / u32::try_from(TALKERS)?;
                for round in 0..rounds {
                    let due = first + Duration::from_secs(round);
                    // What comes is read meanwhile, by ourselves too: they are good people.
                    loop {
                        tokio::select! {
                            () = tokio::time::sleep_until(due) => break,
                            read = sender.next_many(|_| ()) => read?,
                        }
                    }
                    let number = usize::try_from(round)? * TALKERS + n;
                    sender.write(&framed(room, number, clock)).await?;
                }
                anyhow::Ok(())
            });
        futures::future::try_join_all(talking).await?;
        crowd.complete(PATIENCE).await?;
        let mut took = crowd.seen.latencies_us.take();
        took.sort_unstable();
        Ok(took)
    }

    /// Begins the attack, on a thread that gives way to whoever is measured.
    fn attack(
        &self,
        address: SocketAddr,
        tokens: Vec<String>,
        general: String,
        attack: Arc<Attack>,
    ) -> anyhow::Result<std::thread::JoinHandle<anyhow::Result<()>>> {
        let sockets = self.sockets;
        let attacking = move || {
            place::keep_to(place::Whose::Crowd);
            place::give_way();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let local = tokio::task::LocalSet::new();
            local.block_on(&runtime, async {
                for token in tokens.iter().take(FILLERS).cloned() {
                    let (general, attack) = (general.clone(), attack.clone());
                    tokio::task::spawn_local(fill(address, token, general, attack));
                }
                let ways = [Way::Silent, Way::ReadsNothing, Way::Drips];
                let tokens = tokens[FILLERS..].iter().cycle();
                for (n, token) in tokens.take(sockets).enumerate() {
                    // A few of those that flood ask for more than all the others.
                    let way = match n % FLOOD_SHARE {
                        0 => Way::Floods,
                        n => ways[n % ways.len()],
                    };
                    tokio::task::spawn_local(misbehave(
                        n,
                        way,
                        address,
                        token.clone(),
                        attack.clone(),
                    ));
                    // So many handshakes at once as a machine under attack would see.
                    if n % 64 == 63 {
                        while attack.open.load(Ordering::Relaxed) + 64 < n as u64 {
                            sleep(Duration::from_millis(1)).await;
                        }
                    }
                }
                while !attack.over.load(Ordering::Relaxed) {
                    sleep(LOOK).await;
                }
            });
            Ok(())
        };
        Ok(std::thread::Builder::new()
            .name("attack".into())
            .spawn(attacking)?)
    }
}

/// Reads whatever comes; ends only when one of them is put out.
async fn read_all(sockets: &mut [Socket]) -> anyhow::Result<()> {
    let reading = sockets.iter_mut().map(|socket| async move {
        loop {
            socket.next_many(|_| ()).await?;
        }
    });
    futures::future::try_join_all(reading)
        .await
        .map(|_: Vec<()>| ())
}

/// One socket of the attack, again and again.
async fn misbehave(n: usize, way: Way, address: SocketAddr, token: String, attack: Arc<Attack>) {
    let mut counted = false;
    loop {
        let narrow = matches!(way, Way::ReadsNothing);
        let opened = match Socket::stranger(address, n, narrow).await {
            Ok(socket) => socket.upgraded(address, &token).await,
            Err(error) => Err(error),
        };
        if let Ok(mut socket) = opened {
            if !std::mem::replace(&mut counted, true) {
                attack.open.fetch_add(1, Ordering::Relaxed);
            } else {
                attack.again.fetch_add(1, Ordering::Relaxed);
            }
            // Each of them ends when the server ends it.
            match way {
                Way::Silent => socket.until_closed().await,
                Way::ReadsNothing => reads_nothing(&mut socket).await,
                Way::Drips => drips(&mut socket).await,
                Way::Floods => floods(&mut socket).await,
            }
        }
        sleep(BACK_AFTER).await;
    }
}

async fn reads_nothing(socket: &mut Socket) {
    if socket.send(HELLO).await.is_ok() {
        socket.until_closed_unread().await;
    }
}

async fn drips(socket: &mut Socket) {
    let mut frame = Vec::new();
    Socket::add_frame(&mut frame, HELLO);
    for byte in frame.iter().cycle() {
        if socket.write(&[*byte]).await.is_err() || socket.drain().is_err() {
            return;
        }
        sleep(DRIP).await;
    }
}

async fn floods(socket: &mut Socket) {
    let mut frames = Vec::new();
    Socket::add_frame(&mut frames, HELLO);
    for n in 0..FLOOD_FRAMES {
        let text = match n % 3 {
            0 => r#"{"type":"ping"}"#,
            1 => r#"{"type":"typing","room":"general"}"#,
            _ => r#"{"type":"nonsense"#,
        };
        Socket::add_frame(&mut frames, text);
    }
    while socket.write(&frames).await.is_ok() {
        let breath = tokio::time::Instant::now() + FLOOD_BREATH;
        loop {
            tokio::select! {
                () = tokio::time::sleep_until(breath) => break,
                read = socket.next_many(|_| ()) => if read.is_err() { return },
            }
        }
    }
}

/// Somebody who writes much, and reads what comes.
async fn fill(address: SocketAddr, token: String, room: String, attack: Arc<Attack>) {
    let text = "满".repeat(FILLER_CHARS);
    let frame = serde_json::json!({ "type": "send", "room": room, "text": text }).to_string();
    while !attack.over.load(Ordering::Relaxed) {
        if let Ok(mut socket) = Socket::ready(address, &token).await {
            while socket.send(&frame).await.is_ok() {
                let breath = tokio::time::Instant::now() + Duration::from_secs(1);
                loop {
                    tokio::select! {
                        () = tokio::time::sleep_until(breath) => break,
                        read = socket.next_many(|_| ()) => if read.is_err() { break },
                    }
                }
            }
        }
        sleep(BACK_AFTER).await;
    }
}

const HELLO: &str = r#"{"type":"hello"}"#;
