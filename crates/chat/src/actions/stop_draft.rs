//! Ask an agent to stop writing.

use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{Done, DraftId};

/// Stops one draft in a room that the caller is in.
pub async fn stop_draft(chat: &Chat, caller: &Caller, draft: DraftId) -> Result<Done, ChatError> {
    let Some(room) = chat.hub().draft_room(draft).await else {
        return Err(no_draft());
    };
    rules::member_room(chat, caller, &room.to_string())
        .await
        .map_err(|_| no_draft())?;
    chat.hub().stop_draft(draft).await;
    Ok(Done {
        room: Some(room),
        ..Done::default()
    })
}

/// Stops every draft in a room; answers with how many there were.
pub async fn stop_all_drafts(chat: &Chat, caller: &Caller, room: &str) -> Result<usize, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    let drafts = chat.hub().drafts_in(room.id).await;
    for draft in &drafts {
        chat.hub().stop_draft(*draft).await;
    }
    Ok(drafts.len())
}

/// Stops everything that agents do in a room: what is being written, what waits, and the chains in
/// which they answer each other. They answer again when somebody speaks to them afterwards.
pub async fn stop_all(chat: &Chat, caller: &Caller, room: &str) -> Result<usize, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    let id = room.id;
    let waiting = chat.store().write(move |tx| tx.stop_chains(id)).await?;
    let drafts = chat.hub().drafts_in(id).await;
    for draft in &drafts {
        chat.hub().stop_draft(*draft).await;
    }
    Ok(waiting + drafts.len())
}

fn no_draft() -> ChatError {
    ChatError::NotFound(Words::new(
        "Nothing is being written there any more.",
        "没有正在书写的内容了。",
    ))
}
