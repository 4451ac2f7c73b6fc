//! The picture of a page behind a message's link.

use crate::{Caller, Chat, ChatError, Words};
use salon_protocol::MessageId;

/// Its bytes and their type, for whoever may read the message.
pub async fn preview_picture(
    chat: &Chat,
    caller: &Caller,
    message: MessageId,
    name: &str,
) -> Result<(Vec<u8>, String), ChatError> {
    let found = chat
        .store()
        .preview_picture(caller.id(), message, name)
        .await?;
    let none = || ChatError::NotFound(Words::new("There is no such picture.", "没有这张图片。"));
    found.ok_or_else(none)
}
