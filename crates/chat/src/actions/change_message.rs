//! Edit and delete. Only its author edits a message, whoever else may do what; moderators may
//! take others' messages away.

use super::{
    append, done,
    send_message::{calling, check_words},
};
use crate::{Caller, Chat, ChatError, rules};
use salon_protocol::{Done, MessageId};
use salon_store::{Change, MessageRow};

/// Changes the caller's own message.
pub async fn edit_message(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
    text: &str,
) -> Result<Done, ChatError> {
    let text = check_words(text)?;
    let message = find(chat, caller, message_id).await?;
    let calling = calling(chat, &text);
    let change = Change::Edit {
        message_id,
        text,
        calling,
    };
    append(chat, caller, message.room, change).await.map(done)
}

/// Takes a message's text away: the caller's own, or anybody's where the caller moderates.
pub async fn delete_message(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
) -> Result<Done, ChatError> {
    let message = find(chat, caller, message_id).await?;
    let moderator = message.author != caller.id() && {
        let room = chat
            .store()
            .room(message.room)
            .await?
            .ok_or(ChatError::MessageNotFound)?;
        rules::may_moderate(chat, caller, &room).await?
    };
    let change = Change::Delete {
        message_id,
        moderator,
    };
    let deleted = append(chat, caller, message.room, change).await?;
    chat.sweep_soon();
    Ok(done(deleted))
}

/// A message in a room that the caller is in, and whoever it acts for.
pub(super) async fn find(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
) -> Result<MessageRow, ChatError> {
    let mut found = None;
    for party in caller.parties() {
        found = chat.store().message(party.id, message_id).await?;
        if found.is_none() {
            return Err(ChatError::MessageNotFound);
        }
    }
    found.ok_or(ChatError::MessageNotFound)
}
