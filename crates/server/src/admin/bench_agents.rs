//! `salon bench --agents`: what lies between a question and the model, between the model and every
//! member's socket, and what a turn weighs.
//!
//! The server is a process of its own, so that its time and memory are told apart from those of the
//! clients and of the scripted model here.

use super::{
    bench::{Client, say_machine},
    say,
};
use crate::bench::scripted::Asked;
use anyhow::{Context, bail};
use salon_chat::{
    Caller, Chat, ChatConfig, accounts,
    actions::{self, CreateRoom, CreateUser},
};
use salon_protocol::{Role, RoomKind, UserKind};
use serde_json::Value;
use std::{
    collections::HashSet,
    net::SocketAddr,
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::{Notify, mpsc},
    task::JoinSet,
};

/// A run that takes longer has gone wrong.
const TIME_MAX: Duration = Duration::from_secs(400);
/// Members with a socket each.
const MEMBERS: usize = 100;
/// Questions, one after the other.
const QUESTIONS: usize = 200;
/// Deltas of each answer, and the pause between two.
const DELTAS: usize = 40;
const DELTA_EVERY: Duration = Duration::from_millis(20);
/// Turns in flight at once: so many rooms with so many askers each.
const ROOMS: usize = 50;
const ASKERS: usize = 20;

pub(crate) async fn bench_agents() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("salon-bench-agents-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let outcome = tokio::time::timeout(TIME_MAX, measure(&folder)).await;
    std::fs::remove_dir_all(&folder).ok();
    outcome.context("the run took too long")?
}

async fn measure(folder: &Path) -> anyhow::Result<()> {
    let upstream = Upstream::start().await?;
    let world = World::prepare(folder, upstream.address).await?;
    say_machine();
    say(format_args!(
        "settings   one room, {MEMBERS} sockets, {QUESTIONS} questions, answers of {DELTAS} deltas at {} a second; \
         log on disk (WAL, full sync); server, clients and scripted model on the same cores",
        1_000 / DELTA_EVERY.as_millis()
    ));
    let mut server = Server::start(folder).await?;
    overhead(&world, &server, &upstream).await?;
    in_flight(&world, &server, &upstream).await?;
    server.child.kill().await.ok();
    Ok(())
}

