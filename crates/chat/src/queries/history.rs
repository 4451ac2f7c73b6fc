//! The log, and messages as they stand.

use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{
    Events, MessageView, Messages, RoomId, Seq, UserKind,
    limits::{EVENTS_PAGE_MAX, MESSAGES_PAGE_MAX},
};

/// The log after a number, oldest first.
pub async fn events(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    after: Seq,
    limit: usize,
) -> Result<Events, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    // The log holds what was said so that no agent reads it.
    if caller.user.kind == UserKind::Agent {
        return Err(ChatError::Forbidden(Words::new(
            "An agent reads messages, not the log.",
            "AI 只能读取消息，不能读取日志。",
        )));
    }
    let limit = limit.clamp(1, EVENTS_PAGE_MAX);
    let events = chat
        .store()
        .events(caller.id(), room.id, after, None, limit)
        .await?;
    let seq = events
        .last()
        .map_or(room.last_seq, |event| event.seq.max(room.last_seq));
    Ok(Events { events, seq })
}

/// The newest messages before a number, in time order, as of the number that comes with them.
pub async fn messages(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    before: Option<Seq>,
    limit: usize,
) -> Result<Messages, ChatError> {
    let (caller, room) = (caller.clone(), room.to_owned());
    // Both are of one moment: what is in the page is not told again as what came behind it.
    let read = async move |chat: Chat| page(&chat, &caller, &room, before, limit).await;
    chat.in_one_go(read).await
}

async fn page(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    before: Option<Seq>,
    limit: usize,
) -> Result<Messages, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    let limit = limit.clamp(1, MESSAGES_PAGE_MAX);
    let (messages, more) = chat
        .store()
        .messages(caller.id(), room.id, before, limit)
        .await?;
    Ok(Messages {
        messages,
        more,
        seq: room.last_seq,
    })
}

/// What was said before a number, in time order, as far as it is read and not looked at: without
/// reactions, votes and how many replies there are.
pub async fn said(
    chat: &Chat,
    caller: &Caller,
    room: RoomId,
    before: Seq,
    limit: usize,
) -> Result<Vec<MessageView>, ChatError> {
    let room = rules::member_room(chat, caller, &room.to_string()).await?;
    let limit = limit.clamp(1, MESSAGES_PAGE_MAX);
    Ok(chat
        .store()
        .said(caller.id(), room.id, before, limit)
        .await?)
}
