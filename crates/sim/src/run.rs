//! One run: trouble for a while, then quiet, then every promise is looked at.

use crate::{
    chance::Chance,
    client::{Client, MAKER},
    nature::{Ending, Simulated},
    process::{Process, SIDE, rooms},
};
use jiff::SignedDuration;
use salon_chat::{
    Caller, Chat, Turn, accounts,
    actions::{self, CreateRoom, CreateUser},
    queries,
};
use salon_protocol::{Role, RoomKind, Seq, UserKind};
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
    /// How often somebody left the side room, or was put out of it.
    pub left: usize,
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
                people.push((name, token, Caller::new(user, None)));
            }
            let side = CreateRoom {
                name: SIDE.into(),
                kind: RoomKind::Private,
                topic: String::new(),
                members: vec!["bob".into(), "eve".into()],
            };
            let maker = people.iter().find(|(name, ..)| *name == MAKER).unwrap();
            actions::create_room(&chat, &maker.2, side).await.unwrap();
            let [open, side] = rooms(&chat).await.map(|room| room.id.to_string());
            let client = |(name, token, _)| {
                let epoch = chat.epoch().to_owned();
                Client::new(name, token, epoch, open.clone(), side.clone())
            };
            people.into_iter().map(client).collect()
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
            let rooms = self.process.ask(async |chat: Chat| {
                let mut seen = Vec::new();
                for room in rooms(&chat).await {
                    let turns = chat.store().turns(room.id, 10_000).await.unwrap();
                    let members = chat.store().members(room.id).await.unwrap();
                    let members: BTreeSet<String> = members
                        .iter()
                        .map(|member| member.handle.to_string())
                        .collect();
                    seen.push((turns, members));
                }
                // Read last: a turn that is seen to be over has replied before.
                let rooms = rooms(&chat).await.into_iter();
                rooms.zip(seen).collect::<Vec<_>>()
            });
            rooms.iter().all(|(room, (turns, members))| {
                let id = room.id.to_string();
                let here = self.people.iter().filter(|one| members.contains(&one.name));
                let mut seen = here.map(|one| one.rooms.get(&id).map_or(0, |it| it.log.len()));
                seen.all(|seen| seen as u64 == room.last_seq.0)
                    && turns.iter().all(|turn| turn.outcome.is_some())
            })
        }
    }

    /// Every promise, one by one.
    fn check(mut self) -> Run {
        let people = std::mem::take(&mut self.people);
        let rooms = self.process.ask(async |chat: Chat| {
            let users = chat.store().users().await.unwrap().into_iter();
            let mut makers = users.filter(|user| user.handle.to_string() == MAKER);
            let caller = Caller::new(makers.next().unwrap(), None);
            let mut all = Vec::new();
            for room in rooms(&chat).await {
                let id = room.id.to_string();
                all.push(Kept {
                    turns: chat.store().turns(room.id, 10_000).await.unwrap(),
                    log: log(&chat, &caller, &id).await,
                    fetched: fetch(&chat, &caller, &id).await,
                    id,
                });
            }
            all
        });
        for room in &rooms {
            room.check_log(&people);
            room.check_state();
            self.run.replies += room.check_replies();
            self.run.events += room.log.len();
        }
        self.run.acked = people.iter().map(|one| one.acked.len()).sum();
        self.run.left = rooms.iter().map(Kept::leavings).sum();
        let digest = self.trace.finalize();
        self.run.trace = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.run
    }
}

/// A room as it is kept.
struct Kept {
    id: String,
    log: Vec<Value>,
    fetched: RoomState,
    turns: Vec<Turn>,
}

