//! Threads: replies by what they go back to, and who follows them. A reply is an ordinary message of
//! its room; a thread is another way to look at the same log.

use super::{Store, columns, messages, writer::Tx};
use crate::{Actor, StoreError};
use rusqlite::{Connection, OptionalExtension, params};
use salon_protocol::{
    MessageId, MessageView, Replies, RoomId, Seq, UserId, UserKind, limits::THREADS_PAGE_MAX,
};

/// Unread replies are counted up to here.
const UNREAD_COUNTED_MAX: u32 = 100;

/// What is known of the replies to messages, of those that have any.
pub(super) fn replies(
    db: &Connection,
    roots: &str,
) -> Result<Vec<(MessageId, Replies)>, StoreError> {
    // The time is the newest reply's: beside a maximum, other columns are of its row.
    let mut select = db.prepare_cached(&format!(
        "SELECT thread, count(*), max(seq), at FROM messages WHERE thread IN {} GROUP BY thread",
        columns::IDS
    ))?;
    Ok(select
        .query_map([roots], |row| {
            let replies = Replies {
                count: row.get(1)?,
                last_seq: columns::seq(row, 2)?,
                last_at: columns::time(row, 3)?,
            };
            Ok((MessageId(columns::uuid(row, 0)?), replies))
        })?
        .collect::<Result<_, _>>()?)
}

impl Tx<'_> {
    /// Whoever writes in a thread follows it from now on; whoever began it, and whom the reply
    /// calls, from then on unless they have said otherwise. Agents are told by turns.
    pub(super) fn follow_thread(
        &self,
        room: RoomId,
        actor: &Actor,
        num: i64,
        seq: Seq,
        root: MessageId,
    ) -> Result<(), StoreError> {
        if actor.kind != UserKind::Agent {
            self.db
                .prepare_cached(
                    "INSERT INTO thread_follows (user_id, root, room_id, following, read_seq)
                     VALUES (?1, ?2, ?3, 1, ?4)
                     ON CONFLICT DO UPDATE SET following = 1, read_seq = excluded.read_seq",
                )?
                .execute(params![
                    actor.id.0.as_bytes(),
                    root.0.as_bytes(),
                    room.0.as_bytes(),
                    seq.0
                ])?;
        }
        self.db
            .prepare_cached(
                "INSERT OR IGNORE INTO thread_follows (user_id, root, room_id, following, read_seq)
                 SELECT u.id, ?1, ?2, 1, ?3 - 1 FROM users u WHERE u.kind != 'agent' AND u.id IN
                 (SELECT author_id FROM messages WHERE id = ?1
                  UNION SELECT user_id FROM mentions WHERE num = ?4)",
            )?
            .execute(params![root.0.as_bytes(), room.0.as_bytes(), seq.0, num])?;
        Ok(())
    }

    /// Changes how a member stands in a thread of their room.
    pub fn set_thread(
        &mut self,
        room: RoomId,
        user: &Actor,
        root: MessageId,
        following: Option<bool>,
        read_seq: Option<Seq>,
    ) -> Result<(), StoreError> {
        self.check_member(room, user)?;
        self.db
            .prepare_cached(
                "INSERT INTO thread_follows (user_id, root, room_id, following, read_seq)
                 SELECT ?1, ?2, id, coalesce(?4, 0), min(coalesce(?5, 0), last_seq)
                 FROM rooms WHERE id = ?3
                 ON CONFLICT DO UPDATE SET following = coalesce(?4, following),
                 read_seq = max(read_seq, excluded.read_seq)",
            )?
            .execute(params![
                user.id.0.as_bytes(),
                root.0.as_bytes(),
                room.0.as_bytes(),
                following,
                read_seq.map(|seq| seq.0)
            ])?;
        Ok(())
    }
}

impl Store {
    /// The message at which a thread begins, for any message of it that a reader may read.
    pub async fn thread_root(
        &self,
        reader: UserId,
        message: MessageId,
    ) -> Result<Option<MessageId>, StoreError> {
        self.read(move |db| {
            let found = db
                .prepare_cached(
                    "SELECT coalesce(m.thread, m.id) FROM messages m
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2 WHERE m.id = ?1",
                )?
                .query_row(params![message.0.as_bytes(), reader.0.as_bytes()], |row| {
                    columns::uuid(row, 0)
                })
                .optional()?;
            Ok(found.map(MessageId))
        })
        .await
    }

    /// The newest replies of a thread before a number, in time order, and whether older ones exist.
    pub async fn thread(
        &self,
        reader: UserId,
        root: MessageId,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<(Vec<MessageView>, bool), StoreError> {
        self.read(move |db| {
            let before = before.map_or(i64::MAX, |seq| i64::try_from(seq.0).unwrap_or(i64::MAX));
            let mut replies = db
                .prepare_cached(&format!(
                    "SELECT {} FROM messages m JOIN users a ON a.id = m.author_id
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = ?4
                     WHERE m.thread = ?1 AND m.seq < ?2 AND {}
                     ORDER BY m.seq DESC LIMIT ?3",
                    messages::VIEW,
                    messages::READABLE
                ))?
                .query_map(
                    params![root.0.as_bytes(), before, limit + 1, reader.0.as_bytes()],
                    messages::view,
                )?
                .collect::<Result<Vec<_>, _>>()?;
            let more = replies.len() > limit;
            replies.truncate(limit);
            replies.reverse();
            messages::add_reactions(db, &mut replies)?;
            Ok((replies, more))
        })
        .await
    }

    /// Whether somebody follows a thread, and up to where they have read it there.
    pub async fn thread_standing(
        &self,
        user: UserId,
        root: MessageId,
    ) -> Result<(bool, Seq), StoreError> {
        self.read(move |db| {
            let found = db
                .prepare_cached(
                    "SELECT following, read_seq FROM thread_follows
                     WHERE user_id = ?1 AND root = ?2",
                )?
                .query_row(params![user.0.as_bytes(), root.0.as_bytes()], |row| {
                    Ok((row.get(0)?, columns::seq(row, 1)?))
                })
                .optional()?;
            Ok(found.unwrap_or((false, Seq(0))))
        })
        .await
    }

    /// The threads that somebody follows in rooms that they are in, the one with the newest reply
    /// first, each with how many replies by others they have read neither there nor in the room.
    pub async fn threads(&self, user: UserId) -> Result<Vec<(MessageId, u32)>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT f.root, (SELECT count(*) FROM (SELECT 1 FROM messages m
                       WHERE m.thread = f.root AND m.author_id != ?1 AND m.deleted_at IS NULL
                       AND m.seq > max(f.read_seq, coalesce((SELECT seq FROM read_markers
                       WHERE user_id = ?1 AND room_id = f.room_id), 0)) LIMIT ?3))
                     FROM thread_follows f
                     JOIN members r ON r.room_id = f.room_id AND r.user_id = f.user_id
                     WHERE f.user_id = ?1 AND f.following = 1
                     ORDER BY (SELECT max(num) FROM messages m WHERE m.thread = f.root) DESC
                     LIMIT ?2",
                )?
                .query_map(
                    params![user.0.as_bytes(), THREADS_PAGE_MAX, UNREAD_COUNTED_MAX],
                    |row| Ok((MessageId(columns::uuid(row, 0)?), row.get(1)?)),
                )?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}
