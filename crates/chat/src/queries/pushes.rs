//! Whether a session waits for what is pushed.

use crate::{Caller, Chat, ChatError, actions};
use salon_protocol::PushState;

/// The key that a browser needs, and whether the session's waits.
pub async fn pushes(
    chat: &Chat,
    caller: &Caller,
    credential: [u8; 32],
) -> Result<PushState, ChatError> {
    actions::require_listener(caller)?;
    let waits = chat.store().push_subscription(credential).await?.is_some();
    let key = chat.pushes().map(|pushes| pushes.key().to_owned());
    Ok(PushState { key, waits })
}
