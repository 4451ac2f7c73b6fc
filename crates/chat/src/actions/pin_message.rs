//! Keep a message at hand for everybody in its room: whoever may write there may.

use super::{append, change_message::find, done};
use crate::{Caller, Chat, ChatError, rules};
use salon_protocol::{Done, MessageId};
use salon_store::Change;

/// Pins a message, or takes the pin away; doing so twice changes nothing.
pub async fn pin_message(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
    on: bool,
) -> Result<Done, ChatError> {
    let room = find(chat, caller, message_id).await?.room;
    rules::require_voice(chat, caller, room).await?;
    let change = match on {
        true => Change::Pin { message_id },
        false => Change::Unpin { message_id },
    };
    append(chat, caller, room, change).await.map(done)
}
