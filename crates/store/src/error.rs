//! What the store refuses, and how it fails.

/// Why the store did not do something.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// No such row, or none that the actor has to do with.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The name, handle or direct room exists already.
    #[error("{0} is taken")]
    Taken(&'static str),
    /// The key was used for another body.
    #[error("key was used for another message")]
    KeyReused,
    /// The actor is not a member of the room, or the account is closed.
    #[error("not a member")]
    NotMember,
    /// The actor is muted in the room until then (microseconds since the epoch).
    #[error("muted")]
    Muted(i64),
    /// The room is slow, and the actor may write again at that time (microseconds since the epoch).
    #[error("slow mode")]
    Slow {
        /// When.
        until: i64,
        /// Seconds between two messages there.
        seconds: u32,
    },
    /// One may do so again at that time (microseconds since the epoch).
    #[error("too often")]
    TooOften(i64),
    /// The user is banned from the room.
    #[error("banned")]
    Banned,
    /// Only the author may do that.
    #[error("not the author")]
    NotAuthor,
    /// A poll does not take that.
    #[error("poll: {0:?}")]
    Poll(PollRefusal),
    /// Nobody would own the house any more.
    #[error("last owner")]
    LastOwner,
    /// A named bound is reached.
    #[error("too many {0}")]
    TooMany(&'static str),
    /// The disk is full. Nothing was written.
    #[error("disk is full")]
    Full,
    /// The database failed: the disk is locked or broken. Nothing was written.
    #[error("database: {0}")]
    Database(String),
    /// The place of files' bytes failed: the disk is full, or the bucket does not answer.
    #[error("files: {0}")]
    Files(String),
    /// A backup could not be written, or is not whole.
    #[error("backup: {0}")]
    Backup(String),
    /// The folder that is to be restored into has something in it.
    #[error("data folder is not empty: it has {0}")]
    NotEmpty(String),
    /// Another process has the data folder open, or is restoring into it.
    #[error("data folder is in use")]
    InUse,
    /// The file was written by a newer Salon.
    #[error("database has version {found}, this program knows {known}; use a newer program")]
    TooNew {
        /// The file's.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The writer has stopped.
    #[error("store is closed")]
    Closed,
}

/// What a poll does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PollRefusal {
    /// The message asks nothing.
    NoPoll,
    /// It was ended.
    Closed,
    /// There is no option with that number.
    NoSuchOption,
    /// One may choose one only.
    OneOnly,
    /// Other words: votes were given to these.
    OtherWords,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full,
            _ => Self::Database(error.to_string()),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Database(format!("stored JSON: {error}"))
    }
}
