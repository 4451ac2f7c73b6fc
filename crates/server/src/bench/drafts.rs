//! Many answers that are written at once: every piece of each goes to every member's socket.

use super::{
    crowd::Clock,
    house::House,
    process::Process,
    report::{Report, share},
    scripted::Asked,
    socket::{Socket, behind, find, number},
};
use anyhow::{Context, bail, ensure};
use clap::Args;
use salon_chat::actions::{self, CreateRoom};
use salon_protocol::RoomKind;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::net::{TcpListener, TcpStream};

/// What cannot be within this time has gone wrong.
const PATIENCE: Duration = Duration::from_secs(60);
/// What is waited for is looked at so often.
const LOOK: Duration = Duration::from_millis(20);
/// A piece's text: the time at which the model wrote it, in microseconds, and a space.
const PIECE_CHARS: u64 = 13;
/// A model that is never told to end ends by itself.
const ANSWER_MAX: Duration = Duration::from_secs(120);

#[derive(Clone, Args)]
pub(super) struct Drafts {
    /// Answers that are written at once, each in a room of its own
    #[arg(long, default_value_t = 100)]
    answers: usize,
    /// Members of every room, with a socket each
    #[arg(long, default_value_t = 100)]
    members: usize,
    /// Pieces of each answer a second
    #[arg(long, default_value_t = 50)]
    pieces: u32,
    /// Seconds that are measured
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

/// What all sockets have seen.
#[derive(Default)]
struct Seen {
    /// Rooms by their id.
    rooms: HashMap<Vec<u8>, usize>,
    pieces: Cell<u64>,
    /// Answers that a socket has heard the first piece of, one count for each socket.
    begun: Cell<u64>,
    posted: Cell<u64>,
    latencies_us: RefCell<Vec<u32>>,
    failed: RefCell<Option<String>>,
}

impl Drafts {
    pub(super) async fn measure(&self, report: &mut Report) -> anyhow::Result<()> {
        ensure!(
            self.answers > 0 && self.members > 0 && self.pieces > 0,
            "at least one answer, member and piece"
        );
        let mut house = House::build(self.members, 0, 0).await?;
        self.add_rooms(&mut house).await?;
        let clock = Clock::start();
        let model = Model::start(self.pieces, clock).await?;
        let settings = house.data().join("bench.toml");
        std::fs::write(
            &settings,
            format!(
                "[[models]]\nname = \"scripted\"\nbase_url = \"http://{}/v1\"\ntools = \"none\"\nconcurrency = {}\n",
                model.address,
                self.answers + 1
            ),
        )?;
        let process = Process::salon_with_settings(house.data(), &settings)?;
        let rooms: Vec<_> = house.rooms[1..].iter().map(|(room, _)| room).collect();
        let seen = Rc::new(Seen {
            rooms: (rooms.iter().enumerate())
                .map(|(n, room)| (room.as_bytes().to_vec(), n))
                .collect(),
            ..Seen::default()
        });
        for token in &house.tokens {
            let socket = Socket::ready(process.address, token).await?;
            tokio::task::spawn_local(listen(socket, seen.clone(), clock));
        }
        for (n, room) in rooms.iter().enumerate() {
            let token = &house.tokens[n % house.tokens.len()];
            let mut asker = Socket::ready(process.address, token).await?;
            let question =
                format!(r#"{{"type":"send","id":"q","room":"{room}","text":"@assistant go on"}}"#);
            asker.send(&question).await?;
            let is_ack = |frame: &[u8]| frame.starts_with(br#"{"type":"ack""#);
            while !asker.next(is_ack).await? {}
        }
        let everywhere = (self.answers * self.members) as u64;
        seen.wait(|seen| seen.begun.get() >= everywhere).await?;

        seen.pieces.set(0);
        seen.latencies_us.borrow_mut().clear();
        let (before, began) = (process.cpu()?, Instant::now());
        tokio::time::sleep(Duration::from_secs(self.seconds)).await;
        let cpu = process.cpu()?.saturating_sub(before).as_secs_f64();
        let (pieces, seconds) = (seen.pieces.get(), began.elapsed().as_secs_f64());
        let mut took = seen.latencies_us.take();

        // The whole of each answer is posted once, to everybody.
        model.end.set(true);
        seen.wait(|seen| seen.posted.get() >= everywhere).await?;
        took.sort_unstable();
        report.setting(format!(
            "{} answers at once, {} pieces a second each, {} members of every room with a socket each, {} s; \
             the model on the clients' core; every piece at its place in its answer, every answer posted to everybody",
            self.answers, self.pieces, self.members, self.seconds
        ));
        report.receipts(pieces + everywhere);
        let wanted = (self.answers * self.members) as f64 * f64::from(self.pieces) * seconds;
        report.add("pieces delivered", "/s", pieces as f64 / seconds);
        report.add("of those that were due", "×", pieces as f64 / wanted);
        report.add("CPU per piece", "µs", cpu * 1e6 / pieces.max(1) as f64);
        report.add("of one core", "×", cpu / seconds);
        for (name, part) in [("p50", 0.5), ("p99", 0.99)] {
            let value = share(&took, part) / 1e3;
            report.add(format!("model to socket: {name}"), "ms", value);
        }
        Ok(())
    }

    async fn add_rooms(&self, house: &mut House) -> anyhow::Result<()> {
        let chat = house.open().await?;
        let mut members: Vec<_> = house.people[1..]
            .iter()
            .map(|one| one.user.handle.to_string())
            .collect();
        members.push("assistant".into());
        for n in 0..self.answers {
            let new = CreateRoom {
                name: format!("answers{n}"),
                kind: RoomKind::Private,
                topic: String::new(),
                members: members.clone(),
            };
            let room = actions::create_room(&chat, &house.people[0], new).await?;
            let inside = (0..self.members).collect();
            house.rooms.push((room.id.to_string(), inside));
        }
        Ok(())
    }
}

impl Seen {
    async fn wait(&self, until: impl Fn(&Self) -> bool) -> anyhow::Result<()> {
        let began = Instant::now();
        while !until(self) {
            if let Some(failed) = self.failed.borrow().as_ref() {
                bail!("{failed}");
            }
            ensure!(
                began.elapsed() < PATIENCE,
                "{} drafts begun, {} pieces, {} answers posted, and no more",
                self.begun.get(),
                self.pieces.get(),
                self.posted.get()
            );
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Counts a frame; `at` is how far this socket has come in each room.
    fn take(&self, frame: &[u8], at: &mut [u64], now: u64) -> anyhow::Result<()> {
        let Some(draft) = frame.strip_prefix(br#"{"type":"draft","room":""#) else {
            let is_answer = frame.starts_with(br#"{"type":"event""#)
                && find(frame, br#""from":"assistant""#).is_some()
                && find(frame, br#""kind":"message.posted""#).is_some();
            self.posted.set(self.posted.get() + u64::from(is_answer));
            return Ok(());
        };
        let room = draft.split(|byte| *byte == b'"').next();
        let Some(&room) = room.and_then(|room| self.rooms.get(room)) else {
            return Ok(());
        };
        // In the order in which they are written: hundreds of thousands a second are looked at.
        let place = behind(draft, br#"offset":"#).context("a draft without a place")?;
        let offset = number(place);
        let text = behind(place, br#"text":""#).context("a draft without a text")?;
        let text = text.split(|byte| *byte == b'"').next().unwrap_or_default();
        let known = at.get_mut(room).context("a room of nobody")?;
        ensure!(offset == *known, "a piece at {offset} came after {known}");
        if text.is_empty() {
            return Ok(());
        }
        self.begun.set(self.begun.get() + u64::from(*known == 0));
        *known += text.len() as u64;
        let (pieces, rest) = (
            text.len() as u64 / PIECE_CHARS,
            text.len() as u64 % PIECE_CHARS,
        );
        ensure!(rest == 0, "a piece was torn");
        self.pieces.set(self.pieces.get() + pieces);
        let mut latencies = self.latencies_us.borrow_mut();
        for piece in text.chunks(PIECE_CHARS as usize) {
            latencies.push(now.saturating_sub(number(piece)) as u32);
        }
        Ok(())
    }
}

async fn listen(mut socket: Socket, seen: Rc<Seen>, clock: Clock) {
    let mut at = vec![0; seen.rooms.len()];
    loop {
        let mut wrong = None;
        let now = Cell::new(None);
        let read = socket
            .next_many(|frame| {
                // One reading of the clock for all that came at once.
                let now = now.get().unwrap_or_else(|| {
                    let micros = clock.micros();
                    now.set(Some(micros));
                    micros
                });
                if let Err(error) = seen.take(frame, &mut at, now) {
                    wrong.get_or_insert(error);
                }
            })
            .await;
        if let Some(error) = wrong.or(read.err()) {
            seen.failed.replace(Some(format!("{error:#}")));
            return;
        }
    }
}

/// A model that writes at its pace until it is told to end.
struct Model {
    address: SocketAddr,
    end: Rc<Cell<bool>>,
}

impl Model {
    async fn start(pieces: u32, clock: Clock) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let model = Self {
            address: listener.local_addr()?,
            end: Rc::default(),
        };
        let end = model.end.clone();
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // Whoever hangs up wants no more.
                let end = end.clone();
                tokio::task::spawn_local(async move {
                    answer(stream, pieces, clock, &end).await.ok();
                });
            }
        });
        Ok(model)
    }
}

/// Answers one request, and the next on the same line.
async fn answer(
    stream: TcpStream,
    pieces: u32,
    clock: Clock,
    end: &Cell<bool>,
) -> anyhow::Result<()> {
    let mut asked = Asked::new(stream)?;
    while asked.next().await?.is_some() {
        asked.begin().await?;
        let mut pace = tokio::time::interval(Duration::from_secs(1) / pieces);
        let began = Instant::now();
        while !end.get() && began.elapsed() < ANSWER_MAX {
            pace.tick().await;
            asked.delta(&format!("{:012} ", clock.micros())).await?;
        }
        asked.finish().await?;
    }
    Ok(())
}
