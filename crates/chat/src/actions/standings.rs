//! How one stands in a room: marked unread, everything read, of what one wants to be told. Nobody
//! else sees it; all of one's own sessions do.

use crate::{Caller, Chat, ChatError, Words, rules};
use jiff::{SignedDuration, Timestamp};
use salon_protocol::{NotificationLevel, RoomId, RoomStanding, Seq, ServerFrame};

/// A room is muted for so long at most; longer means nothing at all.
const MUTED_DAYS_MAX: i64 = 366;

/// Makes an event and what follows it unread again.
pub async fn mark_unread(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    seq: Seq,
) -> Result<RoomStanding, ChatError> {
    let room = rules::member_room(chat, caller, room).await?.id;
    let user = caller.id();
    let standing = chat
        .store()
        .write(move |tx| tx.mark_unread(room, user, seq))
        .await?;
    tell(chat, caller, room, &standing).await;
    Ok(standing)
}

/// Everything in all of the caller's rooms is read.
pub async fn mark_all_read(chat: &Chat, caller: &Caller) -> Result<Vec<RoomId>, ChatError> {
    let user = caller.id();
    let moved = chat.store().write(move |tx| tx.mark_all_read(user)).await?;
    for (room, seq) in &moved {
        chat.hub().read(*room, user, *seq).await;
    }
    Ok(moved.into_iter().map(|(room, _)| room).collect())
}

/// Says of what the caller wants to be told in a room.
pub async fn set_notifications(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    level: Option<NotificationLevel>,
    muted_until: Option<Timestamp>,
) -> Result<RoomStanding, ChatError> {
    let room = rules::member_room(chat, caller, room).await?.id;
    let now = salon_protocol::now();
    let latest = now
        .checked_add(SignedDuration::from_hours(24 * MUTED_DAYS_MAX))
        .unwrap_or(now);
    if muted_until.is_some_and(|until| until > latest) {
        return Err(ChatError::BadArguments(Words::new(
            "A room is muted for a year at most. Choose “nothing” to hear no more of it.",
            "静音最长一年。如需长期不接收通知，请选择“不通知”。",
        )));
    }
    let muted_until = muted_until.filter(|until| *until > now);
    let user = caller.id();
    let standing = chat
        .store()
        .write(move |tx| tx.set_level(room, user, level, muted_until))
        .await?;
    tell(chat, caller, room, &standing).await;
    Ok(standing)
}

async fn tell(chat: &Chat, caller: &Caller, room: RoomId, standing: &RoomStanding) {
    let standing = standing.clone();
    let frame = ServerFrame::Standing { room, standing };
    chat.hub().tell_user(caller.id(), frame).await;
}
