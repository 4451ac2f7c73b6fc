//! Databases of every earlier version, with rows in them, brought to today's: at once, and killed
//! at every statement on the way.

use super::*;
use crate::{Store, StoreConfig};
use rusqlite::{Batch, fallible_iterator::FallibleIterator, types::Value};
use salon_protocol::Seq;
use std::path::Path;

/// Rows as each version's server had written them, in the columns of that version.
const ROWS: &[&str] = &[
    "INSERT INTO meta VALUES ('epoch', 'the old life');
     INSERT INTO users (id, handle, handle_key, display_name, kind, role, created_at) VALUES
       (x'0190000000007000800000000000000a', 'ada', 'ada', 'Ada', 'human', 'owner', 1),
       (x'0190000000007000800000000000000b', 'helper', 'helper', 'Helper', 'agent', 'member', 1);
     INSERT INTO rooms (id, name, name_key, kind, last_seq, creator_id, created_at) VALUES
       (x'0190000000007000800000000000000c', 'tea', 'tea', 'public', 5,
        x'0190000000007000800000000000000a', 1);
     INSERT INTO members VALUES
       (x'0190000000007000800000000000000c', x'0190000000007000800000000000000a', 0, 2),
       (x'0190000000007000800000000000000c', x'0190000000007000800000000000000b', 1, 3);
     INSERT INTO events VALUES
       (x'0190000000007000800000000000000c', 1, 1, x'0190000000007000800000000000000a',
        '{\"kind\":\"room.created\",\"name\":\"tea\",\"room_kind\":\"public\"}'),
       (x'0190000000007000800000000000000c', 2, 2, x'0190000000007000800000000000000a',
        '{\"kind\":\"member.joined\",\"user\":\"ada\",\"user_id\":\"01900000-0000-7000-8000-00000000000a\",\"user_kind\":\"human\"}'),
       (x'0190000000007000800000000000000c', 3, 3, x'0190000000007000800000000000000a',
        '{\"kind\":\"member.joined\",\"user\":\"helper\",\"user_id\":\"01900000-0000-7000-8000-00000000000b\",\"user_kind\":\"agent\"}'),
       (x'0190000000007000800000000000000c', 4, 4, x'0190000000007000800000000000000a',
        '{\"kind\":\"message.posted\",\"message\":{\"id\":\"01900000-0000-7000-8000-00000000000d\",\"text\":\"tee?\",\"from\":\"ada\",\"from_kind\":\"human\"}}'),
       (x'0190000000007000800000000000000c', 5, 5, x'0190000000007000800000000000000a',
        '{\"kind\":\"message.edited\",\"message_id\":\"01900000-0000-7000-8000-00000000000d\",\"text\":\"tea?\"}');
     INSERT INTO messages (num, id, room_id, seq, author_id, at, text, edited_at) VALUES
       (1, x'0190000000007000800000000000000d', x'0190000000007000800000000000000c', 4,
        x'0190000000007000800000000000000a', 4, 'tea?', 5);
     INSERT INTO edits VALUES (x'0190000000007000800000000000000d', 5);
     INSERT INTO message_search (rowid, text) VALUES (1, 'tea?');
     INSERT INTO sends VALUES (x'0190000000007000800000000000000c',
       x'0190000000007000800000000000000a', 'k', zeroblob(32), 4,
       x'0190000000007000800000000000000d');
     INSERT INTO turns (id, agent_id, room_id, seq, message_id, author_id, asker_id, hops, state,
       outcome, created_at) VALUES (x'0190000000007000800000000000000e',
       x'0190000000007000800000000000000b', x'0190000000007000800000000000000c', 4,
       x'0190000000007000800000000000000d', x'0190000000007000800000000000000a',
       x'0190000000007000800000000000000a', 0, 'done', 'silent', 4);
     INSERT INTO credentials (digest, user_id, purpose, created_at) VALUES
       (zeroblob(32), x'0190000000007000800000000000000a', 'session', 1);",
    "INSERT INTO spending VALUES ('agent', x'0190000000007000800000000000000b', 20000, 1, 2, 3, 4);
     INSERT INTO facts (room_id, owner_id, agent_id, text, at) VALUES
       (x'0190000000007000800000000000000c', x'0190000000007000800000000000000a',
        x'0190000000007000800000000000000b', 'likes tea', 6);",
    "INSERT INTO files (id, room_id, owner_id, name, type, size, digest, created_at) VALUES
       (x'0190000000007000800000000000000f', x'0190000000007000800000000000000c',
        x'0190000000007000800000000000000a', 'a.txt', 'text/plain', 3, zeroblob(32), 7);",
    "INSERT INTO notification_levels VALUES (x'0190000000007000800000000000000a',
       x'0190000000007000800000000000000c', 'all', NULL);",
    "INSERT INTO spending VALUES ('server', zeroblob(16), 20001, 1, 2, 3, 4);",
    "INSERT INTO second_factors (user_id, secret) VALUES
       (x'0190000000007000800000000000000a', x'00');",
    // The index is made of what is there already.
    "",
    "INSERT INTO saved (user_id, num) VALUES (x'0190000000007000800000000000000a', 1);",
    "INSERT INTO later (id, user_id, room_id, kind, text, due_at) VALUES
       (x'01900000000070008000000000000010', x'0190000000007000800000000000000a',
        x'0190000000007000800000000000000c', 'reminder', 'tea', 9000000000000000);",
    "INSERT INTO reports (room_id, message_id, reporter_id, reason, at) VALUES
       (x'0190000000007000800000000000000c', x'0190000000007000800000000000000d',
        x'0190000000007000800000000000000a', 'not tea', 8);
     INSERT INTO slow_marks VALUES (x'0190000000007000800000000000000c',
       x'0190000000007000800000000000000a', 8);
     INSERT INTO moderation (at, actor_id, act) VALUES
       (8, x'0190000000007000800000000000000a', 'slow');",
    "INSERT INTO thread_follows VALUES (x'0190000000007000800000000000000a',
       x'0190000000007000800000000000000d', x'0190000000007000800000000000000c', 1, 4);",
    "INSERT INTO emoji VALUES ('parrot', x'0190000000007000800000000000000a', 'image/webp', x'00', 8);",
    "INSERT INTO poll_votes VALUES (x'0190000000007000800000000000000c',
       x'0190000000007000800000000000000a', '[1]', 4);",
    "INSERT INTO avatars VALUES (x'0190000000007000800000000000000a', 'image/webp', x'00');",
    "INSERT INTO unsent VALUES (x'0190000000007000800000000000000a',
       x'0190000000007000800000000000000c', x'', 'half a', 8);",
    "INSERT INTO notifying VALUES (x'0190000000007000800000000000000a', 9, 0, 60, 'UTC', 0);",
    "INSERT INTO preview_pictures VALUES ('00ff', 'image/webp', x'00');
     INSERT INTO previewed VALUES (x'0190000000007000800000000000000d', 5, '00ff');",
    "INSERT INTO push_subscriptions VALUES (zeroblob(32), x'0190000000007000800000000000000a',
       'https://push.example/1', x'04', x'00', 9);
     INSERT INTO push_keys VALUES (1, x'00');",
    "UPDATE rooms SET keep_days = 0, expired_seq = 0;",
    "INSERT INTO identities VALUES ('https://id.example', 's1',
       x'0190000000007000800000000000000a', 'ada@example.com', 9, NULL);",
    "INSERT INTO passkeys VALUES (x'00', x'0190000000007000800000000000000a', 'chat.example', x'00',
       -7, 0, 'laptop', 9, NULL);",
    "INSERT INTO uploads VALUES (x'01', x'0190000000007000800000000000000a', x'02', 'film.mp4', 9, 4,
       9);",
];

