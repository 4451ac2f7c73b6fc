//! What stands beside the log: texts that are not sent yet, browsers that wait, what is behind
//! links, emoji; and what is left of a message whose time is over.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod people;

use jiff::{SignedDuration, Timestamp};
use people::{post, user};
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use salon_protocol::{
    FileId, FileInfo, LinkPreview, MessageId, Poll, PreviewPicture, Role, RoomId, RoomKind, Seq,
    UserId, UserKind,
    limits::{OWN_EMOJI_MAX, PUSHES_PER_USER_MAX},
};
use salon_store::{
    Actor, AddedEmoji, Appended, Calling, Change, Credential, CredentialPurpose, KeptRoom,
    NewEmoji, NewEvent, NewFile, NewPicture, PushSubscription, Store, StoreConfig, StoreError,
};
use std::{collections::BTreeSet, path::Path};
use tempfile::TempDir;

/// Ada made the room; Bob and an agent are in it.
struct World {
    store: Store,
    folder: TempDir,
    room: RoomId,
    ada: Actor,
    bob: Actor,
    agent: Actor,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut published) = Store::open(&StoreConfig::new(folder.path())).unwrap();
        tokio::spawn(async move { while published.recv().await.is_some() {} });
        let ada = user(&store, "ada", UserKind::Human, Role::Member).await;
        let bob = user(&store, "bob", UserKind::Human, Role::Member).await;
        let agent = user(&store, "assistant", UserKind::Agent, Role::Member).await;
        let room = people::room(&store, "tea", RoomKind::Private, &ada, &[&bob, &agent]).await;
        Self {
            store,
            folder,
            room,
            ada,
            bob,
            agent,
        }
    }

    async fn append(&self, change: Change) -> Result<Appended, StoreError> {
        let new = NewEvent {
            room: self.room,
            actor: self.ada.clone(),
            change,
            key: None,
        };
        self.store.write(move |tx| tx.append(new)).await
    }

    async fn says(&self, change: Change) -> MessageId {
        self.append(change).await.unwrap().message_id.unwrap()
    }

    async fn upload(&self, name: &str) -> FileId {
        let digest = self.store.vault().put(b"kestrels").await.unwrap();
        let id = FileId::new();
        let new = NewFile {
            info: FileInfo {
                id,
                name: name.into(),
                media_type: "application/octet-stream".into(),
                size: 8,
                width: None,
                height: None,
                tiny: None,
                alt: Some(name.into()),
            },
            room: self.room,
            owner: self.ada.clone(),
            digest,
            preview: None,
            view: None,
        };
        self.store.write(|tx| tx.add_file(new)).await.unwrap();
        id
    }

    /// Everything is too old from now on.
    async fn expire(&self) -> usize {
        let kept = KeptRoom {
            room: self.room,
            days: 1,
            set_by: self.ada.clone(),
        };
        let before = in_hours(1);
        let work = move |tx: &mut salon_store::Tx<'_>| tx.expire(&kept, before, 100);
        self.store.write(work).await.unwrap()
    }

    async fn shows(&self, message_id: MessageId, text: &str) -> Appended {
        self.append(preview(message_id, text)).await.unwrap()
    }

    async fn picture_for(&self, reader: &Actor, message: MessageId) -> bool {
        let found = self.store.preview_picture(reader.id, message, "00ff").await;
        found.unwrap().is_some()
    }
}

fn in_hours(hours: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(hours)
}

fn preview(message_id: MessageId, text: &str) -> Change {
    Change::Preview {
        message_id,
        text: text.into(),
        previews: vec![LinkPreview {
            url: "https://example.org/kestrel".into(),
            title: Some("All about the kestrel".into()),
            description: None,
            site: None,
            picture: Some(PreviewPicture {
                name: "00ff".into(),
                width: 1,
                height: 1,
            }),
        }],
        pictures: vec![NewPicture {
            name: "00ff".into(),
            media_type: "image/png",
            bytes: b"a kestrel".to_vec(),
        }],
    }
}

