//! Backups with their files: whole or refused, restored beside nothing and over nothing. And what
//! `salon doctor` finds.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod people;

use people::{post, room, user};
use salon_protocol::{FileId, FileInfo, MessageId, Role, RoomId, RoomKind, UserId, UserKind};
use salon_store::{
    Actor, ByteDigest, Change, NewEvent, NewFile, Store, StoreConfig, StoreError, backup, restore,
};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct House {
    folder: TempDir,
    store: Store,
    ada: Actor,
    room: RoomId,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut published) =
            Store::open(&StoreConfig::new(folder.path().join("data"))).unwrap();
        tokio::spawn(async move { while published.recv().await.is_some() {} });
        let ada = user(&store, "ada", UserKind::Human, Role::Member).await;
        let room = room(&store, "tea", RoomKind::Public, &ada, &[]).await;
        Self {
            folder,
            store,
            ada,
            room,
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Says something with a file to it.
    async fn send_file(&self, bytes: &[u8]) -> (MessageId, FileId, ByteDigest) {
        let digest = self.store.vault().put(bytes).await.unwrap();
        let file = FileId::new();
        let new = NewFile {
            info: FileInfo {
                id: file,
                name: "a.bin".into(),
                media_type: "application/octet-stream".into(),
                size: bytes.len() as u64,
                width: None,
                height: None,
                tiny: None,
                alt: None,
            },
            room: self.room,
            owner: self.ada.clone(),
            digest,
            preview: None,
            view: None,
        };
        self.store.write(|tx| tx.add_file(new)).await.unwrap();
        let mut change = post("look");
        let Change::Post {
            message_id, files, ..
        } = &mut change
        else {
            panic!("a post is one")
        };
        files.push(file);
        let message_id = *message_id;
        self.append(change).await;
        (message_id, file, digest)
    }

    async fn append(&self, change: Change) {
        let new = NewEvent {
            room: self.room,
            actor: self.ada.clone(),
            change,
            key: None,
        };
        self.store.write(move |tx| tx.append(new)).await.unwrap();
    }

    async fn backup(&self, name: &str) -> PathBuf {
        let file = self.path(name);
        backup(&self.data(), &file, None).await.unwrap();
        file
    }
}

async fn bytes_in(data: &Path, reader: UserId, file: FileId) -> Vec<u8> {
    let (store, _published) = Store::open(&StoreConfig::new(data)).unwrap();
    let row = store.file(reader, file).await.unwrap().unwrap();
    store.vault().read_whole(row.digest, 1 << 20).await.unwrap()
}

