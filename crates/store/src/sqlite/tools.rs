//! Other people's tool servers: their configuration where an admin gave it, and their tools as
//! they were when somebody last agreed to them.

use super::{Store, writer::Tx};
use crate::{PinState, StoreError, write::micros};
use rusqlite::{OptionalExtension, params};

impl Tx<'_> {
    /// Looks a tool's digest up; one that is seen for the first time is pinned.
    pub fn check_pin(
        &mut self,
        server: &str,
        tool: &str,
        digest: [u8; 32],
    ) -> Result<PinState, StoreError> {
        let pinned: Option<[u8; 32]> = self
            .db
            .prepare_cached("SELECT digest FROM tool_pins WHERE server = ?1 AND tool = ?2")?
            .query_row(params![server, tool], |row| row.get(0))
            .optional()?;
        match pinned {
            None => {
                self.db
                    .prepare_cached(
                        "INSERT INTO tool_pins (server, tool, digest, at) VALUES (?1, ?2, ?3, ?4)",
                    )?
                    .execute(params![server, tool, digest, micros(salon_protocol::now())])?;
                Ok(PinState::Same)
            }
            Some(pinned) => {
                let changed = (pinned != digest).then_some(digest);
                self.db
                    .prepare_cached(
                        "UPDATE tool_pins SET changed = ?3 WHERE server = ?1 AND tool = ?2
                         AND changed IS NOT ?3",
                    )?
                    .execute(params![server, tool, changed])?;
                Ok(match changed {
                    None => PinState::Same,
                    Some(_) => PinState::Changed,
                })
            }
        }
    }

    /// Agrees to what a server's tools have become; answers with how many there were.
    pub fn agree_to_tools(&mut self, server: &str) -> Result<usize, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "UPDATE tool_pins SET digest = changed, changed = NULL, at = ?2
                 WHERE server = ?1 AND changed IS NOT NULL",
            )?
            .execute(params![server, micros(salon_protocol::now())])?)
    }

    /// Keeps a tool server's configuration; none forgets it and its pins.
    pub fn put_tool_server(&mut self, name: &str, config: Option<&str>) -> Result<(), StoreError> {
        match config {
            Some(config) => self
                .db
                .prepare_cached(
                    "INSERT INTO tool_servers (name, config) VALUES (?1, ?2)
                     ON CONFLICT DO UPDATE SET config = excluded.config",
                )?
                .execute(params![name, config])?,
            None => {
                self.db
                    .prepare_cached("DELETE FROM tool_pins WHERE server = ?1")?
                    .execute([name])?;
                self.db
                    .prepare_cached("DELETE FROM tool_servers WHERE name = ?1")?
                    .execute([name])?
            }
        };
        Ok(())
    }
}

impl Store {
    /// Tool servers that an admin gave, by name, with their configuration.
    pub async fn tool_servers(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.read(|db| {
            Ok(db
                .prepare_cached("SELECT name, config FROM tool_servers ORDER BY name")?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?)
        })
        .await
    }

    /// Tools that have changed since somebody agreed to them: server and tool.
    pub async fn changed_tools(&self) -> Result<Vec<(String, String)>, StoreError> {
        self.read(|db| {
            Ok(db
                .prepare_cached(
                    "SELECT server, tool FROM tool_pins WHERE changed IS NOT NULL
                     ORDER BY server, tool",
                )?
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?)
        })
        .await
    }
}
