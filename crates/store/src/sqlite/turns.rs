//! Agents' turns: written with the event that causes them, claimed under a lease, ended with the
//! reply.

use super::{
    Store,
    claims::{ClaimedTurn, ends},
    columns,
    writer::Tx,
};
use crate::{ChainSoFar, FinishTurn, StoreError, Turn, TurnCall, TurnCause, write::micros};
use jiff::SignedDuration;
use rusqlite::{OptionalExtension, params};
use salon_protocol::{MessageId, RoomId, Seq, TurnId, UserId};

/// A message as far as agents' turns come from it.
pub(super) struct Posted<'a> {
    pub(super) room: RoomId,
    pub(super) seq: Seq,
    pub(super) message: MessageId,
    pub(super) author: UserId,
    pub(super) text: &'a str,
    pub(super) is_reply: bool,
    pub(super) cause: &'a TurnCause,
    pub(super) at: i64,
}

impl Posted<'_> {
    /// An agent's turn about it, begun so often.
    fn turn(&self, agent: UserId, attempts: u32) -> Turn {
        let asker = self.cause.asker;
        Turn {
            author: self.author,
            hops: self.cause.hops,
            chain: self.cause.chain,
            attempts,
            ..Turn::begun(agent, self.room, self.seq, self.message, asker)
        }
    }
}

