//! The house in figures, for its admins.

use super::{Store, columns, writer::Tx};
use crate::{AccountRow, Room, StoreError};
use jiff::Timestamp;
use rusqlite::params;
use salon_protocol::{AdminQueues, AdminSize, Role, UserId};

impl Store {
    /// All accounts in the order of their handles.
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        self.read(|db| {
            let now = crate::write::micros(Timestamp::now());
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {}, u.created_at, u.password_hash IS NOT NULL,
                     EXISTS (SELECT 1 FROM second_factors f
                             WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL),
                     (SELECT count(*) FROM credentials c WHERE c.user_id = u.id
                      AND (c.expires_at IS NULL OR c.expires_at > ?1)),
                     (SELECT max(c.seen_at) FROM credentials c WHERE c.user_id = u.id),
                     (SELECT count(*) FROM passkeys p WHERE p.user_id = u.id)
                     FROM users u ORDER BY u.handle_key",
                    columns::USER
                ))?
                .query_map([now], |row| {
                    Ok(AccountRow {
                        user: columns::user(row)?,
                        created_at: columns::time(row, 11)?,
                        has_password: row.get(12)?,
                        second_factor: row.get(13)?,
                        sessions: row.get(14)?,
                        seen_at: columns::time_option(row, 15)?,
                        passkeys: row.get(16)?,
                    })
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// What every room holds, the largest first.
    pub async fn room_sizes(&self) -> Result<Vec<(Room, AdminSize)>, StoreError> {
        self.read(|db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {}, (SELECT count(*) FROM members WHERE room_id = r.id) AS people,
                     coalesce(f.files, 0) AS files, coalesce(f.bytes, 0) AS file_bytes
                     FROM rooms r
                     LEFT JOIN (SELECT room_id, count(*) AS files, sum(size) AS bytes FROM files
                                WHERE message_id IS NOT NULL GROUP BY room_id) f
                     ON f.room_id = r.id
                     ORDER BY coalesce(f.bytes, 0) DESC, r.last_seq DESC, r.id",
                    columns::ROOM
                ))?
                .query_map([], |row| {
                    let room = columns::room(row)?;
                    let size = AdminSize {
                        events: room.last_seq.0,
                        members: row.get("people")?,
                        files: row.get("files")?,
                        file_bytes: row.get("file_bytes")?,
                    };
                    Ok((room, size))
                })?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// How many files messages carry, and their bytes; what is there twice counts once.
    pub async fn bytes_of_files(&self) -> Result<(u64, u64), StoreError> {
        self.read(|db| {
            Ok(db
                .prepare_cached(
                    "SELECT (SELECT count(*) FROM files WHERE message_id IS NOT NULL),
                     (SELECT coalesce(sum(size), 0) FROM
                      (SELECT max(size) AS size FROM files GROUP BY digest))",
                )?
                .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?)
        })
        .await
    }

    /// What waits to be done.
    pub async fn queues(&self) -> Result<AdminQueues, StoreError> {
        self.read(|db| {
            Ok(db
                .prepare_cached(
                    "SELECT (SELECT count(*) FROM turns WHERE state = 'waiting'),
                     (SELECT count(*) FROM turns WHERE state = 'running'),
                     (SELECT count(*) FROM approvals WHERE state = 'waiting'),
                     (SELECT count(*) FROM errands), (SELECT count(*) FROM doomed_bytes)",
                )?
                .query_row([], |row| {
                    Ok(AdminQueues {
                        turns_waiting: row.get(0)?,
                        turns_running: row.get(1)?,
                        approvals: row.get(2)?,
                        errands: row.get(3)?,
                        doomed_bytes: row.get(4)?,
                    })
                })?)
        })
        .await
    }

    /// The version of the database's make-up.
    pub async fn schema(&self) -> Result<u32, StoreError> {
        self.read(|db| Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?))
            .await
    }
}

impl Tx<'_> {
    /// Changes a role.
    pub fn set_role(&mut self, id: UserId, role: Role) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE users SET role = ?2 WHERE id = ?1")?
            .execute(params![id.0.as_bytes(), role.as_str()])?;
        Ok(())
    }

    /// Refuses what would leave the house without an owner.
    pub fn require_owner(&self) -> Result<(), StoreError> {
        match self.has_owner()? {
            true => Ok(()),
            false => Err(StoreError::LastOwner),
        }
    }
}
