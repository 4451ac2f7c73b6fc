//! One change becomes one event and the projections that follow from it, in one transaction.
//!
//! What must hold at the instant of the commit is checked here: the actor's account and
//! membership, mutes, bans, authorship, idempotency. What is a matter of roles is not.

use super::{columns, writer::Tx};
use crate::{Actor, Appended, Change, NewEvent, NewRoom, StoreError, write::micros};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use salon_protocol::{Event, EventBody, MessageId, RoomId, Seq, UserId};

/// A stored message as far as changing it needs.
pub(super) struct Target {
    pub(super) num: i64,
    pub(super) seq: Seq,
    pub(super) author: UserId,
    pub(super) thread: Option<MessageId>,
    pub(super) deleted: bool,
    pub(super) forwarded: bool,
    pub(super) is_poll: bool,
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
            Change::Vote {
                message_id,
                choices,
            } => self.vote(room, &actor, message_id, choices),
            Change::ClosePoll {
                message_id,
                moderator,
            } => self.close_poll(room, &actor, message_id, moderator),
            Change::Preview {
                message_id,
                text,
                previews,
                pictures,
            } => self.preview(room, &actor, message_id, &text, previews, pictures),
            Change::DropPreviews {
                message_id,
                moderator,
            } => self.drop_previews(room, &actor, message_id, moderator),
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
            Change::Keep { days } => self.keep(room, &actor, days),
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

    pub(super) fn target(&self, room: RoomId, message: MessageId) -> Result<Target, StoreError> {
        let target = self
            .db
            .prepare_cached(
                "SELECT num, seq, author_id, deleted_at IS NOT NULL, forwarded IS NOT NULL,
                        thread, poll IS NOT NULL
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
                    is_poll: row.get(6)?,
                })
            })
            .optional()?;
        columns::found(target, "message")
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
