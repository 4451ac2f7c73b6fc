//! What an import needs beside what everybody does.

use super::{Store, writer::Tx};
use crate::StoreError;
use jiff::Timestamp;
use rusqlite::params;
use salon_protocol::{MessageId, UserId};
use std::collections::HashSet;

impl Tx<'_> {
    /// Does something as if it were then. No agent takes a turn because of it.
    pub fn as_of<T>(
        &mut self,
        at: Timestamp,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let before = self.as_of.replace(at);
        let done = work(self);
        self.as_of = before;
        done
    }

    /// Whether a message is there, deleted or not.
    pub fn has_message(&self, id: MessageId) -> Result<bool, StoreError> {
        Ok(self
            .db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM messages WHERE id = ?1)")?
            .query_row([id.0.as_bytes()], |row| row.get(0))?)
    }

    /// Opens an account for the moment of a transaction; answers with whether it was closed.
    pub fn open_for(&mut self, id: UserId) -> Result<bool, StoreError> {
        let opened = self
            .db
            .prepare_cached("UPDATE users SET disabled = 0 WHERE id = ?1 AND disabled = 1")?
            .execute(params![id.0.as_bytes()])?;
        Ok(opened > 0)
    }
}

impl Store {
    /// Which of these messages are there, deleted or not.
    pub async fn known_messages(
        &self,
        ids: Vec<MessageId>,
    ) -> Result<HashSet<MessageId>, StoreError> {
        self.read(move |db| {
            let mut is_there =
                db.prepare_cached("SELECT EXISTS (SELECT 1 FROM messages WHERE id = ?1)")?;
            let mut known = HashSet::new();
            for id in ids {
                if is_there.query_row([id.0.as_bytes()], |row| row.get(0))? {
                    known.insert(id);
                }
            }
            Ok(known)
        })
        .await
    }
}
