//! Agents and what their makers decided about them.

use super::{Store, columns, writer::Tx};
use crate::{AgentRow, StoreError, write::micros};
use rusqlite::{Connection, OptionalExtension, Row, params};
use salon_protocol::{AgentSettings, RoomId, UserId};

/// Users of kind agent with their settings; who came before settings did has the default ones.
fn select(which: &str) -> String {
    format!(
        "SELECT {}, g.maker_id AS agent_maker, g.settings AS agent_settings FROM users u LEFT JOIN agents g ON g.user_id = u.id
         WHERE u.kind = 'agent' AND {which} ORDER BY u.disabled, u.handle_key",
        columns::USER
    )
}

fn agent(row: &Row<'_>) -> rusqlite::Result<(AgentRow, Option<String>)> {
    let row_of = AgentRow {
        user: columns::user(row)?,
        // By name: what a user consists of grows.
        maker: columns::uuid_option(row, row.as_ref().column_index("agent_maker")?)?.map(UserId),
        settings: AgentSettings::default(),
    };
    Ok((row_of, row.get("agent_settings")?))
}

fn read((mut row, settings): (AgentRow, Option<String>)) -> Result<AgentRow, StoreError> {
    if let Some(settings) = settings {
        row.settings = serde_json::from_str(&settings)?;
    }
    Ok(row)
}

impl Store {
    /// Every agent, retired ones last.
    pub async fn agents(&self) -> Result<Vec<AgentRow>, StoreError> {
        self.read(|db| {
            db.prepare_cached(&select("1"))?
                .query_map([], agent)?
                .map(|row| read(row?))
                .collect()
        })
        .await
    }

    /// One agent.
    pub async fn agent(&self, id: UserId) -> Result<Option<AgentRow>, StoreError> {
        self.read(move |db| one(db, id)).await
    }

    /// The rooms that a user is in.
    pub async fn rooms_of(&self, user: UserId) -> Result<Vec<RoomId>, StoreError> {
        self.read(move |db| rooms_of(db, user)).await
    }
}

impl Tx<'_> {
    /// Keeps an agent's settings.
    pub fn put_agent(
        &mut self,
        id: UserId,
        maker: Option<UserId>,
        settings: &AgentSettings,
    ) -> Result<(), StoreError> {
        self.db
            .prepare_cached(
                "INSERT INTO agents (user_id, maker_id, settings, updated_at)
                 VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE
                 SET settings = excluded.settings, updated_at = excluded.updated_at",
            )?
            .execute(params![
                id.0.as_bytes(),
                maker.map(|id| id.0.into_bytes()),
                serde_json::to_string(settings)?,
                micros(salon_protocol::now()),
            ])?;
        Ok(())
    }

    /// Changes the picture to show.
    pub fn set_avatar(&mut self, id: UserId, avatar: Option<&str>) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE users SET avatar = ?2 WHERE id = ?1")?
            .execute(params![id.0.as_bytes(), avatar])?;
        Ok(())
    }

    /// Opens an account again.
    pub fn enable_user(&mut self, id: UserId) -> Result<(), StoreError> {
        self.db
            .prepare_cached("UPDATE users SET disabled = 0 WHERE id = ?1")?
            .execute([id.0.as_bytes()])?;
        Ok(())
    }

    /// The rooms that a user is in, as of this transaction.
    pub fn rooms_of(&self, user: UserId) -> Result<Vec<RoomId>, StoreError> {
        rooms_of(self.db, user)
    }

    /// How many open agents a user has made, as of this transaction.
    pub fn agents_made_by(&self, maker: UserId) -> Result<usize, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT count(*) FROM agents g JOIN users u ON u.id = g.user_id
                 WHERE g.maker_id = ?1 AND u.disabled = 0",
            )?
            .query_row([maker.0.as_bytes()], |row| row.get(0))?)
    }
}

fn one(db: &Connection, id: UserId) -> Result<Option<AgentRow>, StoreError> {
    db.prepare_cached(&select("u.id = ?1"))?
        .query_row([id.0.as_bytes()], agent)
        .optional()?
        .map(read)
        .transpose()
}

fn rooms_of(db: &Connection, user: UserId) -> Result<Vec<RoomId>, StoreError> {
    Ok(db
        .prepare_cached("SELECT room_id FROM members WHERE user_id = ?1 ORDER BY room_id")?
        .query_map([user.0.as_bytes()], |row| {
            Ok(RoomId(columns::uuid(row, 0)?))
        })?
        .collect::<Result<_, _>>()?)
}
