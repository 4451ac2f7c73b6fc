//! Keep somebody out of a room, or let them come back.

use super::{
    done,
    moderation::{append_noted, check_reason, note_on, tell_of_restriction},
};
use crate::{Caller, Chat, ChatError, Words, caller::actor, rules};
use salon_protocol::{Done, ModerationKind};
use salon_store::{Change, NewModeration, Tx};

/// Removes somebody for good, tells them why, and notes it in the log of moderation; who never was inside can be
/// kept out as well.
pub async fn ban_user(
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
    if user.id == caller.id() {
        return Err(ChatError::BadArguments(Words::new(
            "You cannot ban yourself. /leave takes you out of the room.",
            "不能封禁自己。想离开聊天室请用 /leave。",
        )));
    }
    let act = NewModeration {
        detail: reason.clone(),
        ..note_on(caller, ModerationKind::Ban, room.id, user.id)
    };
    let change = Change::Remove {
        user: actor(&user),
        ban: true,
    };
    let appended = append_noted(chat, caller, room.id, change, act).await?;
    tell_of_restriction(chat, room.id, &user, &reason).await?;
    Ok(done(appended))
}

/// Lets somebody come back.
pub async fn unban_user(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    user: &str,
) -> Result<Done, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    rules::require_group(&room)?;
    let user = rules::user_named(chat, user).await?;
    rules::require_moderator(chat, caller, &room, Some(&user)).await?;
    let (room, id) = (room.id, user.id);
    let act = note_on(caller, ModerationKind::Unban, room, id);
    let work = move |tx: &mut Tx<'_>| {
        let was_banned = tx.unban(room, id)?;
        if was_banned {
            tx.note_moderation(&act)?;
        }
        Ok(was_banned)
    };
    if !chat.store().write(work).await? {
        return Err(ChatError::NotFound(Words::new(
            format!("@{} is not banned here.", user.handle),
            format!("@{} 没有被这个聊天室封禁。", user.handle),
        )));
    }
    tell_of_restriction(chat, room, &user, "").await?;
    Ok(Done {
        room: Some(room),
        ..Done::default()
    })
}
