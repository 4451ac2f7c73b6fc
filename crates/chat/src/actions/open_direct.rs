//! The direct room between two users: the same one every time.

use crate::{Caller, Chat, ChatError, caller::actor};
use salon_protocol::{Role, RoomId, RoomKind};
use salon_store::{NewRoom, Room, StoreError, User};

/// Finds or makes the direct room between the caller and a user.
pub async fn open_direct(chat: &Chat, caller: &Caller, user: &User) -> Result<Room, ChatError> {
    let known = chat.store().direct_room(caller.id(), user.id).await?;
    // Guests reach only whom they have met: the directory is not theirs to write to, nor is an
    // agent that has met more people than they have.
    for party in caller.parties() {
        if party.role == Role::Guest
            && party.id != user.id
            && !chat.store().share_a_room(party.id, user.id).await?
        {
            return Err(ChatError::UserNotFound {
                name: user.handle.to_string(),
                nearest: None,
            });
        }
    }
    if let Some(room) = known {
        return Ok(room);
    }
    let room = NewRoom {
        id: RoomId::new(),
        name: String::new(),
        name_key: None,
        direct: Some((caller.id(), user.id)),
        kind: RoomKind::Direct,
        topic: String::new(),
        creator: caller.actor(),
        members: vec![actor(user)],
    };
    match chat.store().write(move |tx| tx.create_room(room)).await {
        // Somebody else opened it at the same moment.
        Ok(()) | Err(StoreError::Taken("room")) => {}
        Err(error) => return Err(error.into()),
    }
    chat.store()
        .direct_room(caller.id(), user.id)
        .await?
        .ok_or(ChatError::RoomNotFound)
}