/// A database as version `version` left it.
fn old(file: &Path, version: usize) -> Connection {
    let db = super::super::connect(file, false).unwrap();
    for n in 0..version {
        advance(&db, n);
        db.execute_batch(ROWS.get(n).copied().unwrap_or_default())
            .unwrap();
    }
    db
}

/// Brings a database of version `n` to the next, as a server does at its start.
fn advance(db: &Connection, n: usize) {
    db.execute_batch(MIGRATIONS[n]).unwrap();
    if MIGRATIONS[n] == SEARCH {
        search::index_all(db).unwrap();
    }
    db.pragma_update(None, "user_version", n as u32 + 1)
        .unwrap();
}

/// Everything in a database: its schema, its version, its rows.
fn all_of(db: &Connection) -> Vec<String> {
    let mut told = Vec::new();
    let version: u32 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    told.push(format!("version {version}"));
    let mut tables = Vec::new();
    let mut schema = db
        .prepare("SELECT type, name, sql FROM sqlite_master ORDER BY name")
        .unwrap();
    let mut rows = schema.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (kind, name): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        told.push(format!(
            "{kind} {name} {:?}",
            row.get::<_, Value>(2).unwrap()
        ));
        if kind == "table" {
            tables.push(name);
        }
    }
    for table in tables {
        let mut select = db.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns = select.column_count();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<Value> = (0..columns).map(|n| row.get(n).unwrap()).collect();
            // A new database's epoch is its own.
            if table != "meta" {
                told.push(format!("{table} {values:?}"));
            }
        }
    }
    told
}

fn copy(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = |file: &Path| {
            let mut name = file.as_os_str().to_owned();
            name.push(suffix);
            name
        };
        std::fs::copy(name(from), name(to)).ok();
    }
}

#[test]
fn every_version_has_rows_to_be_tested_with() {
    assert!(
        ROWS.len() >= MIGRATIONS.len() || MIGRATIONS.len() - ROWS.len() == 1,
        "a migration followed another one: give the earlier one rows here"
    );
}