/// One question after the other in a room of a hundred.
async fn overhead(world: &World, server: &Server, upstream: &Upstream) -> anyhow::Result<()> {
    let (heard, mut hearing) = mpsc::unbounded_channel();
    for token in &world.tokens[..MEMBERS - 1] {
        let mut client = Client::open(server.address, token).await?;
        let heard = heard.clone();
        tokio::spawn(async move {
            while let Ok(text) = client.next().await {
                let at = Instant::now();
                // Each delta carries its number as `<17>`; the last one of a frame is the newest.
                if text.starts_with(r#"{"type":"draft""#)
                    && let Some(number) = newest(&text)
                    && heard.send((number, at)).is_err()
                {
                    return;
                }
            }
        });
    }
    let mut asker = Client::open(server.address, &world.tokens[MEMBERS - 1]).await?;
    let (mut to_wire, mut acked_to_wire, mut to_sockets) = (Vec::new(), Vec::new(), Vec::new());
    let mut receipts = 0;
    let before = cpu_of(&server.child)?;
    for n in 0..QUESTIONS {
        let asked = Instant::now();
        asker
            .send(&format!(
                r#"{{"type":"send","id":"{n}","room":"bench","text":"@assistant question {n}"}}"#
            ))
            .await?;
        let acked = loop {
            if asker.next().await?.starts_with(r#"{"type":"ack""#) {
                break Instant::now();
            }
        };
        let (arrived, sent) = upstream.next_answer().await?;
        to_wire.push(arrived.duration_since(asked));
        acked_to_wire.push(arrived.saturating_duration_since(acked));
        // Every member hears the last delta; what came together in one frame counts for each.
        let mut last_heard = 0;
        while last_heard < MEMBERS - 1 {
            let heard = tokio::time::timeout(Duration::from_secs(10), hearing.recv()).await;
            let (number, at) = heard
                .context("a delta did not arrive")?
                .context("no members")?;
            to_sockets.push(at.duration_since(sent[number]));
            receipts += 1;
            last_heard += usize::from(number == DELTAS - 1);
        }
        loop {
            let text = asker.next().await?;
            if text.contains(r#""kind":"message.posted""#) && text.contains(r#""from":"assistant""#)
            {
                break;
            }
        }
    }
    let cpu = cpu_of(&server.child)?.saturating_sub(before);
    let deltas = QUESTIONS * DELTAS;
    say(format_args!(
        "question acked → request on the model's wire    {}",
        shown(&mut acked_to_wire)
    ));
    say(format_args!(
        "question sent → request on the model's wire     {}   (with the commit)",
        shown(&mut to_wire)
    ));
    say(format_args!(
        "model's delta → each member's socket            {}   {receipts} receipts",
        shown(&mut to_sockets)
    ));
    say(format_args!(
        "CPU of the server                               {:.0} µs for a delta to {MEMBERS} members, all of the turn included ({deltas} deltas)",
        cpu.as_secs_f64() * 1e6 / deltas as f64
    ));
    Ok(())
}

/// A thousand turns that all wait for their model at once.
async fn in_flight(world: &World, server: &Server, upstream: &Upstream) -> anyhow::Result<()> {
    upstream.hold.store(1, Ordering::SeqCst);
    let before = resident_of(&server.child)?;
    let mut clients = Vec::new();
    for token in &world.tokens[..ASKERS] {
        clients.push(Client::open(server.address, token).await?);
    }
    let wanted = ROOMS * ASKERS;
    let began = Instant::now();
    let mut asking: JoinSet<_> = clients.into_iter().map(ask_everywhere).collect();
    while upstream.waiting.load(Ordering::SeqCst) < wanted {
        if let Some(ended) = asking.try_join_next() {
            ended??;
            bail!("an asker had all its answers before they were written");
        }
        if began.elapsed() > Duration::from_secs(60) {
            bail!(
                "only {} of {wanted} turns reached the model",
                upstream.waiting.load(Ordering::SeqCst)
            );
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let all_there = began.elapsed();
    let during = resident_of(&server.child)?;
    upstream.hold.store(0, Ordering::SeqCst);
    upstream.go_on.notify_waiters();
    let released = Instant::now();
    let mut last = Vec::new();
    while let Some(ended) = asking.join_next().await {
        last.push(ended??.duration_since(released));
    }
    say(format_args!(
        "{wanted} turns in flight                            all at the model {:.2} s after they were asked, {:.1} KB each, all answered",
        all_there.as_secs_f64(),
        during.saturating_sub(before) as f64 / wanted as f64 / 1_024.0
    ));
    let (first, latest) = (last.iter().min(), last.iter().max());
    if let (Some(first), Some(latest)) = (first, latest) {
        say(format_args!(
            "fairness                                        of {ASKERS} askers the first had {ROOMS} answers after {:.2} s, the last after {:.2} s",
            first.as_secs_f64(),
            latest.as_secs_f64()
        ));
    }
    Ok(())
}

/// Asks in every room, and reads all the while that it waits: a server puts out who does not. When
/// the last of its own questions was answered.
async fn ask_everywhere(mut client: Client) -> anyhow::Result<Instant> {
    for room in 0..ROOMS {
        client
            .send(&format!(
                r#"{{"type":"send","room":"room{room}","text":"@assistant hello"}}"#
            ))
            .await?;
    }
    let (mut asked, mut answered) = (HashSet::new(), HashSet::new());
    while asked.len() < ROOMS || !asked.is_subset(&answered) {
        let frame: Value = serde_json::from_str(&client.next().await?)?;
        let id = |value: &Value| value.as_str().map(str::to_owned);
        match frame["type"].as_str() {
            Some("ack") => asked.extend(id(&frame["message_id"])),
            Some("event") if frame["from"] == "assistant" => {
                answered.extend(id(&frame["message"]["reply_to"]));
            }
            Some("error") => bail!("a question was refused: {}", frame["message"]),
            _ => {}
        }
    }
    Ok(Instant::now())
}

fn newest(frame: &str) -> Option<usize> {
    let (_, rest) = frame.rsplit_once('<')?;
    rest.split_once('>')?.0.parse().ok()
}

/// The middle, the ninety-ninth of a hundred, the worst.
fn shown(times: &mut [Duration]) -> String {
    times.sort();
    let at = |share: f64| {
        let index = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(index).copied().unwrap_or_default().as_secs_f64() * 1e3
    };
    format!(
        "p50 {:.2} ms · p99 {:.2} ms · worst {:.2} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    )
}

/// Accounts, rooms and configuration, made before the server starts.
struct World {
    tokens: Vec<String>,
}

impl World {
    async fn prepare(folder: &Path, upstream: SocketAddr) -> anyhow::Result<Self> {
        let chat = Chat::start(ChatConfig::new(folder.join("data"), false)).await?;
        let mut tokens = Vec::new();
        let mut handles = Vec::new();
        let mut first = None;
        for n in 0..MEMBERS {
            let new = CreateUser {
                handle: format!("member{n}"),
                display_name: None,
                kind: UserKind::Bot,
                role: Role::Member,
                password_hash: None,
            };
            let user = actions::create_user(&chat, new).await?;
            tokens.push(accounts::create_token(&chat, user.id).await?);
            handles.push(user.handle.to_string());
            first.get_or_insert(user);
        }
        let caller = Caller::new(first.context("no member")?, None);
        handles.push("assistant".into());
        let room = |name: String, members: Vec<String>| CreateRoom {
            name,
            kind: RoomKind::Private,
            topic: String::new(),
            members,
        };
        actions::create_room(&chat, &caller, room("bench".into(), handles.clone())).await?;
        let mut few: Vec<String> = handles[..ASKERS].to_vec();
        few.push("assistant".into());
        for n in 0..ROOMS {
            actions::create_room(&chat, &caller, room(format!("room{n}"), few.clone())).await?;
        }
        let config = format!(
            "rate_limits = \"off\"\nlog = \"warn\"\n[[models]]\nname = \"scripted\"\n\
             base_url = \"http://{upstream}/v1\"\ntools = \"none\"\nconcurrency = 2000\n"
        );
        std::fs::write(folder.join("salon.toml"), config)?;
        Ok(Self { tokens })
    }
}

struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    async fn start(folder: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.join("data"))
            .arg("--config")
            .arg(folder.join("salon.toml"))
            .env_remove("OPENAI_API_KEY")
            .env_remove("OPENAI_BASE_URL")
            .env_remove("OPENAI_MODEL")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("no output")?;
        let mut lines = BufReader::new(stdout).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some(address) = line.strip_prefix("Salon listens at http://") {
                let address = address.trim().parse()?;
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Ok(Self { child, address });
            }
        }
        bail!("the server did not start")
    }
}

/// User and system time of a process.
fn cpu_of(child: &Child) -> anyhow::Result<Duration> {
    let id = child.id().context("the server ended")?;
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let ticks = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok());
    // Linux counts in hundredths of a second on every machine that we know.
    Ok(Duration::from_millis(ticks.sum::<u64>() * 10))
}

fn resident_of(child: &Child) -> anyhow::Result<u64> {
    let id = child.id().context("the server ended")?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes =
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    Ok(kilobytes.context("no resident size")? * 1_024)
}

/// A model that answers with numbered deltas and remembers when it sent each.
struct Upstream {
    address: SocketAddr,
    /// Not zero: answers wait for `go_on`.
    hold: Arc<AtomicUsize>,
    waiting: Arc<AtomicUsize>,
    go_on: Arc<Notify>,
    answers: tokio::sync::Mutex<mpsc::UnboundedReceiver<(Instant, Vec<Instant>)>>,
}

impl Upstream {
    async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (answered, answers) = mpsc::unbounded_channel();
        let this = Self {
            address,
            hold: Arc::default(),
            waiting: Arc::default(),
            go_on: Arc::default(),
            answers: tokio::sync::Mutex::new(answers),
        };
        let (hold, waiting, go_on) = (this.hold.clone(), this.waiting.clone(), this.go_on.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (hold, waiting, go_on) = (hold.clone(), waiting.clone(), go_on.clone());
                let answered = answered.clone();
                tokio::spawn(async move {
                    drop(serve(stream, &hold, &waiting, &go_on, &answered).await);
                });
            }
        });
        Ok(this)
    }

    /// When the next request had arrived, and when each of its deltas was sent.
    async fn next_answer(&self) -> anyhow::Result<(Instant, Vec<Instant>)> {
        let next = tokio::time::timeout(Duration::from_secs(20), async {
            self.answers.lock().await.recv().await
        });
        next.await
            .context("no request came")?
            .context("the model ended")
    }
}

