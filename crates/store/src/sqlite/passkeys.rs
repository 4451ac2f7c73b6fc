//! Keys of people's devices. Whether one may still sign in with a key is decided inside the
//! transaction that makes the session: what is removed meanwhile opens nothing.

use super::{Store, columns, writer::Tx};
use crate::{NewPasskey, PasskeyRow, StoreError, write::micros};
use rusqlite::{OptionalExtension, Row, params};
use salon_protocol::UserId;

const COLUMNS: &str =
    "user_id, credential, site, public_key, algorithm, counter, name, created_at, used_at";

impl Store {
    /// A key by its device's name for it.
    pub async fn passkey(&self, credential: &[u8]) -> Result<Option<PasskeyRow>, StoreError> {
        let credential = credential.to_owned();
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM passkeys WHERE credential = ?1"
                ))?
                .query_row([credential], row)
                .optional()?)
        })
        .await
    }

    /// Somebody's keys, the oldest first.
    pub async fn passkeys(&self, user: UserId) -> Result<Vec<PasskeyRow>, StoreError> {
        self.read(move |db| {
            let mut found = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM passkeys WHERE user_id = ?1 ORDER BY created_at, credential"
            ))?;
            let rows = found.query_map([user.0.as_bytes()], row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }
}

impl Tx<'_> {
    /// From now on this key opens the account. Refused where it opens one already, or the account
    /// has as many as it may.
    pub fn add_passkey(&mut self, new: &NewPasskey, count_max: u32) -> Result<(), StoreError> {
        let has: u32 = self
            .db
            .prepare_cached("SELECT count(*) FROM passkeys WHERE user_id = ?1")?
            .query_row([new.user.0.as_bytes()], |row| row.get(0))?;
        if has >= count_max {
            return Err(StoreError::TooMany("passkeys"));
        }
        let added = self
            .db
            .prepare_cached(
                "INSERT INTO passkeys (credential, user_id, site, public_key, algorithm, counter,
                   name, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                new.credential,
                new.user.0.as_bytes(),
                new.site,
                new.public_key,
                new.algorithm,
                new.counter,
                new.name,
                micros(salon_protocol::now())
            ])?;
        if added == 0 {
            return Err(StoreError::Taken("passkey"));
        }
        Ok(())
    }

    /// Notes that a key was used; false where it is gone, or counts no further than it did: then
    /// there is another of it somewhere.
    pub fn use_passkey(&mut self, credential: &[u8], counter: u32) -> Result<bool, StoreError> {
        let used = self
            .db
            .prepare_cached(
                "UPDATE passkeys SET counter = ?2, used_at = ?3
                 WHERE credential = ?1 AND (?2 > counter OR (?2 = 0 AND counter = 0))",
            )?
            .execute(params![credential, counter, micros(salon_protocol::now())])?;
        Ok(used > 0)
    }

    /// Takes a key away from its owner; false where they have no such key.
    pub fn drop_passkey(&mut self, user: UserId, credential: &[u8]) -> Result<bool, StoreError> {
        let gone = self
            .db
            .prepare_cached("DELETE FROM passkeys WHERE user_id = ?1 AND credential = ?2")?
            .execute(params![user.0.as_bytes(), credential])?;
        Ok(gone > 0)
    }

    /// Takes all of somebody's keys away, and says how many.
    pub fn drop_passkeys(&mut self, user: UserId) -> Result<usize, StoreError> {
        Ok(self
            .db
            .prepare_cached("DELETE FROM passkeys WHERE user_id = ?1")?
            .execute([user.0.as_bytes()])?)
    }
}

fn row(row: &Row<'_>) -> rusqlite::Result<PasskeyRow> {
    Ok(PasskeyRow {
        key: NewPasskey {
            user: UserId(columns::uuid(row, 0)?),
            credential: row.get(1)?,
            site: row.get(2)?,
            public_key: row.get(3)?,
            algorithm: row.get(4)?,
            counter: row.get(5)?,
            name: row.get(6)?,
        },
        created_at: columns::time(row, 7)?,
        used_at: columns::time_option(row, 8)?,
    })
}
