//! When one wants to be told of nothing.

use crate::{Caller, Chat, ChatError, actions};
use salon_protocol::Notifying;

/// What the caller said of it.
pub async fn notifying(chat: &Chat, caller: &Caller) -> Result<Notifying, ChatError> {
    actions::require_listener(caller)?;
    Ok(chat.store().notifying(caller.id()).await?)
}
