//! What agents are to remember and to forget, and answers that they work out for one reader.

use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{RoomId, Seq, Text, TurnId, UserKind, limits::FACT_CHARS_MAX};
use salon_store::Errand;

/// Remembers something for a room. It is never used where others read: a direct room's facts stay
/// in it, a private room's stay there, and only a public room's may be used anywhere.
pub async fn remember(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    text: &str,
) -> Result<u32, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    rules::require_voice(chat, caller, room.id).await?;
    let text = text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('\0', "");
    if text.is_empty() {
        return Err(ChatError::BadArguments(Words::new(
            "Say what to remember.",
            "请写明要记住的内容。",
        )));
    }
    if text.chars().count() > FACT_CHARS_MAX {
        let what = Text {
            en: "What is to be remembered",
            zh: "要记住的内容",
        };
        return Err(ChatError::TooLong {
            what,
            max: FACT_CHARS_MAX,
        });
    }
    let (owner, agent) = match &caller.behalf {
        Some(behalf) => (behalf.asker.id, caller.id()),
        None => (caller.id(), caller.id()),
    };
    Ok(chat
        .store()
        .write(move |tx| tx.add_fact(room.id, owner, agent, &text))
        .await?)
}

/// Forgets something: whoever told it may, and moderators of the room.
pub async fn forget(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    number: u32,
) -> Result<(), ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    let facts = chat.store().facts(room.id, false, usize::MAX >> 1).await?;
    let fact = facts.into_iter().find(|fact| fact.number == number);
    let fact = fact.ok_or_else(|| {
        ChatError::NotFound(Words::new(
            format!("Nothing with the number {number} is remembered here. /memory lists all."),
            format!("这里没有编号为 {number} 的记忆。用 /memory 查看全部。"),
        ))
    })?;
    let told_it = caller
        .parties()
        .all(|party| party.id == fact.owner || party.kind == UserKind::Agent);
    if !told_it && !rules::may_moderate(chat, caller, &room).await? {
        return Err(ChatError::Forbidden(Words::new(
            "Only whoever told it, or a moderator of this room, can have it forgotten.",
            "只有告知者或这个聊天室的管理者可以让它忘记。",
        )));
    }
    Ok(chat.store().write(move |tx| tx.drop_fact(number)).await?)
}

/// Keeps what messages of a room up to a number said when its log ended at `as_of`, as long as
/// none of them has changed since. Not for doors.
pub async fn put_summary(
    chat: &Chat,
    room: RoomId,
    as_of: Seq,
    up_to: Seq,
    text: String,
) -> Result<(), ChatError> {
    Ok(chat
        .store()
        .write(move |tx| tx.put_summary(room, as_of, up_to, &text))
        .await?)
}

/// Leaves something for an agent to work out for the caller alone.
pub async fn leave_errand(
    chat: &Chat,
    caller: &Caller,
    kind: &'static str,
    room: RoomId,
    arguments: String,
) -> Result<(), ChatError> {
    let errand = Errand {
        id: TurnId::new(),
        kind: kind.to_owned(),
        room,
        asker: caller.id(),
        arguments,
        lang: caller.lang,
    };
    chat.store().write(move |tx| tx.add_errand(&errand)).await?;
    chat.hub().wake_agents();
    Ok(())
}