#[tokio::test]
async fn a_database_of_every_earlier_version_is_brought_to_todays_and_works() {
    for version in 1..=MIGRATIONS.len() {
        let folder = tempfile::tempdir().unwrap();
        drop(old(&folder.path().join("salon.db"), version));
        let (store, _published) = Store::open(&StoreConfig::new(folder.path())).unwrap();
        assert_eq!(
            store.check().await.unwrap(),
            Vec::<String>::new(),
            "{version}"
        );
        assert_eq!(store.epoch().await.unwrap(), "the old life");
        let users = store.users().await.unwrap();
        let (room, ..) = store.membership().await.unwrap().remove(0);
        let events = store
            .events(users[0].id, room, Seq(0), None, 10)
            .await
            .unwrap();
        assert_eq!(events.len(), 5, "{version}");
        let (messages, _) = store.messages(users[0].id, room, None, 10).await.unwrap();
        assert_eq!(messages[0].message.text, "tea?", "{version}");
    }
}

#[test]
fn a_migration_that_is_killed_at_any_statement_is_made_whole_by_the_next_start() {
    for (version, migration) in MIGRATIONS.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let whole = {
            let mut db = old(&folder.path().join("whole.db"), version);
            run(&mut db).unwrap();
            all_of(&db)
        };
        let statements = {
            let scratch = old(&folder.path().join("count.db"), version);
            let mut batch = Batch::new(&scratch, migration);
            let mut count = 0;
            while let Some(mut statement) = batch.next().unwrap() {
                statement.execute([]).unwrap();
                count += 1;
            }
            count
        };
        assert!(statements > 0);
        for killed_after in 0..=statements {
            let file = folder.path().join(format!("{killed_after}.db"));
            let killed = folder.path().join(format!("{killed_after}-killed.db"));
            let mut db = old(&file, version);
            let tx = db
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .unwrap();
            let mut batch = Batch::new(&tx, migration);
            for _ in 0..killed_after {
                batch.next().unwrap().unwrap().execute([]).unwrap();
            }
            // What is on disk at this moment is what a killed process leaves behind.
            copy(&file, &killed);
            let mut next = super::super::connect(&killed, false).unwrap();
            run(&mut next).unwrap();
            assert_eq!(all_of(&next), whole, "{version}, statement {killed_after}");
        }
    }
}

/// Where the commits of a write-ahead log end. A frame's head says the size of the database if it
/// is the last one of its commit (<https://sqlite.org/fileformat2.html#the_write_ahead_log>).
fn commits(log: &[u8]) -> Vec<usize> {
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap());
    let frame = 24 + number(8) as usize;
    let ends = (1..).map(|n| 32 + n * frame);
    let ends = ends.take_while(|end| *end <= log.len());
    ends.filter(|end| number(end - frame + 4) != 0).collect()
}

#[test]
fn whatever_a_migration_has_committed_is_a_whole_version() {
    for version in 1..MIGRATIONS.len() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("salon.db");
        let log = folder.path().join("salon.db-wal");
        let mut db = old(&file, version);
        db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        run(&mut db).unwrap();
        let written = std::fs::read(log).unwrap();
        // A process that is killed behind the first commit leaves this behind. What follows it is
        // what the next version begins with.
        let end = commits(&written)[0];
        let killed = folder.path().join("killed.db");
        std::fs::copy(&file, &killed).unwrap();
        std::fs::write(folder.path().join("killed.db-wal"), &written[..end]).unwrap();
        let db = super::super::connect(&killed, false).unwrap();
        let whole = old(&folder.path().join("whole.db"), version);
        advance(&whole, version);
        assert_eq!(all_of(&db), all_of(&whole), "{version}");
    }
}

#[test]
fn a_migration_whose_commit_fails_has_not_begun() {
    for version in 0..MIGRATIONS.len() {
        let folder = tempfile::tempdir().unwrap();
        let mut db = old(&folder.path().join("salon.db"), version);
        // The disk is full at the very end.
        db.execute_batch("PRAGMA max_page_count = 1").unwrap();
        // Those that found room are whole, the one that did not has left nothing.
        drop(run(&mut db));
        let reached: usize = db
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        let whole = old(&folder.path().join("whole.db"), version);
        for n in version..reached {
            advance(&whole, n);
        }
        assert_eq!(all_of(&db), all_of(&whole), "{version}");
        db.execute_batch("PRAGMA max_page_count = 1073741823")
            .unwrap();
        run(&mut db).unwrap();
        run(&mut db).unwrap();
    }
}

#[test]
fn a_database_of_a_newer_program_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut db = old(&folder.path().join("salon.db"), MIGRATIONS.len());
    let newer = MIGRATIONS.len() as u32 + 1;
    db.pragma_update(None, "user_version", newer).unwrap();
    let before = all_of(&db);
    assert!(matches!(run(&mut db), Err(StoreError::TooNew { found, .. }) if found == newer));
    assert_eq!(all_of(&db), before);
}
