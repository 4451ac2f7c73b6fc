//! Rooms and members.

use super::{Store, append::direct_key, columns, moderation, reports, restrictions, standings};
use crate::{Room, StoreError, User, write::micros};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use salon_protocol::{
    Member, MemberList, RoomId, RoomKind, RoomName, RoomStanding, RoomSummary, Seq, UserId,
    limits::SUMMARY_MEMBERS_MAX,
};

/// Somebody who reads room `?1`, or could walk in there, may not read the public room `r`: a guest
/// who is not in it, or whoever was banned from it.
pub(super) const SHUTS_OUT: &str = "(EXISTS (SELECT 1 FROM members m JOIN users u ON u.id = m.user_id \
     WHERE m.room_id = ?1 AND u.role = 'guest' AND NOT EXISTS \
     (SELECT 1 FROM members x WHERE x.room_id = r.id AND x.user_id = u.id)) \
     OR EXISTS (SELECT 1 FROM bans b JOIN users u ON u.id = b.user_id JOIN rooms h ON h.id = ?1 \
     WHERE b.room_id = r.id AND u.disabled = 0 AND (EXISTS \
     (SELECT 1 FROM members y WHERE y.room_id = h.id AND y.user_id = u.id) \
     OR h.kind = 'public' AND u.role != 'guest' AND NOT EXISTS \
     (SELECT 1 FROM bans c WHERE c.room_id = h.id AND c.user_id = u.id))))";

impl Store {
    /// A room by id, whoever asks.
    pub async fn room(&self, id: RoomId) -> Result<Option<Room>, StoreError> {
        self.read(move |db| one_room(db, "r.id = ?1", params![id.0.as_bytes()]))
            .await
    }

    /// A public or private room by name, whoever asks.
    pub async fn room_by_name(&self, name: &RoomName) -> Result<Option<Room>, StoreError> {
        let key = name.folded();
        self.read(move |db| one_room(db, "r.name_key = ?1", params![key]))
            .await
    }

    /// The direct room between two users, if they have one.
    pub async fn direct_room(&self, a: UserId, b: UserId) -> Result<Option<Room>, StoreError> {
        let key = direct_key(a, b);
        self.read(move |db| one_room(db, "r.direct_key = ?1", params![key]))
            .await
    }

    /// Whether a user is a member of a room.
    pub async fn is_member(&self, room: RoomId, user: UserId) -> Result<bool, StoreError> {
        self.are_members(room, vec![user]).await
    }

