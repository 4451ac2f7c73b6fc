//! Calls that wait for somebody's leave. Each is decided once and carried out at most once.

use super::{Store, columns, writer::Tx};
use crate::{Actor, Appended, ApprovalRow, Change, NewApproval, StoreError, write::micros};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use salon_protocol::{
    Approval, ApprovalState, EventBody, MessageId, RoomId, Seq, TurnId, UserId,
    limits::APPROVALS_WAITING_MAX,
};

const APPROVAL: &str = "room_id, number, turn_id, n, agent_id, asker_id, hops, chain_id, name, \
     arguments, act, why, state, by_id, result, expires_at, seq, \
     (SELECT at FROM events e WHERE e.room_id = approvals.room_id AND e.seq = approvals.seq)";

fn approval(row: &Row<'_>) -> rusqlite::Result<ApprovalRow> {
    Ok(ApprovalRow {
        room: RoomId(columns::uuid(row, 0)?),
        number: row.get(1)?,
        turn: TurnId(columns::uuid(row, 2)?),
        n: row.get(3)?,
        agent: UserId(columns::uuid(row, 4)?),
        asker: UserId(columns::uuid(row, 5)?),
        hops: row.get(6)?,
        chain: MessageId(columns::uuid(row, 7)?),
        name: row.get(8)?,
        arguments: row.get(9)?,
        act: row.get(10)?,
        why: row.get(11)?,
        state: columns::word(row, 12)?,
        by: columns::uuid_option(row, 13)?.map(UserId),
        result: row.get(14)?,
        expires_at: columns::time(row, 15)?,
        asked: match row.get::<_, Option<u64>>(16)? {
            Some(seq) => Some((Seq(seq), columns::time(row, 17)?)),
            None => None,
        },
    })
}

