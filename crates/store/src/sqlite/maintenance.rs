//! The log's identity and the checks of `salon doctor`.

use super::Store;
use crate::StoreError;
use rusqlite::Connection;

/// What must fit before a database that could not be written to is believed again: one with room
/// for a single small row would only fail the next sender.
const PROBE_BYTES: usize = 256 * 1024;

impl Store {
    /// The identity of the log's life; a restore begins a new one.
    pub async fn epoch(&self) -> Result<String, StoreError> {
        self.read(|db| {
            Ok(
                db.query_row("SELECT value FROM meta WHERE name = 'epoch'", [], |row| {
                    row.get(0)
                })?,
            )
        })
        .await
    }

    /// Whether it can be written to. Where the last commit failed, this tries others, so that what
    /// has been mended is known of even where nobody writes.
    pub async fn writable(&self) -> Result<(), StoreError> {
        if self.writer.trouble().is_none() {
            return Ok(());
        }
        for bytes in [PROBE_BYTES, 0] {
            self.write(move |tx| {
                let probe = "INSERT INTO meta (name, value) VALUES ('probe', hex(zeroblob(?1)))
                             ON CONFLICT (name) DO UPDATE SET value = excluded.value";
                tx.db.execute(probe, [bytes / 2])?;
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    /// The library's version, for `salon doctor` and `/about`.
    pub fn engine(&self) -> String {
        format!("SQLite {}", rusqlite::version())
    }

    /// Bytes of the database and its write-ahead log.
    pub fn bytes_on_disk(&self) -> u64 {
        ["", "-wal"]
            .iter()
            .filter_map(|suffix| {
                let mut name = self.file.as_os_str().to_owned();
                name.push(suffix);
                std::fs::metadata(name).ok()
            })
            .map(|file| file.len())
            .sum()
    }

    /// Bytes that the search index takes of the database, without what its pages leave free.
    pub async fn search_bytes(&self) -> Result<u64, StoreError> {
        self.read(|db| {
            Ok(db.query_row(
                "SELECT (SELECT sum(length(block)) FROM message_search_data)
                 + (SELECT sum(length(term) + 8) FROM message_search_idx)
                 + (SELECT sum(length(sz) + 8) FROM message_search_docsize)",
                [],
                |row| row.get(0),
            )?)
        })
        .await
    }

    /// Every way in which the file contradicts itself; empty when it is sound.
    pub async fn check(&self) -> Result<Vec<String>, StoreError> {
        self.read(|db| {
            let mut findings = Vec::new();
            if let Err(StoreError::Database(error)) = check_integrity(db) {
                findings.push(error);
            }
            for (what, query) in CHECKS {
                let rows: u64 = db.query_row(query, [], |row| row.get(0))?;
                if rows > 0 {
                    findings.push(format!("{what}: {rows}"));
                }
            }
            Ok(findings)
        })
        .await
    }
}

/// Each counts the rows that break one promise.
const CHECKS: &[(&str, &str)] = &[
    (
        "rooms whose log has holes or whose number is not its newest event's",
        "SELECT count(*) FROM rooms r WHERE last_seq != (SELECT count(*) FROM events WHERE room_id = r.id)
         OR last_seq != (SELECT coalesce(max(seq), 0) FROM events WHERE room_id = r.id)",
    ),
    (
        "posted events without their message",
        "SELECT count(*) FROM events e WHERE e.body ->> 'kind' = 'message.posted' AND NOT EXISTS
         (SELECT 1 FROM messages m WHERE m.room_id = e.room_id AND m.seq = e.seq)",
    ),
    (
        "messages without their event",
        "SELECT count(*) FROM messages m WHERE NOT EXISTS
         (SELECT 1 FROM events e WHERE e.room_id = m.room_id AND e.seq = m.seq)",
    ),
    (
        "members without an account or a room",
        "SELECT count(*) FROM members m WHERE NOT EXISTS (SELECT 1 FROM users WHERE id = m.user_id)
         OR NOT EXISTS (SELECT 1 FROM rooms WHERE id = m.room_id)",
    ),
    (
        "messages missing from the search index, or there too often",
        "SELECT abs((SELECT count(*) FROM messages WHERE deleted_at IS NULL)
         - (SELECT count(*) FROM message_search))",
    ),
];

pub(super) fn check_integrity(db: &Connection) -> Result<(), StoreError> {
    let verdict: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(StoreError::Database(verdict))
    }
}
