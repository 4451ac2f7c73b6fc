//! What it costs to write to the log and to read it.

use futures::future::try_join_all;
use salon_protocol::{Handle, Role, RoomId, RoomKind, Seq, UserId, UserKind};
use salon_store::{
    Actor, Change, MessageFilter, NewEvent, NewRoom, NewUser, Publication, SendKey, Store,
    StoreConfig, StoreError, Wanted, Workers,
};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Messages in the room before anything is measured.
const SAID: u64 = 500;
/// Messages that wait for one commit.
const TOGETHER: u64 = 50;
const PAGE: usize = 50;

struct World {
    store: Store,
    published: mpsc::Receiver<Publication>,
    room: RoomId,
    ada: Actor,
    sent: u64,
    _folder: TempDir,
}

impl World {
    async fn new() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (store, published) = Store::open(&StoreConfig {
            workers: Workers::InTurn(|| 0),
            foreign_poll: None,
            ..StoreConfig::new(folder.path())
        })?;
        let handle: Handle = "ada".parse()?;
        let new = NewUser {
            id: UserId::new(),
            handle: handle.clone(),
            display_name: "Ada".into(),
            kind: UserKind::Human,
            role: Role::Member,
            password_hash: None,
        };
        let ada = Actor {
            id: new.id,
            handle,
            kind: UserKind::Human,
        };
        let made = NewRoom {
            id: RoomId::new(),
            name: "tea".into(),
            name_key: Some("tea".into()),
            direct: None,
            kind: RoomKind::Private,
            topic: String::new(),
            creator: ada.clone(),
            members: Vec::new(),
        };
        let room = made.id;
        store.write(|tx| tx.create_user(new)).await?;
        store.write(|tx| tx.create_room(made)).await?;
        let mut world = Self {
            store,
            published,
            room,
            ada,
            sent: 0,
            _folder: folder,
        };
        world.forget_published();
        Ok(world)
    }

    async fn with_past() -> anyhow::Result<Self> {
        let mut world = Self::new().await?;
        world.say_together(SAID).await?;
        Ok(world)
    }

    fn forget_published(&mut self) {
        while self.published.try_recv().is_ok() {}
    }

    /// Two hundred bytes that no other message is made of, as people send them.
    fn message(&mut self) -> NewEvent {
        self.sent += 1;
        let n = self.sent;
        let text = format!(
            "{n:05} the kettle{} is on, 茶室里今天来了{n}位客人，有人带来了新的茶叶 and we talk about \
             word{} until the water boils; {} is still missing.",
            n % 7,
            n % 101,
            n % 13
        );
        NewEvent {
            room: self.room,
            actor: self.ada.clone(),
            change: Change::words(text),
            key: Some(SendKey {
                key: format!("key-{n}"),
                digest: [n as u8; 32],
            }),
        }
    }

    fn say(&mut self) -> impl Future<Output = Result<Seq, StoreError>> + use<> {
        let (store, message) = (self.store.clone(), self.message());
        async move { Ok(store.write(|tx| tx.append(message)).await?.seq) }
    }

    async fn say_together(&mut self, count: u64) -> anyhow::Result<()> {
        for _ in 0..count / TOGETHER {
            let waiting: Vec<_> = (0..TOGETHER).map(|_| self.say()).collect();
            try_join_all(waiting).await?;
            self.forget_published();
        }
        Ok(())
    }
}

/// Messages whose commits are shared.
pub(crate) async fn messages(count: u64) -> anyhow::Result<()> {
    World::with_past().await?.say_together(count).await
}

/// Messages with a commit each.
pub(crate) async fn lone_messages(count: u64) -> anyhow::Result<()> {
    let mut world = World::with_past().await?;
    for _ in 0..count {
        world.say().await?;
        world.forget_published();
    }
    Ok(())
}

/// Pages of a room as its history shows them.
pub(crate) async fn pages(count: u64) -> anyhow::Result<()> {
    let world = World::with_past().await?;
    for n in 0..count {
        let before = Some(Seq(SAID - n % 100));
        let page = world.store.messages(world.ada.id, world.room, before, PAGE);
        anyhow::ensure!(page.await?.0.len() == PAGE, "a page is not full");
    }
    Ok(())
}

/// Events for somebody who comes back, as frames.
pub(crate) async fn missed(count: u64) -> anyhow::Result<()> {
    let world = World::with_past().await?;
    for n in 0..count {
        let after = Seq(SAID - 100 - n % 100);
        let events = world
            .store
            .written_events(world.ada.id, world.room, after, None, PAGE);
        let mut told = 0;
        for event in events.await? {
            told += usize::from(!event.to_frame_json()?.is_empty());
        }
        anyhow::ensure!(told == PAGE, "not all was missed");
    }
    Ok(())
}

/// Searches for two words, one of them Chinese.
pub(crate) async fn searches(count: u64) -> anyhow::Result<()> {
    let world = World::with_past().await?;
    for n in 0..count {
        let filter = MessageFilter {
            wanted: Wanted::new(&format!("word{} 茶叶", n % 101)),
            limit: 20,
            ..MessageFilter::default()
        };
        let found = world.store.search(world.ada.id, filter).await?;
        anyhow::ensure!(!found.messages.is_empty(), "nothing was found");
    }
    Ok(())
}
