//! Agents' turns: written with the event that causes them, claimed under a lease, ended with the
//! reply.

use super::{Store, columns, writer::Tx};
use crate::{FinishTurn, StoreError, Turn, TurnCall, write::micros};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use salon_protocol::{MessageId, RoomId, Seq, TurnId, UserId};

impl Tx<'_> {
    /// One turn for every agent in the room but the author.
    #[expect(
        clippy::too_many_arguments,
        reason = "the columns of one row, named at the only call"
    )]
    pub(super) fn add_turns(
        &self,
        room: RoomId,
        seq: Seq,
        message: MessageId,
        author: UserId,
        asker: UserId,
        hops: u32,
        at: i64,
    ) -> Result<(), StoreError> {
        let agents = self
            .db
            .prepare_cached(
                "SELECT user_id FROM members WHERE room_id = ?1 AND is_agent = 1 AND user_id != ?2",
            )?
            .query_map(params![room.0.as_bytes(), author.0.as_bytes()], |row| {
                columns::uuid(row, 0)
            })?
            .collect::<Result<Vec<_>, _>>()?;
        for agent in agents {
            self.db
                .prepare_cached(
                    "INSERT INTO turns (id, agent_id, room_id, seq, message_id, author_id,
                     asker_id, hops, state, created_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'waiting', ?9)",
                )?
                .execute(params![
                    TurnId::new().0.as_bytes(),
                    agent.as_bytes(),
                    room.0.as_bytes(),
                    seq.0,
                    message.0.as_bytes(),
                    author.0.as_bytes(),
                    asker.0.as_bytes(),
                    hops,
                    at,
                ])?;
        }
        Ok(())
    }

    /// Takes up to `limit` turns that nobody is at, oldest first, until the lease ends.
    pub fn claim_turns(
        &mut self,
        lease: SignedDuration,
        limit: usize,
    ) -> Result<Vec<Turn>, StoreError> {
        let now = Timestamp::now();
        let until = now.saturating_add(lease).unwrap_or(Timestamp::MAX);
        let ids = self
            .db
            .prepare_cached(
                "SELECT id FROM turns WHERE state != 'done'
                 AND (state = 'waiting' OR lease_until < ?1) ORDER BY created_at, id LIMIT ?2",
            )?
            .query_map(params![micros(now), limit], |row| columns::uuid(row, 0))?
            .collect::<Result<Vec<_>, _>>()?;
        let mut turns = Vec::with_capacity(ids.len());
        for id in ids {
            self.db
                .prepare_cached(
                    "UPDATE turns SET state = 'running', attempts = attempts + 1, lease_until = ?2
                     WHERE id = ?1",
                )?
                .execute(params![id.as_bytes(), micros(until)])?;
            turns.push(
                self.db
                    .prepare_cached(&format!(
                        "SELECT {} FROM turns t WHERE t.id = ?1",
                        columns::TURN
                    ))?
                    .query_row([id.as_bytes()], columns::turn)?,
            );
        }
        Ok(turns)
    }

    /// Gives back every turn that somebody was at.
    pub fn release_turns(&mut self) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE turns SET state = 'waiting', lease_until = NULL WHERE state = 'running'",
            [],
        )?;
        Ok(())
    }

    /// Keeps turns for longer.
    pub fn renew_turns(
        &mut self,
        turns: &[TurnId],
        lease: SignedDuration,
    ) -> Result<(), StoreError> {
        let until = Timestamp::now()
            .saturating_add(lease)
            .unwrap_or(Timestamp::MAX);
        for turn in turns {
            self.db
                .prepare_cached(
                    "UPDATE turns SET lease_until = ?2 WHERE id = ?1 AND state = 'running'",
                )?
                .execute(params![turn.0.as_bytes(), micros(until)])?;
        }
        Ok(())
    }

    /// Ends a turn. One that has ended already stays as it was: its reply is the reply.
    pub fn finish_turn(&mut self, end: &FinishTurn) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE turns SET state = 'done', lease_until = NULL, outcome = ?2, reason = ?3,
                 reply_id = ?4, tokens_in = ?5, tokens_out = ?6, finished_at = ?7
                 WHERE id = ?1 AND state != 'done'",
            )?
            .execute(params![
                end.turn.0.as_bytes(),
                end.outcome,
                end.reason,
                end.reply.map(|id| id.0.into_bytes()),
                end.tokens_in,
                end.tokens_out,
                micros(Timestamp::now()),
            ])?;
        Ok(())
    }

    /// Asks for another try of a turn that has ended; the new turn concerns the same event.
    pub fn retry_turn(&mut self, turn: &Turn) -> Result<(), StoreError> {
        let inserted = self
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO turns (id, agent_id, room_id, seq, message_id, author_id,
                 asker_id, hops, retry, state, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'waiting', ?10)",
            )?
            .execute(params![
                TurnId::new().0.as_bytes(),
                turn.agent.0.as_bytes(),
                turn.room.0.as_bytes(),
                turn.seq.0,
                turn.message.0.as_bytes(),
                turn.author.0.as_bytes(),
                turn.asker.0.as_bytes(),
                turn.hops,
                turn.retry + 1,
                micros(Timestamp::now()),
            ])?;
        if inserted == 0 {
            Err(StoreError::Taken("retry"))
        } else {
            Ok(())
        }
    }

    /// Writes down that a call is about to be made. False: it was begun before, and what became
    /// of it is not known; it must not be made again.
    pub fn begin_call(
        &mut self,
        turn: TurnId,
        n: u32,
        name: &str,
        arguments: &str,
    ) -> Result<bool, StoreError> {
        let inserted = self
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO turn_calls (turn_id, n, name, arguments)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![turn.0.as_bytes(), n, name, arguments])?;
        Ok(inserted == 1)
    }

    /// Writes down what became of a call.
    pub fn end_call(&mut self, turn: TurnId, n: u32, result: &str) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE turn_calls SET result = ?3 WHERE turn_id = ?1 AND n = ?2")?
            .execute(params![turn.0.as_bytes(), n, result])?;
        Ok(())
    }
}

impl Store {
    /// The turn whose reply a message is.
    pub async fn turn_by_reply(&self, reply: MessageId) -> Result<Option<Turn>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {} FROM turns t WHERE t.reply_id = ?1",
                    columns::TURN
                ))?
                .query_row([reply.0.as_bytes()], columns::turn)
                .optional()?)
        })
        .await
    }

    /// What a turn has called so far, in order.
    pub async fn turn_calls(&self, turn: TurnId) -> Result<Vec<TurnCall>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT n, name, arguments, result FROM turn_calls
                     WHERE turn_id = ?1 ORDER BY n",
                )?
                .query_map([turn.0.as_bytes()], |row| {
                    Ok(TurnCall {
                        n: row.get(0)?,
                        name: row.get(1)?,
                        arguments: row.get(2)?,
                        result: row.get(3)?,
                    })
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Turns of a room, newest first.
    pub async fn turns(&self, room: RoomId, limit: usize) -> Result<Vec<Turn>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {} FROM turns t WHERE t.room_id = ?1 ORDER BY t.seq DESC LIMIT ?2",
                    columns::TURN
                ))?
                .query_map(params![room.0.as_bytes(), limit], columns::turn)?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}
