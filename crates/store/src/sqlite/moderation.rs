//! Slow rooms, and the log of what moderators did: append-only, for admins.

use super::{Store, columns, writer::Tx};
use crate::{Actor, ModerationRow, NewModeration, StoreError, write::micros};
use rusqlite::{Connection, OptionalExtension, params};
use salon_protocol::{MessageId, RoomId, UserId};

/// How somebody stands in a slow room that binds them.
pub(super) struct Place {
    seconds: u32,
    wrote_at: Option<i64>,
}

impl Place {
    /// Until when they may not write.
    pub(super) fn until(&self, now: i64) -> Option<i64> {
        let wait = i64::from(self.seconds) * 1_000_000;
        // A clock that was set back makes nobody wait longer than the rule says.
        let until = (self.wrote_at? + wait).min(now + wait);
        (until > now).then_some(until)
    }
}

/// None where the room is not slow, or the rule does not bind them: it binds whoever does not
/// moderate the room, and every agent.
pub(super) fn place(
    db: &Connection,
    room: RoomId,
    user: UserId,
) -> Result<Option<Place>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT r.slow_seconds, (SELECT at FROM slow_marks WHERE room_id = ?1 AND user_id = ?2)
             FROM rooms r JOIN users u ON u.id = ?2
             WHERE r.id = ?1 AND r.slow_seconds > 0 AND (u.kind = 'agent'
             OR r.creator_id != ?2 AND u.role NOT IN ('admin', 'owner'))",
        )?
        .query_row(params![room.0.as_bytes(), user.0.as_bytes()], |row| {
            Ok(Place {
                seconds: row.get(0)?,
                wrote_at: row.get(1)?,
            })
        })
        .optional()?)
}

impl Tx<'_> {
    /// Takes somebody's place in a slow room, or refuses because they wrote too lately. An agent
    /// waits before it begins to answer: an answer that was begun in time is never lost at its end.
    pub(super) fn take_place(
        &self,
        room: RoomId,
        actor: &Actor,
        is_answer: bool,
    ) -> Result<(), StoreError> {
        // What is imported was written at another time.
        if self.as_of.is_some() {
            return Ok(());
        }
        let Some(place) = place(self.db, room, actor.id)? else {
            return Ok(());
        };
        let now = micros(salon_protocol::now());
        if let Some(until) = place.until(now).filter(|_| !is_answer) {
            return Err(StoreError::Slow {
                until,
                seconds: place.seconds,
            });
        }
        self.db
            .prepare_cached(
                "INSERT INTO slow_marks (room_id, user_id, at) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET at = excluded.at",
            )?
            .execute(params![room.0.as_bytes(), actor.id.0.as_bytes(), now])?;
        Ok(())
    }

    pub(super) fn drop_slow_marks(&self, room: RoomId) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM slow_marks WHERE room_id = ?1")?
            .execute([room.0.as_bytes()])?;
        Ok(())
    }

    /// Writes down what a moderator does in the same transaction.
    pub fn note_moderation(&mut self, new: &NewModeration) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO moderation
                 (at, actor_id, asker_id, room_id, act, subject_id, message_id, detail)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                micros(salon_protocol::now()),
                new.actor.0.as_bytes(),
                new.asker.map(|id| id.0.into_bytes()),
                new.room.map(|id| id.0.into_bytes()),
                new.act.as_str(),
                new.subject.map(|id| id.0.into_bytes()),
                new.message.map(|id| id.0.into_bytes()),
                new.detail,
            ])?;
        Ok(())
    }
}

impl Store {
    /// What moderators did, the newest first, below a number where one is given.
    pub async fn moderation(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ModerationRow>, StoreError> {
        self.read(move |db| {
            let before = before.map_or(i64::MAX, |n| i64::try_from(n).unwrap_or(i64::MAX));
            Ok(db
                .prepare_cached(
                    "SELECT number, at, actor_id, asker_id, act, room_id, subject_id, message_id,
                            detail
                     FROM moderation WHERE number < ?1 ORDER BY number DESC LIMIT ?2",
                )?
                .query_map(params![before, limit], |row| {
                    Ok(ModerationRow {
                        number: row.get(0)?,
                        at: columns::time(row, 1)?,
                        actor: UserId(columns::uuid(row, 2)?),
                        asker: columns::uuid_option(row, 3)?.map(UserId),
                        act: columns::word(row, 4)?,
                        room: columns::uuid_option(row, 5)?.map(RoomId),
                        subject: columns::uuid_option(row, 6)?.map(UserId),
                        message: columns::uuid_option(row, 7)?.map(MessageId),
                        detail: row.get(8)?,
                    })
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}
