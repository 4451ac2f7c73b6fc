//! What is behind a message's links: told by an event of its own, and gone with the message.

use super::{Store, append::unchanged, columns, messages::READABLE, writer::Tx};
use crate::{Actor, Appended, NewPicture, StoreError};
use rusqlite::{OptionalExtension, params};
use salon_protocol::{EventBody, LinkPreview, MessageId, RoomId, Seq, UserId};

impl Tx<'_> {
    pub(super) fn preview(
        &mut self,
        room: RoomId,
        actor: &Actor,
        message_id: MessageId,
        text: &str,
        previews: Vec<LinkPreview>,
        pictures: Vec<NewPicture>,
    ) -> Result<Appended, StoreError> {
        let posted = self.target(room, message_id)?.seq;
        // Whom this guards: its author, from what was looked at for other words of theirs, or comes
        // back after they took it away.
        let stands: bool = self
            .db
            .prepare_cached(
                "SELECT text = ?2 AND deleted_at IS NULL AND previews IS NOT '[]'
                 FROM messages WHERE id = ?1",
            )?
            .query_row(params![message_id.0.as_bytes(), text], |row| row.get(0))?;
        if !stands || previews.is_empty() {
            return Ok(unchanged(room, posted, message_id));
        }
        self.drop_previews_of(room, message_id)?;
        let stored = serde_json::to_string(&previews)?;
        let body = EventBody::MessagePreviewed {
            message_id,
            previews,
        };
        let appended = self.event(room, actor, body, Some(message_id))?;
        self.set_previews(message_id, Some(&stored))?;
        self.note_previewed(message_id, appended.seq, "")?;
        for picture in pictures {
            self.db
                .prepare_cached(
                    "INSERT OR IGNORE INTO preview_pictures (name, media_type, bytes)
                     VALUES (?1, ?2, ?3)",
                )?
                .execute(params![picture.name, picture.media_type, picture.bytes])?;
            self.note_previewed(message_id, appended.seq, &picture.name)?;
        }
        Ok(appended)
    }

    pub(super) fn drop_previews(
        &mut self,
        room: RoomId,
        actor: &Actor,
        message_id: MessageId,
        moderator: bool,
    ) -> Result<Appended, StoreError> {
        let target = self.target(room, message_id)?;
        if target.author != actor.id && !moderator {
            return Err(StoreError::NotAuthor);
        }
        let shows: bool = self
            .db
            .prepare_cached("SELECT coalesce(previews, '[]') != '[]' FROM messages WHERE id = ?1")?
            .query_row([message_id.0.as_bytes()], |row| row.get(0))?;
        if !shows {
            return Ok(unchanged(room, target.seq, message_id));
        }
        self.drop_previews_of(room, message_id)?;
        self.set_previews(message_id, Some("[]"))?;
        let body = EventBody::MessagePreviewed {
            message_id,
            previews: Vec::new(),
        };
        self.event(room, actor, body, Some(message_id))
    }

    fn set_previews(&self, message: MessageId, stored: Option<&str>) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE messages SET previews = ?2 WHERE id = ?1")?
            .execute(params![message.0.as_bytes(), stored])?;
        Ok(())
    }

    fn note_previewed(
        &self,
        message: MessageId,
        seq: Seq,
        picture: &str,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT OR IGNORE INTO previewed (message_id, seq, picture) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![message.0.as_bytes(), seq.0, picture])?;
        Ok(())
    }

    /// What is shown goes, out of the log's earlier entries too; what was taken away for good
    /// stays so.
    pub(super) fn drop_previews_of(
        &self,
        room: RoomId,
        message_id: MessageId,
    ) -> Result<(), StoreError> {
        let message = message_id.0.as_bytes();
        let seqs = self
            .db
            .prepare_cached("SELECT DISTINCT seq FROM previewed WHERE message_id = ?1")?
            .query_map([message], |row| columns::seq(row, 0))?
            .collect::<Result<Vec<_>, _>>()?;
        if seqs.is_empty() {
            return Ok(());
        }
        let emptied = serde_json::to_string(&EventBody::MessagePreviewed {
            message_id,
            previews: Vec::new(),
        })?;
        for seq in seqs {
            self.db
                .prepare_cached("UPDATE events SET body = ?3 WHERE room_id = ?1 AND seq = ?2")?
                .execute(params![room.0.as_bytes(), seq.0, emptied])?;
        }
        self.db
            .prepare_cached("DELETE FROM previewed WHERE message_id = ?1")?
            .execute([message])?;
        self.db
            .prepare_cached(
                "UPDATE messages SET previews = NULL WHERE id = ?1 AND previews IS NOT '[]'",
            )?
            .execute([message])?;
        Ok(())
    }
}

impl Store {
    /// A picture behind a message's link, if `reader` may read that message now.
    pub async fn preview_picture(
        &self,
        reader: UserId,
        message: MessageId,
        name: &str,
    ) -> Result<Option<(Vec<u8>, String)>, StoreError> {
        let name = name.to_owned();
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT p.bytes, p.media_type FROM messages m
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
                     JOIN previewed d ON d.message_id = m.id AND d.picture = ?3
                     JOIN preview_pictures p ON p.name = d.picture
                     WHERE m.id = ?1 AND {READABLE} LIMIT 1"
                ))?
                .query_row(
                    params![message.0.as_bytes(), reader.0.as_bytes(), name],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?)
        })
        .await
    }
}
