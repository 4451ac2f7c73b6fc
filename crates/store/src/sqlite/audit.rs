//! Everything that agents did: what they called and what they said, newest first.

use super::{Store, columns};
use crate::{ActRow, StoreError, write::micros};
use jiff::Timestamp;
use rusqlite::params;
use salon_protocol::{RoomId, Seq, TurnId, UserId};

impl Store {
    /// Acts before a time, newest first.
    pub async fn acts(
        &self,
        before: Timestamp,
        agent: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<ActRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT * FROM (
                       SELECT c.at AS at, t.id, t.agent_id, t.asker_id, t.room_id, t.seq, c.name,
                              c.arguments, c.outcome, c.result
                       FROM turn_calls c JOIN turns t ON t.id = c.turn_id
                       WHERE c.at < ?1 AND (?2 IS NULL OR t.agent_id = ?2)
                       UNION ALL
                       SELECT t.finished_at, t.id, t.agent_id, t.asker_id, t.room_id, t.seq,
                              'reply', json_object('message', lower(hex(t.reply_id))), t.outcome,
                              t.reason
                       FROM turns t
                       WHERE t.outcome IN ('spoke', 'acted', 'failed', 'stopped')
                       AND t.finished_at < ?1 AND (?2 IS NULL OR t.agent_id = ?2)
                     ) ORDER BY at DESC LIMIT ?3",
                )?
                .query_map(
                    params![micros(before), agent.map(|id| id.0.into_bytes()), limit],
                    |row| {
                        Ok(ActRow {
                            at: columns::time(row, 0)?,
                            turn: TurnId(columns::uuid(row, 1)?),
                            agent: UserId(columns::uuid(row, 2)?),
                            asker: UserId(columns::uuid(row, 3)?),
                            room: RoomId(columns::uuid(row, 4)?),
                            seq: columns::seq(row, 5).unwrap_or(Seq(0)),
                            name: row.get(6)?,
                            arguments: row.get(7)?,
                            outcome: row.get(8)?,
                            result: row.get(9)?,
                        })
                    },
                )?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}