    /// Whether all of them are in a room.
    pub async fn are_members(&self, room: RoomId, users: Vec<UserId>) -> Result<bool, StoreError> {
        self.read(move |db| {
            let mut is_there = db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM members WHERE room_id = ?1 AND user_id = ?2)",
            )?;
            for user in users {
                let key = params![room.0.as_bytes(), user.0.as_bytes()];
                if !is_there.query_row(key, |row| row.get(0))? {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await
    }

    /// The rooms of a user in the order of their names, direct rooms last, as that user sees
    /// them, and then, if `others`, the public ones they are not in.
    pub async fn room_summaries(
        &self,
        user: UserId,
        others: bool,
    ) -> Result<Vec<RoomSummary>, StoreError> {
        self.read(move |db| {
            let mut rooms = own_rooms(db, user)?;
            if others {
                rooms.extend(
                    db.prepare_cached(&format!(
                        "SELECT {} FROM rooms r WHERE r.kind = 'public' AND NOT EXISTS
                         (SELECT 1 FROM members WHERE room_id = r.id AND user_id = ?1)
                         AND NOT EXISTS
                         (SELECT 1 FROM bans WHERE room_id = r.id AND user_id = ?1)
                         ORDER BY r.name_key",
                        columns::ROOM
                    ))?
                    .query_map([user.0.as_bytes()], columns::room)?
                    .collect::<Result<Vec<_>, _>>()?,
                );
            }
            rooms
                .into_iter()
                .map(|room| summary(db, room, user, Members::Listed))
                .collect()
        })
        .await
    }

    /// The rooms that a user is in, as [`Self::room_summaries`] has them but for the members of
    /// rooms that are not direct: fan-out knows those, and a crowd that comes back asks all at once.
    pub async fn room_outlines(&self, user: UserId) -> Result<Vec<RoomSummary>, StoreError> {
        self.read(move |db| {
            own_rooms(db, user)?
                .into_iter()
                .map(|room| summary(db, room, user, Members::LeftOut))
                .collect()
        })
        .await
    }

    /// One room as a user sees it, whether or not they are a member.
    pub async fn room_summary(
        &self,
        room: RoomId,
        user: UserId,
    ) -> Result<Option<RoomSummary>, StoreError> {
        self.read(move |db| {
            one_room(db, "r.id = ?1", params![room.0.as_bytes()])?
                .map(|room| summary(db, room, user, Members::Listed))
                .transpose()
        })
        .await
    }

    /// Whether two users are in any room together.
    pub async fn share_a_room(&self, a: UserId, b: UserId) -> Result<bool, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM members x JOIN members y ON y.room_id = x.room_id
                     WHERE x.user_id = ?1 AND y.user_id = ?2)",
                )?
                .query_row(params![a.0.as_bytes(), b.0.as_bytes()], |row| row.get(0))?)
        })
        .await
    }

    /// Whether anybody who reads one room, or could walk in there, may not read a public one.
    pub async fn shuts_out(&self, public: RoomId, here: RoomId) -> Result<bool, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT EXISTS (SELECT 1 FROM rooms r WHERE r.id = ?2 AND {SHUTS_OUT})"
                ))?
                .query_row(params![here.0.as_bytes(), public.0.as_bytes()], |row| {
                    row.get(0)
                })?)
        })
        .await
    }

    /// Whether everybody with an open account, guests among them or not, may read a room.
    pub async fn everybody_reads(&self, room: RoomId, guests: bool) -> Result<bool, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM rooms WHERE id = ?1) AND NOT EXISTS
                     (SELECT 1 FROM users u JOIN rooms r ON r.id = ?1
                      WHERE u.disabled = 0 AND (u.role != 'guest' OR ?2) AND NOT EXISTS
                      (SELECT 1 FROM members WHERE room_id = r.id AND user_id = u.id)
                      AND (r.kind != 'public' OR u.role = 'guest' OR EXISTS
                      (SELECT 1 FROM bans WHERE room_id = r.id AND user_id = u.id)))",
                )?
                .query_row(params![room.0.as_bytes(), guests], |row| row.get(0))?)
        })
        .await
    }

    /// Members in the order of their handles.
    pub async fn members(&self, room: RoomId) -> Result<Vec<User>, StoreError> {
        self.read(move |db| members(db, room, u32::MAX)).await
    }

    /// Who is in a room but one of them, by handle and name in the order of their handles.
    pub async fn names(
        &self,
        room: RoomId,
        but: UserId,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.read(move |db| {
            let mut select = db.prepare_cached(
                "SELECT u.handle, u.display_name FROM members m JOIN users u ON u.id = m.user_id
                 WHERE m.room_id = ?1 AND m.user_id != ?2 ORDER BY u.handle_key LIMIT ?3",
            )?;
            let who = params![room.0.as_bytes(), but.0.as_bytes(), SUMMARY_MEMBERS_MAX];
            let names = select.query_map(who, |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(names.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Every room with its newest number and its members: what fan-out starts from.
    pub async fn membership(&self) -> Result<Vec<(RoomId, Seq, Vec<UserId>)>, StoreError> {
        self.read(|db| {
            let mut rooms: Vec<(RoomId, Seq, Vec<UserId>)> = Vec::new();
            let mut select = db.prepare_cached(
                "SELECT r.id, r.last_seq, m.user_id FROM rooms r
                 LEFT JOIN members m ON m.room_id = r.id ORDER BY r.id",
            )?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let id = RoomId(columns::uuid(row, 0)?);
                if rooms.last().is_none_or(|(last, ..)| *last != id) {
                    rooms.push((id, columns::seq(row, 1)?, Vec::new()));
                }
                if let (Some(user), Some((.., members))) =
                    (columns::uuid_option(row, 2)?, rooms.last_mut())
                {
                    members.push(UserId(user));
                }
            }
            Ok(rooms)
        })
        .await
    }

    /// Every room's newest number.
    pub async fn last_seqs(&self) -> Result<Vec<(RoomId, Seq)>, StoreError> {
        self.read(|db| {
            Ok(db
                .prepare_cached("SELECT id, last_seq FROM rooms")?
                .query_map([], |row| {
                    Ok((RoomId(columns::uuid(row, 0)?), columns::seq(row, 1)?))
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// When somebody may write in a slow room again; none where they may now.
    pub async fn slow_until(
        &self,
        room: RoomId,
        user: UserId,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |db| {
            let place = moderation::place(db, room, user)?;
            let until = place.and_then(|place| place.until(micros(salon_protocol::now())));
            Ok(until.map(|until| Timestamp::from_microsecond(until).unwrap_or_default()))
        })
        .await
    }
}

fn one_room(
    db: &Connection,
    which: &'static str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Option<Room>, StoreError> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT {} FROM rooms r WHERE {which}",
            columns::ROOM
        ))?
        .query_row(values, columns::room)
        .optional()?)
}

fn members(db: &Connection, room: RoomId, most: u32) -> Result<Vec<User>, StoreError> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT {} FROM members m JOIN users u ON u.id = m.user_id
             WHERE m.room_id = ?1 ORDER BY u.handle_key LIMIT ?2",
            columns::USER
        ))?
        .query_map(params![room.0.as_bytes(), most], columns::user)?
        .collect::<Result<_, _>>()?)
}

fn own_rooms(db: &Connection, user: UserId) -> Result<Vec<Room>, StoreError> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT {} FROM rooms r JOIN members m ON m.room_id = r.id
             WHERE m.user_id = ?1 ORDER BY r.kind = 'direct', r.name_key, r.id",
            columns::ROOM
        ))?
        .query_map([user.0.as_bytes()], columns::room)?
        .collect::<Result<_, _>>()?)
}

