//! What agents may spend in a room.

use super::{append, done, set_mode::require_steering};
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{Budget, Done};
use salon_store::Change;

/// Changes what agents may spend in a room, all limits at once.
pub async fn set_budget(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    budget: Budget,
) -> Result<Done, ChatError> {
    check_budget(&budget)?;
    let room = rules::member_room(chat, caller, room).await?;
    require_steering(chat, caller, &room).await?;
    append(chat, caller, room.id, Change::Budget { budget })
        .await
        .map(done)
}

/// Refuses limits that are no numbers, or less than nothing.
pub(super) fn check_budget(budget: &Budget) -> Result<(), ChatError> {
    if budget.is_sound() {
        return Ok(());
    }
    Err(ChatError::BadArguments(Words::new(
        "A budget is a number that is not negative.",
        "预算应为非负数。",
    )))
}
