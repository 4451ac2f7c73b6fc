//! What becomes of a message: edited, taken away, reacted to.

use super::{append::unchanged, columns, writer::Tx};
use crate::{Actor, Appended, Calling, PollRefusal, StoreError, write::micros};
use rusqlite::{OptionalExtension, params};
use salon_protocol::{
    Called, EventBody, MessageId, Removal, RoomId, Seq, UserId, limits::REACTION_KINDS_MAX,
};

impl Tx<'_> {
    pub(super) fn edit(
        &mut self,
        room: RoomId,
        actor: &Actor,
        message_id: MessageId,
        text: String,
        calling: &Calling,
    ) -> Result<Appended, StoreError> {
        let target = self.target(room, message_id)?;
        // Whoever passes words on has not written them, and does not change what others said.
        if target.author != actor.id || target.forwarded {
            return Err(StoreError::NotAuthor);
        }
        if target.deleted {
            return Err(StoreError::NotFound("message"));
        }
        // Whom this guards: whoever voted, from other words under their vote.
        if target.is_poll {
            return Err(StoreError::Poll(PollRefusal::OtherWords));
        }
        self.check_mute(room, actor)?;
        let resolved = self.resolve(room, actor, calling)?;
        let body = EventBody::MessageEdited {
            message_id,
            text: text.clone(),
            called: resolved.called.clone(),
        };
        let appended = self.event(room, actor, body, Some(message_id))?;
        let at = appended.event.as_ref().map_or(0, |event| micros(event.at));
        self.db
            .prepare_cached(
                "UPDATE messages SET text = ?2, edited_at = ?3, called = ?4 WHERE num = ?1",
            )?
            .execute(params![target.num, text, at, resolved.column()?])?;
        self.drop_called(target.num)?;
        self.put_called(room, actor.id, target.num, target.seq, &resolved)?;
        self.db
            .prepare_cached("INSERT INTO edits (message_id, seq) VALUES (?1, ?2)")?
            .execute(params![message_id.0.as_bytes(), appended.seq.0])?;
        self.drop_previews_of(room, message_id)?;
        self.unindex(target.num)?;
        self.to_index.insert(target.num);
        self.drop_summary(room, target.seq)?;
        Ok(appended)
    }

    pub(super) fn delete(
        &mut self,
        room: RoomId,
        actor: &Actor,
        message_id: MessageId,
        moderator: bool,
        reason: String,
    ) -> Result<Appended, StoreError> {
        let target = self.target(room, message_id)?;
        if target.author != actor.id && !moderator {
            return Err(StoreError::NotAuthor);
        }
        if target.deleted {
            return Ok(unchanged(room, target.seq, message_id));
        }
        let removed = (target.author != actor.id).then(|| Removal {
            by: actor.handle.clone(),
            reason,
        });
        self.scrub(room, target.seq, message_id, removed.as_ref())?;
        let stored = removed.as_ref().map(serde_json::to_string).transpose()?;
        let body = EventBody::MessageDeleted {
            message_id,
            removed,
        };
        let appended = self.event(room, actor, body, Some(message_id))?;
        let at = appended.event.as_ref().map_or(0, |event| micros(event.at));
        self.clear(room, target.num, target.seq, message_id, at, stored)?;
        Ok(appended)
    }

    /// What a message said and brought leaves every table but the log; its row stays, empty.
    pub(super) fn clear(
        &self,
        room: RoomId,
        num: i64,
        seq: Seq,
        message_id: MessageId,
        at: i64,
        removed: Option<String>,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE messages SET text = '', files = NULL, called = NULL, pinned_seq = NULL,
                 pinned_by = NULL, forwarded = NULL, poll = NULL, poll_closed_by = NULL,
                 deleted_at = ?2, removed = ?3 WHERE num = ?1",
            )?
            .execute(params![num, at, removed])?;
        self.drop_files_of(message_id)?;
        self.drop_called(num)?;
        self.drop_saved(num)?;
        self.drop_votes(message_id)?;
        self.drop_previews_of(room, message_id)?;
        self.db
            .prepare_cached("DELETE FROM reactions WHERE message_id = ?1")?
            .execute([message_id.0.as_bytes()])?;
        self.unindex(num)?;
        self.drop_summary(room, seq)
    }

    /// Deleted means gone: the words leave the log's earlier entries too, whose numbers stay.
    pub(super) fn scrub(
        &self,
        room: RoomId,
        posted: Seq,
        message: MessageId,
        removed: Option<&Removal>,
    ) -> Result<(), StoreError> {
        let mut seqs = self
            .db
            .prepare_cached("SELECT seq FROM edits WHERE message_id = ?1")?
            .query_map([message.0.as_bytes()], |row| columns::seq(row, 0))?
            .collect::<Result<Vec<_>, _>>()?;
        seqs.push(posted);
        for seq in seqs {
            let body: String = self
                .db
                .prepare_cached("SELECT body FROM events WHERE room_id = ?1 AND seq = ?2")?
                .query_row(params![room.0.as_bytes(), seq.0], |row| row.get(0))?;
            let mut body: EventBody = serde_json::from_str(&body)?;
            match &mut body {
                EventBody::MessagePosted { message } => {
                    message.text.clear();
                    message.files.clear();
                    message.poll = None;
                    message.called = Called::default();
                    message.forwarded = None;
                    message.deleted = true;
                    message.removed = removed.cloned();
                }
                EventBody::MessageEdited { text, called, .. } => {
                    text.clear();
                    *called = Called::default();
                }
                _ => continue,
            }
            self.db
                .prepare_cached("UPDATE events SET body = ?3 WHERE room_id = ?1 AND seq = ?2")?
                .execute(params![
                    room.0.as_bytes(),
                    seq.0,
                    serde_json::to_string(&body)?
                ])?;
        }
        Ok(())
    }

    pub(super) fn react(
        &mut self,
        room: RoomId,
        actor: &Actor,
        message_id: MessageId,
        emoji: String,
    ) -> Result<Appended, StoreError> {
        let target = self.target(room, message_id)?;
        if target.deleted {
            return Err(StoreError::NotFound("message"));
        }
        self.check_mute(room, actor)?;
        if let Some(seq) = self.reaction(message_id, &emoji, actor.id)? {
            return Ok(unchanged(room, seq, message_id));
        }
        let (kinds, known): (usize, bool) = self
            .db
            .prepare_cached(
                "SELECT count(DISTINCT emoji), coalesce(max(emoji = ?2), 0)
                 FROM reactions WHERE message_id = ?1",
            )?
            .query_row(params![message_id.0.as_bytes(), emoji], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        if kinds >= REACTION_KINDS_MAX && !known {
            return Err(StoreError::TooMany("reactions"));
        }
        let body = EventBody::ReactionAdded {
            message_id,
            emoji: emoji.clone(),
        };
        let appended = self.event(room, actor, body, Some(message_id))?;
        self.db
            .prepare_cached(
                "INSERT INTO reactions (message_id, emoji, user_id, seq) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                message_id.0.as_bytes(),
                emoji,
                actor.id.0.as_bytes(),
                appended.seq.0
            ])?;
        Ok(appended)
    }

    pub(super) fn unreact(
        &mut self,
        room: RoomId,
        actor: &Actor,
        message_id: MessageId,
        emoji: String,
    ) -> Result<Appended, StoreError> {
        let target = self.target(room, message_id)?;
        if self.reaction(message_id, &emoji, actor.id)?.is_none() {
            return Ok(unchanged(room, target.seq, message_id));
        }
        self.db
            .prepare_cached(
                "DELETE FROM reactions WHERE message_id = ?1 AND emoji = ?2 AND user_id = ?3",
            )?
            .execute(params![
                message_id.0.as_bytes(),
                emoji,
                actor.id.0.as_bytes()
            ])?;
        let body = EventBody::ReactionRemoved { message_id, emoji };
        self.event(room, actor, body, Some(message_id))
    }

    pub(super) fn reaction(
        &self,
        message: MessageId,
        emoji: &str,
        user: UserId,
    ) -> Result<Option<Seq>, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT seq FROM reactions WHERE message_id = ?1 AND emoji = ?2 AND user_id = ?3",
            )?
            .query_row(
                params![message.0.as_bytes(), emoji, user.0.as_bytes()],
                |row| columns::seq(row, 0),
            )
            .optional()?)
    }

    pub(super) fn unindex(&self, num: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM message_search WHERE rowid = ?1")?
            .execute([num])?;
        Ok(())
    }
}
