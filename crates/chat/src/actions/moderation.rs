//! What moderators do is written down in the same commit as the act itself: nobody moderates
//! without a trace.

use super::append_with;
use crate::{Caller, Chat, ChatError, Words, rules};
use jiff::SignedDuration;
use salon_protocol::{
    Done, MessageId, ModerationKind, RoomId, ServerFrame, Text, UserId,
    limits::{MODERATION_REASON_CHARS_MAX, SLOW_SECONDS_MAX},
};
use salon_store::{Appended, Change, NewModeration, User};

/// An act of the caller's, to be written down.
pub(super) fn note(caller: &Caller, act: ModerationKind) -> NewModeration {
    NewModeration {
        actor: caller.id(),
        asker: caller.behalf.as_ref().map(|behalf| behalf.asker.id),
        act,
        room: None,
        subject: None,
        message: None,
        detail: String::new(),
    }
}

/// The same about somebody in a room.
pub(super) fn note_on(
    caller: &Caller,
    act: ModerationKind,
    room: RoomId,
    subject: UserId,
) -> NewModeration {
    NewModeration {
        room: Some(room),
        subject: Some(subject),
        ..note(caller, act)
    }
}

/// Appends one change as the caller and writes the act down; what changes nothing is no act.
pub(super) async fn append_noted(
    chat: &Chat,
    caller: &Caller,
    room: RoomId,
    change: Change,
    act: NewModeration,
) -> Result<Appended, ChatError> {
    let (appended, ()) = append_with(chat, caller, room, change, move |tx, appended| {
        if appended.event.is_some() {
            tx.note_moderation(&act)?;
        }
        Ok(())
    })
    .await?;
    Ok(appended)
}

/// Tells whoever moderates a room how somebody stands there now; and them, where they are in it or
/// there is a reason to tell. The others read reasons in the log.
pub(super) async fn tell_of_restriction(
    chat: &Chat,
    room: RoomId,
    user: &User,
    reason: &str,
) -> Result<(), ChatError> {
    let store = chat.store();
    let frame = |reason, silenced_until, banned| ServerFrame::Restricted {
        room,
        user: user.handle.clone(),
        silenced_until,
        banned,
        reason,
    };
    let until = store.muted_until(room, user.id).await?;
    let banned = store.is_banned(room, user.id).await?;
    let (moderators, _) = store.moderators(room).await?;
    for one in moderators.into_iter().filter(|one| *one != user.id) {
        chat.hub().tell_user(one, frame(None, until, banned)).await;
    }
    let why = (!reason.is_empty()).then(|| reason.to_owned());
    let is_member = store.is_member(room, user.id).await?;
    if is_member || why.is_some() {
        chat.hub()
            .tell_user(user.id, frame(why, until, banned))
            .await;
    }
    Ok(())
}

/// Why somebody removes or reports something, as it will be kept.
pub(super) fn check_reason(reason: &str) -> Result<String, ChatError> {
    if reason.chars().count() > MODERATION_REASON_CHARS_MAX {
        return Err(ChatError::TooLong {
            what: Text {
                en: "The reason",
                zh: "理由",
            },
            max: MODERATION_REASON_CHARS_MAX,
        });
    }
    Ok(reason.trim().replace('\0', ""))
}

/// What an act is about, with why.
pub(super) fn told(what: &str, reason: &str) -> String {
    match reason {
        "" => what.to_owned(),
        reason => format!("{what} · {reason}"),
    }
}

/// Says how often one may write in a room; zero ends it. Moderators are not bound by it.
pub async fn set_slow(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    between: SignedDuration,
) -> Result<Done, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    rules::require_group(&room)?;
    rules::require_moderator(chat, caller, &room, None).await?;
    let seconds = u32::try_from(between.as_secs())
        .ok()
        .filter(|seconds| *seconds <= SLOW_SECONDS_MAX)
        .ok_or_else(|| {
            let hours = SLOW_SECONDS_MAX / 3_600;
            ChatError::BadArguments(Words::new(
                format!("Slow mode is at most {hours} h between two messages."),
                format!("慢速模式的间隔最长为 {hours} 小时。"),
            ))
        })?;
    let act = NewModeration {
        room: Some(room.id),
        detail: match seconds {
            0 => "off".to_owned(),
            _ => format!("{seconds} s"),
        },
        ..note(caller, ModerationKind::Slow)
    };
    append_noted(chat, caller, room.id, Change::Slow { seconds }, act)
        .await
        .map(super::done)
}

/// The act of taking somebody else's message away.
pub(super) fn removal(
    caller: &Caller,
    room: RoomId,
    author: UserId,
    message: MessageId,
    reason: &str,
) -> NewModeration {
    NewModeration {
        message: Some(message),
        detail: reason.to_owned(),
        ..note_on(caller, ModerationKind::RemoveMessage, room, author)
    }
}