impl Kept {
    /// Every message is there once; who was acked finds it; who is here has seen all; who was not
    /// here has seen nothing of it as it happened.
    fn check_log(&self, people: &[Client]) {
        let (mut once, mut gone) = (BTreeMap::new(), BTreeSet::new());
        for (n, event) in self.log.iter().enumerate() {
            let seq = n as u64 + 1;
            assert_eq!(event["seq"].as_u64(), Some(seq), "a hole in the log");
            if event["kind"] == "message.posted" && event["from"] != "assistant" {
                let is_deleted = event["message"]["deleted"] == true;
                let text = match is_deleted {
                    // What was taken away is in the log no more; that it was there is.
                    true => format!("deleted {n}"),
                    false => event["message"]["text"].as_str().unwrap().to_owned(),
                };
                gone.extend(is_deleted.then_some(seq));
                let before = once.insert(text.clone(), seq);
                assert_eq!(before, None, "stored twice: {text}");
            }
        }
        for person in people {
            let acked = person
                .acked
                .values()
                .filter(|(_, room, _)| *room == self.id);
            for (seq, _, text) in acked {
                let is_there = once.get(text) == Some(seq) || gone.contains(seq);
                assert!(is_there, "acked and not stored: {text}");
            }
            let Some(seen) = person.rooms.get(&self.id) else {
                continue;
            };
            let (here, is_here) = self.presence(&person.name);
            let same = self.without_deleted(&seen.log)
                == self.without_deleted(&self.log[..seen.log.len()]);
            assert!(same, "{} sees another log of {}", person.name, self.id);
            let all = !is_here || seen.log.len() == self.log.len();
            assert!(all, "{} is here and has not seen all", person.name);
            let strange = seen.live.iter().find(|seq| !here.contains(seq));
            assert_eq!(strange, None, "{} was told and not here", person.name);
        }
    }

    /// A log without the words of messages that are deleted by now: who saw them before remembers
    /// them, who comes later is not told.
    fn without_deleted(&self, log: &[Value]) -> Vec<Value> {
        let deleted: BTreeSet<String> = self
            .log
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
                event
                    .retain(|key, _| ["room", "seq", "at", "from", "kind"].contains(&key.as_str()));
            }
        }
        log
    }

    /// The numbers of what happened while somebody was here, their coming and going with it, and
    /// whether they still are.
    fn presence(&self, who: &str) -> (BTreeSet<u64>, bool) {
        let (mut here, mut is_here) = (BTreeSet::new(), false);
        for event in &self.log {
            let is_theirs = event["user"] == who;
            let kind = event["kind"].as_str().unwrap();
            let comes = is_theirs && kind == "member.joined";
            let goes = is_theirs && matches!(kind, "member.left" | "member.removed");
            is_here |= comes;
            if is_here {
                here.insert(event["seq"].as_u64().unwrap());
            }
            is_here &= !goes;
        }
        (here, is_here)
    }

    /// How often somebody left, or was put out.
    fn leavings(&self) -> usize {
        let goes =
            |event: &&Value| event["kind"] == "member.left" || event["kind"] == "member.removed";
        self.log.iter().filter(goes).count()
    }

    fn check_state(&self) {
        let mut state = RoomState::new("mention");
        for event in &self.log {
            state.apply(event);
        }
        assert_eq!(
            state, self.fetched,
            "the events tell another state than is fetched"
        );
    }

    /// One answer to a question, and for each of them a turn. Gives how many there are.
    fn check_replies(&self) -> usize {
        let mut replies = BTreeMap::<String, usize>::new();
        for event in self.log.iter().filter(|event| event["from"] == "assistant") {
            if event["kind"] == "message.posted" {
                let question = event["message"]["reply_to"].to_string();
                *replies.entry(question).or_default() += 1;
            }
        }
        assert!(
            replies.values().all(|count| *count == 1),
            "answered twice: {replies:?}"
        );
        let with_reply = self
            .turns
            .iter()
            .filter(|turn| turn.reply.is_some())
            .count();
        assert_eq!(
            with_reply,
            replies.len(),
            "replies without a turn of their own"
        );
        replies.len()
    }
}

async fn log(chat: &Chat, caller: &Caller, room: &str) -> Vec<Value> {
    let mut log = Vec::new();
    loop {
        let after = Seq(log.len() as u64);
        let page = queries::events(chat, caller, room, after, 500).await;
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
async fn fetch(chat: &Chat, caller: &Caller, room: &str) -> RoomState {
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
