//! Edit and delete. Only its author edits a message, whoever else may do what; moderators may
//! take others' messages away.

use super::{
    append, append_with, done,
    moderation::{check_reason, removal},
    report::tell_of_settled,
    send_message::{calling, check_words},
};
use crate::{Caller, Chat, ChatError, previews::Job, rules};
use salon_protocol::{Done, MessageId, ReportState};
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
    let links = Job::of(message.room, &caller.actor(), message_id, &text);
    let change = Change::Edit {
        message_id,
        text,
        calling,
    };
    let edited = append(chat, caller, message.room, change).await?;
    chat.look_at_links(links);
    Ok(done(edited))
}

/// Takes a message's text away: the caller's own, or anybody's where the caller moderates, with a
/// reason for everybody to read.
pub async fn delete_message(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
    reason: &str,
) -> Result<Done, ChatError> {
    let reason = check_reason(reason)?;
    let message = find(chat, caller, message_id).await?;
    let moderator = message.author != caller.id() && {
        let room = chat
            .store()
            .room(message.room)
            .await?
            .ok_or(ChatError::MessageNotFound)?;
        rules::may_moderate(chat, caller, &room).await?
    };
    let act = removal(caller, message.room, message.author, message_id, &reason);
    let by = caller.id();
    let change = Change::Delete {
        message_id,
        moderator,
        reason,
    };
    let deleting = append_with(chat, caller, message.room, change, move |tx, deleted| {
        if deleted.event.is_none() {
            return Ok(Vec::new());
        }
        if moderator {
            tx.note_moderation(&act)?;
        }
        // What was reported of it is settled with it.
        tx.settle_reports(message_id, ReportState::Removed, by)
    });
    let (deleted, settled) = deleting.await?;
    chat.sweep_soon();
    tell_of_settled(chat, message.room, &settled).await?;
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
