//! The checks of `salon doctor`: every way in which the data contradicts itself.
//!
//! Each is one query that counts the rows that break one promise. Nothing is changed.

use super::Store;
use crate::{ByteDigest, StoreError};
use rusqlite::Connection;
use std::collections::{HashMap, HashSet};

/// Each counts the rows that break one promise.
const CHECKS: &[(&str, &str)] = &[
    (
        "rooms whose log has holes or whose number is not its newest event's",
        "SELECT count(*) FROM rooms r WHERE last_seq != (SELECT count(*) FROM events WHERE room_id = r.id)
         OR last_seq != (SELECT coalesce(max(seq), 0) FROM events WHERE room_id = r.id)",
    ),
    (
        "events of no room",
        "SELECT count(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM rooms WHERE id = e.room_id)",
    ),
    (
        "posted events without their message",
        "SELECT count(*) FROM events e WHERE e.body ->> 'kind' = 'message.posted' AND NOT EXISTS
         (SELECT 1 FROM messages m WHERE m.room_id = e.room_id AND m.seq = e.seq)",
    ),
    (
        "messages without their event",
        "SELECT count(*) FROM messages m WHERE NOT EXISTS
         (SELECT 1 FROM events e WHERE e.room_id = m.room_id AND e.seq = m.seq
          AND e.body ->> 'kind' = 'message.posted')",
    ),
    (
        "messages that say something else than the log",
        "SELECT count(*) FROM messages m WHERE m.deleted_at IS NULL AND m.text IS NOT coalesce(
         (SELECT e.body ->> '$.text' FROM edits d JOIN events e
          ON e.room_id = m.room_id AND e.seq = d.seq
          WHERE d.message_id = m.id ORDER BY d.seq DESC LIMIT 1),
         (SELECT e.body ->> '$.message.text' FROM events e
          WHERE e.room_id = m.room_id AND e.seq = m.seq), '')",
    ),
    (
        "deleted messages whose words are still there",
        "SELECT count(*) FROM messages m WHERE m.deleted_at IS NOT NULL AND (m.text != '' OR EXISTS
         (SELECT 1 FROM events e WHERE e.room_id = m.room_id AND e.seq = m.seq
          AND coalesce(e.body ->> '$.message.text', '') != ''))",
    ),
    (
        "members without an account or a room",
        "SELECT count(*) FROM members m WHERE NOT EXISTS (SELECT 1 FROM users WHERE id = m.user_id)
         OR NOT EXISTS (SELECT 1 FROM rooms WHERE id = m.room_id)",
    ),
    (
        "members whose joining is not in the log",
        "SELECT count(*) FROM members m WHERE NOT EXISTS (SELECT 1 FROM events e
         WHERE e.room_id = m.room_id AND e.seq = m.joined_seq
         AND e.body ->> 'kind' = 'member.joined')",
    ),
    (
        "reactions that are not in the log",
        "SELECT count(*) FROM reactions x LEFT JOIN messages m ON m.id = x.message_id
         WHERE m.id IS NULL OR NOT EXISTS (SELECT 1 FROM events e
         WHERE e.room_id = m.room_id AND e.seq = x.seq AND e.body ->> 'kind' = 'reaction.added')",
    ),
    (
        "read markers ahead of their room",
        "SELECT count(*) FROM read_markers x LEFT JOIN rooms r ON r.id = x.room_id
         WHERE r.id IS NULL OR x.seq > r.last_seq",
    ),
    (
        "messages missing from the search index, or there too often",
        "SELECT (SELECT count(*) FROM messages m, indexed i WHERE m.deleted_at IS NULL
         AND m.num <= i.up_to
         AND NOT EXISTS (SELECT 1 FROM message_search s WHERE s.rowid = m.num))
         + (SELECT count(*) FROM message_search s WHERE NOT EXISTS
            (SELECT 1 FROM messages m, indexed i
             WHERE m.num = s.rowid AND m.deleted_at IS NULL AND m.num <= i.up_to))",
    ),
    (
        "keys of sends that lead to no message",
        "SELECT count(*) FROM sends s WHERE NOT EXISTS
         (SELECT 1 FROM messages m WHERE m.id = s.message_id
          AND m.room_id = s.room_id AND m.seq = s.seq)",
    ),
    (
        "cookies, tokens and authenticators of nobody",
        "SELECT (SELECT count(*) FROM credentials c WHERE NOT EXISTS
         (SELECT 1 FROM users WHERE id = c.user_id))
         + (SELECT count(*) FROM second_factors f WHERE NOT EXISTS
         (SELECT 1 FROM users WHERE id = f.user_id))",
    ),
    (
        "sign-ins by a provider that open the account of nobody",
        "SELECT count(*) FROM identities i WHERE NOT EXISTS
         (SELECT 1 FROM users WHERE id = i.user_id)",
    ),
    (
        "accounts that one provider opens by several names",
        "SELECT count(*) FROM (SELECT 1 FROM identities WHERE ended_at IS NULL
         GROUP BY user_id, issuer HAVING count(*) > 1)",
    ),
    (
        "files of no message, or of a deleted one",
        "SELECT count(*) FROM files f LEFT JOIN messages m ON m.id = f.message_id
         WHERE f.message_id IS NOT NULL AND (m.id IS NULL OR m.deleted_at IS NOT NULL)",
    ),
    (
        "mentions of no message",
        "SELECT count(*) FROM mentions x WHERE NOT EXISTS
         (SELECT 1 FROM messages m WHERE m.num = x.num)",
    ),
    (
        "agents' turns about no message",
        "SELECT count(*) FROM turns t WHERE NOT EXISTS
         (SELECT 1 FROM messages m WHERE m.id = t.message_id)",
    ),
];

