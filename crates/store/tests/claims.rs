//! Turns that begin with their question, and who waits behind whom.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod people;

use jiff::SignedDuration;
use people::{post, room, user};
use salon_protocol::{Role, RoomId, RoomKind, Seq, UserKind};
use salon_store::{
    Actor, ClaimedTurn, NewEvent, Publication, Store, StoreConfig, StoreError, Turn,
};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::{Semaphore, mpsc};

struct World {
    store: Store,
    published: mpsc::Receiver<Publication>,
    _folder: TempDir,
    room: RoomId,
    ada: Actor,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, published) = Store::open(&StoreConfig::new(folder.path())).unwrap();
        let ada = user(&store, "ada", UserKind::Human, Role::Member).await;
        let agent = user(&store, "assistant", UserKind::Agent, Role::Member).await;
        let room = room(&store, "tea", RoomKind::Public, &ada, &[&agent]).await;
        let mut world = Self {
            store,
            published,
            _folder: folder,
            room,
            ada,
        };
        world.published().await;
        world
    }

    /// Lends places, and has looked for what waits.
    async fn lend(&self, places: usize) -> Claimer {
        let places = Arc::new(Semaphore::new(places));
        let lease = SignedDuration::from_secs(60);
        let claimed = self.store.lend_places(places.clone(), lease);
        assert!(self.claim(10).await.is_empty());
        Claimer { places, claimed }
    }

    async fn claim(&self, limit: usize) -> Vec<Turn> {
        let lease = SignedDuration::from_secs(60);
        let claim = self.store.write(move |tx| tx.claim_turns(lease, limit));
        claim.await.unwrap()
    }

    fn question(&self) -> NewEvent {
        NewEvent {
            room: self.room,
            actor: self.ada.clone(),
            change: post("Hello @assistant!"),
            key: None,
        }
    }

    /// Asks, and answers with the number of the question.
    async fn ask(&self) -> Seq {
        let question = self.question();
        let asked = self.store.write(|tx| tx.append(question)).await;
        asked.unwrap().seq
    }

    /// What was published: the turns that were claimed, and whether others wait.
    async fn published(&mut self) -> (Vec<ClaimedTurn>, bool) {
        let (mut all, mut wait) = (Vec::new(), false);
        while let Ok(publication) = self.published.try_recv() {
            if let Publication::Events {
                claimed,
                turns_wait,
                ..
            } = publication
            {
                all.extend(claimed);
                wait |= turns_wait;
            }
        }
        (all, wait)
    }
}

struct Claimer {
    places: Arc<Semaphore>,
    claimed: mpsc::UnboundedReceiver<ClaimedTurn>,
}

fn seqs<'a>(turns: impl IntoIterator<Item = &'a Turn>) -> Vec<Seq> {
    turns.into_iter().map(|turn| turn.seq).collect()
}

#[tokio::test]
async fn a_turn_that_finds_a_place_is_claimed_by_the_commit_of_its_question() {
    let mut world = World::new().await;
    let mut claimer = world.lend(2).await;
    let asked = world.ask().await;
    let (claimed, wait) = world.published().await;
    assert!(!wait, "somebody is told to look for what has begun");
    assert_eq!(seqs(claimed.iter().map(|it| &it.turn)), [asked]);
    assert_eq!(claimer.places.available_permits(), 1);
    let id = claimed[0].turn.id;
    let kept = world.store.turn(id).await.unwrap().unwrap();
    assert_eq!(claimed[0].turn, kept);
    assert_eq!(kept.attempts, 1, "it is begun for the first time");
    assert!(world.claim(10).await.is_empty(), "it is claimed twice");
    world.store.hand_over(claimed);
    assert_eq!(claimer.claimed.recv().await.unwrap().turn.id, id);
    assert_eq!(claimer.places.available_permits(), 2);
}

#[tokio::test]
async fn whoever_comes_while_others_wait_waits_behind_them() {
    let mut world = World::new().await;
    let claimer = world.lend(1).await;
    let first = world.ask().await;
    let second = world.ask().await;
    let (claimed, wait) = world.published().await;
    assert_eq!(seqs(claimed.iter().map(|it| &it.turn)), [first]);
    assert!(wait);
    // Its place is free again, and the second has a right to it.
    drop(claimed);
    assert_eq!(claimer.places.available_permits(), 1);
    let third = world.ask().await;
    let (claimed, wait) = world.published().await;
    assert!(claimed.is_empty(), "the third was before the second");
    assert!(wait);
    assert_eq!(seqs(&world.claim(1).await), [second]);
    world.ask().await;
    assert!(
        world.published().await.0.is_empty(),
        "the third still waits"
    );
    assert_eq!(world.claim(10).await[0].seq, third);
    // Nobody waits any more.
    let last = world.ask().await;
    let (claimed, _) = world.published().await;
    assert_eq!(seqs(claimed.iter().map(|it| &it.turn)), [last]);
}

#[tokio::test]
async fn what_waited_before_the_places_were_lent_is_looked_for_first() {
    let mut world = World::new().await;
    let early = world.ask().await;
    let places = Arc::new(Semaphore::new(4));
    let lease = SignedDuration::from_secs(60);
    let _claimed = world.store.lend_places(places, lease);
    let late = world.ask().await;
    assert!(world.published().await.0.is_empty());
    assert_eq!(seqs(&world.claim(10).await), [early, late]);
}

#[tokio::test]
async fn a_question_that_was_taken_back_leaves_its_place() {
    let mut world = World::new().await;
    let claimer = world.lend(1).await;
    let question = world.question();
    let refused = world.store.write(|tx| {
        tx.append(question)?;
        Err::<(), _>(StoreError::NotMember)
    });
    let kept = world.ask();
    let (refused, kept) = tokio::join!(refused, kept);
    assert!(refused.is_err());
    let (claimed, wait) = world.published().await;
    assert_eq!(seqs(claimed.iter().map(|it| &it.turn)), [kept]);
    // The number alone would not tell: what was taken back had it before.
    let row = world.store.turn(claimed[0].turn.id).await.unwrap();
    assert!(row.is_some() && !wait, "what was taken back has begun");
    assert_eq!(claimer.places.available_permits(), 0);
    drop(claimed);
    assert_eq!(claimer.places.available_permits(), 1);
}

#[tokio::test]
async fn where_nobody_takes_turns_any_more_they_wait() {
    let mut world = World::new().await;
    let claimer = world.lend(1).await;
    drop(claimer);
    let asked = world.ask().await;
    let (claimed, wait) = world.published().await;
    assert!(claimed.is_empty() && wait);
    assert_eq!(seqs(&world.claim(10).await), [asked]);
}
