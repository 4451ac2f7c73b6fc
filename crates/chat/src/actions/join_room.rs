//! Come into a public room.

use super::{append, done};
use crate::{Caller, Chat, ChatError, rules};
use salon_protocol::{Done, RoomKind};
use salon_store::Change;

/// Joins a room that the caller can find; being in it already changes nothing.
pub async fn join_room(chat: &Chat, caller: &Caller, room: &str) -> Result<Done, ChatError> {
    let room = rules::visible_room(chat, caller, room).await?;
    if room.kind == RoomKind::Direct {
        rules::require_group(&room)?;
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
