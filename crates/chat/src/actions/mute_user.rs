//! Keep somebody from writing in a room for a while.

use super::{
    kick_user::not_here,
    moderation::{check_reason, note_on, tell_of_restriction, told},
};
use crate::{Caller, Chat, ChatError, Words, rules};
use jiff::{SignedDuration, Timestamp};
use salon_protocol::{Done, ModerationKind};
use salon_store::Tx;

/// Without a duration, for so long.
pub const MUTE_DEFAULT: SignedDuration = SignedDuration::from_mins(10);

/// Mutes a member; a duration of zero ends a mute. Why, they are told, and stands in the log of
/// moderation.
pub async fn mute_user(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    user: &str,
    duration: Option<SignedDuration>,
    reason: &str,
) -> Result<Done, ChatError> {
    let reason = check_reason(reason)?;
    let room = rules::member_room(chat, caller, room).await?;
    rules::require_group(&room)?;
    let user = rules::user_named(chat, user).await?;
    rules::require_moderator(chat, caller, &room, Some(&user)).await?;
    // Whom this guards: a room, from its maker, who would lift what an admin laid on them.
    if caller.parties().any(|party| party.id == user.id) {
        return Err(ChatError::Forbidden(Words::new(
            "You can neither mute yourself nor lift it. Another moderator can.",
            "不能禁言自己，也不能解除自己的禁言，请找其他管理者。",
        )));
    }
    if !chat.store().is_member(room.id, user.id).await? {
        return Err(not_here(user.handle.as_str()));
    }
    let now = salon_protocol::now();
    let until = now
        .saturating_add(duration.unwrap_or(MUTE_DEFAULT))
        .unwrap_or(Timestamp::MAX);
    let (room, id) = (room.id, user.id);
    let kind = match until > now {
        true => ModerationKind::Mute,
        false => ModerationKind::Unmute,
    };
    let mut act = note_on(caller, kind, room, id);
    act.detail = match kind {
        ModerationKind::Mute => told(
            &format!("{} s", until.as_second() - now.as_second()),
            &reason,
        ),
        _ => reason.clone(),
    };
    let work = move |tx: &mut Tx<'_>| {
        tx.mute(room, id, until)?;
        tx.note_moderation(&act)
    };
    chat.store().write(work).await?;
    tell_of_restriction(chat, room, &user, &reason).await?;
    Ok(Done {
        room: Some(room),
        ..Done::default()
    })
}
