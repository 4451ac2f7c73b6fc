//! Follow a thread or let go of it, and say up to where one has read it.

use super::change_message::find;
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{MessageId, ThreadRequest};

/// Changes how the caller stands in the thread of a message. For people alone.
pub async fn set_thread(
    chat: &Chat,
    caller: &Caller,
    message: MessageId,
    request: ThreadRequest,
) -> Result<(), ChatError> {
    let words = Words::new("An agent follows no threads.", "AI 不关注话题。");
    rules::require_person(caller, words)?;
    let room = find(chat, caller, message).await?.room;
    let root = chat
        .store()
        .thread_root(caller.id(), message)
        .await?
        .ok_or(ChatError::MessageNotFound)?;
    let actor = caller.actor();
    let ThreadRequest {
        following,
        read_seq,
    } = request;
    chat.store()
        .write(move |tx| tx.set_thread(room, &actor, root, following, read_seq))
        .await?;
    Ok(())
}
