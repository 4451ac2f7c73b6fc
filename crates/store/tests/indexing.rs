//! The search index is written behind the commits; whoever searches must not notice.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod people;

use people::{post, room, user};
use rusqlite::{Connection, OpenFlags};
use salon_protocol::{MessageId, Role, RoomId, RoomKind, UserKind};
use salon_store::{Actor, Calling, Change, MessageFilter, NewEvent, Store, StoreConfig, Wanted};
use std::{path::Path, time::Duration};
use tempfile::TempDir;

/// Messages that are waited for before they are put into the index together.
const UNINDEXED_MAX: u64 = 64;

struct World {
    folder: TempDir,
    store: Store,
    ada: Actor,
    room: RoomId,
}

impl World {
    /// Where the index is written only when it is behind by much, or a search asks for it.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), None);
        let ada = user(&store, "ada", UserKind::Human, Role::Member).await;
        let room = room(&store, "tea", RoomKind::Private, &ada, &[]).await;
        Self {
            folder,
            store,
            ada,
            room,
        }
    }

    fn event(&self, change: Change) -> NewEvent {
        NewEvent {
            room: self.room,
            actor: self.ada.clone(),
            change,
            key: None,
        }
    }

    async fn say(&self, text: &str) -> MessageId {
        let new = self.event(post(text));
        let said = self.store.write(|tx| tx.append(new)).await.unwrap();
        said.message_id.unwrap()
    }

    async fn change(&self, change: Change) {
        let new = self.event(change);
        self.store.write(|tx| tx.append(new)).await.unwrap();
    }

    async fn found(&self, text: &str) -> Vec<String> {
        found(&self.store, &self.ada, text).await
    }

    /// How far the index has come.
    fn up_to(&self) -> u64 {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let db = Connection::open_with_flags(self.folder.path().join("salon.db"), flags).unwrap();
        db.query_row("SELECT up_to FROM indexed", [], |row| row.get(0))
            .unwrap()
    }
}

fn open(folder: &Path, foreign_poll: Option<Duration>) -> Store {
    let (store, mut published) = Store::open(&StoreConfig {
        foreign_poll,
        ..StoreConfig::new(folder)
    })
    .unwrap();
    tokio::spawn(async move { while published.recv().await.is_some() {} });
    store
}

async fn found(store: &Store, reader: &Actor, text: &str) -> Vec<String> {
    let filter = MessageFilter {
        wanted: Wanted::new(text),
        limit: 10,
        ..MessageFilter::default()
    };
    let found = store.search(reader.id, filter).await.unwrap().messages;
    found.into_iter().map(|view| view.message.text).collect()
}

#[tokio::test]
async fn what_was_acked_is_found_though_the_index_is_written_behind_it() {
    let world = World::new().await;
    for n in 1..=3 {
        world.say(&format!("heron {n}")).await;
    }
    assert_eq!(world.up_to(), 0, "nobody has searched yet");
    assert_eq!(world.found("heron").await.len(), 3);
    assert_eq!(world.up_to(), 3);
    world.say("heron 四").await;
    assert_eq!(world.found("heron 四").await, ["heron 四"]);
}

#[tokio::test]
async fn an_index_that_is_far_behind_is_written_without_a_search() {
    let world = World::new().await;
    for n in 0..UNINDEXED_MAX {
        world.say(&format!("heron {n}")).await;
    }
    // The writer puts them in before it takes the next one.
    world.say("one more").await;
    assert!((1..=UNINDEXED_MAX).contains(&world.up_to()));
}

#[tokio::test]
async fn what_a_process_left_unindexed_the_next_one_indexes() {
    let mut world = World::new().await;
    world.say("heron one").await;
    world.store = open(world.folder.path(), Some(Duration::from_millis(5)));
    while world.up_to() < 1 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(world.found("heron").await, ["heron one"]);
}

#[tokio::test]
async fn what_another_process_wrote_is_found() {
    let world = World::new().await;
    let other = open(world.folder.path(), None);
    world.say("heron one").await;
    assert_eq!(found(&other, &world.ada, "heron").await, ["heron one"]);
    world.say("heron two").await;
    assert_eq!(found(&other, &world.ada, "heron").await.len(), 2);
    assert_eq!(world.found("heron").await.len(), 2);
}

#[tokio::test]
async fn what_changes_before_it_is_indexed_is_indexed_once_and_as_it_is_then() {
    let world = World::new().await;
    let edited = world.say("heron one").await;
    let gone = world.say("heron two").await;
    world.say("heron three").await;
    world
        .change(Change::Edit {
            message_id: edited,
            text: "egret one".into(),
            calling: Calling::default(),
        })
        .await;
    let delete = |message_id| Change::Delete {
        message_id,
        moderator: false,
        reason: String::new(),
    };
    world.change(delete(gone)).await;
    assert_eq!(world.up_to(), 0, "nobody has searched yet");
    assert_eq!(world.found("heron").await, ["heron three"]);
    assert_eq!(world.found("egret").await, ["egret one"]);
    // And the same to one that the index has.
    world.change(delete(edited)).await;
    assert!(world.found("egret").await.is_empty());
    let wrong = world.store.check().await.unwrap();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A disk that is full fails a write at once; whoever holds the file makes it wait and fail.
#[tokio::test]
async fn a_search_that_cannot_have_the_index_written_finds_what_is_in_it() {
    let world = World::new().await;
    world.say("heron one").await;
    assert_eq!(world.found("heron").await, ["heron one"]);
    world.say("heron two").await;
    let other = Connection::open(world.folder.path().join("salon.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(world.found("heron").await, ["heron one"]);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(world.found("heron").await.len(), 2);
}
