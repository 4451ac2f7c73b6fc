//! Tell a room that somebody is typing.

use crate::{Caller, Chat, ChatError, rules};

/// Tells the room's other members; the hub keeps it rare.
pub async fn typing(chat: &Chat, caller: &Caller, room: &str) -> Result<(), ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    chat.hub().typing(room.id, caller.id()).await;
    Ok(())
}
