//! Say whether an agent's answer was good.

use super::change_message::find;
use crate::{Caller, Chat, ChatError, Words};
use salon_protocol::{Done, MessageId, UserKind};

/// Finds an agent's answer good or not; none takes it back. Agents have no say.
pub async fn give_feedback(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
    good: Option<bool>,
) -> Result<Done, ChatError> {
    let message = find(chat, caller, message_id).await?;
    let author = chat.store().user(message.author).await?;
    let is_agent = author.is_some_and(|author| author.kind == UserKind::Agent);
    if !is_agent || caller.user.kind == UserKind::Agent {
        return Err(ChatError::BadArguments(Words::new(
            "Only people rate, and only agents' answers.",
            "只有人可以评价，且只能评价 AI 的回答。",
        )));
    }
    let user = caller.id();
    chat.store()
        .write(move |tx| tx.put_feedback(message_id, user, good))
        .await?;
    metrics::counter!("salon_feedback_total", "good" => match good {
        Some(true) => "yes", Some(false) => "no", None => "taken_back",
    })
    .increment(1);
    Ok(Done {
        room: Some(message.room),
        message_id: Some(message_id),
        ..Done::default()
    })
}
