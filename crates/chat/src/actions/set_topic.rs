//! Say what a room is about.

use super::{append, done};
use crate::{Caller, Chat, ChatError, rules};
use salon_protocol::{Done, Role, Text, limits::TOPIC_CHARS_MAX};
use salon_store::Change;

/// Changes the topic of a room that the caller is in; guests leave it alone.
pub async fn set_topic(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    topic: &str,
) -> Result<Done, ChatError> {
    rules::require_role(chat, caller, Role::Member).await?;
    let room = rules::member_room(chat, caller, room).await?;
    rules::require_group(&room)?;
    rules::require_voice(chat, caller, room.id).await?;
    let topic = check_topic(topic)?;
    append(chat, caller, room.id, Change::Topic { topic })
        .await
        .map(done)
}

/// The topic as it will be kept: one line, not too long.
pub(super) fn check_topic(topic: &str) -> Result<String, ChatError> {
    let topic = topic
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('\0', "");
    if topic.chars().count() > TOPIC_CHARS_MAX {
        return Err(ChatError::TooLong {
            what: Text {
                en: "The topic",
                zh: "话题",
            },
            max: TOPIC_CHARS_MAX,
        });
    }
    Ok(topic)
}
