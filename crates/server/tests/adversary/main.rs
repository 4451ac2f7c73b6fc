//! The model as the adversary: it calls every command on everything with hostile arguments, in
//! rooms whose people change under it. A second, independent statement of the rules says what must
//! come of each call; what is told in a room must never be read by a model that answers where
//! somebody may not read it, nor reach such a person's session.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod acts;
mod canaries;
mod cards;
mod dice;
mod files;
#[path = "../api/harness.rs"]
#[expect(dead_code, reason = "the other integration tests use the rest")]
mod harness;
mod house;
mod model;
mod probe;
mod statement;
mod turn;

use dice::Dice;
use futures::StreamExt;
use house::House;
use model::Model;
use probe::Probe;
use std::collections::BTreeMap;

/// Calls in one world: more would meet the bound on what agents say in one room.
const CALLS_PER_WORLD: usize = 100;
/// Calls where nobody says how many.
const CALLS: u64 = 3_000;
/// Turns in one world, the silent ones included.
const TURNS_PER_WORLD: usize = 40;

/// Worlds that go on at the same time.
const WORLDS_AT_ONCE: usize = 3;

/// What was seen, for people to read.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    worlds: usize,
    turns: usize,
    /// The agent was not there, muted, or kept out: then no model may be asked.
    turns_without_model: usize,
    calls: usize,
    by_verdict: BTreeMap<statement::Verdict, usize>,
    by_tool: BTreeMap<&'static str, usize>,
    /// Decisions on cards, those included that were not theirs to make.
    cards_tried: usize,
    cards_decided: usize,
    /// Bans, mutes, removals, invitations and closed accounts, many in the middle of a turn.
    troubles: usize,
    /// Requests to the model, searched for secrets.
    requests: usize,
    /// Frames to people's sessions, searched for secrets.
    frames: usize,
    /// Comparisons of a secret with a request or a frame.
    canaries: usize,
    /// Pictures that a model was shown.
    pictures: usize,
    /// Files asked for by people, whether they may or not.
    fetched: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.worlds += other.worlds;
        self.turns += other.turns;
        self.turns_without_model += other.turns_without_model;
        self.calls += other.calls;
        for (verdict, count) in other.by_verdict {
            *self.by_verdict.entry(verdict).or_default() += count;
        }
        for (tool, count) in other.by_tool {
            *self.by_tool.entry(tool).or_default() += count;
        }
        self.cards_tried += other.cards_tried;
        self.cards_decided += other.cards_decided;
        self.troubles += other.troubles;
        self.requests += other.requests;
        self.frames += other.frames;
        self.canaries += other.canaries;
        self.pictures += other.pictures;
        self.fetched += other.fetched;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_model_is_a_way_around_a_rule() {
    let number = |name: &str| -> Option<u64> { std::env::var(name).ok()?.parse().ok() };
    let calls = number("SALON_ADVERSARY_CALLS").unwrap_or(CALLS);
    let worlds = match number("SALON_ADVERSARY_WORLD") {
        Some(world) => world..world + 1,
        None => 0..calls.div_ceil(CALLS_PER_WORLD as u64),
    };
    let is_whole = worlds.end - worlds.start >= 20;
    let (mut tally, mut failures) = (Tally::default(), 0);
    let mut playing = futures::stream::iter(worlds)
        .map(|world| tokio::spawn(one_world(world)))
        .buffer_unordered(WORLDS_AT_ONCE);
    while let Some(world) = playing.next().await {
        match world {
            Ok(world) => {
                tally.add(world);
                if tally.worlds.is_multiple_of(100) {
                    println!("{} calls in {} worlds", tally.calls, tally.worlds);
                }
            }
            // It has said what it found, and how to have it again.
            Err(_) => failures += 1,
        }
    }
    println!("{tally:#?}");
    assert_eq!(failures, 0, "worlds in which something was not as stated");
    let seen = tally.pictures > 0 && tally.fetched > 0;
    assert!(seen || !is_whole, "no file was ever looked at");
    let registry = salon_chat::commands::Registry::new();
    for command in registry.all() {
        let tried = tally.by_tool.contains_key(command.name);
        assert!(tried || !is_whole, "/{} was never tried", command.name);
    }
}

async fn one_world(seed: u64) -> Tally {
    let mut tally = Tally {
        worlds: 1,
        ..Tally::default()
    };
    let (model, probe) = (Model::start().await, Probe::start().await);
    let server = house::serve(&model, &probe).await;
    let mut dice = Dice::new(seed);
    let mut house = House::build(&server, &model, &mut dice).await;
    let mut turn = 0;
    while tally.calls < CALLS_PER_WORLD && turn < TURNS_PER_WORLD {
        turn += 1;
        let mark = format!("w{seed}t{turn}");
        turn::play(&mut house, &mut dice, &mark, &probe.bait(), &mut tally).await;
    }
    house.check_files(&mut tally).await;
    assert_eq!(
        probe.poked(),
        house.pokes,
        "world {seed}: a tool ran without leave"
    );
    assert_eq!(probe.trapped(), 0, "world {seed}: somebody followed a link");
    drop(house);
    server.running.stop().await;
    tally
}
