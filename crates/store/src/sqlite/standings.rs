//! How people stand in rooms: what is read, of what they want to be told, and whom a message may
//! have to be told to.

use super::{Store, columns, mentions, writer::Tx};
use crate::{Listener, StoreError, write::micros};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use salon_protocol::{NotificationLevel, RoomId, RoomStanding, Seq, UserId};

/// Unread messages are counted up to here; a client shows "99+".
const UNREAD_COUNTED_MAX: u32 = 100;

impl Store {
    /// How a user stands in a room.
    pub async fn standing(&self, room: RoomId, user: UserId) -> Result<RoomStanding, StoreError> {
        self.read(move |db| standing(db, room, user)).await
    }

    /// Members to whom a message may have to be told, each with what decides it: everybody where
    /// `all`, otherwise whoever it names and whoever wants everything. No agents, not the author.
    pub async fn listeners(
        &self,
        room: RoomId,
        seq: Seq,
        all: bool,
    ) -> Result<Vec<Listener>, StoreError> {
        self.read(move |db| {
            let whom = if all {
                ""
            } else {
                "AND r.user_id IN (SELECT user_id FROM mentions WHERE num = m.num
                 UNION SELECT user_id FROM thread_follows
                 WHERE root = m.thread AND following = 1
                 UNION SELECT user_id FROM notification_levels
                 WHERE room_id = m.room_id AND level = 'everything')"
            };
            Ok(db
                .prepare_cached(&format!(
                    "SELECT u.id, u.handle, l.level, l.muted_until, EXISTS (SELECT 1 FROM mentions
                     WHERE num = m.num AND user_id = u.id), EXISTS (SELECT 1 FROM thread_follows
                     WHERE root = m.thread AND user_id = u.id AND following = 1)
                     FROM messages m JOIN members r ON r.room_id = m.room_id
                     JOIN users u ON u.id = r.user_id
                     LEFT JOIN notification_levels l
                     ON l.user_id = u.id AND l.room_id = m.room_id
                     WHERE m.room_id = ?1 AND m.seq = ?2 AND m.deleted_at IS NULL
                     AND u.id != m.author_id AND r.is_agent = 0 AND u.disabled = 0 {whom}"
                ))?
                .query_map(params![room.0.as_bytes(), seq.0], |row| {
                    Ok(Listener {
                        user: UserId(columns::uuid(row, 0)?),
                        handle: columns::word(row, 1)?,
                        level: columns::word_option(row, 2)?,
                        muted_until: time_option(row, 3)?,
                        is_called: row.get(4)?,
                        follows: row.get(5)?,
                    })
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}

impl Tx<'_> {
    /// Moves a read marker forward, never past the room's end; answers with where it stands.
    pub fn mark_read(&mut self, room: RoomId, user: UserId, seq: Seq) -> Result<Seq, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "INSERT INTO read_markers (user_id, room_id, seq)
                 SELECT ?1, id, min(?3, last_seq) FROM rooms WHERE id = ?2
                 ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq) RETURNING seq",
            )?
            .query_row(
                params![user.0.as_bytes(), room.0.as_bytes(), seq.0],
                |row| columns::seq(row, 0),
            )?)
    }

    /// Sets a read marker before an event, which makes it and what follows unread again.
    pub fn mark_unread(
        &mut self,
        room: RoomId,
        user: UserId,
        seq: Seq,
    ) -> Result<RoomStanding, StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO read_markers (user_id, room_id, seq)
                 SELECT ?1, id, min(max(?3, 1) - 1, last_seq) FROM rooms WHERE id = ?2
                 ON CONFLICT DO UPDATE SET seq = excluded.seq",
            )?
            .execute(params![user.0.as_bytes(), room.0.as_bytes(), seq.0])?;
        standing(self.db, room, user)
    }

    /// Everything in every room is read; answers with the rooms whose marker moved.
    pub fn mark_all_read(&mut self, user: UserId) -> Result<Vec<(RoomId, Seq)>, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "INSERT INTO read_markers (user_id, room_id, seq)
                 SELECT ?1, r.id, r.last_seq FROM members m JOIN rooms r ON r.id = m.room_id
                 LEFT JOIN read_markers k ON k.user_id = ?1 AND k.room_id = r.id
                 WHERE m.user_id = ?1 AND coalesce(k.seq, 0) < r.last_seq
                 ON CONFLICT DO UPDATE SET seq = excluded.seq RETURNING room_id, seq",
            )?
            .query_map([user.0.as_bytes()], |row| {
                Ok((RoomId(columns::uuid(row, 0)?), columns::seq(row, 1)?))
            })?
            .collect::<Result<_, _>>()?)
    }

    /// Says of what a user wants to be told in a room.
    pub fn set_level(
        &mut self,
        room: RoomId,
        user: UserId,
        level: Option<NotificationLevel>,
        muted_until: Option<Timestamp>,
    ) -> Result<RoomStanding, StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO notification_levels (user_id, room_id, level, muted_until)
                 VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE
                 SET level = excluded.level, muted_until = excluded.muted_until",
            )?
            .execute(params![
                user.0.as_bytes(),
                room.0.as_bytes(),
                level.map(NotificationLevel::as_str),
                muted_until.map(micros),
            ])?;
        standing(self.db, room, user)
    }
}

pub(super) fn standing(
    db: &Connection,
    room: RoomId,
    user: UserId,
) -> Result<RoomStanding, StoreError> {
    let ids = params![user.0.into_bytes(), room.0.into_bytes()];
    let read_seq = db
        .prepare_cached("SELECT seq FROM read_markers WHERE user_id = ?1 AND room_id = ?2")?
        .query_row(ids, |row| columns::seq(row, 0))
        .optional()?
        .unwrap_or_default();
    let seq = db
        .prepare_cached("SELECT last_seq FROM rooms WHERE id = ?1")?
        .query_row([room.0.as_bytes()], |row| columns::seq(row, 0))?;
    let (level, muted_until) = db
        .prepare_cached(
            "SELECT level, muted_until FROM notification_levels
             WHERE user_id = ?1 AND room_id = ?2",
        )?
        .query_row(ids, |row| {
            Ok((columns::word_option(row, 0)?, time_option(row, 1)?))
        })
        .optional()?
        .unwrap_or_default();
    let unread = db
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM messages WHERE room_id = ?2 AND seq > ?3
             AND author_id != ?1 AND deleted_at IS NULL LIMIT ?4)",
        )?
        .query_row(
            params![
                user.0.as_bytes(),
                room.0.as_bytes(),
                read_seq.0,
                UNREAD_COUNTED_MAX
            ],
            |row| row.get(0),
        )?;
    Ok(RoomStanding {
        seq,
        read_seq,
        unread,
        mentions: mentions::count_unread(db, room, user, read_seq)?,
        level,
        muted_until,
    })
}

fn time_option(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let at: Option<i64> = row.get(column)?;
    Ok(at.and_then(|at| Timestamp::from_microsecond(at).ok()))
}
