//! The log's identity, and what it weighs.

use super::Store;
use crate::StoreError;

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
}
