//! What agents remember: facts with an owner and an audience, and summaries of rooms. Both go
//! where the words they came from go: a deletion takes them away.

use super::{Store, columns, writer::Tx};
use crate::{FactRow, StoreError, SummaryRow, write::micros};
use rusqlite::{OptionalExtension, params};
use salon_protocol::{MessageId, RoomId, Seq, UserId, limits::FACTS_PER_ROOM_MAX};

impl Tx<'_> {
    /// Remembers something told in a room; answers with its number.
    pub fn add_fact(
        &mut self,
        room: RoomId,
        owner: UserId,
        agent: UserId,
        text: &str,
    ) -> Result<u32, StoreError> {
        let kept: usize = self
            .db
            .prepare_cached("SELECT count(*) FROM facts WHERE room_id = ?1")?
            .query_row([room.0.as_bytes()], |row| row.get(0))?;
        if kept >= FACTS_PER_ROOM_MAX {
            return Err(StoreError::TooMany("facts"));
        }
        Ok(self
            .db
            .prepare_cached(
                "INSERT INTO facts (room_id, owner_id, agent_id, text, at)
                 VALUES (?1, ?2, ?3, ?4, ?5) RETURNING number",
            )?
            .query_row(
                params![
                    room.0.as_bytes(),
                    owner.0.as_bytes(),
                    agent.0.as_bytes(),
                    text,
                    micros(salon_protocol::now())
                ],
                |row| row.get(0),
            )?)
    }

    /// Forgets something.
    pub fn drop_fact(&mut self, number: u32) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM facts WHERE number = ?1")?
            .execute([number])?;
        Ok(())
    }

    /// Keeps what older messages of a room said, unless it covers less than what is kept.
    ///
    /// It was made of what stood at `as_of`. Whom this guards: whoever has taken words back while a
    /// model was at them; then it is not kept.
    pub fn put_summary(
        &mut self,
        room: RoomId,
        as_of: Seq,
        up_to: Seq,
        text: &str,
    ) -> Result<(), StoreError> {
        let is_stale: bool = self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM events WHERE room_id = ?1 AND seq > ?2
                 AND json_extract(body, '$.kind')
                 IN ('message.edited', 'message.deleted', 'messages.expired'))",
            )?
            .query_row(params![room.0.as_bytes(), as_of.0], |row| row.get(0))?;
        if is_stale {
            return Ok(());
        }
        self.db
            .prepare_cached(
                "INSERT INTO summaries (room_id, up_to, text, at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET up_to = excluded.up_to, text = excluded.text,
                 at = excluded.at WHERE excluded.up_to > up_to",
            )?
            .execute(params![
                room.0.as_bytes(),
                up_to.0,
                text,
                micros(salon_protocol::now())
            ])?;
        Ok(())
    }

    /// Forgets a summary that covers a message whose words are no longer what they were.
    pub(super) fn drop_summary(&self, room: RoomId, covering: Seq) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM summaries WHERE room_id = ?1 AND up_to >= ?2")?
            .execute(params![room.0.as_bytes(), covering.0])?;
        Ok(())
    }

    /// Says whether an answer was good; none takes it back.
    pub fn put_feedback(
        &mut self,
        message: MessageId,
        user: UserId,
        good: Option<bool>,
    ) -> Result<(), StoreError> {
        match good {
            Some(good) => self
                .db
                .prepare_cached(
                    "INSERT INTO feedback (message_id, user_id, good, at) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT DO UPDATE SET good = excluded.good, at = excluded.at",
                )?
                .execute(params![
                    message.0.as_bytes(),
                    user.0.as_bytes(),
                    good,
                    micros(salon_protocol::now())
                ])?,
            None => self
                .db
                .prepare_cached("DELETE FROM feedback WHERE message_id = ?1 AND user_id = ?2")?
                .execute(params![message.0.as_bytes(), user.0.as_bytes()])?,
        };
        Ok(())
    }
}

impl Store {
    /// Facts that were told in a room, and with `public` those of public rooms that everybody who
    /// reads it may read as well, newest first.
    pub async fn facts(
        &self,
        room: RoomId,
        public: bool,
        limit: usize,
    ) -> Result<Vec<FactRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    // Facts first: whom a public room shuts out is not looked up for every room.
                    "SELECT f.number, f.room_id, f.owner_id, f.agent_id, f.text, f.at
                     FROM facts f CROSS JOIN rooms r ON r.id = f.room_id
                     WHERE r.private_from_ai = 0
                     AND (f.room_id = ?1 OR (?2 AND r.kind = 'public' AND NOT {}))
                     ORDER BY f.number DESC LIMIT ?3",
                    super::rooms::SHUTS_OUT
                ))?
                .query_map(params![room.0.as_bytes(), public, limit], |row| {
                    Ok(FactRow {
                        number: row.get(0)?,
                        room: RoomId(columns::uuid(row, 1)?),
                        owner: UserId(columns::uuid(row, 2)?),
                        agent: UserId(columns::uuid(row, 3)?),
                        text: row.get(4)?,
                        at: columns::time(row, 5)?,
                    })
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// What older messages of a room said, as far as it is kept.
    pub async fn summary(&self, room: RoomId) -> Result<Option<SummaryRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached("SELECT up_to, text FROM summaries WHERE room_id = ?1")?
                .query_row([room.0.as_bytes()], |row| {
                    Ok(SummaryRow {
                        up_to: columns::seq(row, 0)?,
                        text: row.get(1)?,
                    })
                })
                .optional()?)
        })
        .await
    }

    /// How many found an answer good and how many did not, and what one user said.
    pub async fn feedback(
        &self,
        message: MessageId,
        user: UserId,
    ) -> Result<(u32, u32, Option<bool>), StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT coalesce(sum(good), 0), coalesce(sum(1 - good), 0),
                     max(CASE WHEN user_id = ?2 THEN good END) FROM feedback
                     WHERE message_id = ?1",
                )?
                .query_row(params![message.0.as_bytes(), user.0.as_bytes()], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?)
        })
        .await
    }
}
