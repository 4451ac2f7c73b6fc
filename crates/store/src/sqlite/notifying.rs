//! When people want to be told of nothing.

use super::{Store, columns, writer::Tx};
use crate::{StoreError, write::micros};
use rusqlite::{OptionalExtension, params};
use salon_protocol::{Notifying, QuietHours, UserId};

impl Store {
    /// When a user wants to be told of nothing; what holds where they never said.
    pub async fn notifying(&self, user: UserId) -> Result<Notifying, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT until, from_min, to_min, time_zone, hide_text FROM notifying
                     WHERE user_id = ?1",
                )?
                .query_row([user.0.as_bytes()], |row| {
                    let hours = (row.get(1)?, row.get(2)?, row.get(3)?);
                    let quiet_hours = match hours {
                        (Some(from), Some(to), Some(time_zone)) => Some(QuietHours {
                            from,
                            to,
                            time_zone,
                        }),
                        _ => None,
                    };
                    Ok(Notifying {
                        quiet_until: columns::time_option(row, 0)?,
                        quiet_hours,
                        hide_text: row.get(4)?,
                    })
                })
                .optional()?
                .unwrap_or_default())
        })
        .await
    }
}

impl Tx<'_> {
    /// Keeps what a user says of it.
    pub fn put_notifying(&mut self, user: UserId, what: &Notifying) -> Result<(), StoreError> {
        let hours = what.quiet_hours.as_ref();
        self.db
            .prepare_cached(
                "INSERT OR REPLACE INTO notifying
                 (user_id, until, from_min, to_min, time_zone, hide_text)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                user.0.as_bytes(),
                what.quiet_until.map(micros),
                hours.map(|hours| hours.from),
                hours.map(|hours| hours.to),
                hours.map(|hours| hours.time_zone.as_str()),
                what.hide_text,
            ])?;
        Ok(())
    }
}
