//! One run: trouble for a while, then quiet, then every promise is looked at.

use crate::{
    chance::Chance,
    client::Client,
    nature::{Ending, Simulated},
    process::{Process, general},
};
use jiff::SignedDuration;
use salon_chat::{
    Caller, Chat, accounts,
    actions::{self, CreateUser},
    queries,
};
use salon_protocol::{Role, Seq, UserKind};
use salon_testkit::RoomState;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    rc::Rc,
    time::Duration,
};

/// Moves of the world while there is trouble.
const MOVES: usize = 1_500;
/// Rounds after which a quiet world must have come to rest.
const QUIET_ROUNDS_MAX: usize = 4_000;
const PEOPLE: [&str; 3] = ["ada", "bob", "eve"];

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// A digest of every frame that reached anybody, in order.
    pub trace: String,
    /// Events in the log.
    pub events: usize,
    /// Messages that were acked.
    pub acked: usize,
    /// Answers by the agent.
    pub replies: usize,
    /// How often the process died.
    pub crashes: usize,
    /// How often a connection broke.
    pub cuts: usize,
}

/// Runs one seed to its end; panics where a promise is broken.
pub fn seed(seed: u64) -> Run {
    let nature = Simulated::begin(seed);
    let _ending = Ending;
    let folder = crate::folder();
    let mut world = World::begin(seed, nature, folder.path());
    for _ in 0..MOVES {
        world.go_on();
    }
    world.come_to_rest();
    world.check()
}

struct World<'a> {
    folder: &'a Path,
    nature: Rc<Simulated>,
    chance: Chance,
    process: Process,
    people: Vec<Client>,
    trace: Sha256,
    run: Run,
}

impl<'a> World<'a> {
    fn begin(seed: u64, nature: Rc<Simulated>, folder: &'a Path) -> Self {
        let mut process = Process::start(folder);
        while !process.is_up() {
            process.step(10);
        }
        let people = process.ask(async |chat: Chat| {
            let room = general(&chat).await;
            let mut people = Vec::new();
            for name in PEOPLE {
                let new = CreateUser {
                    handle: name.into(),
                    display_name: None,
                    kind: UserKind::Human,
                    role: Role::Admin,
                    password_hash: None,
                };
                let user = actions::create_user(&chat, new).await.unwrap();
                let token = accounts::create_token(&chat, user.id).await.unwrap();
                let (epoch, room) = (chat.epoch().to_owned(), room.id.to_string());
                people.push(Client::new(name, token, epoch, room));
            }
            people
        });
        Self {
            folder,
            nature,
            chance: Chance::new(seed),
            process,
            people,
            trace: Sha256::new(),
            run: Run::default(),
        }
    }

    /// One move, whichever the seed says.
    fn go_on(&mut self) {
        let who = self.chance.below(PEOPLE.len());
        match self.chance.below(400) {
            0..=189 => {
                let tasks = 1 + self.chance.below(12);
                self.process.step(tasks);
            }
            190..=249 => {
                let most = 1 + self.chance.below(400);
                self.deliver(who, most);
            }
            250..=319 => {
                let most = 1 + self.chance.below(3_000);
                self.read(who, most);
            }
            320..=369 => self.people[who].act(&mut self.chance),
            370..=379 => {
                let ms = self.chance.below(2_000);
                self.pass(Duration::from_millis(ms as u64));
            }
            380..=394 => self.connect(who),
            395 => {
                self.run.cuts += 1;
                drop(self.people[who].lose());
            }
            396 => {
                self.run.cuts += 1;
                if let Some(link) = self.people[who].lose() {
                    link.vanish();
                }
            }
            397 => self.crash(),
            398 => self.pass(Duration::from_secs(40)),
            _ => {
                let hours = self.chance.below(5) as i64 - 2;
                self.nature.jump(SignedDuration::from_hours(hours));
            }
        }
    }

    fn connect(&mut self, who: usize) {
        if self.people[who].link.is_none()
            && let Some(link) = self.process.connect()
        {
            self.people[who].begin(link);
        }
    }

    fn deliver(&mut self, who: usize, most: usize) {
        if let Some(link) = &mut self.people[who].link {
            link.deliver(most);
        }
    }

    fn read(&mut self, who: usize, most: usize) {
        let person = &mut self.people[who];
        let Some(link) = &mut person.link else {
            return;
        };
        let bytes = link.take(most);
        let is_over = link.is_over();
        if person.read(&bytes, &mut self.trace) || is_over {
            drop(person.lose());
        }
    }

    fn pass(&mut self, time: Duration) {
        self.nature
            .jump(SignedDuration::try_from(time).unwrap_or_default());
        self.process.pass(time);
    }

    /// Whatever was in memory is gone, and all connections with it.
    fn crash(&mut self) {
        self.run.crashes += 1;
        // The old process is gone before the new one opens the files.
        let next = Process::start(self.folder);
        drop(std::mem::replace(&mut self.process, next));
        for person in &mut self.people {
            drop(person.lose());
        }
    }

    /// No more trouble: everybody comes back, everything that was begun ends.
    fn come_to_rest(&mut self) {
        for round in 0..QUIET_ROUNDS_MAX {
            for who in 0..PEOPLE.len() {
                self.connect(who);
                self.deliver(who, usize::MAX);
                self.read(who, usize::MAX);
            }
            self.process.step(60);
            if round % 5 == 0 {
                self.pass(Duration::from_millis(500));
            }
            if round % 10 == 9 && self.is_at_rest() {
                return;
            }
        }
        let waiting: Vec<_> = self.people.iter().map(|one| one.outbox.len()).collect();
        panic!("the world does not come to rest; waiting for acks: {waiting:?}");
    }

