//! Answers for one reader alone that an agent is to work out. Each is begun once: who asked has a
//! short patience, and asks again.

use super::{columns, writer::Tx};
use crate::{Errand, StoreError, write::micros};
use rusqlite::params;
use salon_protocol::{RoomId, TurnId, UserId};

impl Tx<'_> {
    /// Leaves an errand.
    pub fn add_errand(&mut self, errand: &Errand) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO errands (id, kind, room_id, asker_id, arguments, lang, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                errand.id.0.as_bytes(),
                errand.kind,
                errand.room.0.as_bytes(),
                errand.asker.0.as_bytes(),
                errand.arguments,
                errand.lang.as_str(),
                micros(salon_protocol::now()),
            ])?;
        Ok(())
    }

    /// Takes errands that nobody has begun, and forgets them.
    pub fn take_errands(&mut self, limit: usize) -> Result<Vec<Errand>, StoreError> {
        let errands = self
            .db
            .prepare_cached(
                "SELECT id, kind, room_id, asker_id, arguments, lang FROM errands
                 ORDER BY id LIMIT ?1",
            )?
            .query_map([limit], |row| {
                Ok(Errand {
                    id: TurnId(columns::uuid(row, 0)?),
                    kind: row.get(1)?,
                    room: RoomId(columns::uuid(row, 2)?),
                    asker: UserId(columns::uuid(row, 3)?),
                    arguments: row.get(4)?,
                    lang: columns::word(row, 5)?,
                })
            })?
            .collect::<Result<Vec<_>, _>>()?;
        for errand in &errands {
            self.db
                .prepare_cached("DELETE FROM errands WHERE id = ?1")?
                .execute([errand.id.0.as_bytes()])?;
        }
        Ok(errands)
    }
}