#[tokio::test]
async fn a_backup_brings_the_files_of_its_messages_and_no_others() {
    let house = House::new().await;
    let (_, kept, _) = house.send_file(b"tea leaves").await;
    let (message_id, _, gone) = house.send_file(b"deleted since").await;
    house
        .append(Change::Delete {
            message_id,
            moderator: false,
            reason: String::new(),
        })
        .await;
    let file = house.backup("all.tar").await;
    let other = house.path("other");
    let restored = restore(&other, &file, false).unwrap();
    let manifest = restored.manifest.unwrap();
    assert_eq!((manifest.files, manifest.bytes), (1, 10));
    assert_eq!(restored.missing, Vec::<String>::new());
    assert_eq!(bytes_in(&other, house.ada.id, kept).await, b"tea leaves");
    let (store, _published) = Store::open(&StoreConfig::new(&other)).unwrap();
    assert_eq!(store.vault().size(gone).await.unwrap(), None);
    assert_eq!(store.check().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn while_a_backup_holds_the_files_none_are_taken_away_and_uploads_go_on() {
    let house = House::new().await;
    let (message_id, _, digest) = house.send_file(b"on its way out").await;
    // A backup is another process: it has a vault of its own on the same folder.
    let (beside, _published) = Store::open(&StoreConfig::new(house.data())).unwrap();
    let hold = beside.vault().hold().await.unwrap();
    house
        .append(Change::Delete {
            message_id,
            moderator: false,
            reason: String::new(),
        })
        .await;
    assert_eq!(house.store.sweep_bytes(10).await.unwrap(), 0);
    assert!(house.store.vault().size(digest).await.unwrap().is_some());
    drop(house.store.vault().keeping().await);
    drop(hold);
    assert_eq!(house.store.sweep_bytes(10).await.unwrap(), 1);
    assert_eq!(house.store.vault().size(digest).await.unwrap(), None);
}

#[tokio::test]
async fn a_folder_with_something_in_it_is_restored_into_only_when_told() {
    let house = House::new().await;
    let (_, kept, _) = house.send_file(b"tea leaves").await;
    let file = house.backup("all.tar").await;
    let refused = restore(&house.data(), &file, true).unwrap_err();
    assert!(matches!(refused, StoreError::InUse), "{refused}");
    let other = house.path("other");
    std::fs::create_dir_all(other.join("files")).unwrap();
    std::fs::write(other.join("salon.db"), "somebody's").unwrap();
    let refused = restore(&other, &file, false).unwrap_err();
    assert!(matches!(refused, StoreError::NotEmpty(_)), "{refused}");
    assert_eq!(
        std::fs::read(other.join("salon.db")).unwrap(),
        b"somebody's"
    );
    let aside = restore(&other, &file, true).unwrap().set_aside.unwrap();
    assert_eq!(
        std::fs::read(aside.join("salon.db")).unwrap(),
        b"somebody's"
    );
    assert!(aside.join("files").exists());
    assert_eq!(bytes_in(&other, house.ada.id, kept).await, b"tea leaves");
}

#[tokio::test]
async fn a_database_alone_as_backups_used_to_be_is_restored_and_says_what_it_lacks() {
    let house = House::new().await;
    let (_, _, digest) = house.send_file(b"tea leaves").await;
    let plain = house.path("old.db");
    rusqlite::Connection::open(house.data().join("salon.db"))
        .unwrap()
        .backup("main", &plain, None)
        .unwrap();
    let other = house.path("other");
    let restored = restore(&other, &plain, false).unwrap();
    assert_eq!(restored.missing, [digest.to_string()]);
    assert!(restored.manifest.is_none());
    let (store, _published) = Store::open(&StoreConfig::new(&other)).unwrap();
    assert_ne!(
        store.epoch().await.unwrap(),
        house.store.epoch().await.unwrap()
    );
}

#[tokio::test]
async fn what_is_cut_off_changed_or_no_backup_is_refused_and_leaves_nothing_behind() {
    let house = House::new().await;
    house.send_file(&[7; 3_000]).await;
    let whole = std::fs::read(house.backup("all.tar").await).unwrap();
    let changed = {
        let mut bytes = whole.clone();
        let at = bytes.windows(8).position(|eight| eight == [7; 8]).unwrap();
        bytes[at + 100] ^= 1;
        bytes
    };
    let mut stranger = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    // The library refuses to write such a name; others do not.
    header.as_gnu_mut().unwrap().name[..11].copy_from_slice(b"../evil.txt");
    header.set_size(4);
    header.set_cksum();
    stranger.append(&header, &b"evil"[..]).unwrap();
    let cut = whole.len() - 4_096;
    for (name, bytes) in [
        ("cut", whole[..cut].to_vec()),
        ("changed", changed),
        ("empty", Vec::new()),
        ("stranger", stranger.into_inner().unwrap()),
    ] {
        let file = house.path(name);
        std::fs::write(&file, bytes).unwrap();
        let other = house.path(&format!("{name}-data"));
        let refused = restore(&other, &file, false).unwrap_err();
        assert!(
            matches!(refused, StoreError::Backup(_)),
            "{name}: {refused}"
        );
        let left: Vec<_> = std::fs::read_dir(&other)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(left, ["salon.lock"], "{name}");
        assert!(!house.path("evil.txt").exists());
    }
}

#[tokio::test]
async fn bytes_that_are_lost_or_damaged_already_are_named_and_keep_no_backup_from_being_made() {
    let house = House::new().await;
    let (_, _, lost) = house.send_file(b"lost").await;
    let (_, _, damaged) = house.send_file(b"damaged").await;
    let (_, kept, _) = house.send_file(b"sound").await;
    let place = |digest: ByteDigest| {
        let name = digest.to_string();
        house.data().join("files").join(&name[..2]).join(name)
    };
    std::fs::remove_file(place(lost)).unwrap();
    std::fs::write(place(damaged), b"DAMAGED").unwrap();
    let file = house.path("all.tar");
    let told = backup(&house.data(), &file, None).await.unwrap();
    assert_eq!(told.missing, [lost.to_string()]);
    assert_eq!(told.damaged, [damaged.to_string()]);
    let other = house.path("other");
    let restored = restore(&other, &file, false).unwrap();
    assert_eq!(restored.missing, [lost.to_string()]);
    assert_eq!(restored.manifest.unwrap(), told);
    assert_eq!(bytes_in(&other, house.ada.id, kept).await, b"sound");
    let again = backup(&house.data(), &file, None).await.unwrap_err();
    assert!(matches!(again, StoreError::Taken(_)), "{again}");
}

/// Breaks something with SQL of its own, as nothing of ours would.
fn plant(house: &House, sql: &str) {
    let db = rusqlite::Connection::open(house.data().join("salon.db")).unwrap();
    db.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    db.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn the_doctor_finds_what_is_planted_and_nothing_in_a_sound_house() {
    for (sql, told) in [
        ("SELECT 1", ""),
        ("DELETE FROM events WHERE seq = 1", "holes"),
        ("UPDATE rooms SET last_seq = 99", "holes"),
        (
            "UPDATE messages SET text = 'another'",
            "something else than the log",
        ),
        (
            "DELETE FROM message_search; UPDATE indexed SET up_to = 99",
            "search index",
        ),
        (
            "INSERT INTO message_search (rowid, text) VALUES (99, 'x')",
            "search index",
        ),
        (
            "DELETE FROM messages",
            "posted events without their message",
        ),
        (
            "UPDATE events SET body = '{\"kind\":\"x\"}' WHERE seq = 3",
            "messages without their event",
        ),
        (
            "UPDATE messages SET deleted_at = 1",
            "whose words are still there",
        ),
        ("DELETE FROM users", "members without an account"),
        (
            "UPDATE members SET joined_seq = 1",
            "whose joining is not in the log",
        ),
        (
            "INSERT INTO reactions SELECT id, '+', author_id, 1 FROM messages",
            "reactions that are not in the log",
        ),
        (
            "INSERT INTO read_markers SELECT author_id, room_id, 99 FROM messages",
            "read markers ahead",
        ),
        (
            "INSERT INTO sends SELECT room_id, author_id, 'k', zeroblob(32), 77, id FROM messages",
            "keys of sends that lead to no message",
        ),
        (
            "INSERT INTO credentials (digest, user_id, purpose, created_at)
             VALUES (zeroblob(32), zeroblob(16), 'token', 1)",
            "rows that point at nothing",
        ),
        (
            "INSERT INTO identities VALUES ('https://id', 'x', zeroblob(16), 'X', 1, NULL)",
            "open the account of nobody",
        ),
        (
            "INSERT INTO identities SELECT 'https://id', 'old', id, 'Old', 1, 2 FROM users;
             INSERT INTO identities SELECT 'https://id', 'new', id, 'New', 3, NULL FROM users;
             INSERT INTO identities SELECT 'https://other', 'new', id, 'New', 3, NULL FROM users",
            "",
        ),
        (
            "DROP INDEX identities_user;
             INSERT INTO identities SELECT 'https://id', 'one', id, 'One', 1, NULL FROM users;
             INSERT INTO identities SELECT 'https://id', 'two', id, 'Two', 1, NULL FROM users",
            "one provider opens by several names",
        ),
        (
            "UPDATE files SET message_id = zeroblob(16)",
            "files of no message",
        ),
        (
            "UPDATE files SET size = size + 1",
            "are cut off or too many",
        ),
        (
            "DELETE FROM files; DELETE FROM doomed_bytes",
            "bytes that nothing stands for",
        ),
        (
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master
               WHERE name = 'files_digest') WHERE name = 'messages_room_seq'",
            "in database main",
        ),
    ] {
        let house = House::new().await;
        house.send_file(b"tea leaves").await;
        plant(&house, sql);
        let (store, _published) = Store::open(&StoreConfig::new(house.data())).unwrap();
        let mut found = store.check().await.unwrap();
        found.extend(store.check_files(false).await.unwrap());
        let found = found.join("\n");
        assert_eq!(found.is_empty(), told.is_empty(), "{sql}: {found}");
        assert!(found.contains(told), "{sql}: {found}");
    }
}

#[tokio::test]
async fn the_doctor_finds_bytes_that_are_missing_and_looks_into_the_rest_when_asked() {
    let house = House::new().await;
    let (_, _, lost) = house.send_file(b"lost").await;
    let (_, _, damaged) = house.send_file(b"damaged").await;
    let place = |digest: ByteDigest| {
        let name = digest.to_string();
        house.data().join("files").join(&name[..2]).join(name)
    };
    std::fs::remove_file(place(lost)).unwrap();
    std::fs::write(place(damaged), b"DAMAGED").unwrap();
    std::fs::write(house.data().join("files/notes.txt"), b"").unwrap();
    let missing = format!("the bytes of a file are missing: {lost}");
    let strange = "among the files lies something else: notes.txt".to_owned();
    let quick = house.store.check_files(false).await.unwrap();
    assert_eq!(quick, [strange, missing]);
    let deep = house.store.check_files(true).await.unwrap();
    let told = format!("the bytes of a file are damaged: {damaged}");
    assert!(deep.contains(&told), "{deep:?}");
}
