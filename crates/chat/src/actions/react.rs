//! React to a message, or take a reaction back.

use super::{append, change_message::find, done};
use crate::{Caller, Chat, ChatError, Words};
use salon_protocol::{Done, MessageId, limits::EMOJI_CHARS_MAX};
use salon_store::Change;

/// Reacts; doing so twice changes nothing.
pub async fn react(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
    emoji: &str,
    remove: bool,
) -> Result<Done, ChatError> {
    let emoji = emoji.trim().to_owned();
    let length = emoji.chars().count();
    if length == 0 || length > EMOJI_CHARS_MAX || emoji.chars().any(|c| c.is_control()) {
        return Err(ChatError::BadArguments(Words::new(
            format!("A reaction is one emoji or a word of at most {EMOJI_CHARS_MAX} characters."),
            format!("回应应是一个表情，或不超过 {EMOJI_CHARS_MAX} 个字符的文字。"),
        )));
    }
    let room = find(chat, caller, message_id).await?.room;
    let change = if remove {
        Change::Unreact { message_id, emoji }
    } else {
        Change::React { message_id, emoji }
    };
    append(chat, caller, room, change).await.map(done)
}
