//! The embedded backend: one file in WAL mode with full sync, one group-committing writer, a few
//! readers.

mod accounts;
mod admin;
mod agents;
mod append;
mod approvals;
mod audit;
mod avatars;
mod claims;
mod columns;
mod copies;
mod doctor;
mod emoji;
mod errands;
mod export;
mod files;
mod forwards;
mod group;
mod identities;
mod imports;
mod invites;
mod kept;
mod later;
mod maintenance;
mod membership;
mod memory;
mod mentions;
mod message_changes;
mod messages;
mod migrations;
mod moderation;
mod notifying;
mod passkeys;
mod polls;
mod posts;
mod presence;
mod previews;
mod pushes;
mod readers;
mod reports;
mod restrictions;
mod retention;
mod room_changes;
mod rooms;
mod search;
mod second_factor;
mod sessions;
mod spending;
mod standings;
mod threads;
mod tools;
mod turns;
mod unsent;
mod uploads;
mod writer;

pub use claims::ClaimedTurn;
pub(crate) use copies::{begin_new_life, copy_database, copy_plain};
pub(crate) use presence::{PRESENCE, alone_with};
pub use writer::{Publication, Tx};

use crate::{BucketConfig, StoreError, Vault};
use claims::Lent;
use presence::Presence;
use readers::Readers;
use rusqlite::{Connection, config::DbConfig};
use salon_protocol::Event;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio::sync::mpsc;
use writer::Writer;

/// How long one process waits for another that writes to the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Batches of committed events that may wait for the publisher before the writer waits for it.
const PUBLICATIONS_WAITING_MAX: usize = 64;

/// Where the data is and how much may happen at once.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// The data folder; made when missing.
    pub folder: PathBuf,
    /// Connections that read at the same time.
    pub readers: usize,
    /// How often to look for commits by other processes. None: never (a short-lived command).
    pub foreign_poll: Option<Duration>,
    /// Where reading and writing is done.
    pub workers: Workers,
    /// Where files' bytes are kept; none for the folder.
    pub bucket: Option<BucketConfig>,
}

/// Where reading and writing is done.
#[derive(Clone, Copy, Debug, Default)]
pub enum Workers {
    /// On threads of their own.
    #[default]
    Threads,
    /// On the caller's runtime, in its turn: a simulation allows nothing beside its scheduler. The
    /// function says for how many turns of others a step lasts.
    InTurn(fn() -> u32),
}

impl Workers {
    /// Lasts as long as a step does.
    async fn pause(self) {
        if let Self::InTurn(turns) = self {
            for _ in 0..turns() {
                tokio::task::yield_now().await;
            }
        }
    }
}

impl StoreConfig {
    /// The defaults for a server that owns the folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            readers: 4,
            foreign_poll: Some(Duration::from_millis(250)),
            workers: Workers::default(),
            bucket: None,
        }
    }
}

/// The store; clones share it.
#[derive(Clone)]
pub struct Store {
    writer: Writer,
    readers: Readers,
    file: Arc<PathBuf>,
    vault: Vault,
    lent: Lent,
    /// Held as long as any clone lives: nobody restores into a folder that is in use.
    _presence: Arc<Presence>,
}

impl Store {
    /// Opens the folder's database, making or migrating it as needed. The receiver gets every
    /// batch of committed events, in commit order, before the writers of those events are
    /// answered.
    pub fn open(config: &StoreConfig) -> Result<(Self, mpsc::Receiver<Publication>), StoreError> {
        std::fs::create_dir_all(&config.folder)
            .map_err(|e| StoreError::Database(format!("make {}: {e}", config.folder.display())))?;
        let presence = Presence::take(&config.folder)?;
        let file = config.folder.join("salon.db");
        let mut connection = connect(&file, false)?;
        migrations::run(&mut connection)?;
        let readers = Readers::open(&file, config.readers, config.workers)?;
        let (publish, publications) = mpsc::channel(PUBLICATIONS_WAITING_MAX);
        let lent = Lent::default();
        let writer = Writer::start(
            connection,
            publish,
            config.foreign_poll,
            config.workers,
            lent.clone(),
        )?;
        Ok((
            Self {
                writer,
                readers,
                file: Arc::new(file),
                vault: Vault::open(&config.folder, config.bucket.as_ref())?,
                lent,
                _presence: Arc::new(presence),
            },
            publications,
        ))
    }

    /// Where files' bytes lie.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Runs `work` inside the next group commit and answers once that is durable. An `Err` undoes
    /// what `work` wrote and nothing else of the group.
    pub async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.write(work).await
    }

    /// Runs work that reads many short things one after the other, all of them in one go on one
    /// thread. It has one of the few readers meanwhile: nothing else is to be waited for in it.
    pub async fn in_one_go<T, W, F>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(Self) -> F + Send + 'static,
        F: Future<Output = T> + Send,
    {
        let mut store = self.clone();
        let work = move |readers| {
            store.readers = readers;
            work(store)
        };
        self.readers.in_one_go(work).await
    }

    /// Runs `work` on a reader's connection, which sees all that was acked.
    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.readers.read(work).await
    }
}

/// One event as the publisher gets it.
pub(crate) type Committed = Event;

fn connect(file: &std::path::Path, read_only: bool) -> Result<Connection, StoreError> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(128);
    // Otherwise a statement with a bound `LIMIT` is compiled anew each time it is bound.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", if read_only { -2_000 } else { -8_000 })?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    if read_only {
        connection.pragma_update(None, "query_only", true)?;
    }
    Ok(connection)
}
