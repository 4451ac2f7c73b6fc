//! Emoji that people here made. Whoever may come in may see them: they stand in everybody's texts.

use crate::{Chat, ChatError, Words};
use salon_protocol::OwnEmojis;

/// All of them, by name.
pub async fn emoji(chat: &Chat) -> Result<OwnEmojis, ChatError> {
    Ok(OwnEmojis {
        emoji: chat.store().emoji().await?,
    })
}

/// The picture of one: its bytes and their type.
pub async fn emoji_picture(chat: &Chat, name: &str) -> Result<(Vec<u8>, String), ChatError> {
    chat.store()
        .emoji_picture(name)
        .await?
        .ok_or_else(|| ChatError::NotFound(Words::new("There is no such emoji.", "没有这个表情。")))
}
