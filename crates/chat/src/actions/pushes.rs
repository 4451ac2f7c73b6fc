//! Let a browser wait for what is pushed, for as long as its session lasts.

use super::require_listener;
use crate::{Caller, Chat, ChatError, Words};
use salon_protocol::PushRequest;

/// The session's browser waits from now on.
pub async fn begin_pushes(
    chat: &Chat,
    caller: &Caller,
    credential: [u8; 32],
    request: PushRequest,
) -> Result<(), ChatError> {
    require_listener(caller)?;
    let pushes = chat.pushes().ok_or_else(|| {
        ChatError::NotFound(Words::new(
            "This server pushes nothing.",
            "此服务器未开启推送。",
        ))
    })?;
    let to = pushes.check(caller.id(), credential, request).await?;
    chat.store().write(move |tx| tx.put_push(&to)).await?;
    pushes.begin();
    Ok(())
}

/// It waits no more.
pub async fn end_pushes(chat: &Chat, credential: [u8; 32]) -> Result<(), ChatError> {
    chat.store()
        .write(move |tx| tx.drop_push(credential, None))
        .await?;
    Ok(())
}
