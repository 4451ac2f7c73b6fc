//! Where people's browsers wait for what is pushed. Each belongs to a session and ends with it.

use super::{Store, columns, writer::Tx};
use crate::{PushSubscription, StoreError, write::micros};
use rusqlite::{OptionalExtension, params};
use salon_protocol::{UserId, limits::PUSHES_PER_USER_MAX};

/// A session that still opens something.
const LIVE: &str = "JOIN credentials c ON c.digest = p.credential
     AND (c.expires_at IS NULL OR c.expires_at > ?2)
     JOIN users u ON u.id = p.user_id AND u.disabled = 0";

impl Store {
    /// Which sessions of these users wait for what is pushed.
    pub async fn push_targets(
        &self,
        users: Vec<UserId>,
    ) -> Result<Vec<(UserId, [u8; 32])>, StoreError> {
        self.read(move |db| {
            let now = micros(salon_protocol::now());
            let mut select = db.prepare_cached(&format!(
                "SELECT p.credential FROM push_subscriptions p {LIVE} WHERE p.user_id = ?1"
            ))?;
            let mut found = Vec::new();
            for user in users {
                let mut rows = select.query(params![user.0.as_bytes(), now])?;
                while let Some(row) = rows.next()? {
                    found.push((user, row.get(0)?));
                }
            }
            Ok(found)
        })
        .await
    }

    /// Where a session waits, as long as it lasts.
    pub async fn push_subscription(
        &self,
        credential: [u8; 32],
    ) -> Result<Option<PushSubscription>, StoreError> {
        self.read(move |db| {
            let now = micros(salon_protocol::now());
            Ok(db
                .prepare_cached(&format!(
                    "SELECT p.user_id, p.endpoint, p.public_key, p.auth
                     FROM push_subscriptions p {LIVE} WHERE p.credential = ?1"
                ))?
                .query_row(params![credential, now], |row| {
                    Ok(PushSubscription {
                        credential,
                        user: UserId(columns::uuid(row, 0)?),
                        endpoint: row.get(1)?,
                        public_key: row.get(2)?,
                        auth: row.get(3)?,
                    })
                })
                .optional()?)
        })
        .await
    }

    /// Whether anybody waits for anything.
    pub async fn any_push(&self) -> Result<bool, StoreError> {
        self.read(|db| {
            Ok(db
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM push_subscriptions)")?
                .query_row([], |row| row.get(0))?)
        })
        .await
    }
}

impl Tx<'_> {
    /// Keeps where a session waits, in place of what it said before. A browser whose cookie was
    /// lost is whoever's uses it now: nobody else's session is told there any more. Beyond the
    /// bound the user's oldest go.
    pub fn put_push(&mut self, new: &PushSubscription) -> Result<(), StoreError> {
        let user = new.user.0.as_bytes();
        self.db
            .prepare_cached(
                "DELETE FROM push_subscriptions WHERE credential = ?1 OR endpoint = ?2",
            )?
            .execute(params![new.credential, new.endpoint])?;
        self.db
            .prepare_cached(
                "INSERT INTO push_subscriptions
                 (credential, user_id, endpoint, public_key, auth, made_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                new.credential,
                user,
                new.endpoint,
                new.public_key,
                new.auth,
                micros(salon_protocol::now())
            ])?;
        self.db
            .prepare_cached(
                "DELETE FROM push_subscriptions WHERE credential IN (
                 SELECT credential FROM push_subscriptions WHERE user_id = ?1
                 ORDER BY made_at DESC LIMIT -1 OFFSET ?2)",
            )?
            .execute(params![user, PUSHES_PER_USER_MAX])?;
        Ok(())
    }

    /// A session waits no more; with an endpoint, only if it is still that one.
    pub fn drop_push(
        &mut self,
        credential: [u8; 32],
        endpoint: Option<&str>,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "DELETE FROM push_subscriptions
                 WHERE credential = ?1 AND endpoint = coalesce(?2, endpoint)",
            )?
            .execute(params![credential, endpoint])?;
        Ok(())
    }

    /// The key by which push services know this server: the fresh one, where there was none.
    pub fn push_key(&mut self, fresh: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.db
            .prepare_cached("INSERT OR IGNORE INTO push_keys (id, pkcs8) VALUES (1, ?1)")?
            .execute([fresh])?;
        Ok(self
            .db
            .prepare_cached("SELECT pkcs8 FROM push_keys")?
            .query_row([], |row| row.get(0))?)
    }
}