/// Whether a summary lists members; those of a direct room are in its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Members {
    Listed,
    LeftOut,
}

fn summary(
    db: &Connection,
    room: Room,
    user: UserId,
    listed: Members,
) -> Result<RoomSummary, StoreError> {
    let joined: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM members WHERE room_id = ?2 AND user_id = ?1)",
        )?
        .query_row(
            params![user.0.into_bytes(), room.id.0.into_bytes()],
            |row| row.get(0),
        )?;
    let standing = if joined {
        standings::standing(db, room.id, user)?
    } else {
        RoomStanding::default()
    };
    let silenced_until = match joined {
        true => restrictions::silenced_until(db, room.id, user)?,
        false => None,
    };
    let left_out = listed == Members::LeftOut && room.kind != RoomKind::Direct;
    let (members, member_count) = if left_out {
        (Vec::new(), 0)
    } else {
        let count = db
            .prepare_cached("SELECT count(*) FROM members WHERE room_id = ?1")?
            .query_row([room.id.0.as_bytes()], |row| row.get(0))?;
        (members(db, room.id, SUMMARY_MEMBERS_MAX as u32)?, count)
    };
    let members: MemberList = members
        .into_iter()
        .map(|user| Member {
            id: user.id,
            handle: user.handle,
            display_name: user.display_name,
            kind: user.kind,
            role: user.role,
        })
        .collect();
    // The same rule as the chat's `may_moderate`: who is told of it here has it checked there.
    let is_admin = || {
        db.prepare_cached("SELECT role IN ('admin', 'owner') FROM users WHERE id = ?1")?
            .query_row([user.0.as_bytes()], |row| row.get(0))
            .optional()
            .map(|found| found.unwrap_or(false))
    };
    let moderates = room.kind != RoomKind::Direct && (room.creator == user || is_admin()?);
    let reports = match moderates && joined {
        true => reports::open(db, room.id)?,
        false => 0,
    };
    let name = match room.kind {
        RoomKind::Direct => {
            let other = members
                .iter()
                .find(|member| member.id != user)
                .or(members.first());
            other
                .map(|member| format!("@{}", member.handle))
                .unwrap_or_default()
        }
        RoomKind::Public | RoomKind::Private => room.name,
    };
    Ok(RoomSummary {
        id: room.id,
        name,
        kind: room.kind,
        topic: room.topic,
        mode: room.mode,
        private_from_ai: room.private_from_ai,
        budget: room.budget,
        slow_seconds: room.slow_seconds,
        keep_days: room.keep_days,
        moderates,
        reports,
        seq: room.last_seq,
        read_seq: standing.read_seq,
        unread: standing.unread,
        mentions: standing.mentions,
        level: standing.level,
        muted_until: standing.muted_until,
        silenced_until,
        joined,
        members,
        member_count,
    })
}
