//! Come into a public room.

use super::{append, done};
use crate::{Caller, Chat, ChatError, rules};
use salon_protocol::{Done, RoomKind};
use salon_store::{Change, StoreError};

/// Joins a room that the caller can find; being in it already changes nothing.
pub async fn join_room(chat: &Chat, caller: &Caller, room: &str) -> Result<Done, ChatError> {
    let room = rules::findable_room(chat, caller, room).await?;
    if room.kind == RoomKind::Direct {
        rules::require_group(&room)?;
    }
    // An agent comes in only where whoever asked could come in as well.
    if let Some(behalf) = &caller.behalf
        && chat.store().is_banned(room.id, behalf.asker.id).await?
    {
        return Err(StoreError::Banned.into());
    }
    append(
        chat,
        caller,
        room.id,
        Change::Join {
            user: caller.actor(),
        },
    )
    .await
    .map(done)
}
