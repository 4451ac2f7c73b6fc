//! Go out of a room.

use super::{append, done};
use crate::{Caller, Chat, ChatError, rules};
use salon_protocol::Done;
use salon_store::Change;

/// Leaves a public or private room.
pub async fn leave_room(chat: &Chat, caller: &Caller, room: &str) -> Result<Done, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    rules::require_group(&room)?;
    append(chat, caller, room.id, Change::Leave).await.map(done)
}