async fn serve(
    stream: TcpStream,
    hold: &AtomicUsize,
    waiting: &AtomicUsize,
    go_on: &Notify,
    answered: &mpsc::UnboundedSender<(Instant, Vec<Instant>)>,
) -> anyhow::Result<()> {
    let mut asked = Asked::new(stream)?;
    while let Some(body) = asked.next().await? {
        let arrived = Instant::now();
        if hold.load(Ordering::SeqCst) > 0 {
            let released = go_on.notified();
            waiting.fetch_add(1, Ordering::SeqCst);
            released.await;
            asked.begin().await?;
            asked.delta("hello").await?;
            asked.finish().await?;
            continue;
        }
        asked.begin().await?;
        let mut sent = Vec::with_capacity(DELTAS);
        for n in 0..DELTAS {
            tokio::time::sleep(DELTA_EVERY).await;
            sent.push(Instant::now());
            asked.delta(&format!("<{n}> ")).await?;
        }
        // The room is summed up behind an answer now and then: that is nobody's question.
        let is_question = String::from_utf8_lossy(&body).contains("@assistant question")
            && !String::from_utf8_lossy(&body).contains("Sum up a group chat");
        // Told before the end, so that whoever waits can match what arrives.
        if is_question {
            answered.send((arrived, sent)).ok();
        }
        // The answer's end takes the place of what was not told yet: the last delta is told before.
        tokio::time::sleep(DELTA_EVERY).await;
        asked.finish().await?;
    }
    Ok(())
}
