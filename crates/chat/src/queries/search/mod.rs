//! Full-text search over what the caller may read.

mod asked;
mod dates;

use crate::{Caller, Chat, ChatError, Words, rules};
use asked::Asked;
use jiff::{Timestamp, tz::TimeZone};
use salon_protocol::{
    Answered, MessageView, PassagePart, RoomId, SearchHit, SearchResults, Text, UserId,
    limits::{SEARCH_CHARS_MAX, SEARCH_PAGE_MAX},
};
use salon_store::{Found, MessageFilter, SearchCursor, Wanted};
use std::collections::HashMap;

/// Characters of what a found message answers.
const ANSWERED_CHARS_MAX: usize = 80;
/// Names that one search may give after `from:`, and after `in:`.
const NAMES_MAX: usize = 16;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Words, quoted phrases and operators.
    pub text: String,
    /// Only in this room.
    pub room: Option<String>,
    /// Only by this user.
    pub from: Option<String>,
    /// At most so many.
    pub limit: usize,
    /// `next` of the page before.
    pub next: Option<String>,
    /// Where days begin, if the caller's profile does not say it: a time zone's name.
    pub zone: Option<String>,
}

/// A page of the messages that fit, best first.
pub async fn search(
    chat: &Chat,
    caller: &Caller,
    search: Search,
) -> Result<SearchResults, ChatError> {
    let filter = filter(chat, caller, &search).await?;
    let wanted = filter.wanted.clone();
    let Found { messages, next } = chat.store().search(caller.id(), filter).await?;
    let mut names: HashMap<RoomId, String> = HashMap::new();
    let mut results = Vec::with_capacity(messages.len());
    for message in messages {
        if !rules::may_tell_of(chat, caller, message.room).await? {
            continue;
        }
        let room_name = super::room_name(chat, caller, message.room, &mut names).await?;
        let (answers, thread) = answered(chat, caller, &message).await?;
        results.push(SearchHit {
            passage: passage(&wanted, &message),
            message,
            room_name,
            answers,
            thread,
        });
    }
    let next = next.map(|cursor| format!("{}-{}", cursor.below, cursor.passed));
    Ok(SearchResults { results, next })
}

/// What the store is asked for: rooms and people are found through the caller.
async fn filter(chat: &Chat, caller: &Caller, search: &Search) -> Result<MessageFilter, ChatError> {
    if search.text.chars().count() > SEARCH_CHARS_MAX {
        let what = Text {
            en: "The search",
            zh: "搜索内容",
        };
        return Err(ChatError::TooLong {
            what,
            max: SEARCH_CHARS_MAX,
        });
    }
    let zone = zone(caller, search.zone.as_deref());
    let today = Timestamp::now().to_zoned(zone.clone()).date();
    let mut asked = Asked::read(&search.text, today, &zone)?;
    let wanted = Wanted::new(&asked.words);
    let only_signs = wanted.is_empty() && !asked.words.is_empty();
    if asked.is_empty() {
        return Err(ChatError::BadArguments(Words::new(
            "Say what to search for.",
            "请输入要搜索的内容。",
        )));
    }
    asked.rooms.extend(search.room.clone());
    asked.from.extend(search.from.clone());
    if asked.rooms.len() > NAMES_MAX || asked.from.len() > NAMES_MAX {
        return Err(ChatError::BadArguments(Words::new(
            format!("At most {NAMES_MAX} rooms and {NAMES_MAX} people in one search."),
            format!("一次搜索最多指定 {NAMES_MAX} 个聊天室和 {NAMES_MAX} 位用户。"),
        )));
    }
    let mut rooms = Vec::new();
    for room in &asked.rooms {
        rooms.push(rules::member_room(chat, caller, room).await?.id);
    }
    let mut from = Vec::new();
    for name in &asked.from {
        from.push(author(chat, caller, name).await?);
    }
    Ok(MessageFilter {
        wanted,
        rooms,
        also: caller.behalf.as_ref().map(|behalf| behalf.asker.id),
        from,
        has: asked.has,
        after: asked.after,
        before: asked.before,
        cursor: search.next.as_deref().map(cursor).transpose()?,
        // Signs are in no index: nothing is found by them, not everything.
        limit: match only_signs {
            true => 0,
            false => search.limit.clamp(1, SEARCH_PAGE_MAX),
        },
    })
}

async fn author(chat: &Chat, caller: &Caller, name: &str) -> Result<UserId, ChatError> {
    if matches!(name, "me" | "我") {
        return Ok(caller.id());
    }
    Ok(rules::user_named(chat, name).await?.id)
}

fn zone(caller: &Caller, named: Option<&str>) -> TimeZone {
    let own = caller.user.time_zone.as_deref();
    let zone = own.or(named).and_then(|name| TimeZone::get(name).ok());
    zone.unwrap_or(TimeZone::UTC)
}

fn cursor(next: &str) -> Result<SearchCursor, ChatError> {
    next.split_once('-')
        .and_then(|(below, passed)| {
            Some(SearchCursor {
                below: below.parse().ok()?,
                passed: passed.parse().ok()?,
            })
        })
        .ok_or_else(|| {
            ChatError::BadArguments(Words::new(
                "“next” must be what the page before answered.",
                "“next”必须是上一页返回的值。",
            ))
        })
}

/// The part of a message's text to show, in one line.
fn passage(wanted: &Wanted, message: &MessageView) -> Vec<PassagePart> {
    let parts = wanted.passage(&message.message.text).parts.into_iter();
    let line = |(text, found): (String, bool)| PassagePart {
        text: text.replace(['\n', '\r', '\t'], " "),
        found,
    };
    parts.map(line).collect()
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
