//! What was spent, by UTC day, for an agent, a room, an asker and the whole server.

use super::{Store, writer::Tx};
use crate::{SpendScope, SpentRow, StoreError, write::Spent};
use rusqlite::params;
use salon_protocol::{RoomId, UserId};

const SECONDS_PER_DAY: i64 = 86_400;

impl SpendScope {
    fn key(&self) -> (&'static str, [u8; 16]) {
        match self {
            Self::Agent(id) => ("agent", id.0.into_bytes()),
            Self::Room(id) => ("room", id.0.into_bytes()),
            Self::Asker(id) => ("asker", id.0.into_bytes()),
            Self::Server => ("server", [0; 16]),
        }
    }
}

impl Tx<'_> {
    /// Adds what calls to models cost, now.
    pub fn add_spending(
        &mut self,
        agent: UserId,
        room: RoomId,
        asker: UserId,
        spent: &Spent,
    ) -> Result<(), StoreError> {
        if spent.calls == 0 && spent.tokens_in + spent.tokens_out == 0 {
            return Ok(());
        }
        let day = salon_protocol::now()
            .as_second()
            .div_euclid(SECONDS_PER_DAY);
        for scope in [
            SpendScope::Agent(agent),
            SpendScope::Room(room),
            SpendScope::Asker(asker),
            SpendScope::Server,
        ] {
            let (scope, subject) = scope.key();
            self.db
                .prepare_cached(
                    "INSERT INTO spending (scope, subject, day, tokens_in, tokens_out, cost, calls)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET
                     tokens_in = tokens_in + excluded.tokens_in,
                     tokens_out = tokens_out + excluded.tokens_out,
                     cost = cost + excluded.cost, calls = calls + excluded.calls",
                )?
                .execute(params![
                    scope,
                    subject,
                    day,
                    spent.tokens_in,
                    spent.tokens_out,
                    spent.cost,
                    spent.calls
                ])?;
        }
        Ok(())
    }
}

impl Store {
    /// Days with spending since `first_day`, oldest first.
    pub async fn spending(
        &self,
        scope: SpendScope,
        first_day: i64,
    ) -> Result<Vec<SpentRow>, StoreError> {
        self.read(move |db| {
            let (scope, subject) = scope.key();
            Ok(db
                .prepare_cached(
                    "SELECT day, tokens_in, tokens_out, cost, calls FROM spending
                     WHERE scope = ?1 AND subject = ?2 AND day >= ?3 ORDER BY day",
                )?
                .query_map(params![scope, subject, first_day], |row| {
                    Ok(SpentRow {
                        day: row.get(0)?,
                        tokens_in: row.get(1)?,
                        tokens_out: row.get(2)?,
                        cost: row.get(3)?,
                        calls: row.get(4)?,
                    })
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}
