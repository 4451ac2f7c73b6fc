//! Whom a message notifies, and why. The rule is pure; the query beside it asks the store for
//! whoever it may concern. Web push, mail and the like build on this and decide nothing anew.

use crate::{Chat, ChatError};
use jiff::Timestamp;
use salon_protocol::{Call, Called, Event, EventBody, NotificationLevel, RoomKind, UserId};
use salon_store::Listener;

/// Why somebody is told of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It names them.
    Mention,
    /// It calls everybody in the room.
    Room,
    /// It calls whoever is here, and they were.
    Here,
    /// It is in a thread that they follow.
    Thread,
    /// It is said to them alone.
    Direct,
    /// They want to be told of everything in the room.
    Everything,
}

/// The level that holds where somebody never said.
pub fn default_level(kind: RoomKind) -> NotificationLevel {
    match kind {
        RoomKind::Direct => NotificationLevel::Everything,
        RoomKind::Public | RoomKind::Private => NotificationLevel::Mentions,
    }
}

/// Why a listener is told of a message; none where they are not.
pub fn why(called: &Called, kind: RoomKind, listener: &Listener, now: Timestamp) -> Option<Why> {
    let level = listener.level.unwrap_or_else(|| default_level(kind));
    let is_muted = listener.muted_until.is_some_and(|until| until > now);
    if is_muted || level == NotificationLevel::Nothing {
        return None;
    }
    if called.mentions.contains(&listener.handle) {
        return Some(Why::Mention);
    }
    match called.calls {
        Some(Call::Room) => return Some(Why::Room),
        Some(Call::Here) if listener.is_called => return Some(Why::Here),
        Some(Call::Here) | None => {}
    }
    if listener.follows {
        return Some(Why::Thread);
    }
    match (level, kind) {
        (NotificationLevel::Everything, RoomKind::Direct) => Some(Why::Direct),
        (NotificationLevel::Everything, _) => Some(Why::Everything),
        _ => None,
    }
}

/// Whom an event notifies, each with why: people alone, never its author, never an agent. Asked
/// after the commit; whoever has left since is not told.
pub async fn whom(chat: &Chat, event: &Event) -> Result<Vec<(UserId, Why)>, ChatError> {
    let EventBody::MessagePosted { message } = &event.body else {
        return Ok(Vec::new());
    };
    let Some(room) = chat.store().room(event.room).await? else {
        return Ok(Vec::new());
    };
    let all = room.kind == RoomKind::Direct || message.called.calls == Some(Call::Room);
    let listeners = chat.store().listeners(event.room, event.seq, all).await?;
    let now = salon_protocol::now();
    Ok(listeners
        .iter()
        .filter_map(|it| Some((it.user, why(&message.called, room.kind, it, now)?)))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use NotificationLevel::{Everything, Mentions, Nothing};
    use RoomKind::{Direct, Private, Public};

    #[test]
    fn whom_a_message_notifies_and_why() {
        let now = Timestamp::UNIX_EPOCH;
        let hour = |n: i64| Timestamp::from_second(n * 3_600).ok();
        let named = Called {
            mentions: vec!["Ada".parse().unwrap()],
            calls: None,
        };
        let calls = |call| Called {
            calls: Some(call),
            ..Called::default()
        };
        let (room, here, plain) = (calls(Call::Room), calls(Call::Here), Called::default());
        // Message, room, level, muted until, was here → why.
        let table = [
            (&plain, Public, None, None, false, None),
            (
                &plain,
                Private,
                Some(Everything),
                None,
                false,
                Some(Why::Everything),
            ),
            (&plain, Public, Some(Mentions), None, false, None),
            (&plain, Direct, None, None, false, Some(Why::Direct)),
            (&plain, Direct, Some(Mentions), None, false, None),
            (&plain, Direct, Some(Nothing), None, false, None),
            (&named, Public, None, None, true, Some(Why::Mention)),
            (&named, Direct, None, None, true, Some(Why::Mention)),
            (
                &named,
                Public,
                Some(Everything),
                None,
                true,
                Some(Why::Mention),
            ),
            (&named, Public, Some(Nothing), None, true, None),
            (&named, Public, None, hour(1), true, None),
            (&named, Public, None, hour(-1), true, Some(Why::Mention)),
            (&room, Public, None, None, false, Some(Why::Room)),
            (&room, Public, Some(Nothing), None, false, None),
            (&here, Public, None, None, true, Some(Why::Here)),
            (&here, Public, None, None, false, None),
            (
                &here,
                Public,
                Some(Everything),
                None,
                false,
                Some(Why::Everything),
            ),
            (&plain, Direct, Some(Everything), hour(1), false, None),
        ];
        for (n, (called, kind, level, muted_until, is_called, expected)) in
            table.into_iter().enumerate()
        {
            let listener = Listener {
                user: UserId::new(),
                handle: "ada".parse().unwrap(),
                level,
                muted_until,
                is_called,
                follows: false,
            };
            assert_eq!(why(called, kind, &listener, now), expected, "line {n}");
        }
    }
}
