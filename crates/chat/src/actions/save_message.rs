//! Save a message for oneself. Nobody else sees it; all of one's own sessions do.

use crate::{Caller, Chat, ChatError, Words};
use salon_protocol::{MessageId, ServerFrame};

/// Saves a message that the caller may read, or lets go of it; doing so twice changes nothing.
pub async fn save_message(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
    on: bool,
) -> Result<(), ChatError> {
    if caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "An agent saves no messages. /remember keeps a fact for it.",
            "AI 不能收藏消息。可以用 /remember 让它记住内容。",
        )));
    }
    let user = caller.id();
    let changed = chat
        .store()
        .write(move |tx| tx.save_message(user, message_id, on))
        .await?;
    if changed {
        let frame = ServerFrame::Saved { message_id, on };
        chat.hub().tell_user(user, frame).await;
    }
    Ok(())
}
