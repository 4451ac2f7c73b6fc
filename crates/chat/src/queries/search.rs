//! Full-text search over what the caller may read.

use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{
    RoomId, SearchHit, SearchResults, Text,
    limits::{SEARCH_CHARS_MAX, SEARCH_PAGE_MAX},
};
use salon_store::MessageFilter;
use std::collections::HashMap;

/// Messages with all of the words, best first.
pub async fn search(
    chat: &Chat,
    caller: &Caller,
    text: &str,
    room: Option<&str>,
    from: Option<&str>,
    limit: usize,
) -> Result<SearchResults, ChatError> {
    if text.chars().count() > SEARCH_CHARS_MAX {
        let what = Text {
            en: "The search",
            zh: "搜索内容",
        };
        return Err(ChatError::TooLong {
            what,
            max: SEARCH_CHARS_MAX,
        });
    }
    if text.trim().is_empty() {
        return Err(ChatError::BadArguments(Words::new(
            "Say what to search for.",
            "请输入要搜索的内容。",
        )));
    }
    let room = match room {
        Some(room) => Some(rules::member_room(chat, caller, room).await?.id),
        None => None,
    };
    let from = match from {
        Some(from) => Some(rules::user_named(chat, from).await?.id),
        None => None,
    };
    let also = caller.behalf.as_ref().map(|behalf| behalf.asker.id);
    let limit = limit.clamp(1, SEARCH_PAGE_MAX);
    let filter = MessageFilter {
        text: text.to_owned(),
        room,
        also,
        from,
        limit,
    };
    let messages = chat.store().search(caller.id(), filter).await?;
    let mut names: HashMap<RoomId, String> = HashMap::new();
    let mut results = Vec::with_capacity(messages.len());
    for message in messages {
        if !rules::may_tell_of(chat, caller, message.room).await? {
            continue;
        }
        let room_name = super::room_name(chat, caller, message.room, &mut names).await?;
        results.push(SearchHit { message, room_name });
    }
    Ok(SearchResults { results })
}
