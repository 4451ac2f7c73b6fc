//! Takes away messages whose time is over in their room, and bytes that nothing stands for any
//! more: what a deleted message carried, at once; what was uploaded and never sent, or never
//! came whole, after a day.

use jiff::SignedDuration;
use salon_store::{Store, StoreError, Tx};
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;
use tracing::warn;

/// An upload waits for its message so long.
const LOOSE_FOR: SignedDuration = SignedDuration::from_hours(24);
/// An upload in pieces of which nothing comes is kept so long.
const UNFINISHED_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How often to look without being told.
const LOOK_EVERY: Duration = Duration::from_secs(15 * 60);
/// Bytes taken away before others may put theirs again.
const AT_ONCE_MAX: usize = 50;
/// Messages taken away in one commit, before others may write.
const MESSAGES_AT_ONCE_MAX: usize = 200;

pub(crate) fn spawn(store: Store, told: Arc<Notify>) {
    tokio::spawn(async move {
        if let Err(error) = store.clear_staged().await {
            warn!(%error, "cannot clear what was being uploaded");
        }
        loop {
            if let Err(error) = sweep(&store).await {
                if matches!(error, StoreError::Closed) {
                    return;
                }
                warn!(%error, "cannot take away what nobody needs; it is tried again");
            }
            tokio::time::timeout(LOOK_EVERY, told.notified()).await.ok();
        }
    });
}

async fn sweep(store: &Store) -> Result<(), StoreError> {
    let now = salon_protocol::now();
    for kept in store.kept_rooms().await? {
        let before = now - SignedDuration::from_hours(24 * i64::from(kept.days));
        loop {
            let kept = kept.clone();
            let work = move |tx: &mut Tx<'_>| tx.expire(&kept, before, MESSAGES_AT_ONCE_MAX);
            if store.write(work).await? < MESSAGES_AT_ONCE_MAX {
                break;
            }
        }
    }
    let before = salon_protocol::now() - LOOSE_FOR;
    store.write(move |tx| tx.drop_loose_files(before)).await?;
    let before = salon_protocol::now() - UNFINISHED_FOR;
    store.sweep_uploads(before).await?;
    while store.sweep_bytes(AT_ONCE_MAX).await? > 0 {}
    Ok(())
}
