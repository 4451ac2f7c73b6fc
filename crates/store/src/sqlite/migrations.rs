//! Migrations are embedded and run at start, each in one transaction with its number: killed at
//! any statement, it is as if it had not begun.

use super::search;
use crate::StoreError;
use rusqlite::{Connection, TransactionBehavior};

const MIGRATIONS: &[&str] = &[
    include_str!("../../schema/0001_initial.sql"),
    include_str!("../../schema/0002_agents.sql"),
    include_str!("../../schema/0003_files.sql"),
    include_str!("../../schema/0004_mentions.sql"),
    include_str!("../../schema/0005_budgets.sql"),
    include_str!("../../schema/0006_account.sql"),
    include_str!("../../schema/0007_search.sql"),
    include_str!("../../schema/0008_kept.sql"),
    include_str!("../../schema/0009_later.sql"),
    include_str!("../../schema/0010_moderation.sql"),
    include_str!("../../schema/0011_threads.sql"),
    include_str!("../../schema/0012_emoji.sql"),
    include_str!("../../schema/0013_polls.sql"),
    include_str!("../../schema/0014_avatars.sql"),
    include_str!("../../schema/0015_unsent.sql"),
    include_str!("../../schema/0016_notifying.sql"),
    include_str!("../../schema/0017_previews.sql"),
    include_str!("../../schema/0018_pushes.sql"),
    include_str!("../../schema/0019_retention.sql"),
    include_str!("../../schema/0020_identities.sql"),
    include_str!("../../schema/0021_passkeys.sql"),
    include_str!("../../schema/0022_uploads.sql"),
    SEARCH,
];

/// After it every message is indexed anew.
const SEARCH: &str = include_str!("../../schema/0023_index_behind.sql");

/// Refuses what a newer program has written.
pub(super) fn check_known(found: u32) -> Result<(), StoreError> {
    let known = MIGRATIONS.len() as u32;
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    Ok(())
}

pub(super) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    loop {
        // Two processes may start at once: the number is read under the write lock.
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let found: u32 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
        check_known(found)?;
        let Some(migration) = MIGRATIONS.get(found as usize) else {
            return Ok(());
        };
        tx.execute_batch(migration)?;
        if *migration == SEARCH {
            search::index_all(&tx)?;
        }
        if found == 0 {
            tx.execute(
                "INSERT INTO meta (name, value) VALUES ('epoch', ?1)",
                [salon_protocol::fresh_id().to_string()],
            )?;
        }
        tx.pragma_update(None, "user_version", found + 1)?;
        tx.commit()?;
    }
}

#[cfg(test)]
#[path = "migrations_tests.rs"]
mod tests;
