//! What search finds, whose, and that nothing one types breaks it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod people;

use jiff::{SignedDuration, Timestamp};
use people::{post, user};
use proptest::prelude::*;
use salon_protocol::{Role, RoomId, RoomKind, UserId, UserKind};
use salon_store::{
    Actor, Calling, Change, Found, Holds, MessageFilter, NewEvent, Store, StoreConfig, Wanted,
};
use tempfile::TempDir;

struct World {
    store: Store,
    _folder: TempDir,
    ada: Actor,
    bob: Actor,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut published) = Store::open(&StoreConfig::new(folder.path())).unwrap();
        tokio::spawn(async move { while published.recv().await.is_some() {} });
        let ada = user(&store, "ada", UserKind::Human, Role::Member).await;
        let bob = user(&store, "小波", UserKind::Human, Role::Member).await;
        Self {
            store,
            _folder: folder,
            ada,
            bob,
        }
    }

    async fn room(&self, name: &str, members: &[&Actor]) -> RoomId {
        people::room(&self.store, name, RoomKind::Private, &self.ada, members).await
    }

    async fn say(&self, room: RoomId, actor: &Actor, text: &str) {
        let new = saying(room, actor, text);
        self.store.write(move |tx| tx.append(new)).await.unwrap();
    }

    async fn find(&self, filter: MessageFilter) -> Found {
        let filter = MessageFilter {
            limit: filter.limit.max(10),
            ..filter
        };
        self.store.search(self.ada.id, filter).await.unwrap()
    }

    async fn texts(&self, filter: MessageFilter) -> Vec<String> {
        let found = self.find(filter).await.messages.into_iter();
        found.map(|view| view.message.text).collect()
    }
}

fn new(room: RoomId, actor: &Actor, change: Change) -> NewEvent {
    NewEvent {
        room,
        actor: actor.clone(),
        change,
        key: None,
    }
}

fn saying(room: RoomId, actor: &Actor, text: &str) -> NewEvent {
    new(room, actor, post(text))
}

/// Within one commit the index is written last; nothing of what came before may be left in it.
#[tokio::test]
async fn what_was_written_changed_and_undone_in_one_commit_is_found_as_it_ends() {
    let world = World::new().await;
    let room = world.room("tea", &[]).await;
    let (ada, gone) = (world.ada.clone(), RoomId::new());
    let [edited, deleted, kept] =
        ["heron one", "heron two", "heron three"].map(|text| saying(room, &ada, text));
    let first = world.store.write({
        let ada = ada.clone();
        move |tx| {
            let message_id = tx.append(edited)?.message_id.unwrap();
            let text = "egret one".to_owned();
            let calling = Calling::default();
            let edit = Change::Edit {
                message_id,
                text,
                calling,
            };
            tx.append(new(room, &ada, edit))?;
            let message_id = tx.append(deleted)?.message_id.unwrap();
            let delete = Change::Delete {
                message_id,
                moderator: false,
                reason: String::new(),
            };
            tx.append(new(room, &ada, delete))
        }
    });
    // Its number is given to the next one when it is taken back.
    let undone = saying(room, &ada, "heron four");
    let nowhere = saying(gone, &ada, "heron five");
    let undone = world.store.write(move |tx| {
        tx.append(undone)?;
        tx.append(nowhere)
    });
    let last = world.store.write(move |tx| tx.append(kept));
    let (first, undone, last) = tokio::join!(first, undone, last);
    assert!(first.is_ok() && undone.is_err() && last.is_ok());
    assert_eq!(world.texts(wanted("heron")).await, ["heron three"]);
    assert_eq!(world.texts(wanted("egret")).await, ["egret one"]);
    assert!(world.texts(wanted("four")).await.is_empty());
}

fn wanted(text: &str) -> MessageFilter {
    MessageFilter {
        wanted: Wanted::new(text),
        ..MessageFilter::default()
    }
}

