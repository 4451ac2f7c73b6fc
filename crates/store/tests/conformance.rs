//! What every backend must do, stated once. A second backend runs the same claims.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use jiff::SignedDuration;
use salon_protocol::{EventBody, Handle, MessageId, Role, RoomId, RoomKind, Seq, UserId, UserKind};
use salon_store::{
    Actor, Appended, Change, FinishTurn, MessageFilter, NewEvent, NewRoom, NewUser, Publication,
    SendKey, Store, StoreConfig, StoreError,
};
use tempfile::TempDir;
use tokio::sync::mpsc;

struct World {
    store: Store,
    published: mpsc::Receiver<Publication>,
    folder: TempDir,
    room: RoomId,
    ada: Actor,
    bob: Actor,
    agent: Actor,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, published) = Store::open(&StoreConfig::new(folder.path())).unwrap();
        let ada = user(&store, "ada", UserKind::Human).await;
        let bob = user(&store, "小波", UserKind::Human).await;
        let agent = user(&store, "assistant", UserKind::Agent).await;
        let room = RoomId::new();
        let new = NewRoom {
            id: room,
            name: "tea".into(),
            name_key: Some("tea".into()),
            direct: None,
            kind: RoomKind::Public,
            topic: String::new(),
            creator: ada.clone(),
            members: vec![agent.clone()],
        };
        store.write(|tx| tx.create_room(new)).await.unwrap();
        Self {
            store,
            published,
            folder,
            room,
            ada,
            bob,
            agent,
        }
    }

    async fn append(&self, actor: &Actor, change: Change) -> Result<Appended, StoreError> {
        let new = NewEvent {
            room: self.room,
            actor: actor.clone(),
            change,
            key: None,
        };
        self.store.write(move |tx| tx.append(new)).await
    }

    async fn post(&self, actor: &Actor, text: &str) -> Result<Appended, StoreError> {
        self.append(actor, post(text)).await
    }

    async fn seqs(&self) -> Vec<u64> {
        let events = self
            .store
            .events(self.ada.id, self.room, Seq(0), None, 1_000)
            .await
            .unwrap();
        events.iter().map(|event| event.seq.0).collect()
    }
}

async fn user(store: &Store, handle: &str, kind: UserKind) -> Actor {
    let handle: Handle = handle.parse().unwrap();
    let new = NewUser {
        id: UserId::new(),
        handle: handle.clone(),
        display_name: handle.to_string(),
        kind,
        role: Role::Member,
        password_hash: None,
    };
    let made = store.write(|tx| tx.create_user(new)).await.unwrap();
    Actor {
        id: made.id,
        handle,
        kind,
    }
}

fn post(text: &str) -> Change {
    Change::Post {
        message_id: MessageId::new(),
        text: text.into(),
        reply_to: None,
        draft_id: None,
        state: None,
        action: false,
        cause: None,
    }
}

#[tokio::test]
async fn numbers_follow_each_other_however_many_write_at_once() {
    let world = World::new().await;
    let before = world.seqs().await.len() as u64;
    let all = (0..100).map(|n| world.post(&world.ada, if n % 2 == 0 { "a" } else { "b" }));
    futures::future::join_all(all)
        .await
        .into_iter()
        .for_each(|done| drop(done.unwrap()));
    assert_eq!(world.seqs().await, (1..=before + 100).collect::<Vec<_>>());
}

#[tokio::test]
async fn one_refusal_undoes_nothing_of_its_group() {
    let world = World::new().await;
    let (first, refused, last) = tokio::join!(
        world.post(&world.ada, "one"),
        world.post(&world.bob, "not a member"),
        world.post(&world.ada, "two"),
    );
    assert!(matches!(refused, Err(StoreError::NotMember)), "{refused:?}");
    assert_eq!(last.unwrap().seq.0, first.unwrap().seq.0 + 1);
}

