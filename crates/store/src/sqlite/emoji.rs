//! Emoji that people here made.

use super::{Store, columns, writer::Tx};
use crate::{AddedEmoji, NewEmoji, StoreError, write::micros};
use rusqlite::{OptionalExtension, params};
use salon_protocol::{OwnEmoji, UserId, limits::OWN_EMOJI_MAX};

impl Tx<'_> {
    /// Keeps one under a name that is free, where there is room for one more.
    pub fn add_emoji(&mut self, new: &NewEmoji) -> Result<AddedEmoji, StoreError> {
        let (many, taken): (usize, bool) = self.db.query_row(
            "SELECT count(*), coalesce(max(name = ?1), 0) FROM emoji",
            [&new.name],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if taken {
            return Ok(AddedEmoji::Taken);
        }
        if many >= OWN_EMOJI_MAX {
            return Ok(AddedEmoji::TooMany);
        }
        self.db.execute(
            "INSERT INTO emoji (name, maker_id, media_type, bytes, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                new.name,
                new.maker.0.as_bytes(),
                new.media_type,
                new.bytes,
                micros(new.made_at)
            ],
        )?;
        Ok(AddedEmoji::Added)
    }

    /// Takes one away, that of one maker alone where one is named; who made it, if it was there.
    pub fn drop_emoji(
        &mut self,
        name: &str,
        maker: Option<UserId>,
    ) -> Result<Option<UserId>, StoreError> {
        let maker = maker.map(|maker| maker.0.into_bytes());
        Ok(self
            .db
            .prepare_cached(
                "DELETE FROM emoji WHERE name = ?1 AND (?2 IS NULL OR maker_id = ?2)
                 RETURNING maker_id",
            )?
            .query_row(params![name, maker], |row| {
                Ok(UserId(columns::uuid(row, 0)?))
            })
            .optional()?)
    }
}

impl Store {
    /// All of them, by name, without their pictures.
    pub async fn emoji(&self) -> Result<Vec<OwnEmoji>, StoreError> {
        self.read(|db| {
            Ok(db
                .prepare_cached(
                    "SELECT e.name, u.handle, e.made_at FROM emoji e
                     JOIN users u ON u.id = e.maker_id ORDER BY e.name",
                )?
                .query_map([], |row| {
                    Ok(OwnEmoji {
                        name: row.get(0)?,
                        made_by: row.get(1)?,
                        made_at: columns::time(row, 2)?,
                    })
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The picture of one: its bytes and their type.
    pub async fn emoji_picture(&self, name: &str) -> Result<Option<(Vec<u8>, String)>, StoreError> {
        let name = name.to_owned();
        self.read(move |db| {
            Ok(db
                .prepare_cached("SELECT bytes, media_type FROM emoji WHERE name = ?1")?
                .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?)
        })
        .await
    }
}
