//! One message away from its place; what is pinned, what one saved, and earlier texts.

use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{
    MessageHit, MessageId, MessageView, Pins, SavedMessages, Versions,
    limits::{SAVED_PAGE_MAX, VERSIONS_PAGE_MAX},
};
use std::collections::HashMap;

/// One message as it stands, with the name of its room.
pub async fn message(
    chat: &Chat,
    caller: &Caller,
    message: MessageId,
) -> Result<MessageHit, ChatError> {
    let message = find(chat, caller, message).await?;
    let room_name = super::room_name(chat, caller, message.room, &mut HashMap::new()).await?;
    Ok(MessageHit { message, room_name })
}

/// The messages that are pinned in a room that the caller is in.
pub async fn pins(chat: &Chat, caller: &Caller, room: &str) -> Result<Pins, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    if !rules::may_tell_of(chat, caller, room.id).await? {
        return Err(ChatError::RoomNotFound);
    }
    let pins = chat.store().pins(caller.id(), room.id).await?;
    Ok(Pins { pins })
}

/// What the caller saved. For people alone: what they keep is not an agent's to tell.
pub async fn saved(
    chat: &Chat,
    caller: &Caller,
    before: Option<u64>,
    limit: usize,
) -> Result<SavedMessages, ChatError> {
    if caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "An agent has saved nothing.",
            "AI 没有收藏。",
        )));
    }
    let limit = limit.clamp(1, SAVED_PAGE_MAX);
    let (found, next) = chat.store().saved(caller.id(), before, limit).await?;
    let ids = match before {
        None => chat.store().saved_ids(caller.id()).await?,
        Some(_) => Vec::new(),
    };
    let mut names = HashMap::new();
    let mut messages = Vec::with_capacity(found.len());
    for message in found {
        let room_name = super::room_name(chat, caller, message.room, &mut names).await?;
        messages.push(MessageHit { message, room_name });
    }
    Ok(SavedMessages {
        messages,
        ids,
        next,
    })
}

/// What a message said before, as far back as is told at once.
pub async fn versions(
    chat: &Chat,
    caller: &Caller,
    message: MessageId,
) -> Result<Versions, ChatError> {
    find(chat, caller, message).await?;
    let (versions, more) = chat
        .store()
        .versions(caller.id(), message, VERSIONS_PAGE_MAX)
        .await?
        .ok_or(ChatError::MessageNotFound)?;
    Ok(Versions { versions, more })
}

/// A message that the caller may read and tell of.
async fn find(chat: &Chat, caller: &Caller, message: MessageId) -> Result<MessageView, ChatError> {
    let mut found = None;
    for party in caller.parties() {
        found = chat.store().message_view(party.id, message).await?;
        if found.is_none() {
            return Err(ChatError::MessageNotFound);
        }
    }
    let found = found.ok_or(ChatError::MessageNotFound)?;
    if !rules::may_tell_of(chat, caller, found.room).await? {
        return Err(ChatError::MessageNotFound);
    }
    Ok(found)
}
