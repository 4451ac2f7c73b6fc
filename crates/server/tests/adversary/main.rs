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
mod dice;
#[path = "../api/harness.rs"]
#[expect(dead_code, reason = "the other integration tests use the rest")]
mod harness;
mod house;
mod model;
mod statement;
mod turn;

use dice::Dice;
use house::House;
use model::Model;
use std::collections::BTreeMap;

/// Calls in one world: more would meet the bound on what agents say in one room.
const CALLS_PER_WORLD: usize = 100;
/// Calls where nobody says how many.
const CALLS: usize = 600;

/// What was seen, for people to read.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    calls: usize,
    by_tool: BTreeMap<&'static str, usize>,
    by_verdict: BTreeMap<statement::Verdict, usize>,
    turns: usize,
    turns_without_model: usize,
    requests: usize,
    canaries: usize,
    frames: usize,
    troubles: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_model_is_a_way_around_a_rule() {
    let number = |name: &str| std::env::var(name).ok().and_then(|it| it.parse().ok());
    let calls = number("SALON_ADVERSARY_CALLS").unwrap_or(CALLS);
    let mut tally = Tally::default();
    match number("SALON_ADVERSARY_WORLD") {
        Some(world) => one_world(world as u64, &mut tally).await,
        None => {
            let mut world = 0;
            while tally.calls < calls {
                one_world(world, &mut tally).await;
                world += 1;
            }
        }
    }
    println!("{tally:#?}");
}

async fn one_world(seed: u64, tally: &mut Tally) {
    let model = Model::start().await;
    let server = house::serve(&model).await;
    let mut dice = Dice::new(seed);
    let mut house = House::build(&server, &model, &mut dice).await;
    let until = tally.calls + CALLS_PER_WORLD;
    let mut turn = 0;
    while tally.calls < until && turn < 40 {
        turn += 1;
        turn::play(&mut house, &mut dice, &format!("w{seed}t{turn}"), tally).await;
    }
    drop(house);
    server.running.stop().await;
}
