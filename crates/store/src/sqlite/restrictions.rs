//! Who may not write in a room, and who may not come back into it.

use super::{Store, columns, writer::Tx};
use crate::{StoreError, write::micros};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use salon_protocol::{Banned, Restrictions, RoomId, Silenced, UserId, limits::RESTRICTIONS_MAX};

impl Store {
    /// Until when somebody may not write in a room; none where they may.
    pub async fn muted_until(
        &self,
        room: RoomId,
        user: UserId,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |db| silenced_until(db, room, user)).await
    }

    /// Whether somebody may not come back into a room.
    pub async fn is_banned(&self, room: RoomId, user: UserId) -> Result<bool, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM bans WHERE room_id = ?1 AND user_id = ?2)",
                )?
                .query_row(params![room.0.as_bytes(), user.0.as_bytes()], |row| {
                    row.get(0)
                })?)
        })
        .await
    }

    /// Everybody who may not write in a room now, and everybody who may not come back.
    pub async fn restrictions(&self, room: RoomId) -> Result<Restrictions, StoreError> {
        self.read(move |db| {
            Ok(Restrictions {
                silenced: silenced(db, room)?,
                banned: banned(db, room)?,
            })
        })
        .await
    }
}

impl Tx<'_> {
    /// Lets somebody come back; false when they were not banned.
    pub fn unban(&mut self, room: RoomId, user: UserId) -> Result<bool, StoreError> {
        let gone = self
            .db
            .prepare_cached("DELETE FROM bans WHERE room_id = ?1 AND user_id = ?2")?
            .execute(params![room.0.as_bytes(), user.0.as_bytes()])?;
        Ok(gone > 0)
    }

    /// Keeps somebody from writing in a room until then.
    pub fn mute(&mut self, room: RoomId, user: UserId, until: Timestamp) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO mutes (room_id, user_id, until) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET until = excluded.until",
            )?
            .execute(params![room.0.as_bytes(), user.0.as_bytes(), micros(until)])?;
        Ok(())
    }
}

pub(super) fn silenced_until(
    db: &Connection,
    room: RoomId,
    user: UserId,
) -> Result<Option<Timestamp>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT until FROM mutes WHERE room_id = ?1 AND user_id = ?2 AND until > ?3",
        )?
        .query_row(
            params![
                room.0.as_bytes(),
                user.0.as_bytes(),
                micros(salon_protocol::now())
            ],
            |row| columns::time(row, 0),
        )
        .optional()?)
}

/// A mute outlasts its subject's leaving; whoever is out is not listed until they are back.
fn silenced(db: &Connection, room: RoomId) -> Result<Vec<Silenced>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT u.handle, s.until FROM mutes s
             JOIN members m ON m.room_id = s.room_id AND m.user_id = s.user_id
             JOIN users u ON u.id = s.user_id
             WHERE s.room_id = ?1 AND s.until > ?2 ORDER BY u.handle_key LIMIT ?3",
        )?
        .query_map(
            params![
                room.0.as_bytes(),
                micros(salon_protocol::now()),
                RESTRICTIONS_MAX
            ],
            |row| {
                Ok(Silenced {
                    user: columns::word(row, 0)?,
                    until: columns::time(row, 1)?,
                })
            },
        )?
        .collect::<Result<_, _>>()?)
}

/// Who banned somebody, and when, stands in the log of moderation: the newest such act counts.
fn banned(db: &Connection, room: RoomId) -> Result<Vec<Banned>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT u.handle, a.handle, l.at FROM bans b JOIN users u ON u.id = b.user_id
             LEFT JOIN (SELECT subject_id, max(number) AS number FROM moderation
                        WHERE room_id = ?1 AND act = 'ban' GROUP BY subject_id) n
                    ON n.subject_id = b.user_id
             LEFT JOIN moderation l ON l.number = n.number
             LEFT JOIN users a ON a.id = l.actor_id
             WHERE b.room_id = ?1 ORDER BY l.number DESC, u.handle_key LIMIT ?2",
        )?
        .query_map(params![room.0.as_bytes(), RESTRICTIONS_MAX], |row| {
            Ok(Banned {
                user: columns::word(row, 0)?,
                by: columns::word_option(row, 1)?,
                at: columns::time_option(row, 2)?,
            })
        })?
        .collect::<Result<_, _>>()?)
}