impl Tx<'_> {
    /// One turn for every agent in the room but the author. Where a glance tells that it does not
    /// concern the agent, the turn is over as it begins: most of what people say to each other
    /// costs agents nothing more.
    pub(super) fn add_turns(&mut self, posted: &Posted<'_>) -> Result<(), StoreError> {
        let Posted {
            room,
            seq,
            author,
            at,
            ..
        } = *posted;
        let agents = self
            .db
            .prepare_cached(
                "SELECT m.user_id, u.handle, u.display_name, r.kind = 'direct' OR r.mode = 'ambient'
                 FROM members m JOIN rooms r ON r.id = m.room_id JOIN users u ON u.id = m.user_id
                 WHERE m.room_id = ?1 AND m.is_agent = 1 AND m.user_id != ?2
                 AND r.private_from_ai = 0",
            )?
            .query_map(params![room.0.as_bytes(), author.0.as_bytes()], |row| {
                let names: [String; 2] = [row.get(1)?, row.get(2)?];
                Ok((columns::uuid(row, 0)?, names, row.get(3)?))
            })?
            .collect::<Result<Vec<(uuid::Uuid, [String; 2], bool)>, _>>()?;
        if agents.is_empty() {
            return Ok(());
        }
        let text = posted.text.to_lowercase();
        let spoke_last = self.spoke_last(room, seq)?;
        for (agent, names, listens) in agents {
            let concerns = listens
                || posted.is_reply
                || spoke_last == Some(UserId(agent))
                || names
                    .iter()
                    .any(|name| text.contains(name.trim().to_lowercase().as_str()));
            let place = concerns.then(|| self.place()).flatten();
            let (state, over) = match (concerns, &place) {
                (true, Some(_)) => ("running", None),
                (true, None) => ("waiting", None),
                (false, _) => ("done", Some(at)),
            };
            let turn = posted.turn(UserId(agent), u32::from(place.is_some()));
            self.db
                .prepare_cached(
                    "INSERT INTO turns (id, agent_id, room_id, seq, message_id, author_id,
                     asker_id, hops, chain_id, created_at, state, finished_at, attempts,
                     lease_until, outcome, reason)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,
                     iif(?12 IS NULL, NULL, 'silent'), iif(?12 IS NULL, NULL, 'not_addressed'))",
                )?
                .execute(params![
                    turn.id.0.as_bytes(),
                    agent.as_bytes(),
                    room.0.as_bytes(),
                    seq.0,
                    turn.message.0.as_bytes(),
                    author.0.as_bytes(),
                    turn.asker.0.as_bytes(),
                    turn.hops,
                    turn.chain.0.as_bytes(),
                    at,
                    state,
                    over,
                    turn.attempts,
                    place.as_ref().map(|(_, until)| micros(*until)),
                ])?;
            if let Some((place, _)) = place {
                self.claimed.push(ClaimedTurn { turn, place });
            }
        }
        Ok(())
    }

    /// Who said the last thing before, of what agents may read.
    fn spoke_last(&self, room: RoomId, seq: Seq) -> Result<Option<UserId>, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT author_id FROM messages
                 WHERE room_id = ?1 AND seq < ?2 AND private_from_ai = 0
                 ORDER BY seq DESC LIMIT 1",
            )?
            .query_row(params![room.0.as_bytes(), seq.0], |row| {
                columns::uuid(row, 0).map(UserId)
            })
            .optional()?)
    }

    /// Takes up to `limit` turns that nobody is at, oldest first, until the lease ends.
    pub fn claim_turns(
        &mut self,
        lease: SignedDuration,
        limit: usize,
    ) -> Result<Vec<Turn>, StoreError> {
        let now = salon_protocol::now();
        let until = ends(lease);
        let ids = self
            .db
            .prepare_cached(
                "SELECT id FROM turns WHERE state != 'done'
                 AND (state = 'waiting' OR lease_until < ?1) ORDER BY created_at, id LIMIT ?2",
            )?
            .query_map(params![micros(now), limit], |row| columns::uuid(row, 0))?
            .collect::<Result<Vec<_>, _>>()?;
        if ids.len() < limit {
            self.others_wait(false);
        }
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
        let until = ends(lease);
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
        let ended = self
            .db
            .prepare_cached(
                "UPDATE turns SET state = 'done', lease_until = NULL, outcome = ?2, reason = ?3,
                 reply_id = ?4, tokens_in = ?5, tokens_out = ?6, finished_at = ?7, cost = ?8,
                 model = ?9, detail = ?10
                 WHERE id = ?1 AND state != 'done' RETURNING agent_id, room_id, asker_id",
            )?
            .query_row(
                params![
                    end.turn.0.as_bytes(),
                    end.outcome,
                    end.reason,
                    end.reply.map(|id| id.0.into_bytes()),
                    end.spent.tokens_in,
                    end.spent.tokens_out,
                    micros(salon_protocol::now()),
                    end.spent.cost,
                    end.model,
                    // A silent turn read nothing.
                    (end.outcome != "silent")
                        .then(|| serde_json::to_string(&end.detail))
                        .transpose()?,
                ],
                |row| {
                    Ok((
                        UserId(columns::uuid(row, 0)?),
                        RoomId(columns::uuid(row, 1)?),
                        UserId(columns::uuid(row, 2)?),
                    ))
                },
            )
            .optional()?;
        if let Some((agent, room, asker)) = ended {
            self.add_spending(agent, room, asker, &end.spent)?;
        }
        Ok(())
    }

    /// Asks for another try of a turn that has ended; the new turn concerns the same event.
    pub fn retry_turn(
        &mut self,
        turn: &Turn,
        replaces: Option<MessageId>,
    ) -> Result<(), StoreError> {
        let inserted = self
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO turns (id, agent_id, room_id, seq, message_id, author_id,
                 asker_id, hops, chain_id, retry, replaces, state, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'waiting', ?12)",
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
                turn.chain.0.as_bytes(),
                turn.retry + 1,
                replaces.map(|id| id.0.into_bytes()),
                micros(salon_protocol::now()),
            ])?;
        if inserted == 0 {
            Err(StoreError::Taken("retry"))
        } else {
            Ok(())
        }
    }

    /// Ends every turn of a room that nobody is at, and the chains that agents began there.
    pub fn stop_chains(&mut self, room: RoomId) -> Result<usize, StoreError> {
        self.db
            .prepare_cached("UPDATE rooms SET chains_after = ?2 WHERE id = ?1")?
            .execute(params![room.0.as_bytes(), MessageId::new().0.as_bytes()])?;
        Ok(self
            .db
            .prepare_cached(
                "UPDATE turns SET state = 'done', outcome = 'stopped', reason = 'stopped_all',
                 finished_at = ?2 WHERE room_id = ?1 AND state = 'waiting'",
            )?
            .execute(params![room.0.as_bytes(), micros(salon_protocol::now())])?)
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
                "INSERT OR IGNORE INTO turn_calls (turn_id, n, name, arguments, at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                turn.0.as_bytes(),
                n,
                name,
                arguments,
                micros(salon_protocol::now())
            ])?;
        Ok(inserted == 1)
    }

    /// Writes down what became of a call.
    pub fn end_call(
        &mut self,
        turn: TurnId,
        n: u32,
        outcome: &str,
        result: &str,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE turn_calls SET outcome = ?3, result = ?4 WHERE turn_id = ?1 AND n = ?2",
            )?
            .execute(params![turn.0.as_bytes(), n, outcome, result])?;
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
                    "SELECT n, name, arguments, result, outcome FROM turn_calls
                     WHERE turn_id = ?1 ORDER BY n",
                )?
                .query_map([turn.0.as_bytes()], |row| {
                    Ok(TurnCall {
                        n: row.get(0)?,
                        name: row.get(1)?,
                        arguments: row.get(2)?,
                        result: row.get(3)?,
                        outcome: row.get(4)?,
                    })
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Turns that concern a message or whose reply it is, newest first.
    pub async fn turns_of_message(
        &self,
        message: MessageId,
        limit: usize,
    ) -> Result<Vec<Turn>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {} FROM turns t WHERE t.message_id = ?1 OR t.reply_id = ?1
                     ORDER BY t.reply_id IS ?1 DESC, t.id DESC LIMIT ?2",
                    columns::TURN
                ))?
                .query_map(params![message.0.as_bytes(), limit], columns::turn)?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// One turn.
    pub async fn turn(&self, id: TurnId) -> Result<Option<Turn>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {} FROM turns t WHERE t.id = ?1",
                    columns::TURN
                ))?
                .query_row([id.0.as_bytes()], columns::turn)
                .optional()?)
        })
        .await
    }

    /// What agents have done in a chain so far, and whether it was stopped in a room.
    pub async fn chain(
        &self,
        chain: MessageId,
        room: RoomId,
    ) -> Result<(ChainSoFar, bool), StoreError> {
        self.read(move |db| {
            let so_far = db
                .prepare_cached(
                    "SELECT count(*), coalesce(sum(tokens_in + tokens_out), 0),
                     count(DISTINCT agent_id) FROM turns
                     WHERE chain_id = ?1 AND outcome IN ('spoke', 'acted', 'failed', 'stopped')",
                )?
                .query_row([chain.0.as_bytes()], |row| {
                    Ok(ChainSoFar {
                        turns: row.get(0)?,
                        tokens: row.get(1)?,
                        agents: row.get(2)?,
                    })
                })?;
            let after: Option<[u8; 16]> = db
                .prepare_cached("SELECT chains_after FROM rooms WHERE id = ?1")?
                .query_row([room.0.as_bytes()], |row| row.get(0))
                .optional()?
                .flatten();
            // Ids are UUIDv7: they sort by the time of their making.
            Ok((
                so_far,
                after.is_some_and(|after| *chain.0.as_bytes() <= after),
            ))
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
