//! Take away what is shown of a message's links: one's own, or anybody's where one moderates.

use super::{
    append,
    change_message::find,
    done,
    moderation::{append_noted, check_reason, note_on},
};
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{Done, MessageId, ModerationKind};
use salon_store::{Change, NewModeration};

/// For good: its links are not looked at again. A moderator's act is written down.
pub async fn drop_previews(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
    reason: &str,
) -> Result<Done, ChatError> {
    let words = Words::new("An agent takes no previews away.", "AI 不能移除链接预览。");
    rules::require_person(caller, words)?;
    let message = find(chat, caller, message_id).await?;
    let moderator = message.author != caller.id() && {
        let room = chat.store().room(message.room).await?;
        let room = room.ok_or(ChatError::MessageNotFound)?;
        rules::may_moderate(chat, caller, &room).await?
    };
    let change = Change::DropPreviews {
        message_id,
        moderator,
    };
    if !moderator {
        return append(chat, caller, message.room, change).await.map(done);
    }
    let act = NewModeration {
        message: Some(message_id),
        detail: check_reason(reason)?,
        ..note_on(
            caller,
            ModerationKind::RemovePreview,
            message.room,
            message.author,
        )
    };
    append_noted(chat, caller, message.room, change, act)
        .await
        .map(done)
}
