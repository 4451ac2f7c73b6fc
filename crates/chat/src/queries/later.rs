//! What one planned.

use crate::{Caller, Chat, ChatError, Words};
use salon_protocol::Laters;

/// All that the caller planned. For people alone: it is not an agent's to tell.
pub async fn laters(chat: &Chat, caller: &Caller) -> Result<Laters, ChatError> {
    if caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "An agent has planned nothing.",
            "AI 没有计划。",
        )));
    }
    let later = chat.store().laters(caller.id()).await?;
    Ok(Laters { later })
}
