//! What is to happen later: messages that are sent then, and reminders. Each happens once: what
//! happens and that it has happened are one transaction.

use super::{Store, columns, writer::Tx};
use crate::{Actor, NewEvent, StoreError, write::micros};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use salon_protocol::{
    Later, LaterId, LaterKind, MessageId, RoomId, Seq, UserId, limits::LATER_PER_USER_MAX,
};

const LATER: &str = "l.id, l.kind, l.room_id, l.text, l.reply_to, l.due_at, l.fired_at, l.failed, \
     (SELECT m.seq FROM messages m JOIN members r ON r.room_id = m.room_id \
      AND r.user_id = l.user_id WHERE m.id = l.reply_to)";
const WAITING: &str = "l.fired_at IS NULL AND l.failed IS NULL";

fn later(row: &Row<'_>) -> rusqlite::Result<Later> {
    Ok(Later {
        id: LaterId(columns::uuid(row, 0)?),
        kind: columns::word(row, 1)?,
        room: RoomId(columns::uuid(row, 2)?),
        text: row.get(3)?,
        reply_to: columns::uuid_option(row, 4)?.map(MessageId),
        due_at: columns::time(row, 5)?,
        fired_at: columns::time_option(row, 6)?,
        failed: row.get(7)?,
        reply_seq: row.get::<_, Option<u64>>(8)?.map(Seq),
    })
}

fn one(db: &Connection, user: UserId, id: LaterId) -> Result<Later, StoreError> {
    let found = db
        .prepare_cached(&format!(
            "SELECT {LATER} FROM later l WHERE l.id = ?1 AND l.user_id = ?2"
        ))?
        .query_row(params![id.0.as_bytes(), user.0.as_bytes()], later)
        .optional()?;
    columns::found(found, "later")
}

impl Tx<'_> {
    /// Plans something for a member of its room.
    pub fn add_later(&mut self, owner: &Actor, new: &Later) -> Result<Later, StoreError> {
        self.check_member(new.room, owner)?;
        if let Some(reply_to) = new.reply_to {
            self.target(new.room, reply_to)?;
        }
        let planned: usize = self
            .db
            .prepare_cached("SELECT count(*) FROM later WHERE user_id = ?1")?
            .query_row([owner.id.0.as_bytes()], |row| row.get(0))?;
        if planned >= LATER_PER_USER_MAX {
            return Err(StoreError::TooMany("things planned"));
        }
        self.db
            .prepare_cached(
                "INSERT INTO later (id, user_id, room_id, kind, text, reply_to, due_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                new.id.0.as_bytes(),
                owner.id.0.as_bytes(),
                new.room.0.as_bytes(),
                new.kind.as_str(),
                new.text,
                new.reply_to.map(|id| id.0.into_bytes()),
                micros(new.due_at),
            ])?;
        one(self.db, owner.id, new.id)
    }

    /// Changes a user's own. What had happened already, or failed, waits again.
    pub fn change_later(
        &mut self,
        user: UserId,
        id: LaterId,
        text: Option<&str>,
        due_at: Option<Timestamp>,
    ) -> Result<Later, StoreError> {
        let changed = self
            .db
            .prepare_cached(
                "UPDATE later SET text = coalesce(?3, text), due_at = coalesce(?4, due_at),
                 fired_at = NULL, failed = NULL WHERE id = ?1 AND user_id = ?2",
            )?
            .execute(params![
                id.0.as_bytes(),
                user.0.as_bytes(),
                text,
                due_at.map(micros)
            ])?;
        columns::found((changed > 0).then_some(()), "later")?;
        one(self.db, user, id)
    }

    /// Lets go of a user's own.
    pub fn drop_later(&mut self, user: UserId, id: LaterId) -> Result<Later, StoreError> {
        let gone = one(self.db, user, id)?;
        self.db
            .prepare_cached("DELETE FROM later WHERE id = ?1")?
            .execute([id.0.as_bytes()])?;
        Ok(gone)
    }

    /// Lets something happen that is due, as it was read: a reminder is marked, a message sent
    /// and forgotten. Nothing where it was changed, or has happened, since it was read; otherwise
    /// it as it stands now, and whether it is gone.
    pub fn fire_later(
        &mut self,
        user: UserId,
        read: &Later,
        message: Option<NewEvent>,
        now: Timestamp,
    ) -> Result<Option<(Later, bool)>, StoreError> {
        let Ok(found) = one(self.db, user, read.id) else {
            return Ok(None);
        };
        if found.fired_at.is_some() || found.failed.is_some() || found.text != read.text {
            return Ok(None);
        }
        if found.due_at > now {
            return Ok(None);
        }
        let Some(message) = message.filter(|_| found.kind == LaterKind::Message) else {
            self.db
                .prepare_cached("UPDATE later SET fired_at = ?2 WHERE id = ?1")?
                .execute(params![read.id.0.as_bytes(), micros(now)])?;
            return Ok(Some((one(self.db, user, read.id)?, false)));
        };
        let failed = match self.append(message) {
            Ok(_) => {
                self.db
                    .prepare_cached("DELETE FROM later WHERE id = ?1")?
                    .execute([read.id.0.as_bytes()])?;
                return Ok(Some((found, true)));
            }
            Err(StoreError::NotMember) => "not_in_room",
            Err(StoreError::Muted(_)) => "muted",
            Err(StoreError::Slow { .. }) => "slow",
            Err(StoreError::NotFound(_) | StoreError::KeyReused) => "not_found",
            Err(error) => return Err(error),
        };
        self.db
            .prepare_cached("UPDATE later SET failed = ?2 WHERE id = ?1")?
            .execute(params![read.id.0.as_bytes(), failed])?;
        Ok(Some((one(self.db, user, read.id)?, false)))
    }
}

impl Store {
    /// All that a user planned; what happens first comes first.
    pub async fn laters(&self, user: UserId) -> Result<Vec<Later>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {LATER} FROM later l WHERE l.user_id = ?1 ORDER BY l.due_at LIMIT ?2"
                ))?
                .query_map(params![user.0.as_bytes(), LATER_PER_USER_MAX], later)?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// What is due, with whose it is.
    pub async fn due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Actor, Later)>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {LATER}, u.id, u.handle, u.kind FROM later l
                     JOIN users u ON u.id = l.user_id
                     WHERE {WAITING} AND l.due_at <= ?1 ORDER BY l.due_at LIMIT ?2"
                ))?
                .query_map(params![micros(now), limit], |row| {
                    let owner = Actor {
                        id: UserId(columns::uuid(row, 9)?),
                        handle: columns::word(row, 10)?,
                        kind: columns::word(row, 11)?,
                    };
                    Ok((owner, later(row)?))
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// When something is due next.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |db| {
            let next: Option<i64> = db
                .prepare_cached(&format!(
                    "SELECT min(l.due_at) FROM later l WHERE {WAITING}"
                ))?
                .query_row([], |row| row.get(0))?;
            Ok(next.and_then(|at| Timestamp::from_microsecond(at).ok()))
        })
        .await
    }
}
