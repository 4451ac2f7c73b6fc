//! Polls: who has chosen what, and their end.

use super::{Store, append::unchanged, columns, messages::READABLE, writer::Tx};
use crate::{Actor, Appended, PollRefusal, StoreError};
use rusqlite::{Connection, OptionalExtension, params};
use salon_protocol::{EventBody, MessageId, Poll, RoomId, Seq, UserId, Vote};

/// A poll as far as voting needs.
struct Asked {
    poll: Poll,
    closed: bool,
    posted: Seq,
    author: UserId,
}

impl Tx<'_> {
    pub(super) fn vote(
        &mut self,
        room: RoomId,
        actor: &Actor,
        message_id: MessageId,
        choices: Vec<u8>,
    ) -> Result<Appended, StoreError> {
        let asked = self.asked(room, message_id)?;
        self.check_mute(room, actor)?;
        if asked.closed {
            return Err(StoreError::Poll(PollRefusal::Closed));
        }
        let known = 1..=asked.poll.options.len();
        if choices.iter().any(|n| !known.contains(&usize::from(*n))) {
            return Err(StoreError::Poll(PollRefusal::NoSuchOption));
        }
        if choices.len() > 1 && !asked.poll.several {
            return Err(StoreError::Poll(PollRefusal::OneOnly));
        }
        let stored = serde_json::to_string(&choices)?;
        let before: Option<(String, u64)> = self
            .db
            .prepare_cached(
                "SELECT choices, seq FROM poll_votes WHERE message_id = ?1 AND user_id = ?2",
            )?
            .query_row(
                params![message_id.0.as_bytes(), actor.id.0.as_bytes()],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        match before {
            None if choices.is_empty() => return Ok(unchanged(room, asked.posted, message_id)),
            Some((before, seq)) if before == stored => {
                return Ok(unchanged(room, Seq(seq), message_id));
            }
            _ => {}
        }
        let is_back = choices.is_empty();
        let body = EventBody::PollVoted {
            message_id,
            choices,
        };
        let appended = self.event(room, actor, body, Some(message_id))?;
        let (message, user) = (message_id.0.as_bytes(), actor.id.0.as_bytes());
        if is_back {
            self.db
                .prepare_cached("DELETE FROM poll_votes WHERE message_id = ?1 AND user_id = ?2")?
                .execute(params![message, user])?;
        } else {
            self.db
                .prepare_cached(
                    "INSERT OR REPLACE INTO poll_votes (message_id, user_id, choices, seq)
                     VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![message, user, stored, appended.seq.0])?;
        }
        Ok(appended)
    }

    pub(super) fn close_poll(
        &mut self,
        room: RoomId,
        actor: &Actor,
        message_id: MessageId,
        moderator: bool,
    ) -> Result<Appended, StoreError> {
        let asked = self.asked(room, message_id)?;
        if asked.author != actor.id && !moderator {
            return Err(StoreError::NotAuthor);
        }
        self.check_mute(room, actor)?;
        if asked.closed {
            return Ok(unchanged(room, asked.posted, message_id));
        }
        let body = EventBody::PollClosed { message_id };
        let appended = self.event(room, actor, body, Some(message_id))?;
        self.db
            .prepare_cached("UPDATE messages SET poll_closed_by = ?2 WHERE id = ?1")?
            .execute(params![message_id.0.as_bytes(), actor.id.0.as_bytes()])?;
        Ok(appended)
    }

    fn asked(&self, room: RoomId, message: MessageId) -> Result<Asked, StoreError> {
        let found = self
            .db
            .prepare_cached(
                "SELECT poll, poll_closed_by IS NOT NULL, seq, author_id FROM messages
                 WHERE id = ?1 AND room_id = ?2 AND deleted_at IS NULL",
            )?
            .query_row(params![message.0.as_bytes(), room.0.as_bytes()], |row| {
                let poll: Option<String> = row.get(0)?;
                let author = UserId(columns::uuid(row, 3)?);
                Ok((poll, row.get(1)?, columns::seq(row, 2)?, author))
            })
            .optional()?;
        let (poll, closed, posted, author): (Option<String>, bool, Seq, UserId) =
            columns::found(found, "message")?;
        let poll = poll.ok_or(StoreError::Poll(PollRefusal::NoPoll))?;
        let poll: Poll = serde_json::from_str(&poll)?;
        Ok(Asked {
            closed: closed || poll.is_over(salon_protocol::now()),
            poll,
            posted,
            author,
        })
    }

    /// What was chosen of a question goes with the question.
    pub(super) fn drop_votes(&self, message: MessageId) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM poll_votes WHERE message_id = ?1")?
            .execute([message.0.as_bytes()])?;
        Ok(())
    }
}

impl Store {
    /// The poll that was asked last in a room and has not ended, if `reader` is a member there.
    pub async fn newest_poll(
        &self,
        reader: UserId,
        room: RoomId,
    ) -> Result<Option<MessageId>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT m.id FROM messages m
                     JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
                     WHERE m.room_id = ?1 AND m.poll IS NOT NULL AND m.poll_closed_by IS NULL
                     AND coalesce(unixepoch(m.poll ->> 'ends_at') > ?3, 1)
                     AND {READABLE} ORDER BY m.seq DESC LIMIT 1"
                ))?
                .query_row(
                    params![
                        room.0.as_bytes(),
                        reader.0.as_bytes(),
                        salon_protocol::now().as_second()
                    ],
                    |row| Ok(MessageId(columns::uuid(row, 0)?)),
                )
                .optional()?)
        })
        .await
    }
}

/// Who has chosen what, the last vote last.
pub(super) fn votes(db: &Connection, message: MessageId) -> Result<Vec<Vote>, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT u.handle, v.choices FROM poll_votes v JOIN users u ON u.id = v.user_id
             WHERE v.message_id = ?1 ORDER BY v.seq",
        )?
        .query_map([message.0.as_bytes()], |row| {
            Ok(Vote {
                user: columns::word(row, 0)?,
                choices: columns::json_list(row, 1)?,
            })
        })?
        .collect::<Result<_, _>>()?)
}
