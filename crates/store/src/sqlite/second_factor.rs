//! Authenticators and recovery codes. Codes are used up inside the transaction that accepts them.

use super::{Store, columns, writer::Tx};
use crate::{SecondFactorRow, StoreError, write::micros};
use rusqlite::{OptionalExtension, params};
use salon_protocol::UserId;

impl Store {
    /// A user's authenticator, confirmed or not.
    pub async fn second_factor(&self, user: UserId) -> Result<Option<SecondFactorRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT secret, confirmed_at, (SELECT count(*) FROM recovery_codes r
                     WHERE r.user_id = f.user_id) FROM second_factors f WHERE user_id = ?1",
                )?
                .query_row([user.0.as_bytes()], |row| {
                    Ok(SecondFactorRow {
                        secret: row.get(0)?,
                        confirmed: row.get::<_, Option<i64>>(1)?.is_some(),
                        recovery_codes: row.get(2)?,
                    })
                })
                .optional()?)
        })
        .await
    }
}

impl Tx<'_> {
    /// Keeps the key of an authenticator that is to be confirmed; a confirmed one is not replaced.
    pub fn begin_second_factor(&mut self, user: UserId, secret: &[u8]) -> Result<(), StoreError> {
        let kept = self
            .db
            .prepare_cached(
                "INSERT INTO second_factors (user_id, secret) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET secret = excluded.secret, last_step = 0
                 WHERE confirmed_at IS NULL",
            )?
            .execute(params![user.0.as_bytes(), secret])?;
        if kept == 0 {
            return Err(StoreError::Taken("second factor"));
        }
        Ok(())
    }

    /// From now on it is asked for. The step is that of the code which proved it.
    pub fn confirm_second_factor(&mut self, user: UserId, step: u64) -> Result<(), StoreError> {
        let confirmed = self
            .db
            .prepare_cached(
                "UPDATE second_factors SET confirmed_at = ?2, last_step = ?3
                 WHERE user_id = ?1 AND confirmed_at IS NULL",
            )?
            .execute(params![
                user.0.as_bytes(),
                micros(salon_protocol::now()),
                step
            ])?;
        columns::found((confirmed > 0).then_some(()), "second factor")
    }

    /// Takes a code's step; false when that one or a later one was taken before.
    pub fn use_step(&mut self, user: UserId, step: u64) -> Result<bool, StoreError> {
        let used = self
            .db
            .prepare_cached(
                "UPDATE second_factors SET last_step = ?2
                 WHERE user_id = ?1 AND confirmed_at IS NOT NULL AND last_step < ?2",
            )?
            .execute(params![user.0.as_bytes(), step])?;
        Ok(used > 0)
    }

    /// Uses a recovery code up; false when there is none such.
    pub fn use_recovery_code(
        &mut self,
        user: UserId,
        digest: [u8; 32],
    ) -> Result<bool, StoreError> {
        let used = self
            .db
            .prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1 AND digest = ?2")?
            .execute(params![user.0.as_bytes(), digest])?;
        Ok(used > 0)
    }

    /// Replaces all recovery codes.
    pub fn set_recovery_codes(
        &mut self,
        user: UserId,
        digests: &[[u8; 32]],
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1")?
            .execute([user.0.as_bytes()])?;
        for digest in digests {
            self.db
                .prepare_cached("INSERT INTO recovery_codes (user_id, digest) VALUES (?1, ?2)")?
                .execute(params![user.0.as_bytes(), digest])?;
        }
        Ok(())
    }

    /// Takes the authenticator and its recovery codes away; false where there was none.
    pub fn drop_second_factor(&mut self, user: UserId) -> Result<bool, StoreError> {
        self.set_recovery_codes(user, &[])?;
        let dropped = self
            .db
            .prepare_cached("DELETE FROM second_factors WHERE user_id = ?1")?
            .execute([user.0.as_bytes()])?;
        Ok(dropped > 0)
    }
}
