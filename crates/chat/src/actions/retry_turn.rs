//! Ask an agent to try again: after its answer failed or was stopped, or because one wants another.

use super::{change_message::find, done};
use crate::{Caller, Chat, ChatError, Words, caller::actor};
use salon_protocol::{Done, MessageId, MessageState, Role};
use salon_store::{Change, NewEvent};

/// Takes the failed answer away, as its author, and lets the agent deal with the question again.
/// Whoever asked may do that, and admins.
pub async fn retry_turn(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
) -> Result<Done, ChatError> {
    let message = find(chat, caller, message_id).await?;
    let failed = matches!(
        message.state,
        Some(MessageState::Degraded | MessageState::Stopped)
    );
    let turn = chat.store().turn_by_reply(message_id).await?;
    let (Some(turn), true, false) = (turn, failed, message.deleted) else {
        return Err(ChatError::BadArguments(Words::new(
            "Only an answer that failed or was stopped can be tried again.",
            "只有失败或被中止的回答才能重试。",
        )));
    };
    if turn.asker != caller.id() && caller.role() < Role::Admin {
        return Err(ChatError::Forbidden(Words::new(
            "Only whoever asked can have the answer tried again.",
            "只有提问者可以要求重试。",
        )));
    }
    let agent = chat
        .store()
        .user(turn.agent)
        .await?
        .ok_or(ChatError::MessageNotFound)?;
    let delete = NewEvent {
        room: message.room,
        actor: actor(&agent),
        change: Change::Delete {
            message_id,
            moderator: false,
            reason: String::new(),
        },
        key: None,
    };
    let appended = chat
        .store()
        .write(move |tx| {
            tx.retry_turn(&turn, None)?;
            tx.append(delete)
        })
        .await?;
    chat.hub().wake_agents();
    Ok(done(appended))
}

/// Wants another answer beside the one that is there. The new one says which it replaces; the old
/// one stays in the log. Whoever asked may want that, and admins.
pub async fn answer_again(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
) -> Result<Done, ChatError> {
    let message = find(chat, caller, message_id).await?;
    let turn = chat.store().turn_by_reply(message_id).await?;
    let (Some(turn), false) = (turn, message.deleted) else {
        return Err(ChatError::BadArguments(Words::new(
            "Only an agent's answer can be given anew.",
            "只有 AI 的回答才能重新生成。",
        )));
    };
    if turn.asker != caller.id() && caller.role() < Role::Admin {
        return Err(ChatError::Forbidden(Words::new(
            "Only whoever asked can have another answer.",
            "只有提问者可以要求重新回答。",
        )));
    }
    chat.store()
        .write(move |tx| tx.retry_turn(&turn, Some(message_id)))
        .await?;
    chat.hub().wake_agents();
    Ok(Done {
        room: Some(message.room),
        message_id: Some(message_id),
        ..Done::default()
    })
}
