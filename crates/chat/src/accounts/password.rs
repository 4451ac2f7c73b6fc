//! Passwords, as argon2id, computed off the async threads and never more than a few at once.

use crate::{Caller, Chat, ChatError, Words};
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use salon_protocol::{
    UserId,
    limits::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN},
};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// The hash to keep, in PHC form; refuses passwords that are too short or too long.
pub async fn hash_password(chat: &Chat, password: String) -> Result<String, ChatError> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Err(ChatError::BadArguments(Words::new(
            format!("A password needs at least {PASSWORD_CHARS_MIN} characters."),
            format!("密码至少需要 {PASSWORD_CHARS_MIN} 个字符。"),
        )));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(ChatError::BadArguments(Words::new(
            format!("A password has at most {PASSWORD_BYTES_MAX} bytes."),
            format!("密码最多 {PASSWORD_BYTES_MAX} 字节。"),
        )));
    }
    off_thread(chat, move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| ChatError::Internal(format!("hash a password: {error}")))
    })
    .await?
}

/// Changes a password and signs all browsers out.
pub async fn set_password(chat: &Chat, user: UserId, password: String) -> Result<(), ChatError> {
    let hash = hash_password(chat, password).await?;
    chat.store()
        .write(move |tx| tx.set_password(user, hash, None))
        .await?;
    chat.hub().user_signed_out(user, None).await;
    Ok(())
}

/// Changes the caller's own password. Whoever has one proves it; all their other browsers are
/// signed out.
pub async fn change_password(
    chat: &Chat,
    caller: &Caller,
    credential: [u8; 32],
    old: Option<String>,
    new: String,
) -> Result<(), ChatError> {
    if let Some(hash) = chat.store().password_hash(caller.id()).await? {
        require_password(chat, old.unwrap_or_default(), Some(hash)).await?;
    }
    let hash = hash_password(chat, new).await?;
    let id = caller.id();
    chat.store()
        .write(move |tx| tx.set_password(id, hash, Some(credential)))
        .await?;
    chat.hub().user_signed_out(id, Some(credential)).await;
    Ok(())
}

/// Refuses whoever does not know the password, in words for somebody who is signed in.
pub(super) async fn require_password(
    chat: &Chat,
    password: String,
    hash: Option<String>,
) -> Result<(), ChatError> {
    if verify(chat, password, hash).await? {
        return Ok(());
    }
    Err(ChatError::Forbidden(Words::new(
        "That is not your password now. Nothing was changed.",
        "当前密码不正确，没有任何改动。",
    )))
}

/// Whether a password belongs to a hash. Without a hash it takes as long and is false, so that
/// the time tells nobody which handles exist.
pub(super) async fn verify(
    chat: &Chat,
    password: String,
    hash: Option<String>,
) -> Result<bool, ChatError> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Ok(false);
    }
    off_thread(chat, move || match hash.as_deref().map(PasswordHash::new) {
        Some(Ok(hash)) => Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok(),
        Some(Err(_)) | None => {
            drop(Argon2::default().hash_password(password.as_bytes()));
            false
        }
    })
    .await
}

/// Where hashes are computed, and how many have been.
pub(crate) struct Hashing {
    places: Semaphore,
    /// Counted by whoever has a place. What is the same for everybody takes the same time.
    computed: AtomicU64,
}

impl Hashing {
    pub(crate) fn new(at_once_max: usize) -> Self {
        Self {
            places: Semaphore::new(at_once_max),
            computed: AtomicU64::new(0),
        }
    }
}

/// How many passwords have been hashed since the start, for whatever reason.
pub fn hashes_computed(chat: &Chat) -> u64 {
    chat.hashing().computed.load(Ordering::Relaxed)
}

async fn off_thread<T: Send + 'static>(
    chat: &Chat,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ChatError> {
    let internal = |error: &dyn std::fmt::Display| ChatError::Internal(format!("hash: {error}"));
    let hashing = chat.hashing();
    let _place = hashing
        .places
        .acquire()
        .await
        .map_err(|error| internal(&error))?;
    hashing.computed.fetch_add(1, Ordering::Relaxed);
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| internal(&error))
}