/// The tables in which a word stands, whatever holds it.
fn tables_with(word: &str, folder: &Path) -> BTreeSet<String> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = Connection::open_with_flags(folder.join("salon.db"), flags).unwrap();
    // The index's own tables hold no text: who may find what is asked of the search.
    let mut names = db
        .prepare(
            "SELECT name FROM sqlite_master WHERE type = 'table'
             AND name NOT LIKE 'message_search%' AND name NOT LIKE 'message_terms%'",
        )
        .unwrap();
    let names: Vec<String> = names
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let holds = |table: &str| {
        let mut select = db.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns = select.column_count();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let bytes = match row.get_ref(column).unwrap() {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
                    _ => continue,
                };
                if String::from_utf8_lossy(bytes).contains(word) {
                    return true;
                }
            }
        }
        false
    };
    names.into_iter().filter(|table| holds(table)).collect()
}

#[tokio::test]
async fn of_a_message_that_is_too_old_no_word_stands_in_any_table() {
    let world = World::new().await;
    let file = world.upload("kestrel.bin").await;
    let mut carrying = post("a kestrel over the field");
    if let Change::Post { files, calling, .. } = &mut carrying {
        files.push(file);
        *calling = Calling::default();
    }
    let said = world.says(carrying).await;
    let text = "two kestrels: https://example.org/kestrel";
    let edit = Change::Edit {
        message_id: said,
        text: text.into(),
        calling: Calling::default(),
    };
    world.append(edit).await.unwrap();
    world.shows(said, text).await;
    let mut copy = post("");
    if let Change::Post { forwarded, .. } = &mut copy {
        *forwarded = Some(said);
    }
    world.says(copy).await;
    let poll = Poll {
        question: "Which kestrel?".into(),
        options: vec!["the kestrel left".into(), "the kestrel right".into()],
        several: false,
        ends_at: None,
    };
    let mut asking = post(&poll.text());
    if let Change::Post { poll: asked, .. } = &mut asking {
        *asked = Some(Box::new(poll));
    }
    world.says(asking).await;
    let (room, last) = (world.room, world.store.room(world.room).await.unwrap());
    let up_to = last.unwrap().last_seq;
    world
        .store
        .write(move |tx| tx.put_summary(room, up_to, up_to, "They spoke of a kestrel."))
        .await
        .unwrap();
    let before = tables_with("kestrel", world.folder.path());
    for table in [
        "events",
        "files",
        "messages",
        "preview_pictures",
        "summaries",
    ] {
        assert!(before.contains(table), "{table}: {before:?}");
    }
    assert_eq!(world.expire().await, 3);
    let after = tables_with("kestrel", world.folder.path());
    assert_eq!(after, BTreeSet::new());
    // A number for everybody who follows, and nothing to read.
    let events = world
        .store
        .events(world.bob.id, world.room, Seq(0), None, 100);
    let numbers: Vec<_> = events.await.unwrap().iter().map(|it| it.seq.0).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
    for reader in [&world.bob, &world.agent] {
        assert!(!world.picture_for(reader, said).await);
        let row = world.store.message(reader.id, said).await.unwrap();
        assert!(row.is_none(), "{row:?}");
        let file = world.store.file(reader.id, file).await.unwrap();
        assert!(file.is_none(), "{file:?}");
    }
}

#[tokio::test]
async fn a_preview_is_of_the_words_that_stand_and_for_whoever_reads_them() {
    let world = World::new().await;
    let eve = user(&world.store, "eve", UserKind::Human, Role::Member).await;
    let first = "https://example.org/kestrel";
    let said = world.says(post(first)).await;
    let shown = world.shows(said, first).await;
    assert!(shown.event.is_some());
    assert!(world.picture_for(&world.bob, said).await);
    assert!(!world.picture_for(&eve, said).await, "an outsider");
    let other = world.says(post("nothing is behind this")).await;
    let found = world.picture_for(&world.bob, other).await;
    assert!(!found, "a message that shows it not");
    let edit = Change::Edit {
        message_id: said,
        text: "other words".into(),
        calling: Calling::default(),
    };
    world.append(edit).await.unwrap();
    // What was looked at comes late, for words that stand no more.
    assert!(world.shows(said, first).await.event.is_none());
    assert!(!world.picture_for(&world.bob, said).await);
    let delete = Change::Delete {
        message_id: said,
        moderator: false,
        reason: String::new(),
    };
    world.append(delete).await.unwrap();
    for late in ["other words", ""] {
        assert!(world.shows(said, late).await.event.is_none(), "{late:?}");
    }
}

