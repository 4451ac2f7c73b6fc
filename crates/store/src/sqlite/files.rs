//! Files of messages: rows alone, their bytes are the vault's.

use super::{Store, columns, messages, writer::Tx};
use crate::{Actor, ByteDigest, FileRow, MadeOf, NewFile, StoreError, write::micros};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use salon_protocol::{
    FileId, FileInfo, MessageId, RoomFile, RoomId, Seq, UserId, limits::LOOSE_FILES_MAX,
};

/// Columns of a [`FileInfo`].
const INFO: &str = "f.id, f.name, f.type, f.size, f.width, f.height, f.tiny, f.alt";

fn info(row: &Row<'_>) -> rusqlite::Result<FileInfo> {
    Ok(FileInfo {
        id: FileId(columns::uuid(row, 0)?),
        name: row.get(1)?,
        media_type: row.get(2)?,
        size: row.get(3)?,
        width: row.get(4)?,
        height: row.get(5)?,
        tiny: row.get(6)?,
        alt: row.get(7)?,
    })
}

fn made_of(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<MadeOf>> {
    let digest: Option<[u8; 32]> = row.get(column)?;
    Ok(match digest {
        Some(digest) => Some(MadeOf {
            digest: ByteDigest(digest),
            media_type: row.get(column + 1)?,
        }),
        None => None,
    })
}

impl Tx<'_> {
    /// Says that these bytes are about to be put, or may have to go.
    pub fn doom_bytes(&mut self, digests: &[ByteDigest]) -> Result<(), StoreError> {
        for digest in digests {
            self.db
                .prepare_cached("INSERT OR IGNORE INTO doomed_bytes (digest) VALUES (?1)")?
                .execute([digest.0])?;
        }
        Ok(())
    }

    /// Says that these bytes are gone, or stood for.
    pub fn forget_doomed(&mut self, digests: &[ByteDigest]) -> Result<(), StoreError> {
        for digest in digests {
            self.db
                .prepare_cached("DELETE FROM doomed_bytes WHERE digest = ?1")?
                .execute([digest.0])?;
        }
        Ok(())
    }

    /// A file that no message carries yet.
    pub fn add_file(&mut self, new: NewFile) -> Result<(), StoreError> {
        self.check_member(new.room, &new.owner)?;
        self.check_mute(new.room, &new.owner)?;
        let loose: usize = self
            .db
            .prepare_cached(
                "SELECT count(*) FROM files WHERE owner_id = ?1 AND message_id IS NULL",
            )?
            .query_row([new.owner.id.0.as_bytes()], |row| row.get(0))?;
        if loose >= LOOSE_FILES_MAX {
            return Err(StoreError::TooMany("files"));
        }
        self.bring_file(new)
    }

    /// A file that the next event of the same transaction carries: nothing is checked here.
    pub fn bring_file(&mut self, new: NewFile) -> Result<(), StoreError> {
        let digest_of = |made: &Option<MadeOf>| made.as_ref().map(|made| made.digest.0);
        let type_of = |made: &Option<MadeOf>| made.as_ref().map(|made| made.media_type.clone());
        let info = new.info;
        self.db
            .prepare_cached(
                "INSERT INTO files (id, room_id, owner_id, name, type, size, digest, width, height,
                 tiny, preview, preview_type, view, view_type, alt, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
            )?
            .execute(params![
                info.id.0.as_bytes(),
                new.room.0.as_bytes(),
                new.owner.id.0.as_bytes(),
                info.name,
                info.media_type,
                info.size,
                new.digest.0,
                info.width,
                info.height,
                info.tiny,
                digest_of(&new.preview),
                type_of(&new.preview),
                digest_of(&new.view),
                type_of(&new.view),
                info.alt,
                micros(salon_protocol::now()),
            ])?;
        let made = [new.preview, new.view].into_iter().flatten();
        let digests: Vec<_> = made.map(|made| made.digest).chain([new.digest]).collect();
        self.forget_doomed(&digests)
    }

    /// Says what a file shows, as long as no message carries it.
    pub fn describe_file(
        &mut self,
        owner: UserId,
        file: FileId,
        alt: Option<&str>,
    ) -> Result<(), StoreError> {
        let changed = self
            .db
            .prepare_cached(
                "UPDATE files SET alt = ?3 WHERE id = ?1 AND owner_id = ?2 AND message_id IS NULL",
            )?
            .execute(params![file.0.as_bytes(), owner.0.as_bytes(), alt])?;
        columns::found((changed > 0).then_some(()), "file")
    }

    /// Takes back an upload that no message carries.
    pub fn drop_loose_file(&mut self, owner: UserId, file: FileId) -> Result<(), StoreError> {
        let gone = self
            .db
            .prepare_cached(
                "DELETE FROM files WHERE id = ?1 AND owner_id = ?2 AND message_id IS NULL",
            )?
            .execute(params![file.0.as_bytes(), owner.0.as_bytes()])?;
        columns::found((gone > 0).then_some(()), "file")
    }

    /// Takes back uploads that nobody has sent for so long; answers with how many.
    pub fn drop_loose_files(&mut self, before: Timestamp) -> Result<usize, StoreError> {
        Ok(self
            .db
            .prepare_cached("DELETE FROM files WHERE message_id IS NULL AND created_at < ?1")?
            .execute([micros(before)])?)
    }

    /// What a message is to carry. Whom this guards: whoever uploaded a file, from others who
    /// would send it on by its id.
    pub(super) fn loose_files(
        &self,
        room: RoomId,
        actor: &Actor,
        files: &[FileId],
    ) -> Result<Vec<FileInfo>, StoreError> {
        let mut found: Vec<FileInfo> = Vec::with_capacity(files.len());
        for file in files {
            if found.iter().any(|other| other.id == *file) {
                return Err(StoreError::NotFound("file"));
            }
            let file = self
                .db
                .prepare_cached(&format!(
                    "SELECT {INFO} FROM files f
                     WHERE f.id = ?1 AND f.room_id = ?2 AND f.owner_id = ?3 AND f.message_id IS NULL"
                ))?
                .query_row(
                    params![
                        file.0.as_bytes(),
                        room.0.as_bytes(),
                        actor.id.0.as_bytes()
                    ],
                    info,
                )
                .optional()?;
            found.push(columns::found(file, "file")?);
        }
        Ok(found)
    }

    pub(super) fn attach_files(
        &self,
        message: MessageId,
        seq: Seq,
        files: &[FileInfo],
    ) -> Result<(), StoreError> {
        for (place, file) in files.iter().enumerate() {
            self.db
                .prepare_cached(
                    "UPDATE files SET message_id = ?2, seq = ?3, place = ?4 WHERE id = ?1",
                )?
                .execute(params![
                    file.id.0.as_bytes(),
                    message.0.as_bytes(),
                    seq.0,
                    place
                ])?;
        }
        Ok(())
    }

    /// A deleted message's files go with it; their bytes follow.
    pub(super) fn drop_files_of(&self, message: MessageId) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM files WHERE message_id = ?1")?
            .execute([message.0.as_bytes()])?;
        Ok(())
    }
}

