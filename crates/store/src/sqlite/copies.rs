//! The database's part of a backup.

use super::{connect, doctor::check_integrity, migrations};
use crate::{ByteDigest, StoreError};
use rusqlite::{Connection, MAIN_DB, OpenFlags};
use std::path::Path;

/// The version from which on there are files.
const SCHEMA_WITH_FILES: u32 = 3;

/// A copy of the database as of one moment.
pub(crate) struct Copied {
    pub(crate) schema: u32,
    /// Whatever bytes its rows stand for.
    pub(crate) digests: Vec<ByteDigest>,
}

/// Copies a database that others write to. It is neither made nor migrated.
pub(crate) fn copy_database(from: &Path, to: &Path) -> Result<Copied, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags)?;
    source.busy_timeout(super::BUSY_TIMEOUT)?;
    // Without a transaction of its own the copy would begin anew at every commit of others, and
    // under load never end.
    let snapshot = source.unchecked_transaction()?;
    let schema: u32 = snapshot.pragma_query_value(None, "user_version", |row| row.get(0))?;
    migrations::check_known(schema)?;
    std::fs::remove_file(to).ok();
    snapshot.backup(MAIN_DB, to, None)?;
    drop(snapshot);
    let copy = Connection::open(to)?;
    // One file alone, which opens where nothing can be written beside it.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(Copied {
        schema,
        digests: digests(&copy, schema)?,
    })
}

/// Copies a database that nobody writes to: an old backup, which was one alone.
pub(crate) fn copy_plain(from: &Path, to: &Path) -> Result<(), StoreError> {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    Ok(source.backup(MAIN_DB, to, None)?)
}

/// Gives a copy today's schema and an epoch of its own; answers with whatever bytes its rows
/// stand for.
pub(crate) fn begin_new_life(copy: &Path) -> Result<Vec<ByteDigest>, StoreError> {
    let mut restored = connect(copy, false)?;
    check_integrity(&restored)?;
    migrations::run(&mut restored)?;
    restored.execute(
        "UPDATE meta SET value = ?1 WHERE name = 'epoch'",
        [salon_protocol::fresh_id().to_string()],
    )?;
    restored.pragma_update(None, "journal_mode", "DELETE")?;
    let digests = digests(&restored, SCHEMA_WITH_FILES)?;
    drop(restored);
    std::fs::File::open(copy)
        .and_then(|opened| opened.sync_all())
        .map_err(|e| StoreError::Database(format!("sync {}: {e}", copy.display())))?;
    Ok(digests)
}

fn digests(db: &Connection, schema: u32) -> Result<Vec<ByteDigest>, StoreError> {
    if schema < SCHEMA_WITH_FILES {
        return Ok(Vec::new());
    }
    Ok(db
        .prepare(
            "SELECT digest FROM files UNION SELECT preview FROM files WHERE preview IS NOT NULL
             UNION SELECT view FROM files WHERE view IS NOT NULL ORDER BY 1",
        )?
        .query_map([], |row| Ok(ByteDigest(row.get(0)?)))?
        .collect::<Result<_, _>>()?)
}
