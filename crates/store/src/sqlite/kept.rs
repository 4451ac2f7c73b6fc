//! What people keep of messages: pinned for a room, saved for oneself, and the texts that a message
//! had before.

use super::{Store, append::unchanged, columns, messages, writer::Tx};
use crate::{Actor, Appended, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use salon_protocol::{
    EventBody, MessageId, MessageView, RoomId, Seq, UserId, Version,
    limits::{PINS_PER_ROOM_MAX, SAVED_PER_USER_MAX},
};

impl Tx<'_> {
    pub(super) fn pin(
        &mut self,
        room: RoomId,
        actor: &Actor,
        message_id: MessageId,
    ) -> Result<Appended, StoreError> {
        let target = self.target(room, message_id)?;
        if target.deleted {
            return Err(StoreError::NotFound("message"));
        }
        self.check_mute(room, actor)?;
        if let Some(seq) = self.pinned(target.num)? {
            return Ok(unchanged(room, seq, message_id));
        }
        let pins: usize = self
            .db
            .prepare_cached(
                "SELECT count(*) FROM messages WHERE room_id = ?1 AND pinned_seq IS NOT NULL",
            )?
            .query_row([room.0.as_bytes()], |row| row.get(0))?;
        if pins >= PINS_PER_ROOM_MAX {
            return Err(StoreError::TooMany("pins"));
        }
        let body = EventBody::MessagePinned { message_id };
        let appended = self.event(room, actor, body, Some(message_id))?;
        self.db
            .prepare_cached("UPDATE messages SET pinned_seq = ?2, pinned_by = ?3 WHERE num = ?1")?
            .execute(params![target.num, appended.seq.0, actor.id.0.as_bytes()])?;
        Ok(appended)
    }

    pub(super) fn unpin(
        &mut self,
        room: RoomId,
        actor: &Actor,
        message_id: MessageId,
    ) -> Result<Appended, StoreError> {
        let target = self.target(room, message_id)?;
        self.check_mute(room, actor)?;
        if self.pinned(target.num)?.is_none() {
            return Ok(unchanged(room, target.seq, message_id));
        }
        self.db
            .prepare_cached(
                "UPDATE messages SET pinned_seq = NULL, pinned_by = NULL WHERE num = ?1",
            )?
            .execute([target.num])?;
        self.expire_again(room, target.seq)?;
        let body = EventBody::MessageUnpinned { message_id };
        self.event(room, actor, body, Some(message_id))
    }

    fn pinned(&self, num: i64) -> Result<Option<Seq>, StoreError> {
        let seq: Option<u64> = self
            .db
            .prepare_cached("SELECT pinned_seq FROM messages WHERE num = ?1")?
            .query_row([num], |row| row.get(0))?;
        Ok(seq.map(Seq))
    }

    /// Saves a message that the user may read, or lets go of any. Answers whether that changed
    /// anything.
    pub fn save_message(
        &mut self,
        user: UserId,
        message: MessageId,
        on: bool,
    ) -> Result<bool, StoreError> {
        if !on {
            let gone = self
                .db
                .prepare_cached(
                    "DELETE FROM saved WHERE user_id = ?1
                     AND num = (SELECT num FROM messages WHERE id = ?2)",
                )?
                .execute(params![user.0.as_bytes(), message.0.as_bytes()])?;
            return Ok(gone > 0);
        }
        let num: Option<i64> = self
            .db
            .prepare_cached(&format!(
                "SELECT m.num FROM messages m
                 JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
                 WHERE m.id = ?1 AND m.deleted_at IS NULL AND {readable}",
                readable = messages::READABLE,
            ))?
            .query_row(params![message.0.as_bytes(), user.0.as_bytes()], |row| {
                row.get(0)
            })
            .optional()?;
        let num = columns::found(num, "message")?;
        let added = self
            .db
            .prepare_cached("INSERT OR IGNORE INTO saved (user_id, num) VALUES (?1, ?2)")?
            .execute(params![user.0.as_bytes(), num])?;
        let saved: usize = self
            .db
            .prepare_cached("SELECT count(*) FROM saved WHERE user_id = ?1")?
            .query_row([user.0.as_bytes()], |row| row.get(0))?;
        if saved > SAVED_PER_USER_MAX {
            return Err(StoreError::TooMany("saved messages"));
        }
        Ok(added > 0)
    }

    pub(super) fn drop_saved(&self, num: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM saved WHERE num = ?1")?
            .execute([num])?;
        Ok(())
    }
}

