//! Users and their credentials.

use super::{Store, columns, sessions::purpose, writer::Tx};
use crate::{Credential, CredentialPurpose, NewUser, StoreError, User, write::micros};
use rusqlite::{Connection, OptionalExtension, params};
use salon_protocol::{Handle, Lang, RoomId, UserId};

impl Store {
    /// A user by id.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        self.read(move |db| one_user(db, "u.id = ?1", params![id.0.as_bytes()]))
            .await
    }

    /// A user by handle, without regard to case.
    pub async fn user_by_handle(&self, handle: &Handle) -> Result<Option<User>, StoreError> {
        let key = handle.folded();
        self.read(move |db| one_user(db, "u.handle_key = ?1", params![key]))
            .await
    }

    /// All users in the order of their handles.
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        self.read(|db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {} FROM users u ORDER BY u.handle_key",
                    columns::USER
                ))?
                .query_map([], columns::user)?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// A user's password hash in PHC form, if they have one.
    pub async fn password_hash(&self, id: UserId) -> Result<Option<String>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached("SELECT password_hash FROM users WHERE id = ?1")?
                .query_row([id.0.as_bytes()], |row| row.get(0))
                .optional()?
                .flatten())
        })
        .await
    }

    /// Whether an owner exists who can sign in.
    pub async fn has_owner(&self) -> Result<bool, StoreError> {
        self.read(|db| {
            Ok(db
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM users WHERE role = 'owner' AND disabled = 0)",
                )?
                .query_row([], |row| row.get(0))?)
        })
        .await
    }

    /// The user and credential that a secret's digest stands for, unless it has ended or the
    /// account is closed.
    pub async fn credential(
        &self,
        digest: [u8; 32],
    ) -> Result<Option<(User, Credential)>, StoreError> {
        self.read(move |db| {
            Ok(db
                .prepare_cached(&format!(
                    "SELECT {}, c.purpose, c.expires_at, c.device, c.address, c.seen_at
                     FROM credentials c JOIN users u ON u.id = c.user_id
                     WHERE c.digest = ?1 AND u.disabled = 0
                     AND (c.expires_at IS NULL OR c.expires_at > ?2)",
                    columns::USER
                ))?
                .query_row(params![digest, micros(salon_protocol::now())], |row| {
                    let user = columns::user(row)?;
                    let credential = Credential {
                        digest,
                        user: user.id,
                        purpose: purpose(row.get_ref(11)?.as_str()?),
                        expires_at: columns::time_option(row, 12)?,
                        device: row.get(13)?,
                        address: row.get(14)?,
                        seen_at: columns::time_option(row, 15)?,
                    };
                    Ok((user, credential))
                })
                .optional()?)
        })
        .await
    }
}

