//! Remove somebody from a room; they may come back.

use super::{
    done,
    moderation::{append_noted, check_reason, note_on, tell_of_restriction},
};
use crate::{Caller, Chat, ChatError, Words, caller::actor, rules};
use salon_protocol::{Done, ModerationKind};
use salon_store::{Change, NewModeration};

/// Removes a member; why, they are told, and stands in the log of moderation.
pub async fn kick_user(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    user: &str,
    reason: &str,
) -> Result<Done, ChatError> {
    let reason = check_reason(reason)?;
    let room = rules::member_room(chat, caller, room).await?;
    rules::require_group(&room)?;
    let user = rules::user_named(chat, user).await?;
    rules::require_moderator(chat, caller, &room, Some(&user)).await?;
    if !chat.store().is_member(room.id, user.id).await? {
        return Err(not_here(user.handle.as_str()));
    }
    let act = NewModeration {
        detail: reason.clone(),
        ..note_on(caller, ModerationKind::Kick, room.id, user.id)
    };
    let change = Change::Remove {
        user: actor(&user),
        ban: false,
    };
    let appended = append_noted(chat, caller, room.id, change, act).await?;
    if !reason.is_empty() {
        tell_of_restriction(chat, room.id, &user, &reason).await?;
    }
    Ok(done(appended))
}

pub(super) fn not_here(handle: &str) -> ChatError {
    ChatError::NotFound(Words::new(
        format!("@{handle} is not in this room."),
        format!("@{handle} 不在这个聊天室里。"),
    ))
}
