//! What people have begun to write and not sent, so that another device of theirs goes on with it.

use super::{Store, columns, writer::Tx};
use crate::{Actor, StoreError, write::micros};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use salon_protocol::{MessageId, RoomId, Unsent, UserId, limits::UNSENT_PER_USER_MAX};

/// Where a text stands in its room: its thread's first message, or nothing.
fn place(thread: Option<MessageId>) -> Vec<u8> {
    thread.map_or_else(Vec::new, |root| root.0.as_bytes().to_vec())
}

impl Tx<'_> {
    /// Keeps a text in place of the one before; an empty one lets go of it. The last one that is
    /// committed stays, and has the highest version. Beside it, whether anything changed.
    pub fn put_unsent(
        &mut self,
        room: RoomId,
        actor: &Actor,
        thread: Option<MessageId>,
        text: String,
        at: Timestamp,
    ) -> Result<(Unsent, bool), StoreError> {
        self.check_member(room, actor)?;
        let (user, place) = (actor.id.0.as_bytes(), place(thread));
        let key = params![user, room.0.as_bytes(), place];
        let kept: Option<(String, i64)> = self
            .db
            .prepare_cached(
                "SELECT text, version FROM unsent
                 WHERE user_id = ?1 AND room_id = ?2 AND thread = ?3",
            )?
            .query_row(key, |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (before, last) = kept.unwrap_or_default();
        // A clock may jump back; what comes later is newer all the same.
        let version = micros(at).max(last + 1);
        let unsent = |text, version: i64| Unsent {
            room,
            thread,
            text,
            version: version.unsigned_abs(),
        };
        if text == before && last > 0 {
            return Ok((unsent(text, last), false));
        }
        if text.is_empty() {
            self.db
                .prepare_cached(
                    "DELETE FROM unsent WHERE user_id = ?1 AND room_id = ?2 AND thread = ?3",
                )?
                .execute(key)?;
            return Ok((unsent(text, version), last > 0));
        }
        if last == 0 {
            self.check_room_for_unsent(room, actor.id, thread)?;
        }
        self.db
            .prepare_cached(
                "INSERT INTO unsent (user_id, room_id, thread, text, version)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET text = excluded.text, version = excluded.version",
            )?
            .execute(params![user, room.0.as_bytes(), place, text, version])?;
        Ok((unsent(text, version), true))
    }

    /// Refuses one too many, and a thread that is not in the room.
    fn check_room_for_unsent(
        &self,
        room: RoomId,
        user: UserId,
        thread: Option<MessageId>,
    ) -> Result<(), StoreError> {
        if let Some(root) = thread {
            let is_there: Option<bool> = self
                .db
                .prepare_cached("SELECT 1 FROM messages WHERE id = ?1 AND room_id = ?2")?
                .query_row(params![root.0.as_bytes(), room.0.as_bytes()], |row| {
                    row.get(0)
                })
                .optional()?;
            columns::found(is_there, "message")?;
        }
        let kept: usize = self
            .db
            .prepare_cached("SELECT count(*) FROM unsent WHERE user_id = ?1")?
            .query_row([user.0.as_bytes()], |row| row.get(0))?;
        if kept >= UNSENT_PER_USER_MAX {
            return Err(StoreError::TooMany("unsent texts"));
        }
        Ok(())
    }

    /// Whoever is out of a room has begun nothing there.
    pub(super) fn drop_unsent(&self, room: RoomId, user: UserId) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM unsent WHERE user_id = ?1 AND room_id = ?2")?
            .execute(params![user.0.as_bytes(), room.0.as_bytes()])?;
        Ok(())
    }
}

impl Store {
    /// What a user has not sent, the newest first.
    pub async fn unsent(&self, user: UserId) -> Result<Vec<Unsent>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT room_id, nullif(thread, x''), text, version FROM unsent
                     WHERE user_id = ?1 ORDER BY version DESC",
                )?
                .query_map([user.0.as_bytes()], read)?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Unsent> {
    Ok(Unsent {
        room: RoomId(columns::uuid(row, 0)?),
        thread: columns::uuid_option(row, 1)?.map(MessageId),
        text: row.get(2)?,
        version: row.get(3)?,
    })
}
