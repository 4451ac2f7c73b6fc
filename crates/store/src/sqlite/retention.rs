//! Messages whose time is over: gone with all that they brought, and the log without holes.

use super::{Store, columns, writer::Tx};
use crate::{Actor, KeptRoom, StoreError, write::micros};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use salon_protocol::{EventBody, MessageId, ReportState, RoomId, Seq, UserId};

impl Tx<'_> {
    /// Takes away up to `limit` of a room's messages that were posted before `before` and are not
    /// pinned, and tells the room up to where; answers with how many.
    ///
    /// They are a beginning of the room: where a clock once jumped, what is younger waits for what
    /// is older behind it, so that one number says all.
    pub fn expire(
        &mut self,
        kept: &KeptRoom,
        before: Timestamp,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let (room, before) = (kept.room, micros(before));
        let from = self.expired_up_to(room)?;
        let young: Option<u64> = self
            .db
            .prepare_cached(
                "SELECT seq FROM messages WHERE room_id = ?1 AND seq > ?2 AND expired = 0
                 AND pinned_seq IS NULL AND at >= ?3 ORDER BY seq LIMIT 1",
            )?
            .query_row(params![room.0.as_bytes(), from.0, before], |row| row.get(0))
            .optional()?;
        let old = self
            .db
            .prepare_cached(
                "SELECT num, seq, id FROM messages WHERE room_id = ?1 AND seq > ?2 AND seq < ?3
                 AND expired = 0 AND pinned_seq IS NULL ORDER BY seq LIMIT ?4",
            )?
            .query_map(
                params![
                    room.0.as_bytes(),
                    from.0,
                    young.map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX)),
                    limit
                ],
                |row| {
                    let id = MessageId(columns::uuid(row, 2)?);
                    Ok((row.get(0)?, columns::seq(row, 1)?, id))
                },
            )?
            .collect::<Result<Vec<(i64, Seq, MessageId)>, _>>()?;
        let Some((_, up_to, _)) = old.last().copied() else {
            return Ok(0);
        };
        let body = EventBody::MessagesExpired { up_to };
        let told = self.event(room, &kept.set_by, body, None)?;
        let at = told.event.as_ref().map_or(0, |event| micros(event.at));
        for (num, seq, id) in &old {
            self.scrub(room, *seq, *id, None)?;
            self.clear(room, *num, *seq, *id, at, None)?;
            self.db
                .prepare_cached("UPDATE messages SET expired = 1 WHERE num = ?1")?
                .execute([num])?;
            self.db
                .prepare_cached(
                    "UPDATE reports SET state = ?2, settled_by = ?3, settled_at = ?4
                     WHERE message_id = ?1 AND state = 'open'",
                )?
                .execute(params![
                    id.0.as_bytes(),
                    ReportState::Removed.as_str(),
                    kept.set_by.id.0.as_bytes(),
                    at
                ])?;
        }
        self.db
            .prepare_cached("UPDATE rooms SET expired_seq = ?2 WHERE id = ?1")?
            .execute(params![room.0.as_bytes(), up_to.0])?;
        Ok(old.len())
    }

    fn expired_up_to(&self, room: RoomId) -> Result<Seq, StoreError> {
        Ok(self
            .db
            .prepare_cached("SELECT expired_seq FROM rooms WHERE id = ?1")?
            .query_row([room.0.as_bytes()], |row| columns::seq(row, 0))?)
    }

    /// What is no longer pinned is looked at again.
    pub(super) fn expire_again(&self, room: RoomId, from: Seq) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE rooms SET expired_seq = min(expired_seq, ?2 - 1) WHERE id = ?1",
            )?
            .execute(params![room.0.as_bytes(), from.0])?;
        Ok(())
    }

    pub(super) fn note_keeper(&self, room: RoomId, actor: &Actor) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE rooms SET keep_set_by = ?2 WHERE id = ?1")?
            .execute(params![room.0.as_bytes(), actor.id.0.as_bytes()])?;
        Ok(())
    }
}

impl Store {
    /// The rooms whose messages are not kept for ever.
    pub async fn kept_rooms(&self) -> Result<Vec<KeptRoom>, StoreError> {
        self.read(|db| {
            Ok(db
                .prepare_cached(
                    "SELECT r.id, r.keep_days, u.id, u.handle, u.kind FROM rooms r
                     JOIN users u ON u.id = r.keep_set_by WHERE r.keep_days > 0",
                )?
                .query_map([], |row| {
                    Ok(KeptRoom {
                        room: RoomId(columns::uuid(row, 0)?),
                        days: row.get(1)?,
                        set_by: Actor {
                            id: UserId(columns::uuid(row, 2)?),
                            handle: columns::word(row, 3)?,
                            kind: columns::word(row, 4)?,
                        },
                    })
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}
