//! Accounts that a provider's word opens. One that was taken back is remembered: whoever unlinks
//! does not come in again as somebody new.

use super::{Store, columns, writer::Tx};
use crate::{Identity, IdentityRow, StoreError, write::micros};
use rusqlite::{OptionalExtension, params};
use salon_protocol::UserId;

impl Store {
    /// Whose account somebody's word opens, or once did.
    pub async fn identity(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<IdentityRow>, StoreError> {
        self.identity_where("issuer = ?1 AND subject = ?2", issuer, subject.to_owned())
            .await
    }

    /// What a provider's word is that opens an account.
    pub async fn identity_of(
        &self,
        issuer: &str,
        user: UserId,
    ) -> Result<Option<IdentityRow>, StoreError> {
        let of = "issuer = ?1 AND user_id = ?2 AND ended_at IS NULL";
        self.identity_where(of, issuer, user.0.into_bytes()).await
    }

    async fn identity_where(
        &self,
        which: &'static str,
        issuer: &str,
        key: impl rusqlite::ToSql + Send + 'static,
    ) -> Result<Option<IdentityRow>, StoreError> {
        let issuer = issuer.to_owned();
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT user_id, name, linked_at, ended_at FROM identities WHERE {which}"
                ))?
                .query_row(params![issuer, key], |row| {
                    Ok(IdentityRow {
                        user: UserId(columns::uuid(row, 0)?),
                        name: row.get(1)?,
                        linked_at: columns::time(row, 2)?,
                        ended: row.get::<_, Option<i64>>(3)?.is_some(),
                    })
                })
                .optional()?)
        })
        .await
    }
}

impl Tx<'_> {
    /// From now on this word opens the account. Refused where it opens another, or another word of
    /// the same provider opens this one.
    pub fn link_identity(&mut self, new: &Identity) -> Result<(), StoreError> {
        let linked = self
            .db
            .prepare_cached(
                "INSERT INTO identities (issuer, subject, user_id, name, linked_at)
                 SELECT ?1, ?2, ?3, ?4, ?5
                 WHERE NOT EXISTS (SELECT 1 FROM identities
                                   WHERE issuer = ?1 AND user_id = ?3 AND ended_at IS NULL)
                 ON CONFLICT DO UPDATE SET user_id = excluded.user_id, name = excluded.name,
                        linked_at = excluded.linked_at, ended_at = NULL
                 WHERE ended_at IS NOT NULL",
            )?
            .execute(params![
                new.issuer,
                new.subject,
                new.user.0.as_bytes(),
                new.name,
                micros(salon_protocol::now())
            ])?;
        if linked == 0 {
            return Err(StoreError::Taken("identity"));
        }
        Ok(())
    }

    /// Takes the account's link to a provider back; false where there is none. Whoever has no
    /// password keeps it: nothing would open the account any more.
    pub fn unlink_identity(&mut self, issuer: &str, user: UserId) -> Result<bool, StoreError> {
        let ended = self
            .db
            .prepare_cached(
                "UPDATE identities SET ended_at = ?3
                 WHERE issuer = ?1 AND user_id = ?2 AND ended_at IS NULL
                   AND EXISTS (SELECT 1 FROM users WHERE id = ?2 AND password_hash IS NOT NULL)",
            )?
            .execute(params![
                issuer,
                user.0.as_bytes(),
                micros(salon_protocol::now())
            ])?;
        Ok(ended > 0)
    }
}