#[tokio::test]
async fn the_text_that_was_kept_last_is_newer_whatever_the_clock_says() {
    let world = World::new().await;
    let put = async |text: &str, at| {
        let (room, actor, text) = (world.room, world.ada.clone(), text.to_owned());
        let work = move |tx: &mut salon_store::Tx<'_>| tx.put_unsent(room, &actor, None, text, at);
        world.store.write(work).await.unwrap().0.version
    };
    let first = put("a word", in_hours(1)).await;
    let second = put("a word more", in_hours(0)).await;
    assert!(second > first, "{second} after {first}");
    let gone = put("", in_hours(0)).await;
    assert!(gone > second, "{gone} after {second}");
}

#[tokio::test]
async fn nothing_is_pushed_to_a_session_that_has_ended() {
    let world = World::new().await;
    let begin = async |user: UserId, digest: u8, expires_at| {
        let credential = Credential {
            digest: [digest; 32],
            user,
            purpose: CredentialPurpose::Session,
            expires_at,
            device: String::new(),
            address: String::new(),
            seen_at: None,
        };
        let waits = PushSubscription {
            credential: [digest; 32],
            user,
            endpoint: format!("https://push.example/{digest}"),
            public_key: Vec::new(),
            auth: Vec::new(),
        };
        let work = move |tx: &mut salon_store::Tx<'_>| {
            tx.add_credential(&credential)?;
            tx.put_push(&waits)
        };
        world.store.write(work).await.unwrap();
    };
    let told = async || {
        let users = vec![world.ada.id, world.bob.id];
        let found = world.store.push_targets(users).await.unwrap();
        let mut told: Vec<u8> = found.iter().map(|(_, digest)| digest[0]).collect();
        told.sort_unstable();
        for digest in 1..=4 {
            let waits = world.store.push_subscription([digest; 32]).await.unwrap();
            assert_eq!(waits.is_some(), told.contains(&digest), "{digest}");
        }
        told
    };
    let sign_out = async |digest: u8| {
        let work = move |tx: &mut salon_store::Tx<'_>| tx.drop_credential([digest; 32]);
        world.store.write(work).await.unwrap();
    };
    let (ada, bob) = (world.ada.id, world.bob.id);
    begin(ada, 9, None).await;
    sign_out(9).await;
    let any = world.store.any_push().await.unwrap();
    assert!(!any, "nothing of it is kept");
    begin(ada, 1, None).await;
    begin(ada, 2, Some(in_hours(1))).await;
    begin(ada, 3, Some(in_hours(-1))).await;
    begin(bob, 4, None).await;
    assert_eq!(told().await, [1, 2, 4], "the third's time is over");
    sign_out(2).await;
    assert_eq!(told().await, [1, 4], "signed out");
    let close = move |tx: &mut salon_store::Tx<'_>| tx.disable_user(bob);
    world.store.write(close).await.unwrap();
    assert_eq!(told().await, [1], "a closed account");
    // Whoever makes endless sessions is told in so many.
    for digest in 10..=10 + PUSHES_PER_USER_MAX as u8 {
        begin(ada, digest, None).await;
    }
    assert_eq!(told().await.len(), PUSHES_PER_USER_MAX);
}

#[tokio::test]
async fn there_are_so_many_emoji_and_no_more() {
    let world = World::new().await;
    let maker = world.ada.id;
    let add = async |name: String| {
        let new = NewEmoji {
            name,
            maker,
            media_type: "image/png".into(),
            bytes: vec![0],
            made_at: Timestamp::now(),
        };
        let added = world.store.write(move |tx| tx.add_emoji(&new)).await;
        added.unwrap()
    };
    for n in 0..OWN_EMOJI_MAX {
        assert_eq!(add(format!("e{n}")).await, AddedEmoji::Added, "{n}");
    }
    assert_eq!(add("one_more".into()).await, AddedEmoji::TooMany);
    assert_eq!(add("e7".into()).await, AddedEmoji::Taken);
}
