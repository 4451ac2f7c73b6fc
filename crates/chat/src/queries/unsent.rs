//! What one has begun to write and not sent.

use crate::{Caller, Chat, ChatError, actions};
use salon_protocol::AllUnsent;

/// The caller's own.
pub async fn unsent(chat: &Chat, caller: &Caller) -> Result<AllUnsent, ChatError> {
    actions::require_writer(caller)?;
    let unsent = chat.store().unsent(caller.id()).await?;
    Ok(AllUnsent { unsent })
}
