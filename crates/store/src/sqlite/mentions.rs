//! Whom messages call: resolved at the commit, when who is in the room is certain; and the inbox.

use super::{Store, columns, messages, writer::Tx};
use crate::{Actor, Calling, Candidate, StoreError};
use rusqlite::{Connection, OptionalExtension, params};
use salon_protocol::{
    Call, Called, MessageView, Role, RoomId, Seq, UserId, UserKind, limits::CALL_MEMBERS_MAX,
};

/// Unread mentions are counted up to here.
const COUNTED_MAX: u32 = 100;

/// What a message's text comes to in its room.
#[derive(Default)]
pub(super) struct Resolved {
    pub(super) called: Called,
    /// The people to be told.
    people: Vec<UserId>,
}

impl Resolved {
    /// What the message's own row keeps.
    pub(super) fn column(&self) -> Result<Option<String>, StoreError> {
        if self.called == Called::default() {
            return Ok(None);
        }
        Ok(Some(serde_json::to_string(&self.called)?))
    }
}

impl Tx<'_> {
    /// Finds who is meant among the members. Costs nothing where the text names nobody.
    pub(super) fn resolve(
        &self,
        room: RoomId,
        actor: &Actor,
        calling: &Calling,
    ) -> Result<Resolved, StoreError> {
        let mut resolved = Resolved::default();
        for place in &calling.places {
            for candidate in place {
                match candidate {
                    // An agent that was talked into it cannot call everybody.
                    Candidate::Call(_) if actor.kind == UserKind::Agent => {}
                    Candidate::Call(call) => {
                        if self.may_call(room, actor)? {
                            // `@room` calls whoever is here too.
                            if resolved.called.calls != Some(Call::Room) {
                                resolved.called.calls = Some(*call);
                            }
                        }
                        break;
                    }
                    Candidate::User(key) => {
                        if self.add_named(room, actor, key, &mut resolved)? {
                            break;
                        }
                    }
                }
            }
        }
        if resolved.called.calls == Some(Call::Here) {
            self.add_present(room, actor, &calling.online, &mut resolved)?;
        }
        Ok(resolved)
    }

    fn add_named(
        &self,
        room: RoomId,
        actor: &Actor,
        key: &str,
        resolved: &mut Resolved,
    ) -> Result<bool, StoreError> {
        let found = self
            .db
            .prepare_cached(
                "SELECT u.id, u.handle, u.kind FROM users u
                 JOIN members m ON m.room_id = ?1 AND m.user_id = u.id
                 WHERE u.handle_key = ?2 AND u.disabled = 0",
            )?
            .query_row(params![room.0.as_bytes(), key], |row| {
                Ok((
                    UserId(columns::uuid(row, 0)?),
                    columns::word(row, 1)?,
                    columns::word::<UserKind>(row, 2)?,
                ))
            })
            .optional()?;
        let Some((id, handle, kind)) = found else {
            return Ok(false);
        };
        if !resolved.called.mentions.contains(&handle) {
            resolved.called.mentions.push(handle);
            if kind != UserKind::Agent && id != actor.id {
                resolved.people.push(id);
            }
        }
        Ok(true)
    }

    /// Whom this guards: a large room, from anybody who would ring for all of it.
    fn may_call(&self, room: RoomId, actor: &Actor) -> Result<bool, StoreError> {
        let (members, role, creator): (usize, Role, UserId) = self
            .db
            .prepare_cached(
                "SELECT (SELECT count(*) FROM (SELECT 1 FROM members WHERE room_id = r.id LIMIT ?3)),
                 u.role, r.creator_id FROM rooms r JOIN users u ON u.id = ?2 WHERE r.id = ?1",
            )?
            .query_row(
                params![room.0.as_bytes(), actor.id.0.as_bytes(), CALL_MEMBERS_MAX + 1],
                |row| {
                    Ok((
                        row.get(0)?,
                        columns::word(row, 1)?,
                        UserId(columns::uuid(row, 2)?),
                    ))
                },
            )?;
        Ok(members <= CALL_MEMBERS_MAX || role >= Role::Admin || creator == actor.id)
    }

    fn add_present(
        &self,
        room: RoomId,
        actor: &Actor,
        online: &[UserId],
        resolved: &mut Resolved,
    ) -> Result<(), StoreError> {
        let mut is_there = self.db.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM members m JOIN users u ON u.id = m.user_id
             WHERE m.room_id = ?1 AND m.user_id = ?2 AND m.is_agent = 0 AND u.away IS NULL)",
        )?;
        for user in online {
            if *user == actor.id || resolved.people.contains(user) {
                continue;
            }
            if is_there.query_row(params![room.0.as_bytes(), user.0.as_bytes()], |row| {
                row.get(0)
            })? {
                resolved.people.push(*user);
            }
        }
        Ok(())
    }

    /// Writes down whom a message calls, instead of whomever it called before.
    pub(super) fn put_called(
        &self,
        room: RoomId,
        author: UserId,
        num: i64,
        seq: Seq,
        resolved: &Resolved,
    ) -> Result<(), StoreError> {
        if resolved.called.calls == Some(Call::Room) {
            self.db
                .prepare_cached(
                    "INSERT INTO room_calls (num, room_id, seq, author_id) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![num, room.0.as_bytes(), seq.0, author.0.as_bytes()])?;
            // Who is called with everybody is not called a second time by name.
            return Ok(());
        }
        for user in &resolved.people {
            self.db
                .prepare_cached(
                    "INSERT INTO mentions (user_id, num, room_id, seq) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![user.0.as_bytes(), num, room.0.as_bytes(), seq.0])?;
        }
        Ok(())
    }

    pub(super) fn drop_called(&self, num: i64) -> Result<(), StoreError> {
        for delete in [
            "DELETE FROM mentions WHERE num = ?1",
            "DELETE FROM room_calls WHERE num = ?1",
        ] {
            self.db.prepare_cached(delete)?.execute([num])?;
        }
        Ok(())
    }
}

impl Store {
    /// Messages that called `reader`, newest first, in rooms where `reader` still is; each with
    /// whether it is unread. The second value is where the next page begins.
    pub async fn mentions(
        &self,
        reader: UserId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<(MessageView, bool)>, Option<u64>), StoreError> {
        self.read(move |db| {
            let before = before.map_or(i64::MAX, |num| i64::try_from(num).unwrap_or(i64::MAX));
            let mut nums: Vec<i64> = db
                .prepare_cached(
                    "SELECT num FROM (SELECT n.num FROM mentions n
                       JOIN members r ON r.room_id = n.room_id AND r.user_id = n.user_id
                       WHERE n.user_id = ?1 AND n.num < ?2 ORDER BY n.num DESC LIMIT ?3)
                     UNION ALL
                     SELECT num FROM (SELECT c.num FROM room_calls c
                       JOIN members r ON r.room_id = c.room_id AND r.user_id = ?1
                       WHERE c.author_id != ?1 AND c.seq > r.joined_seq AND c.num < ?2
                       ORDER BY c.num DESC LIMIT ?3)
                     ORDER BY num DESC LIMIT ?3",
                )?
                .query_map(params![reader.0.as_bytes(), before, limit + 1], |row| {
                    row.get(0)
                })?
                .collect::<Result<_, _>>()?;
            let more = nums.len() > limit;
            nums.truncate(limit);
            let next = nums.last().filter(|_| more).map(|num| num.unsigned_abs());
            let mut views = Vec::with_capacity(nums.len());
            for num in nums {
                views.extend(one(db, reader, num)?);
            }
            let (mut messages, unread): (Vec<_>, Vec<_>) = views.into_iter().unzip();
            messages::add_reactions(db, &mut messages)?;
            Ok((messages.into_iter().zip(unread).collect(), next))
        })
        .await
    }
}

