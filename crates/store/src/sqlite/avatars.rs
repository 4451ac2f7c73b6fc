//! Pictures of people.

use super::{Store, writer::Tx};
use crate::StoreError;
use rusqlite::{OptionalExtension, params};
use salon_protocol::UserId;

impl Tx<'_> {
    /// Keeps somebody's picture in place of the one before, or lets go of it.
    pub fn put_avatar(
        &mut self,
        id: UserId,
        picture: Option<(&str, &[u8])>,
    ) -> Result<(), StoreError> {
        match picture {
            Some((media_type, bytes)) => self.db.execute(
                "INSERT OR REPLACE INTO avatars (user_id, media_type, bytes) VALUES (?1, ?2, ?3)",
                params![id.0.as_bytes(), media_type, bytes],
            )?,
            None => self
                .db
                .execute("DELETE FROM avatars WHERE user_id = ?1", [id.0.as_bytes()])?,
        };
        Ok(())
    }
}

impl Store {
    /// Somebody's picture: its bytes and their type.
    pub async fn avatar(&self, id: UserId) -> Result<Option<(Vec<u8>, String)>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached("SELECT bytes, media_type FROM avatars WHERE user_id = ?1")?
                .query_row([id.0.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?)
        })
        .await
    }
}
