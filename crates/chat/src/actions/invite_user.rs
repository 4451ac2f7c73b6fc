//! Bring somebody into a room one is in.

use super::{append, done};
use crate::{Caller, Chat, ChatError, caller::actor, rules};
use salon_protocol::{Done, Role};
use salon_store::Change;

/// Brings a user in; guests bring nobody.
pub async fn invite_user(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    user: &str,
) -> Result<Done, ChatError> {
    rules::require_role(chat, caller, Role::Member).await?;
    let room = rules::member_room(chat, caller, room).await?;
    rules::require_group(&room)?;
    let user = rules::open_user_named(chat, user).await?;
    append(chat, caller, room.id, Change::Join { user: actor(&user) })
        .await
        .map(done)
}
