//! The inbox of mentions.

use crate::{Caller, Chat, ChatError, Words};
use salon_protocol::{MentionHit, MentionHits, RoomId, limits::MENTIONS_PAGE_MAX};
use std::collections::HashMap;

/// Messages that called the caller, newest first. For people alone: whom others call is not an
/// agent's to tell.
pub async fn mentions(
    chat: &Chat,
    caller: &Caller,
    before: Option<u64>,
    limit: usize,
) -> Result<MentionHits, ChatError> {
    if caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "An agent has no inbox.",
            "AI 没有提及收件箱。",
        )));
    }
    let limit = limit.clamp(1, MENTIONS_PAGE_MAX);
    let (found, next) = chat.store().mentions(caller.id(), before, limit).await?;
    let mut names: HashMap<RoomId, String> = HashMap::new();
    let mut mentions = Vec::with_capacity(found.len());
    for (message, unread) in found {
        let room_name = super::room_name(chat, caller, message.room, &mut names).await?;
        mentions.push(MentionHit {
            message,
            room_name,
            unread,
        });
    }
    Ok(MentionHits { mentions, next })
}
