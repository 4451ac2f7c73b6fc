//! Threads: a message with all that goes back to it, and those that one follows.

use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{
    MessageHit, MessageId, Seq, Thread, ThreadHit, Threads, limits::THREAD_PAGE_MAX,
};
use std::collections::HashMap;

/// The thread that a message is in, or that begins with it.
pub async fn thread(
    chat: &Chat,
    caller: &Caller,
    message: MessageId,
    before: Option<Seq>,
    limit: usize,
) -> Result<Thread, ChatError> {
    // Everybody whose rights must suffice may read the message itself.
    super::message(chat, caller, message).await?;
    let store = chat.store();
    let root = store
        .thread_root(caller.id(), message)
        .await?
        .ok_or(ChatError::MessageNotFound)?;
    let root = super::message(chat, caller, root).await?;
    let limit = limit.clamp(1, THREAD_PAGE_MAX);
    let id = root.message.message.id;
    let (replies, more) = store.thread(caller.id(), id, before, limit).await?;
    let (following, read_seq) = store.thread_standing(caller.id(), id).await?;
    Ok(Thread {
        root,
        replies,
        more,
        following,
        read_seq,
    })
}

/// The threads that the caller follows. For people alone: an agent follows none.
pub async fn threads(chat: &Chat, caller: &Caller) -> Result<Threads, ChatError> {
    let words = Words::new("An agent follows no threads.", "AI 不关注话题。");
    rules::require_person(caller, words)?;
    let (mut names, mut threads) = (HashMap::new(), Vec::new());
    for (root, unread) in chat.store().threads(caller.id()).await? {
        let view = chat.store().message_view(caller.id(), root).await?;
        let Some(message) = view else { continue };
        if !rules::may_tell_of(chat, caller, message.room).await? {
            continue;
        }
        let room_name = super::room_name(chat, caller, message.room, &mut names).await?;
        threads.push(ThreadHit {
            root: MessageHit { message, room_name },
            unread,
        });
    }
    Ok(Threads { threads })
}
