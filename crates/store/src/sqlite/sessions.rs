//! Where somebody is signed in: their cookies and tokens.

use super::{Store, columns, writer::Tx};
use crate::{Credential, CredentialPurpose, CredentialRow, StoreError, write::micros};
use rusqlite::params;
use salon_protocol::UserId;

impl Store {
    /// All of a user's cookies and tokens that still open something, the newest first.
    pub async fn credentials(&self, user: UserId) -> Result<Vec<CredentialRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT digest, purpose, expires_at, device, address, created_at, seen_at
                     FROM credentials
                     WHERE user_id = ?1 AND (expires_at IS NULL OR expires_at > ?2)
                     ORDER BY created_at DESC",
                )?
                .query_map(
                    params![user.0.as_bytes(), micros(salon_protocol::now())],
                    |row| {
                        Ok(CredentialRow {
                            credential: Credential {
                                digest: row.get(0)?,
                                user,
                                purpose: purpose(row.get_ref(1)?.as_str()?),
                                expires_at: columns::time_option(row, 2)?,
                                device: row.get(3)?,
                                address: row.get(4)?,
                                seen_at: columns::time_option(row, 6)?,
                            },
                            created_at: columns::time(row, 5)?,
                        })
                    },
                )?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Those of the cookies and tokens that no longer open anything.
    pub async fn ended_credentials(&self, of: Vec<[u8; 32]>) -> Result<Vec<[u8; 32]>, StoreError> {
        self.read(move |db| {
            let mut known = db.prepare_cached(
                "SELECT 1 FROM credentials c JOIN users u ON u.id = c.user_id
                 WHERE c.digest = ?1 AND u.disabled = 0",
            )?;
            let mut ended = Vec::new();
            for digest in of {
                if !known.exists([digest])? {
                    ended.push(digest);
                }
            }
            Ok(ended)
        })
        .await
    }
}

impl Tx<'_> {
    /// Notes that a cookie or token was used just now.
    pub fn see_credential(&mut self, digest: [u8; 32]) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE credentials SET seen_at = ?2 WHERE digest = ?1")?
            .execute(params![digest, micros(salon_protocol::now())])?;
        Ok(())
    }

    /// Ends every cookie of a user but one; answers with those that ended.
    pub fn drop_other_sessions(
        &mut self,
        user: UserId,
        keep: [u8; 32],
    ) -> Result<Vec<[u8; 32]>, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "DELETE FROM credentials
                 WHERE user_id = ?1 AND purpose = 'session' AND digest IS NOT ?2
                 RETURNING digest",
            )?
            .query_map(params![user.0.as_bytes(), keep], |row| row.get(0))?
            .collect::<Result<_, _>>()?)
    }
}

pub(super) fn purpose(word: &str) -> CredentialPurpose {
    match word {
        "token" => CredentialPurpose::Token,
        _ => CredentialPurpose::Session,
    }
}