impl Tx<'_> {
    /// A retry of the same call of the same turn finds the approval that is there.
    pub(super) fn ask_approval(
        &mut self,
        room: RoomId,
        actor: &Actor,
        new: NewApproval,
    ) -> Result<Appended, StoreError> {
        let known: Option<u32> = self
            .db
            .prepare_cached("SELECT number FROM approvals WHERE turn_id = ?1 AND n = ?2")?
            .query_row(params![new.turn.0.as_bytes(), new.n], |row| row.get(0))
            .optional()?;
        if known.is_some() {
            return Ok(Appended {
                room,
                seq: Seq(0),
                message_id: None,
                event: None,
            });
        }
        let waiting: usize = self
            .db
            .prepare_cached(
                "SELECT count(*) FROM approvals WHERE room_id = ?1 AND state = 'waiting'",
            )?
            .query_row([room.0.as_bytes()], |row| row.get(0))?;
        if waiting >= APPROVALS_WAITING_MAX {
            return Err(StoreError::TooMany("approvals"));
        }
        let number: u32 = self
            .db
            .prepare_cached(
                "SELECT coalesce(max(number), 0) + 1 FROM approvals WHERE room_id = ?1",
            )?
            .query_row([room.0.as_bytes()], |row| row.get(0))?;
        self.db
            .prepare_cached(
                "INSERT INTO approvals (room_id, number, turn_id, n, agent_id, asker_id, hops,
                 chain_id, name, arguments, act, why, state, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'waiting', ?13)",
            )?
            .execute(params![
                room.0.as_bytes(),
                number,
                new.turn.0.as_bytes(),
                new.n,
                actor.id.0.as_bytes(),
                new.asker.id.0.as_bytes(),
                new.hops,
                new.chain.0.as_bytes(),
                new.name,
                new.arguments,
                new.act,
                new.why,
                micros(new.expires_at),
            ])?;
        let approval = Approval {
            number,
            agent: actor.handle.clone(),
            asker: new.asker.handle,
            act: new.act,
            why: new.why.to_owned(),
            expires_at: new.expires_at,
            state: ApprovalState::Waiting,
            by: None,
            result: None,
            seq: None,
            asked_at: None,
        };
        let asked = self.event(room, actor, EventBody::ApprovalAsked { approval }, None)?;
        self.db
            .prepare_cached("UPDATE approvals SET seq = ?3 WHERE room_id = ?1 AND number = ?2")?
            .execute(params![room.0.as_bytes(), number, asked.seq.0])?;
        Ok(asked)
    }

    pub(super) fn settle_approval(
        &mut self,
        room: RoomId,
        actor: &Actor,
        change: Change,
    ) -> Result<Appended, StoreError> {
        let Change::SettleApproval {
            number,
            from,
            state,
            by,
            result,
        } = change
        else {
            unreachable!("only decisions come here");
        };
        let now: Option<ApprovalState> = self
            .db
            .prepare_cached("SELECT state FROM approvals WHERE room_id = ?1 AND number = ?2")?
            .query_row(params![room.0.as_bytes(), number], |row| {
                columns::word(row, 0)
            })
            .optional()?;
        if !from.contains(&columns::found(now, "approval")?) {
            return Err(StoreError::Taken("approval"));
        }
        self.db
            .prepare_cached(
                "UPDATE approvals SET state = ?3, by_id = coalesce(?4, by_id),
                 result = coalesce(?5, result) WHERE room_id = ?1 AND number = ?2",
            )?
            .execute(params![
                room.0.as_bytes(),
                number,
                state.as_str(),
                by.as_ref().map(|by| by.id.0.into_bytes()),
                result,
            ])?;
        let body = EventBody::ApprovalSettled {
            number,
            state,
            by: by.map(|by| by.handle),
            result,
        };
        self.event(room, actor, body, None)
    }

    /// Begins to carry out what was approved: each row is given once, whatever happens after.
    pub fn begin_approved(&mut self, limit: usize) -> Result<Vec<ApprovalRow>, StoreError> {
        let rows = self
            .db
            .prepare_cached(&format!(
                "SELECT {APPROVAL} FROM approvals WHERE state = 'approved' AND began_at IS NULL
                 ORDER BY expires_at LIMIT ?1"
            ))?
            .query_map([limit], approval)?
            .collect::<Result<Vec<_>, _>>()?;
        for row in &rows {
            self.db
                .prepare_cached(
                    "UPDATE approvals SET began_at = ?3 WHERE room_id = ?1 AND number = ?2",
                )?
                .execute(params![
                    row.room.0.as_bytes(),
                    row.number,
                    micros(salon_protocol::now())
                ])?;
        }
        Ok(rows)
    }

    /// Approvals whose carrying out was begun and never ended: nobody knows what became of them.
    pub fn begun_approvals(&self) -> Result<Vec<ApprovalRow>, StoreError> {
        Ok(self
            .db
            .prepare_cached(&format!(
                "SELECT {APPROVAL} FROM approvals
                 WHERE state = 'approved' AND began_at IS NOT NULL"
            ))?
            .query_map([], approval)?
            .collect::<Result<_, _>>()?)
    }
}

impl Store {
    /// One approval.
    pub async fn approval(
        &self,
        room: RoomId,
        number: u32,
    ) -> Result<Option<ApprovalRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {APPROVAL} FROM approvals WHERE room_id = ?1 AND number = ?2"
                ))?
                .query_row(params![room.0.as_bytes(), number], approval)
                .optional()?)
        })
        .await
    }

    /// The approval that a call of a turn asked for.
    pub async fn approval_of_call(
        &self,
        turn: TurnId,
        n: u32,
    ) -> Result<Option<ApprovalRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {APPROVAL} FROM approvals WHERE turn_id = ?1 AND n = ?2"
                ))?
                .query_row(params![turn.0.as_bytes(), n], approval)
                .optional()?)
        })
        .await
    }

    /// A room's approvals, newest first.
    pub async fn approvals(
        &self,
        room: RoomId,
        limit: usize,
    ) -> Result<Vec<ApprovalRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {APPROVAL} FROM approvals WHERE room_id = ?1
                     ORDER BY number DESC LIMIT ?2"
                ))?
                .query_map(params![room.0.as_bytes(), limit], approval)?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Approvals that nobody decided in time.
    pub async fn overdue_approvals(&self, now: Timestamp) -> Result<Vec<ApprovalRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {APPROVAL} FROM approvals
                     WHERE state = 'waiting' AND expires_at <= ?1 LIMIT 100"
                ))?
                .query_map([micros(now)], approval)?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}