impl Tx<'_> {
    /// Makes an account.
    pub fn create_user(&mut self, new: NewUser) -> Result<User, StoreError> {
        let inserted = self
            .db
            .prepare_cached(
                "INSERT OR IGNORE INTO users
                 (id, handle, handle_key, display_name, kind, role, password_hash, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                new.id.0.as_bytes(),
                new.handle.as_str(),
                new.handle.folded(),
                new.display_name,
                new.kind.as_str(),
                new.role.as_str(),
                new.password_hash,
                micros(salon_protocol::now()),
            ])?;
        if inserted == 0 {
            return Err(StoreError::Taken("handle"));
        }
        Ok(User {
            id: new.id,
            handle: new.handle,
            display_name: new.display_name,
            kind: new.kind,
            role: new.role,
            disabled: false,
            away: None,
            lang: None,
            avatar: None,
            about: None,
            time_zone: None,
        })
    }

    /// Changes a user's password and ends every cookie of theirs but `keep`.
    pub fn set_password(
        &mut self,
        id: UserId,
        password_hash: String,
        keep: Option<[u8; 32]>,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE users SET password_hash = ?2 WHERE id = ?1")?
            .execute(params![id.0.as_bytes(), password_hash])?;
        self.db
            .prepare_cached(
                "DELETE FROM credentials
                 WHERE user_id = ?1 AND purpose = 'session' AND digest IS NOT ?2",
            )?
            .execute(params![id.0.as_bytes(), keep])?;
        Ok(())
    }

    /// Closes an account and ends its credentials; its messages remain.
    pub fn disable_user(&mut self, id: UserId) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE users SET disabled = 1 WHERE id = ?1")?
            .execute([id.0.as_bytes()])?;
        self.db
            .prepare_cached("DELETE FROM credentials WHERE user_id = ?1")?
            .execute([id.0.as_bytes()])?;
        Ok(())
    }

    /// Changes the name to show.
    pub fn set_display_name(&mut self, id: UserId, name: &str) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE users SET display_name = ?2 WHERE id = ?1")?
            .execute(params![id.0.as_bytes(), name])?;
        Ok(())
    }

    /// Changes what somebody says of themselves; what is left out stays.
    pub fn set_profile(
        &mut self,
        id: UserId,
        about: Option<&str>,
        time_zone: Option<&str>,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "UPDATE users SET about = nullif(coalesce(?2, about), ''),
                 time_zone = nullif(coalesce(?3, time_zone), '') WHERE id = ?1",
            )?
            .execute(params![id.0.as_bytes(), about, time_zone])?;
        Ok(())
    }

    /// Says that somebody is away, or back.
    pub fn set_away(&mut self, id: UserId, away: Option<&str>) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE users SET away = ?2 WHERE id = ?1")?
            .execute(params![id.0.as_bytes(), away])?;
        Ok(())
    }

    /// Changes a user's language.
    pub fn set_lang(&mut self, id: UserId, lang: Lang) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE users SET lang = ?2 WHERE id = ?1")?
            .execute(params![id.0.as_bytes(), lang.as_str()])?;
        Ok(())
    }

    /// Keeps a cookie's or token's digest.
    pub fn add_credential(&mut self, credential: &Credential) -> Result<(), StoreError> {
        let purpose = match credential.purpose {
            CredentialPurpose::Session => "session",
            CredentialPurpose::Token => "token",
        };
        self.db
            .prepare_cached(
                "INSERT INTO credentials
                 (digest, user_id, purpose, created_at, expires_at, device, address, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                credential.digest,
                credential.user.0.as_bytes(),
                purpose,
                micros(salon_protocol::now()),
                credential.expires_at.map(micros),
                credential.device,
                credential.address,
                credential.seen_at.map(micros),
            ])?;
        Ok(())
    }

    /// Ends a cookie or token.
    pub fn drop_credential(&mut self, digest: [u8; 32]) -> Result<(), StoreError> {
        self.db
            .prepare_cached("DELETE FROM credentials WHERE digest = ?1")?
            .execute([digest])?;
        Ok(())
    }

    /// Whether an owner exists, as of this transaction.
    pub fn has_owner(&self) -> Result<bool, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM users WHERE role = 'owner' AND disabled = 0)",
            )?
            .query_row([], |row| row.get(0))?)
    }

    /// A public or private room's id by its folded name, as of this transaction.
    pub fn room_named(&self, name_key: &str) -> Result<Option<RoomId>, StoreError> {
        Ok(self
            .db
            .prepare_cached("SELECT id FROM rooms WHERE name_key = ?1")?
            .query_row([name_key], |row| Ok(RoomId(columns::uuid(row, 0)?)))
            .optional()?)
    }

    /// A user by folded handle, as of this transaction.
    pub fn user_named(&self, handle_key: &str) -> Result<Option<User>, StoreError> {
        one_user(self.db, "u.handle_key = ?1", params![handle_key])
    }
}

fn one_user(
    db: &Connection,
    which: &'static str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Option<User>, StoreError> {
    Ok(db
        .prepare_cached(&format!(
            "SELECT {} FROM users u WHERE {which}",
            columns::USER
        ))?
        .query_row(values, columns::user)
        .optional()?)
}