fn one(
    db: &Connection,
    reader: UserId,
    num: i64,
) -> Result<Option<(MessageView, bool)>, StoreError> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT {view}, m.seq > coalesce((SELECT seq FROM read_markers
               WHERE user_id = ?2 AND room_id = m.room_id), 0)
             FROM messages m JOIN users a ON a.id = m.author_id
             JOIN members r ON r.room_id = m.room_id AND r.user_id = ?2
             WHERE m.num = ?1 AND {readable}",
            view = messages::VIEW,
            readable = messages::READABLE,
        ))?
        .query_row(params![num, reader.0.as_bytes()], |row| {
            Ok((messages::view(row)?, row.get(messages::VIEW_COLUMNS)?))
        })
        .optional()?)
}

/// Messages after a number that call a user.
pub(super) fn count_unread(
    db: &Connection,
    room: RoomId,
    user: UserId,
    read: Seq,
) -> Result<u64, StoreError> {
    Ok(db
        .prepare_cached(
            "SELECT min(?4, (SELECT count(*) FROM (SELECT 1 FROM mentions
               WHERE user_id = ?1 AND room_id = ?2 AND seq > ?3 LIMIT ?4))
             + (SELECT count(*) FROM (SELECT 1 FROM room_calls
               WHERE room_id = ?2 AND seq > ?3 AND author_id != ?1 LIMIT ?4)))",
        )?
        .query_row(
            params![user.0.as_bytes(), room.0.as_bytes(), read.0, COUNTED_MAX],
            |row| row.get(0),
        )?)
}
