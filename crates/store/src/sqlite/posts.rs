//! A message comes: with its files, whom it calls, the turns of agents, and the key that makes a
//! retry safe.

use super::{columns, turns::Posted, writer::Tx};
use crate::{Actor, Appended, Change, SendKey, StoreError, TurnCause, write::micros};
use rusqlite::{OptionalExtension, params};
use salon_protocol::{EventBody, Message, MessageId, RoomId};

impl Tx<'_> {
    pub(super) fn post(
        &mut self,
        room: RoomId,
        actor: &Actor,
        change: Change,
        key: Option<SendKey>,
    ) -> Result<Appended, StoreError> {
        let Change::Post {
            message_id,
            mut text,
            reply_to,
            draft_id,
            state,
            mut action,
            cause,
            replaces,
            mut private_from_ai,
            poll,
            files,
            calling,
            mut forwarded,
        } = change
        else {
            unreachable!("only posts come here");
        };
        // The key comes first: a retry answers with the first one's number even if its sender
        // has been muted since.
        if let Some(key) = &key
            && let Some(first) = self.first_send(room, actor, key)?
        {
            return Ok(first);
        }
        self.check_mute(room, actor)?;
        self.take_place(room, actor, state.is_some())?;
        // A reply goes back to where what it answers goes back to.
        let thread = match reply_to {
            Some(reply_to) => self.target(room, reply_to)?.thread.or(Some(reply_to)),
            None => None,
        };
        let files = match forwarded {
            Some(source) => {
                let copy = self.copied(source, room, actor)?;
                text = copy.text;
                action = copy.action;
                private_from_ai |= copy.private_from_ai;
                forwarded = Some(copy.origin);
                copy.files
            }
            None => self.loose_files(room, actor, &files)?,
        };
        let stored_files = match files.is_empty() {
            true => None,
            false => Some(serde_json::to_string(&files)?),
        };
        let resolved = self.resolve(room, actor, &calling)?;
        let message = Message {
            id: message_id,
            text: text.clone(),
            from: actor.handle.clone(),
            from_kind: actor.kind,
            reply_to,
            thread_id: thread,
            draft_id,
            state,
            action,
            reason: cause.as_ref().and_then(|cause| cause.reason.clone()),
            replaces,
            forwarded,
            private_from_ai,
            poll: poll.as_deref().cloned(),
            files: files.clone(),
            called: resolved.called.clone(),
            deleted: false,
            removed: None,
        };
        let appended = self.event(
            room,
            actor,
            EventBody::MessagePosted { message },
            Some(message_id),
        )?;
        let at = appended.event.as_ref().map_or(0, |event| micros(event.at));
        self.db
            .prepare_cached(
                "INSERT INTO messages
                 (id, room_id, seq, author_id, at, text, reply_to, draft_id, state, action,
                  reason, replaces, private_from_ai, files, called, forwarded, thread,
                  poll)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                         ?17, ?18)",
            )?
            .execute(params![
                message_id.0.as_bytes(),
                room.0.as_bytes(),
                appended.seq.0,
                actor.id.0.as_bytes(),
                at,
                text,
                reply_to.map(|id| id.0.into_bytes()),
                draft_id.map(|id| id.0.into_bytes()),
                state.map(|state| state.as_str()),
                action,
                cause.as_ref().and_then(|cause| cause.reason.as_deref()),
                replaces.map(|id| id.0.into_bytes()),
                private_from_ai,
                stored_files,
                resolved.column()?,
                forwarded.map(|id| id.0.into_bytes()),
                thread.map(|id| id.0.into_bytes()),
                poll.as_ref().map(serde_json::to_string).transpose()?,
            ])?;
        let num = self.db.last_insert_rowid();
        self.attach_files(message_id, appended.seq, &files)?;
        self.posted += 1;
        self.put_called(room, actor.id, num, appended.seq, &resolved)?;
        // What is imported is news to nobody.
        if let Some(thread) = thread.filter(|_| self.as_of.is_none()) {
            self.follow_thread(room, actor, num, appended.seq, thread)?;
        }
        if let Some(key) = key {
            self.db
                .prepare_cached(
                    "INSERT INTO sends (room_id, user_id, key, digest, seq, message_id)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    room.0.as_bytes(),
                    actor.id.0.as_bytes(),
                    key.key,
                    key.digest,
                    appended.seq.0,
                    message_id.0.as_bytes(),
                ])?;
        }
        if !private_from_ai && self.as_of.is_none() {
            let cause = cause.unwrap_or(TurnCause {
                asker: actor.id,
                hops: 0,
                chain: message_id,
                reason: None,
            });
            self.add_turns(&Posted {
                room,
                seq: appended.seq,
                message: message_id,
                author: actor.id,
                text: &text,
                is_reply: reply_to.is_some(),
                cause: &cause,
                at,
            })?;
        }
        Ok(appended)
    }

    pub(super) fn first_send(
        &self,
        room: RoomId,
        actor: &Actor,
        key: &SendKey,
    ) -> Result<Option<Appended>, StoreError> {
        let first = self
            .db
            .prepare_cached(
                "SELECT digest, seq, message_id FROM sends
                 WHERE room_id = ?1 AND user_id = ?2 AND key = ?3",
            )?
            .query_row(
                params![room.0.as_bytes(), actor.id.0.as_bytes(), key.key],
                |row| {
                    Ok((
                        row.get::<_, [u8; 32]>(0)?,
                        columns::seq(row, 1)?,
                        columns::uuid(row, 2)?,
                    ))
                },
            )
            .optional()?;
        match first {
            None => Ok(None),
            Some((digest, ..)) if digest != key.digest => Err(StoreError::KeyReused),
            Some((_, seq, id)) => Ok(Some(Appended {
                room,
                seq,
                message_id: Some(MessageId(id)),
                event: None,
            })),
        }
    }
}
