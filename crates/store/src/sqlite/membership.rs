//! Who comes into a room and who goes out of it.

use super::writer::Tx;
use crate::{Actor, Appended, StoreError};
use rusqlite::{OptionalExtension, params};
use salon_protocol::{EventBody, RoomId, Seq, UserId, UserKind, limits::ROOMS_PER_USER_MAX};

impl Tx<'_> {
    /// Who may come by themselves is a matter of the room's kind and kept by `chat`.
    pub(super) fn join(
        &mut self,
        room: RoomId,
        actor: &Actor,
        user: Actor,
    ) -> Result<Appended, StoreError> {
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

    pub(super) fn remove(
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

    pub(super) fn drop_member(&self, room: RoomId, user: UserId) -> Result<(), StoreError> {
        let dropped = self
            .db
            .prepare_cached("DELETE FROM members WHERE room_id = ?1 AND user_id = ?2")?
            .execute(params![room.0.as_bytes(), user.0.as_bytes()])?;
        if dropped == 0 {
            Err(StoreError::NotMember)
        } else {
            self.drop_unsent(room, user)
        }
    }
}