#[tokio::test]
async fn words_characters_and_phrases_find_what_holds_all_of_them() {
    let world = World::new().await;
    let room = world.room("tea", &[&world.bob]).await;
    let said = [
        "我们明天讨论发布计划",
        "データベースを更新しました",
        "The release notes are ready, Zoë",
        "使用Rust编程 — release it, notes later",
        "猫",
    ];
    for text in said {
        world.say(room, &world.ada, text).await;
    }
    for (text, hits) in [
        ("发布", vec![0]),
        ("布计", vec![0]),
        ("划", vec![0]),
        ("猫", vec![4]),
        ("发布 明天", vec![0]),
        ("划发", vec![]),
        ("発布", vec![]),
        ("ベース", vec![1]),
        ("データベースを更新", vec![1]),
        ("release", vec![3, 2]),
        ("rel", vec![3, 2]),
        ("RELEASE not", vec![2, 3]),
        ("\"release notes\"", vec![2]),
        ("“release notes”", vec![2]),
        ("\"rel\"", vec![]),
        ("zoe", vec![2]),
        ("rust 编程", vec![3]),
        ("Rust编程", vec![3]),
        ("\"rust编程 release\"", vec![3]),
        ("rust 程", vec![3]),
        ("!!!", vec![]),
    ] {
        let mut hits: Vec<_> = hits.into_iter().map(|n| said[n]).collect();
        let mut found = world.texts(wanted(text)).await;
        if text == "!!!" {
            continue;
        }
        hits.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, hits, "{text}");
    }
    assert_eq!(
        world.texts(wanted("release notes")).await[0],
        said[2],
        "together"
    );
}

