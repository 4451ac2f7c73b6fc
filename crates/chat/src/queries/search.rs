//! Full-text search over what the caller may read.

use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{
    Answered, MessageView, RoomId, SearchHit, SearchResults, Text,
    limits::{SEARCH_CHARS_MAX, SEARCH_PAGE_MAX},
};
use salon_store::MessageFilter;
use std::collections::HashMap;

/// Characters of what a found message answers.
const ANSWERED_CHARS_MAX: usize = 80;

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
        let (answers, thread) = answered(chat, caller, &message).await?;
        results.push(SearchHit {
            message,
            room_name,
            answers,
            thread,
        });
    }
    Ok(SearchResults { results })
}

/// What a found message answers, and the beginning of its thread where that is another one. Both
/// are in the same room, which its reader may be told of already.
async fn answered(
    chat: &Chat,
    caller: &Caller,
    message: &MessageView,
) -> Result<(Option<Answered>, Option<Answered>), ChatError> {
    if message.message.reply_to.is_none() {
        return Ok((None, None));
    }
    let (mut answers, mut thread) = (None, None);
    let above = chat.store().answered(caller.id(), message.message.id);
    for (depth, view) in above.await? {
        let words: Vec<&str> = view.message.text.split_whitespace().collect();
        let mut text = words.join(" ");
        if text.chars().count() > ANSWERED_CHARS_MAX {
            text = text.chars().take(ANSWERED_CHARS_MAX).chain(['…']).collect();
        }
        let told = Some(Answered {
            seq: view.seq,
            from: view.message.from,
            text,
        });
        match depth {
            1 => answers = told,
            _ => thread = told,
        }
    }
    Ok((answers, thread))
}
