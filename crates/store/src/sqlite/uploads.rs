//! Files that come in several requests: how much of each counts. Their bytes are the vault's.
//!
//! A row is committed before there is anything of its file, and says that bytes have come only
//! after they are on disk. So a file without a row is never needed, whenever a process ended.

use super::{Store, columns, writer::Tx};
use crate::{Actor, NewFile, StoreError, UploadRow, write::micros};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use salon_protocol::{
    FileId, RoomId, UserId,
    limits::{LOOSE_FILES_MAX, UPLOADS_PER_USER_MAX},
};

/// Where somebody has as many as they may, one that nothing came for so long makes room: its page
/// was closed, most likely.
const GIVES_WAY_AFTER: SignedDuration = SignedDuration::from_mins(10);

const COLUMNS: &str = "id, room_id, name, size, received";

fn row(row: &Row<'_>) -> rusqlite::Result<UploadRow> {
    Ok(UploadRow {
        id: FileId(columns::uuid(row, 0)?),
        room: RoomId(columns::uuid(row, 1)?),
        name: row.get(2)?,
        size: row.get(3)?,
        received: row.get(4)?,
    })
}

impl Tx<'_> {
    /// Promises a file. What somebody has begun counts among what they have not sent.
    pub fn begin_upload(&mut self, owner: &Actor, new: &UploadRow) -> Result<(), StoreError> {
        self.check_member(new.room, owner)?;
        self.check_mute(new.room, owner)?;
        let user = owner.id.0.as_bytes();
        let (begun, loose): (usize, usize) = self
            .db
            .prepare_cached(
                "SELECT (SELECT count(*) FROM uploads WHERE owner_id = ?1),
                 (SELECT count(*) FROM files WHERE owner_id = ?1 AND message_id IS NULL)",
            )?
            .query_row([user], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let now = salon_protocol::now();
        if begun >= UPLOADS_PER_USER_MAX {
            let gone = self
                .db
                .prepare_cached(
                    "DELETE FROM uploads WHERE id = (SELECT id FROM uploads
                     WHERE owner_id = ?1 AND touched_at < ?2 ORDER BY touched_at LIMIT 1)",
                )?
                .execute(params![user, micros(now - GIVES_WAY_AFTER)])?;
            if gone == 0 {
                return Err(StoreError::TooMany("uploads"));
            }
        } else if begun + loose >= LOOSE_FILES_MAX {
            return Err(StoreError::TooMany("files"));
        }
        self.db
            .prepare_cached(
                "INSERT INTO uploads (id, owner_id, room_id, name, size, received, touched_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)",
            )?
            .execute(params![
                new.id.0.as_bytes(),
                user,
                new.room.0.as_bytes(),
                new.name,
                new.size,
                micros(now),
            ])?;
        Ok(())
    }

    /// Bytes have come and are on disk. Whom this guards: a room, from who was put out of it since
    /// the request began.
    pub fn upload_received(
        &mut self,
        owner: &Actor,
        upload: &UploadRow,
        received: u64,
    ) -> Result<(), StoreError> {
        self.check_member(upload.room, owner)?;
        let grown = self
            .db
            .prepare_cached(
                "UPDATE uploads SET received = ?4, touched_at = ?5
                 WHERE id = ?1 AND owner_id = ?2 AND received = ?3 AND ?4 <= size",
            )?
            .execute(params![
                upload.id.0.as_bytes(),
                owner.id.0.as_bytes(),
                upload.received,
                received,
                micros(salon_protocol::now()),
            ])?;
        columns::found((grown > 0).then_some(()), "file")
    }

    /// All of it has come and is kept: from now on it is a file like others.
    pub fn finish_upload(&mut self, new: NewFile) -> Result<(), StoreError> {
        self.drop_upload(new.owner.id, new.info.id)?;
        self.add_file(new)
    }

    /// Gives an upload up.
    pub fn drop_upload(&mut self, owner: UserId, upload: FileId) -> Result<(), StoreError> {
        let gone = self
            .db
            .prepare_cached("DELETE FROM uploads WHERE id = ?1 AND owner_id = ?2")?
            .execute(params![upload.0.as_bytes(), owner.0.as_bytes()])?;
        columns::found((gone > 0).then_some(()), "file")
    }
}

impl Store {
    /// What somebody has begun to send.
    pub async fn upload(
        &self,
        owner: UserId,
        upload: FileId,
    ) -> Result<Option<UploadRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM uploads WHERE id = ?1 AND owner_id = ?2"
                ))?
                .query_row(params![upload.0.as_bytes(), owner.0.as_bytes()], row)
                .optional()?)
        })
        .await
    }

    /// Gives up what nothing has come of since `before`, and takes away the bytes of whatever was
    /// given up; answers with how many files went.
    pub async fn sweep_uploads(&self, before: Timestamp) -> Result<usize, StoreError> {
        // Listed first: what lies there had its row by then.
        let there = self.vault.unfinished().await?;
        let work = move |tx: &mut Tx<'_>| {
            tx.db
                .prepare_cached("DELETE FROM uploads WHERE touched_at < ?1")?
                .execute([micros(before)])?;
            let mut stands = tx
                .db
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM uploads WHERE id = ?1)")?;
            let mut gone = Vec::new();
            for id in there {
                if !stands.query_row([id.0.as_bytes()], |row| row.get::<_, bool>(0))? {
                    gone.push(id);
                }
            }
            Ok(gone)
        };
        let gone = self.write(work).await?;
        for id in &gone {
            self.vault.drop_unfinished(*id).await?;
        }
        Ok(gone.len())
    }
}
