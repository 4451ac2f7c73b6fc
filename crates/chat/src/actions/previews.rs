//! Take away what is shown of a message's links: one's own, or anybody's where one moderates.

use super::{append, change_message::find, done};
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{Done, MessageId};
use salon_store::Change;

/// For good: its links are not looked at again.
pub async fn drop_previews(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
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
    append(chat, caller, message.room, change).await.map(done)
}