    fn is_at_rest(&self) -> bool {
        let is_quiet = self
            .people
            .iter()
            .all(|one| one.is_ready && one.outbox.is_empty());
        is_quiet && {
            let (seq, turns) = self.process.ask(async |chat: Chat| {
                let room = general(&chat).await;
                let turns = chat.store().turns(room.id, 10_000).await.unwrap();
                (room.last_seq.0 as usize, turns)
            });
            self.people.iter().all(|one| one.log.len() == seq)
                && turns.iter().all(|turn| turn.outcome.is_some())
        }
    }

    /// Every promise, one by one.
    fn check(mut self) -> Run {
        let people = std::mem::take(&mut self.people);
        let (log, fetched, turns) = self.process.ask(async |chat: Chat| {
            let user = chat.store().users().await.unwrap();
            let ada = user
                .into_iter()
                .find(|user| user.handle.to_string() == "ada")
                .unwrap();
            let caller = Caller::new(ada, None);
            let room = general(&chat).await;
            let turns = chat.store().turns(room.id, 10_000).await.unwrap();
            (
                log(&chat, &caller).await,
                fetch(&chat, &caller).await,
                turns,
            )
        });
        let (mut once, mut gone) = (BTreeMap::new(), BTreeSet::new());
        for (n, event) in log.iter().enumerate() {
            assert_eq!(
                event["seq"].as_u64(),
                Some(n as u64 + 1),
                "a hole in the log"
            );
            if event["kind"] == "message.posted" && event["from"] != "assistant" {
                let is_deleted = event["message"]["deleted"] == true;
                let text = match is_deleted {
                    // What was taken away is in the log no more; that it was there is.
                    true => format!("deleted {n}"),
                    false => event["message"]["text"].as_str().unwrap().to_owned(),
                };
                gone.extend(is_deleted.then_some(n as u64 + 1));
                let before = once.insert(text.clone(), n as u64 + 1);
                assert_eq!(before, None, "stored twice: {text}");
            }
        }
        for person in &people {
            assert_eq!(
                without_deleted(&person.log),
                without_deleted(&log),
                "{} sees another log",
                person.name
            );
            for (seq, text) in person.acked.values() {
                let is_there = once.get(text) == Some(seq) || gone.contains(seq);
                assert!(is_there, "acked and not stored: {text}");
            }
            self.run.acked += person.acked.len();
        }
        let mut state = RoomState::new("mention");
        for event in &log {
            state.apply(event);
        }
        assert_eq!(
            state, fetched,
            "the events tell another state than is fetched"
        );
        let mut replies = BTreeMap::<String, usize>::new();
        for event in log.iter().filter(|event| event["from"] == "assistant") {
            if event["kind"] == "message.posted" {
                self.run.replies += 1;
                *replies
                    .entry(event["message"]["reply_to"].to_string())
                    .or_default() += 1;
            }
        }
        assert!(
            replies.values().all(|count| *count == 1),
            "answered twice: {replies:?}"
        );
        let with_reply = turns.iter().filter(|turn| turn.reply.is_some()).count();
        assert_eq!(
            with_reply, self.run.replies,
            "replies without a turn of their own"
        );
        self.run.events = log.len();
        let digest = self.trace.finalize();
        self.run.trace = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.run
    }
}

/// The log without the words of deleted messages: who saw them before remembers them, who comes
/// later is not told.
fn without_deleted(log: &[Value]) -> Vec<Value> {
    let deleted: BTreeSet<String> = log
        .iter()
        .filter(|event| event["kind"] == "message.deleted")
        .map(|event| event["message_id"].to_string())
        .collect();
    let mut log = log.to_vec();
    for event in &mut log {
        let of = match event["kind"].as_str() {
            Some("message.posted") => event["message"]["id"].to_string(),
            _ => event["message_id"].to_string(),
        };
        if deleted.contains(&of) {
            let event = event.as_object_mut().unwrap();
            event.retain(|key, _| ["room", "seq", "at", "from", "kind"].contains(&key.as_str()));
        }
    }
    log
}

async fn log(chat: &Chat, caller: &Caller) -> Vec<Value> {
    let mut log = Vec::new();
    loop {
        let after = Seq(log.len() as u64);
        let page = queries::events(chat, caller, accounts::GENERAL_ROOM, after, 500).await;
        let events = page.unwrap().events;
        if events.is_empty() {
            return log;
        }
        log.extend(
            events
                .iter()
                .map(|event| serde_json::to_value(event).unwrap()),
        );
    }
}

/// The room as somebody sees it who comes now.
async fn fetch(chat: &Chat, caller: &Caller) -> RoomState {
    let room = accounts::GENERAL_ROOM;
    let summary = queries::room(chat, caller, room).await.unwrap();
    let (mut messages, mut before) = (Vec::new(), None);
    loop {
        let page = queries::messages(chat, caller, room, before, 100);
        let page = page.await.unwrap();
        before = page.messages.first().map(|view| view.seq);
        let mut older: Vec<Value> = page
            .messages
            .iter()
            .map(|view| serde_json::to_value(view).unwrap())
            .collect();
        older.append(&mut messages);
        messages = older;
        if !page.more {
            break;
        }
    }
    RoomState::fetched(&serde_json::to_value(summary).unwrap(), messages)
}