#[tokio::test]
async fn every_commit_is_published_in_order_before_it_is_answered() {
    let mut world = World::new().await;
    let mut expected = Vec::new();
    for n in 0..5 {
        expected.push(world.post(&world.ada, &n.to_string()).await.unwrap().seq);
    }
    let mut seen = Vec::new();
    while let Ok(publication) = world.published.try_recv() {
        if let Publication::Events(events) = publication {
            seen.extend(
                events
                    .iter()
                    .filter(|event| matches!(event.body, EventBody::MessagePosted { .. }))
                    .map(|event| event.seq),
            );
        }
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_key_has_one_effect_and_another_body_is_refused() {
    let world = World::new().await;
    let send = async |digest: u8| {
        let new = NewEvent {
            room: world.room,
            actor: world.ada.clone(),
            change: post("once"),
            key: Some(SendKey {
                key: "k".into(),
                digest: [digest; 32],
            }),
        };
        world.store.write(move |tx| tx.append(new)).await
    };
    let first = send(1).await.unwrap();
    let again = send(1).await.unwrap();
    assert_eq!((first.seq, first.message_id), (again.seq, again.message_id));
    assert!(again.event.is_none());
    assert!(matches!(send(2).await, Err(StoreError::KeyReused)));
}

#[tokio::test]
async fn who_is_out_reads_and_writes_nothing_more() {
    let world = World::new().await;
    world
        .append(
            &world.bob,
            Change::Join {
                user: world.bob.clone(),
            },
        )
        .await
        .unwrap();
    world.post(&world.bob, "here").await.unwrap();
    let out = Change::Remove {
        user: world.bob.clone(),
        ban: true,
    };
    world.append(&world.ada, out).await.unwrap();
    assert!(world.post(&world.bob, "still here?").await.is_err());
    assert!(
        world
            .store
            .events(world.bob.id, world.room, Seq(0), None, 10)
            .await
            .is_err()
    );
    let found = world
        .store
        .search(world.bob.id, filter("here"))
        .await
        .unwrap();
    assert!(found.is_empty(), "{found:?}");
    let back = world
        .append(
            &world.bob,
            Change::Join {
                user: world.bob.clone(),
            },
        )
        .await;
    assert!(matches!(back, Err(StoreError::Banned)), "{back:?}");
}

#[tokio::test]
async fn search_finds_words_and_chinese_of_two_characters_and_forgets_what_is_deleted() {
    let world = World::new().await;
    world
        .post(&world.ada, "我们明天讨论发布计划")
        .await
        .unwrap();
    let english = world
        .post(&world.ada, "The release plan is ready")
        .await
        .unwrap();
    let search = async |text: &str| {
        world
            .store
            .search(world.ada.id, filter(text))
            .await
            .unwrap()
            .len()
    };
    for (text, hits) in [
        ("发布", 1),
        ("布计", 1),
        ("发布 明天", 1),
        ("划发", 0),
        ("release", 1),
        ("\"release plan\"", 1),
    ] {
        assert_eq!(search(text).await, hits, "{text}");
    }
    let message_id = english.message_id.unwrap();
    world
        .append(
            &world.ada,
            Change::Delete {
                message_id,
                moderator: false,
            },
        )
        .await
        .unwrap();
    assert_eq!(search("release").await, 0);
}

#[tokio::test]
async fn a_message_is_a_turn_for_every_agent_but_its_author_and_is_claimed_once() {
    let world = World::new().await;
    world.post(&world.ada, "hello").await.unwrap();
    world.post(&world.agent, "my own words").await.unwrap();
    let claim = async |lease: i64| {
        let lease = SignedDuration::from_secs(lease);
        world
            .store
            .write(move |tx| tx.claim_turns(lease, 10))
            .await
            .unwrap()
    };
    let claimed = claim(-1).await;
    assert_eq!(claimed.len(), 1);
    // Its lease is over: whoever comes next takes it.
    let again = claim(60).await;
    assert_eq!((again[0].id, again[0].attempts), (claimed[0].id, 2));
    assert!(claim(60).await.is_empty());
    world.store.write(|tx| tx.release_turns()).await.unwrap();
    assert_eq!(claim(-1).await.len(), 1);
    let finish = FinishTurn {
        turn: claimed[0].id,
        outcome: "spoke".into(),
        reason: "mentioned".into(),
        reply: None,
        tokens_in: 0,
        tokens_out: 0,
    };
    world
        .store
        .write(move |tx| tx.finish_turn(&finish))
        .await
        .unwrap();
    assert!(claim(60).await.is_empty(), "an ended turn was claimed");
}

#[tokio::test]
async fn a_call_is_begun_once() {
    let world = World::new().await;
    world.post(&world.ada, "hello").await.unwrap();
    let lease = SignedDuration::from_secs(60);
    let turn = world
        .store
        .write(move |tx| tx.claim_turns(lease, 1))
        .await
        .unwrap()[0]
        .id;
    let begin = async || {
        world
            .store
            .write(move |tx| tx.begin_call(turn, 0, "t", "{}"))
            .await
            .unwrap()
    };
    assert!(begin().await);
    assert!(!begin().await);
    let calls = world.store.turn_calls(turn).await.unwrap();
    assert_eq!((calls.len(), &calls[0].result), (1, &None));
}

#[tokio::test]
async fn a_backup_holds_all_that_was_acked_and_begins_a_new_epoch() {
    let world = World::new().await;
    world.post(&world.ada, "keep me").await.unwrap();
    let file = world.folder.path().join("backup.db");
    world.store.backup(&file).await.unwrap();
    let other = StoreConfig::new(world.folder.path().join("other"));
    Store::restore(&other, &file).unwrap();
    let (restored, _published) = Store::open(&other).unwrap();
    let events = restored
        .events(world.ada.id, world.room, Seq(0), None, 100)
        .await
        .unwrap();
    assert_eq!(
        events.iter().map(|event| event.seq.0).collect::<Vec<_>>(),
        world.seqs().await
    );
    assert_ne!(
        restored.epoch().await.unwrap(),
        world.store.epoch().await.unwrap()
    );
    assert_eq!(restored.check().await.unwrap(), Vec::<String>::new());
}

fn filter(text: &str) -> MessageFilter {
    MessageFilter {
        text: text.into(),
        limit: 10,
        ..MessageFilter::default()
    }
}