/// Findings of one kind that are named one by one.
const NAMED_MAX: usize = 20;

impl Store {
    /// Every way in which the database contradicts itself; empty when it is sound.
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

    /// Every way in which the files' bytes contradict their rows; with `deep` all of them are
    /// read. Bytes that are being brought or taken away meanwhile are no findings.
    pub async fn check_files(&self, deep: bool) -> Result<Vec<String>, StoreError> {
        let _hold = self.vault.hold().await?;
        let mut findings = Vec::new();
        let (there, strange) = self.vault.list().await?;
        for name in strange.iter().take(NAMED_MAX) {
            findings.push(format!("among the files lies something else: {name}"));
        }
        let (wanted, doomed) = self.read(|db| Ok((wanted(db)?, doomed(db)?))).await?;
        let orphans = there
            .iter()
            .filter(|digest| !wanted.contains_key(digest) && !doomed.contains(digest));
        for digest in orphans.take(NAMED_MAX) {
            findings.push(format!("bytes that nothing stands for: {digest}"));
        }
        for (digest, size) in wanted {
            let found = match self.vault.size(digest).await? {
                None => "are missing",
                Some(found) if size.is_some_and(|size| size != found) => "are cut off or too many",
                Some(_) if deep && self.vault.digest_of(digest).await? != digest => "are damaged",
                Some(_) => continue,
            };
            findings.push(format!("the bytes of a file {found}: {digest}"));
        }
        Ok(findings)
    }
}

/// Bytes that rows stand for, with their size where a row tells it.
fn wanted(db: &Connection) -> Result<HashMap<ByteDigest, Option<u64>>, StoreError> {
    Ok(db
        .prepare(
            "SELECT preview, NULL FROM files WHERE preview IS NOT NULL
             UNION ALL SELECT view, NULL FROM files WHERE view IS NOT NULL
             UNION ALL SELECT digest, size FROM files",
        )?
        .query_map([], |row| Ok((ByteDigest(row.get(0)?), row.get(1)?)))?
        .collect::<Result<_, _>>()?)
}

fn doomed(db: &Connection) -> Result<HashSet<ByteDigest>, StoreError> {
    Ok(db
        .prepare("SELECT digest FROM doomed_bytes")?
        .query_map([], |row| Ok(ByteDigest(row.get(0)?)))?
        .collect::<Result<_, _>>()?)
}

pub(super) fn check_integrity(db: &Connection) -> Result<(), StoreError> {
    let verdict: String = db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(StoreError::Database(verdict));
    }
    let strays: u64 = db.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
        row.get(0)
    })?;
    match strays {
        0 => Ok(()),
        strays => Err(StoreError::Database(format!(
            "rows that point at nothing: {strays}"
        ))),
    }
}