impl Store {
    /// A file, if `reader` may read its message now, or has uploaded it and not sent it yet.
    pub async fn file(&self, reader: UserId, file: FileId) -> Result<Option<FileRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {INFO}, f.room_id, f.owner_id, f.message_id, f.digest, f.preview,
                     f.preview_type, f.view, f.view_type FROM files f
                     JOIN members r ON r.room_id = f.room_id AND r.user_id = ?2
                     LEFT JOIN messages m ON m.id = f.message_id
                     WHERE f.id = ?1 AND (f.message_id IS NOT NULL OR f.owner_id = ?2)
                     AND (f.message_id IS NULL OR (m.deleted_at IS NULL AND {readable}))",
                    readable = messages::READABLE,
                ))?
                .query_row(params![file.0.as_bytes(), reader.0.as_bytes()], |row| {
                    Ok(FileRow {
                        info: info(row)?,
                        room: RoomId(columns::uuid(row, 8)?),
                        owner: UserId(columns::uuid(row, 9)?),
                        message: columns::uuid_option(row, 10)?.map(MessageId),
                        digest: ByteDigest(row.get(11)?),
                        preview: made_of(row, 12)?,
                        view: made_of(row, 14)?,
                    })
                })
                .optional()?)
        })
        .await
    }

    /// The files of a room's messages before a number, newest message first, and whether there
    /// are older ones. A page ends with a whole message.
    pub async fn room_files(
        &self,
        reader: UserId,
        room: RoomId,
        pictures: bool,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<(Vec<RoomFile>, bool), StoreError> {
        self.read(move |db| {
            messages::check_reader(db, room, reader)?;
            let before = before.map_or(i64::MAX, |seq| i64::try_from(seq.0).unwrap_or(i64::MAX));
            let mut files = db
                .prepare_cached(&format!(
                    "SELECT {INFO}, m.id, m.room_id, m.seq, m.at, a.handle FROM files f
                     JOIN messages m ON m.id = f.message_id
                     JOIN users a ON a.id = m.author_id
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = ?4
                     WHERE f.room_id = ?1 AND f.seq < ?2 AND {readable}
                     AND (?5 = 0 OR f.preview IS NOT NULL)
                     ORDER BY f.seq DESC, f.place LIMIT ?3",
                    readable = messages::READABLE,
                ))?
                .query_map(
                    params![
                        room.0.as_bytes(),
                        before,
                        limit + 1,
                        reader.0.as_bytes(),
                        pictures
                    ],
                    |row| {
                        Ok(RoomFile {
                            file: info(row)?,
                            message_id: MessageId(columns::uuid(row, 8)?),
                            room: RoomId(columns::uuid(row, 9)?),
                            seq: columns::seq(row, 10)?,
                            at: columns::time(row, 11)?,
                            from: columns::word(row, 12)?,
                        })
                    },
                )?
                .collect::<Result<Vec<_>, _>>()?;
            let more = files.len() > limit;
            if more {
                // The message at the edge begins the next page.
                let edge = files.last().map(|file| file.seq);
                files.retain(|file| Some(file.seq) != edge);
            }
            Ok((files, more))
        })
        .await
    }

    /// Forgets what was being uploaded when an earlier server ended.
    pub async fn clear_staged(&self) -> Result<(), StoreError> {
        self.vault.clear_staged().await
    }

    /// Takes away the bytes that nothing stands for any more; answers with how many there were.
    pub async fn sweep_bytes(&self, limit: usize) -> Result<usize, StoreError> {
        let Some(_gate) = self.vault.taking_away().await? else {
            // A backup is being made: it finds everything that its rows stand for.
            return Ok(0);
        };
        // Read by the writer: what it has committed is all there is while the gate is held.
        let doomed = self
            .write(move |tx| {
                Ok(tx
                    .db
                    .prepare_cached(
                        "SELECT digest, EXISTS (SELECT 1 FROM files
                         WHERE digest = d.digest OR preview = d.digest OR view = d.digest)
                         FROM doomed_bytes d LIMIT ?1",
                    )?
                    .query_map([limit], |row| Ok((ByteDigest(row.get(0)?), row.get(1)?)))?
                    .collect::<Result<Vec<(ByteDigest, bool)>, _>>()?)
            })
            .await?;
        let mut gone = 0;
        for (digest, is_stood_for) in &doomed {
            if !is_stood_for {
                self.vault.remove(*digest).await?;
                gone += 1;
            }
        }
        let digests: Vec<_> = doomed.into_iter().map(|(digest, _)| digest).collect();
        if !digests.is_empty() {
            self.write(move |tx| tx.forget_doomed(&digests)).await?;
        }
        Ok(gone)
    }
}
