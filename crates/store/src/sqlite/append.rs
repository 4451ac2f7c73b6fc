//! One change becomes one event and the projections that follow from it, in one transaction.
//!
//! What must hold at the instant of the commit is checked here: the actor's account and
//! membership, mutes, bans, authorship, idempotency. What is a matter of roles is not.

use super::{columns, turns::Posted, writer::Tx};
use crate::{
    Actor, Appended, Calling, Change, NewEvent, NewRoom, SendKey, StoreError, TurnCause,
    write::micros,
};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use salon_protocol::{
    Called, Event, EventBody, Message, MessageId, Removal, RoomId, Seq, UserId, UserKind,
    limits::{REACTION_KINDS_MAX, ROOMS_PER_USER_MAX},
};

/// A stored message as far as changing it needs.
pub(super) struct Target {
    pub(super) num: i64,
    pub(super) seq: Seq,
    pub(super) author: UserId,
    pub(super) thread: Option<MessageId>,
    pub(super) deleted: bool,
    forwarded: bool,
}

impl Tx<'_> {
    /// Appends one change to its room's log. A change that is there already answers with the
    /// number it came with and writes nothing.
    pub fn append(&mut self, new: NewEvent) -> Result<Appended, StoreError> {
        let NewEvent {
            room,
            actor,
            change,
            key,
        } = new;
        match change {
            Change::Join { user } => return self.join(room, &actor, user),
            Change::AgentChanged {
                agent,
                change,
                fields,
            } => return self.agent_changed(room, &actor, agent, change, fields),
            Change::SettleApproval { .. } => return self.settle_approval(room, &actor, change),
            _ => {}
        }
        self.check_member(room, &actor)?;
        match change {
            Change::Post { .. } => self.post(room, &actor, change, key),
            Change::Edit {
                message_id,
                text,
                calling,
            } => self.edit(room, &actor, message_id, text, &calling),
            Change::Delete {
                message_id,
                moderator,
                reason,
            } => self.delete(room, &actor, message_id, moderator, reason),
            Change::React { message_id, emoji } => self.react(room, &actor, message_id, emoji),
            Change::Unreact { message_id, emoji } => self.unreact(room, &actor, message_id, emoji),
            Change::Pin { message_id } => self.pin(room, &actor, message_id),
            Change::Unpin { message_id } => self.unpin(room, &actor, message_id),
            Change::Leave => {
                self.drop_member(room, actor.id)?;
                let body = EventBody::MemberLeft {
                    user: actor.handle.clone(),
                    user_id: actor.id,
                };
                self.event(room, &actor, body, None)
            }
            Change::Remove { user, ban } => self.remove(room, &actor, user, ban),
            Change::Topic { topic } => self.topic(room, &actor, topic),
            Change::Mode { mode } => self.mode(room, &actor, mode),
            Change::PrivateFromAi { on } => self.private_from_ai(room, &actor, on),
            Change::Budget { budget } => self.room_budget(room, &actor, budget),
            Change::Slow { seconds } => self.slow(room, &actor, seconds),
            Change::AskApproval { approval } => self.ask_approval(room, &actor, *approval),
            Change::Join { .. } | Change::AgentChanged { .. } | Change::SettleApproval { .. } => {
                unreachable!("what needs no membership is answered above")
            }
        }
    }

    /// Makes a room with its first events.
    pub fn create_room(&mut self, new: NewRoom) -> Result<(), StoreError> {
        let direct_key = new.direct.map(|(a, b)| direct_key(a, b));
        let inserted = self
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO rooms
                 (id, name, name_key, direct_key, kind, topic, creator_id, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                new.id.0.as_bytes(),
                new.name,
                new.name_key,
                direct_key,
                new.kind.as_str(),
                new.topic,
                new.creator.id.0.as_bytes(),
                micros(salon_protocol::now()),
            ])?;
        if inserted == 0 {
            return Err(StoreError::Taken("room"));
        }
        let body = EventBody::RoomCreated {
            name: new.name,
            room_kind: new.kind,
        };
        self.event(new.id, &new.creator, body, None)?;
        let creator = new.creator.clone();
        for member in std::iter::once(creator).chain(new.members) {
            self.join(new.id, &new.creator, member)?;
        }
        Ok(())
    }

    /// Whom this guards: the room, from an actor who was removed, closed or never there, at the
    /// instant of the commit rather than of the request.
    pub(super) fn check_member(&self, room: RoomId, actor: &Actor) -> Result<(), StoreError> {
        let member: bool = self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM members m JOIN users u ON u.id = m.user_id
                 JOIN rooms r ON r.id = m.room_id
                 WHERE m.room_id = ?1 AND m.user_id = ?2 AND u.disabled = 0
                 AND NOT (m.is_agent = 1 AND r.private_from_ai = 1))",
            )?
            .query_row(params![room.0.as_bytes(), actor.id.0.as_bytes()], |row| {
                row.get(0)
            })?;
        if member {
            Ok(())
        } else {
            Err(StoreError::NotMember)
        }
    }

    pub(super) fn check_mute(&self, room: RoomId, actor: &Actor) -> Result<(), StoreError> {
        let until: Option<i64> = self
            .db
            .prepare_cached("SELECT until FROM mutes WHERE room_id = ?1 AND user_id = ?2")?
            .query_row(params![room.0.as_bytes(), actor.id.0.as_bytes()], |row| {
                row.get(0)
            })
            .optional()?;
        match until {
            Some(until) if until > micros(salon_protocol::now()) => Err(StoreError::Muted(until)),
            _ => Ok(()),
        }
    }

    /// Writes the event itself and moves the room's number on.
    pub(super) fn event(
        &mut self,
        room: RoomId,
        actor: &Actor,
        body: EventBody,
        message_id: Option<MessageId>,
    ) -> Result<Appended, StoreError> {
        let seq: Option<u64> = self
            .db
            .prepare_cached(
                "UPDATE rooms SET last_seq = last_seq + 1 WHERE id = ?1 RETURNING last_seq",
            )?
            .query_row([room.0.as_bytes()], |row| row.get(0))
            .optional()?;
        let seq = Seq(columns::found(seq, "room")?);
        let now = self.as_of.unwrap_or_else(salon_protocol::now);
        let at = Timestamp::from_microsecond(micros(now)).unwrap_or_default();
        self.db
            .prepare_cached(
                "INSERT INTO events (room_id, seq, at, actor_id, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                room.0.as_bytes(),
                seq.0,
                micros(at),
                actor.id.0.as_bytes(),
                serde_json::to_string(&body)?,
            ])?;
        let event = Event {
            room,
            seq,
            at,
            from: actor.handle.clone(),
            body,
        };
        self.events.push(event.clone());
        Ok(Appended {
            room,
            seq,
            message_id,
            event: Some(event),
        })
    }

    fn post(
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
                  reason, replaces, private_from_ai, files, called, forwarded, thread)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                         ?17)",
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
            ])?;
        let num = self.db.last_insert_rowid();
        self.attach_files(message_id, appended.seq, &files)?;
        self.to_index.insert(num);
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

    fn first_send(
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

    pub(super) fn target(&self, room: RoomId, message: MessageId) -> Result<Target, StoreError> {
        let target = self
            .db
            .prepare_cached(
                "SELECT num, seq, author_id, deleted_at IS NOT NULL, forwarded IS NOT NULL,
                        thread
                 FROM messages WHERE id = ?1 AND room_id = ?2",
            )?
            .query_row(params![message.0.as_bytes(), room.0.as_bytes()], |row| {
                Ok(Target {
                    num: row.get(0)?,
                    seq: columns::seq(row, 1)?,
                    author: UserId(columns::uuid(row, 2)?),
                    deleted: row.get(3)?,
                    forwarded: row.get(4)?,
                    thread: columns::uuid_option(row, 5)?.map(MessageId),
                })
            })
            .optional()?;
        columns::found(target, "message")
    }

    fn edit(
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
        self.unindex(target.num)?;
        self.to_index.insert(target.num);
        self.drop_summary(room, target.seq)?;
        Ok(appended)
    }

    fn delete(
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
        self.db
            .prepare_cached(
                "UPDATE messages SET text = '', files = NULL, called = NULL, pinned_seq = NULL,
                 pinned_by = NULL, forwarded = NULL, deleted_at = ?2, removed = ?3 WHERE num = ?1",
            )?
            .execute(params![target.num, at, stored])?;
        self.drop_files_of(message_id)?;
        self.drop_called(target.num)?;
        self.drop_saved(target.num)?;
        self.db
            .prepare_cached("DELETE FROM reactions WHERE message_id = ?1")?
            .execute([message_id.0.as_bytes()])?;
        self.unindex(target.num)?;
        self.drop_summary(room, target.seq)?;
        Ok(appended)
    }

    /// Deleted means gone: the words leave the log's earlier entries too, whose numbers stay.
    fn scrub(
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

    fn react(
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

    fn unreact(
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

    fn reaction(
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

    /// Who may come by themselves is a matter of the room's kind and kept by `chat`.
    fn join(&mut self, room: RoomId, actor: &Actor, user: Actor) -> Result<Appended, StoreError> {
        if actor.id != user.id {
            self.check_member(room, actor)?;
        }
        let ids = params![room.0.into_bytes(), user.id.0.into_bytes()];
        let joined: Option<u64> = self
            .db
            .prepare_cached("SELECT joined_seq FROM members WHERE room_id = ?1 AND user_id = ?2")?
            .query_row(ids, |row| row.get(0))
            .optional()?;
        if let Some(seq) = joined {
            return Ok(Appended {
                room,
                seq: Seq(seq),
                message_id: None,
                event: None,
            });
        }
        let banned: bool = self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM bans WHERE room_id = ?1 AND user_id = ?2)",
            )?
            .query_row(ids, |row| row.get(0))?;
        if banned {
            return Err(StoreError::Banned);
        }
        let rooms: usize = self
            .db
            .prepare_cached("SELECT count(*) FROM members WHERE user_id = ?1")?
            .query_row([user.id.0.as_bytes()], |row| row.get(0))?;
        if rooms >= ROOMS_PER_USER_MAX {
            return Err(StoreError::TooMany("rooms"));
        }
        let body = EventBody::MemberJoined {
            user: user.handle.clone(),
            user_id: user.id,
            user_kind: user.kind,
        };
        let appended = self.event(room, actor, body, None)?;
        self.db
            .prepare_cached(
                "INSERT INTO members (room_id, user_id, is_agent, joined_seq)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                room.0.as_bytes(),
                user.id.0.as_bytes(),
                user.kind == UserKind::Agent,
                appended.seq.0,
            ])?;
        Ok(appended)
    }

    fn remove(
        &mut self,
        room: RoomId,
        actor: &Actor,
        user: Actor,
        ban: bool,
    ) -> Result<Appended, StoreError> {
        if ban {
            self.db
                .prepare_cached("INSERT OR IGNORE INTO bans (room_id, user_id) VALUES (?1, ?2)")?
                .execute(params![room.0.as_bytes(), user.id.0.as_bytes()])?;
        }
        let was_in = self.drop_member(room, user.id);
        match was_in {
            Ok(()) => {}
            // A ban may come before its subject does.
            Err(StoreError::NotMember) if ban => {}
            Err(error) => return Err(error),
        }
        let body = EventBody::MemberRemoved {
            user: user.handle,
            user_id: user.id,
            banned: ban,
        };
        self.event(room, actor, body, None)
    }

    fn drop_member(&self, room: RoomId, user: UserId) -> Result<(), StoreError> {
        let dropped = self
            .db
            .prepare_cached("DELETE FROM members WHERE room_id = ?1 AND user_id = ?2")?
            .execute(params![room.0.as_bytes(), user.0.as_bytes()])?;
        if dropped == 0 {
            Err(StoreError::NotMember)
        } else {
            Ok(())
        }
    }

    fn unindex(&self, num: i64) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM message_search WHERE rowid = ?1")?
            .execute([num])?;
        Ok(())
    }
}

pub(super) fn unchanged(room: RoomId, seq: Seq, message: MessageId) -> Appended {
    Appended {
        room,
        seq,
        message_id: Some(message),
        event: None,
    }
}

/// The same for both orders of its users.
pub(super) fn direct_key(a: UserId, b: UserId) -> [u8; 32] {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    let mut key = [0; 32];
    key[..16].copy_from_slice(first.0.as_bytes());
    key[16..].copy_from_slice(second.0.as_bytes());
    key
}
