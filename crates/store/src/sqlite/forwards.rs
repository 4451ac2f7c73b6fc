//! Messages passed on: the words and files of one message in another one, in whatever room.

use super::{columns, messages, writer::Tx};
use crate::{Actor, StoreError, write::micros};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use salon_protocol::{FileId, FileInfo, MessageId, RoomId};

/// What a copy says and carries.
pub(super) struct Copied {
    pub(super) text: String,
    pub(super) action: bool,
    pub(super) private_from_ai: bool,
    /// Where the words were first said.
    pub(super) origin: MessageId,
    pub(super) files: Vec<FileInfo>,
}

impl Tx<'_> {
    /// Copies a message that `actor` may read at this instant. Its files become files of the
    /// room that it goes to, in no message yet; their bytes are the same.
    pub(super) fn copied(
        &self,
        source: MessageId,
        room: RoomId,
        actor: &Actor,
    ) -> Result<Copied, StoreError> {
        // Whom this guards: whoever hid their words from agents, or a room that did. A copy of
        // them is no more for agents than they are.
        let found = self
            .db
            .prepare_cached(&format!(
                "SELECT m.text, m.action, m.private_from_ai OR h.private_from_ai,
                 coalesce(m.forwarded, m.id) FROM messages m
                 JOIN rooms h ON h.id = m.room_id
                 JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
                 WHERE m.id = ?1 AND m.deleted_at IS NULL AND {readable}",
                readable = messages::READABLE,
            ))?
            .query_row(params![source.0.as_bytes(), actor.id.0.as_bytes()], |row| {
                Ok(Copied {
                    text: row.get(0)?,
                    action: row.get(1)?,
                    private_from_ai: row.get(2)?,
                    origin: MessageId(columns::uuid(row, 3)?),
                    files: Vec::new(),
                })
            })
            .optional()?;
        let copy = columns::found(found, "message")?;
        let files = self.copy_files(source, room, actor)?;
        Ok(Copied { files, ..copy })
    }

    fn copy_files(
        &self,
        source: MessageId,
        room: RoomId,
        actor: &Actor,
    ) -> Result<Vec<FileInfo>, StoreError> {
        let ids = self
            .db
            .prepare_cached("SELECT id FROM files WHERE message_id = ?1 ORDER BY place")?
            .query_map([source.0.as_bytes()], |row| columns::uuid(row, 0))?
            .collect::<Result<Vec<_>, _>>()?;
        let mut copies = Vec::with_capacity(ids.len());
        for id in ids {
            let copy = FileId::new();
            self.db
                .prepare_cached(
                    "INSERT INTO files (id, room_id, owner_id, name, type, size, digest, width,
                     height, tiny, preview, preview_type, view, view_type, alt, created_at)
                     SELECT ?2, ?3, ?4, name, type, size, digest, width, height, tiny, preview,
                     preview_type, view, view_type, alt, ?5 FROM files WHERE id = ?1",
                )?
                .execute(params![
                    id.as_bytes(),
                    copy.0.as_bytes(),
                    room.0.as_bytes(),
                    actor.id.0.as_bytes(),
                    micros(Timestamp::now()),
                ])?;
            copies.push(copy);
        }
        self.loose_files(room, actor, &copies)
    }
}
