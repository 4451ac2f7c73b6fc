//! Rooms that the caller is in or could come into.

use crate::{Caller, Chat, ChatError, actions::open_direct, rules};
use salon_protocol::{Member, Members, Role, RoomId, RoomSummary, Rooms};

/// The caller's rooms, then the public ones they could join.
pub async fn rooms(chat: &Chat, caller: &Caller) -> Result<Rooms, ChatError> {
    let others = caller.role() > Role::Guest;
    let mut rooms = Vec::new();
    for room in chat.store().room_summaries(caller.id(), others).await? {
        if rules::may_tell_of(chat, caller, room.id).await? {
            rooms.push(room);
        }
    }
    Ok(Rooms { rooms })
}

/// One room; `@handle` opens the direct room with that user.
pub async fn room(chat: &Chat, caller: &Caller, which: &str) -> Result<RoomSummary, ChatError> {
    let id = match which.strip_prefix('@') {
        Some(handle) => {
            let user = rules::open_user_named(chat, handle).await?;
            open_direct(chat, caller, &user).await?.id
        }
        None => rules::visible_room(chat, caller, which).await?.id,
    };
    chat.store()
        .room_summary(id, caller.id())
        .await?
        .ok_or(ChatError::RoomNotFound)
}

/// Refuses a caller who is not in the room any more, or whose asker is not, and closed accounts:
/// for what an agent does by no command.
pub async fn may_act(chat: &Chat, caller: &Caller, room: RoomId) -> Result<(), ChatError> {
    rules::require_open(chat, caller).await?;
    rules::member_room(chat, caller, &room.to_string()).await?;
    Ok(())
}

/// Who is in a room that the caller is in.
pub async fn members(chat: &Chat, caller: &Caller, which: &str) -> Result<Members, ChatError> {
    let room = rules::member_room(chat, caller, which).await?;
    let users = chat.store().members(room.id).await?;
    let members = users
        .into_iter()
        .map(|user| Member {
            id: user.id,
            handle: user.handle,
            display_name: user.display_name,
            kind: user.kind,
            role: user.role,
        })
        .collect();
    Ok(Members { members })
}
