//! The links that make users.

use super::{Store, columns, writer::Tx};
use crate::{Invite, InviteRow, StoreError, write::micros};
use rusqlite::{Connection, OptionalExtension, Row, params};
use salon_protocol::{Handle, Role, RoomId, UserId};

/// What still opens something. Whoever lost their account invites nobody any more.
const OPEN: &str = "uses_left > 0 AND (expires_at IS NULL OR expires_at > ?1)
     AND (invited_by IS NULL OR EXISTS
         (SELECT 1 FROM users u WHERE u.id = invited_by AND u.disabled = 0))";
const COLUMNS: &str = "digest, role, room_id, invited_by, uses_left, expires_at";

impl Store {
    /// A link by its secret's digest, unless it has ended or is used up.
    pub async fn invite(&self, digest: [u8; 32]) -> Result<Option<Invite>, StoreError> {
        self.read(move |db| one_invite(db, digest)).await
    }

    /// The links that somebody made and that still open something, the newest first; at most
    /// `limit`.
    pub async fn invites(&self, limit: usize) -> Result<Vec<InviteRow>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {COLUMNS}, created_at,
                     (SELECT handle FROM users u WHERE u.id = invited_by) FROM invites
                     WHERE invited_by IS NOT NULL AND {OPEN}
                     ORDER BY created_at DESC LIMIT ?2"
                ))?
                .query_map(
                    params![micros(salon_protocol::now()), limit as i64],
                    |row| {
                        Ok(InviteRow {
                            invite: invite(row)?,
                            created_at: columns::time(row, 6)?,
                            by: columns::word::<Handle>(row, 7)?,
                        })
                    },
                )?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}

impl Tx<'_> {
    /// Keeps a link's digest. A set-up link (role owner, no inviter) replaces the one before.
    pub fn add_invite(&mut self, invite: &Invite) -> Result<(), StoreError> {
        if invite.role == Role::Owner && invite.invited_by.is_none() {
            self.drop_setup_links()?;
        }
        self.db
            .prepare_cached(
                "INSERT INTO invites
                 (digest, role, room_id, invited_by, uses_left, created_at, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                invite.digest,
                invite.role.as_str(),
                invite.room.map(|id| id.0.into_bytes()),
                invite.invited_by.map(|id| id.0.into_bytes()),
                invite.uses_left,
                micros(salon_protocol::now()),
                invite.expires_at.map(micros),
            ])?;
        Ok(())
    }

    /// Uses a link once; refuses one that has ended meanwhile.
    pub fn use_invite(&mut self, digest: [u8; 32]) -> Result<Invite, StoreError> {
        let invite = columns::found(one_invite(self.db, digest)?, "invitation")?;
        self.db
            .prepare_cached("UPDATE invites SET uses_left = uses_left - 1 WHERE digest = ?1")?
            .execute([digest])?;
        Ok(invite)
    }

    /// Ends every set-up link: somebody owns the place now.
    pub fn drop_setup_links(&mut self) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM invites WHERE role = 'owner' AND invited_by IS NULL")?
            .execute([])?;
        Ok(())
    }

    /// Ends a link.
    pub fn drop_invite(&mut self, digest: [u8; 32]) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM invites WHERE digest = ?1")?
            .execute([digest])?;
        Ok(())
    }
}

fn one_invite(db: &Connection, digest: [u8; 32]) -> Result<Option<Invite>, StoreError> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM invites WHERE digest = ?2 AND {OPEN}"
        ))?
        .query_row(params![micros(salon_protocol::now()), digest], invite)
        .optional()?)
}

fn invite(row: &Row<'_>) -> rusqlite::Result<Invite> {
    Ok(Invite {
        digest: row.get(0)?,
        role: columns::word(row, 1)?,
        room: columns::uuid_option(row, 2)?.map(RoomId),
        invited_by: columns::uuid_option(row, 3)?.map(UserId),
        uses_left: row.get(4)?,
        expires_at: columns::time_option(row, 5)?,
    })
}