#[tokio::test]
async fn authors_rooms_times_and_what_a_message_holds_narrow_it() {
    let world = World::new().await;
    let tea = world.room("tea", &[&world.bob]).await;
    let den = world.room("den", &[]).await;
    world.say(tea, &world.ada, "heron `code`").await;
    world
        .say(tea, &world.bob, "heron https://example.org")
        .await;
    world.say(den, &world.ada, "heron").await;
    let all = |filter: MessageFilter| MessageFilter {
        wanted: Wanted::new("heron"),
        ..filter
    };
    let count = async |filter: MessageFilter| world.texts(filter).await.len();
    let none = MessageFilter::default;
    let by = |from| MessageFilter { from, ..none() };
    assert_eq!(count(all(none())).await, 3);
    assert_eq!(count(none()).await, 3, "without any words");
    assert_eq!(count(all(by(vec![world.ada.id]))).await, 2);
    assert_eq!(count(all(by(vec![world.ada.id, world.bob.id]))).await, 3);
    assert_eq!(count(all(by(vec![UserId::new()]))).await, 0);
    let in_rooms = |rooms| MessageFilter { rooms, ..none() };
    assert_eq!(count(all(in_rooms(vec![den]))).await, 1);
    assert_eq!(count(all(in_rooms(vec![RoomId::new()]))).await, 0);
    for (has, hits) in [
        (vec![Holds::Link], 1),
        (vec![Holds::Code], 1),
        (vec![Holds::File], 0),
        (vec![Holds::Link, Holds::Code], 0),
    ] {
        assert_eq!(
            count(MessageFilter {
                has: has.clone(),
                ..none()
            })
            .await,
            hits,
            "{has:?}"
        );
    }
    let hour = SignedDuration::from_hours(1);
    let now = Timestamp::now();
    for (after, before, hits) in [
        (None, Some(now + hour), 3),
        (None, Some(now - hour), 0),
        (Some(now - hour), None, 3),
        (Some(now + hour), None, 0),
        (Some(now - hour * 48), Some(now + hour * 48), 3),
        (Some(now + hour * 48), None, 0),
    ] {
        let filter = MessageFilter {
            after,
            before,
            ..none()
        };
        assert_eq!(count(all(filter)).await, hits, "{after:?} {before:?}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_while_more_is_said() {
    let world = World::new().await;
    let tea = world.room("tea", &[]).await;
    for n in 0..600 {
        world.say(tea, &world.ada, &format!("wave {n}")).await;
    }
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = world
            .find(MessageFilter {
                cursor,
                limit: 50,
                ..wanted("wave")
            })
            .await;
        seen.extend(page.messages.iter().map(|view| view.message.text.clone()));
        world
            .say(tea, &world.ada, "a wave that came meanwhile")
            .await;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((count, seen.len()), (600, 600));
}

#[tokio::test]
async fn whoever_is_in_many_rooms_finds_what_is_in_each_and_nothing_of_others() {
    let world = World::new().await;
    let mut mine = Vec::new();
    for n in 0..70 {
        mine.push(world.room(&format!("mine{n}"), &[]).await);
        world.say(mine[n], &world.ada, &format!("heron {n}")).await;
    }
    let theirs = world.room("theirs", &[&world.bob]).await;
    for _ in 0..2_100 {
        world.say(theirs, &world.bob, "heron elsewhere").await;
    }
    let leave = NewEvent {
        room: theirs,
        actor: world.ada.clone(),
        change: Change::Leave,
        key: None,
    };
    world.store.write(|tx| tx.append(leave)).await.unwrap();
    let found = world
        .texts(MessageFilter {
            limit: 100,
            ..wanted("heron")
        })
        .await;
    assert_eq!(found.len(), 70);
    assert!(!found.iter().any(|text| text.contains("elsewhere")));
    let also = Some(world.bob.id);
    assert_eq!(
        world
            .find(MessageFilter {
                also,
                ..wanted("heron")
            })
            .await,
        Found::default()
    );
}

/// A database as the version before this index left it: Ada said something in a room.
const BEFORE: [&str; 7] = [
    include_str!("../schema/0001_initial.sql"),
    include_str!("../schema/0002_agents.sql"),
    include_str!("../schema/0003_files.sql"),
    include_str!("../schema/0004_mentions.sql"),
    include_str!("../schema/0005_budgets.sql"),
    include_str!("../schema/0006_account.sql"),
    "INSERT INTO meta VALUES ('epoch', 'e');
     INSERT INTO users (id, handle, handle_key, display_name, kind, role, created_at)
       VALUES (zeroblob(16), 'ada', 'ada', 'Ada', 'human', 'member', 1);
     INSERT INTO rooms (id, name, name_key, kind, last_seq, creator_id, created_at)
       VALUES (zeroblob(16), 'tea', 'tea', 'public', 0, zeroblob(16), 1);
     INSERT INTO members VALUES (zeroblob(16), zeroblob(16), 0, 1);
     INSERT INTO messages (id, room_id, seq, author_id, at, text)
       VALUES (zeroblob(16), zeroblob(16), 1, zeroblob(16), 1, '我们升级了数据库');
     INSERT INTO messages (id, room_id, seq, author_id, at, text, deleted_at)
       VALUES (randomblob(16), zeroblob(16), 2, zeroblob(16), 1, '', 2);
     INSERT INTO message_search (rowid, text) VALUES (1, ' 我  们  升  级 ');
     PRAGMA user_version = 6;",
];

#[tokio::test]
async fn what_an_older_version_indexed_is_found_after_the_migration() {
    let folder = tempfile::tempdir().unwrap();
    let file = rusqlite::Connection::open(folder.path().join("salon.db")).unwrap();
    for part in BEFORE {
        file.execute_batch(part).unwrap();
    }
    drop(file);
    let (store, _published) = Store::open(&StoreConfig::new(folder.path())).unwrap();
    let ada = UserId(uuid::Uuid::nil());
    for text in ["数据", "库", "升级了数据库"] {
        let filter = MessageFilter {
            limit: 10,
            ..wanted(text)
        };
        let found = store.search(ada, filter).await.unwrap();
        assert_eq!(found.messages.len(), 1, "{text}");
    }
    let findings = store.check().await.unwrap();
    assert!(
        !findings.iter().any(|it| it.contains("search index")),
        "{findings:?}"
    );
}

/// What people paste, and what would be syntax.
fn anything() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "\"",
        "*",
        "(",
        ")",
        "NEAR(",
        "AND",
        "OR NOT",
        ":",
        "text:",
        "^",
        "+",
        "-",
        "{",
        "\0",
        "''",
        "数",
        "据库",
        "Ⓐ",
        "ั",
        "ก็",
        "हिन्दी",
        "ß",
        "İ",
        "ﬁ",
        "\u{301}",
        "😀",
        "ﾊﾟ",
    ]);
    prop_oneof![
        ".{0,60}",
        prop::collection::vec(odd, 0..12).prop_map(|parts| parts.join(" ")),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_one_types_is_an_error_and_a_text_is_found_by_itself(texts in prop::collection::vec(anything(), 8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new().await;
            let tea = world.room("tea", &[]).await;
            for text in &texts {
                world.say(tea, &world.ada, text).await;
            }
            for text in &texts {
                let found = world.find(MessageFilter { limit: 50, ..wanted(text) }).await;
                let words = text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| !word.is_empty());
                if words && text.is_ascii() {
                    prop_assert!(found.messages.iter().any(|view| &view.message.text == text), "{text:?}");
                }
            }
            Ok(())
        })?;
    }
}