impl Store {
    /// The messages that are pinned in a room, the one pinned last first, as far as `reader` may
    /// read them.
    pub async fn pins(&self, reader: UserId, room: RoomId) -> Result<Vec<MessageView>, StoreError> {
        self.read(move |db| {
            messages::check_reader(db, room, reader)?;
            let mut pins = db
                .prepare_cached(&format!(
                    "SELECT {view} FROM messages m JOIN users a ON a.id = m.author_id
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
                     WHERE m.room_id = ?1 AND m.pinned_seq IS NOT NULL AND {readable}
                     ORDER BY m.pinned_seq DESC",
                    view = messages::VIEW,
                    readable = messages::READABLE,
                ))?
                .query_map(
                    params![room.0.as_bytes(), reader.0.as_bytes()],
                    messages::view,
                )?
                .collect::<Result<Vec<_>, _>>()?;
            messages::add_reactions(db, &mut pins)?;
            Ok(pins)
        })
        .await
    }

    /// What a user saved and may still read, newest first; the second value is where the next
    /// page begins.
    pub async fn saved(
        &self,
        user: UserId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<MessageView>, Option<u64>), StoreError> {
        self.read(move |db| {
            let before = before.map_or(i64::MAX, |id| i64::try_from(id).unwrap_or(i64::MAX));
            let mut found = db
                .prepare_cached(&format!(
                    "SELECT {view}, s.id FROM saved s JOIN messages m ON m.num = s.num
                     JOIN users a ON a.id = m.author_id
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = s.user_id
                     WHERE s.user_id = ?1 AND s.id < ?2 AND {readable}
                     ORDER BY s.id DESC LIMIT ?3",
                    view = messages::VIEW,
                    readable = messages::READABLE,
                ))?
                .query_map(params![user.0.as_bytes(), before, limit + 1], |row| {
                    let id: u64 = row.get(messages::VIEW_COLUMNS)?;
                    Ok((messages::view(row)?, id))
                })?
                .collect::<Result<Vec<_>, _>>()?;
            let more = found.len() > limit;
            found.truncate(limit);
            let next = found.last().filter(|_| more).map(|(_, id)| *id);
            let mut views: Vec<_> = found.into_iter().map(|(view, _)| view).collect();
            messages::add_reactions(db, &mut views)?;
            Ok((views, next))
        })
        .await
    }

    /// The ids of all that a user saved, whether they may still read it or not.
    pub async fn saved_ids(&self, user: UserId) -> Result<Vec<MessageId>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT m.id FROM saved s JOIN messages m ON m.num = s.num
                     WHERE s.user_id = ?1 ORDER BY s.id DESC LIMIT ?2",
                )?
                .query_map(params![user.0.as_bytes(), SAVED_PER_USER_MAX], |row| {
                    Ok(MessageId(columns::uuid(row, 0)?))
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The newest texts that a message had, oldest of them first, and whether there are older
    /// ones. Nothing where `reader` may not read it or it was deleted.
    pub async fn versions(
        &self,
        reader: UserId,
        message: MessageId,
        limit: usize,
    ) -> Result<Option<(Vec<Version>, bool)>, StoreError> {
        self.read(move |db| {
            let found = db
                .prepare_cached(&format!(
                    "SELECT m.room_id, m.seq FROM messages m
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
                     WHERE m.id = ?1 AND m.deleted_at IS NULL AND {readable}",
                    readable = messages::READABLE,
                ))?
                .query_row(params![message.0.as_bytes(), reader.0.as_bytes()], |row| {
                    Ok((columns::uuid(row, 0)?, columns::seq(row, 1)?))
                })
                .optional()?;
            let Some((room, posted)) = found else {
                return Ok(None);
            };
            let mut select = db.prepare_cached(
                "SELECT e.at, e.body FROM events e WHERE e.room_id = ?1 AND e.seq IN
                 (SELECT ?3 UNION ALL SELECT seq FROM edits WHERE message_id = ?2)
                 ORDER BY e.seq DESC LIMIT ?4",
            )?;
            let mut rows = select.query(params![
                room.as_bytes(),
                message.0.as_bytes(),
                posted.0,
                limit + 1
            ])?;
            let mut versions: Vec<Version> = Vec::new();
            while let Some(row) = rows.next()? {
                let at: Timestamp = columns::time(row, 0)?;
                let text = match columns::json(row, 1)? {
                    EventBody::MessagePosted { message } => message.text,
                    EventBody::MessageEdited { text, .. } => text,
                    _ => continue,
                };
                versions.push(Version { text, at });
            }
            let more = versions.len() > limit;
            versions.truncate(limit);
            versions.reverse();
            Ok(Some((versions, more)))
        })
        .await
    }
}
