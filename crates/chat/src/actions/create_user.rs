//! Make and close accounts.

use super::{create_room::bad_name, profile::check_display_name};
use crate::{Chat, ChatError, accounts::GENERAL_ROOM, caller::actor};
use salon_protocol::{Handle, Presence, Role, RoomId, RoomName, UserId, UserKind};
use salon_store::{Change, Invite, NewEvent, NewUser, Tx, User};

/// An account to make.
#[derive(Clone, Debug)]
pub struct CreateUser {
    /// Handle.
    pub handle: String,
    /// The name to show; the handle where none.
    pub display_name: Option<String>,
    /// Human, agent or bot.
    pub kind: UserKind,
    /// Role.
    pub role: Role,
    /// Argon2id in PHC form.
    pub password_hash: Option<String>,
}

/// Makes an account. Everybody but guests comes into `general`.
pub async fn create_user(chat: &Chat, new: CreateUser) -> Result<User, ChatError> {
    let new = check_new_user(new)?;
    let user = chat
        .store()
        .write(move |tx| add_user(tx, new, None))
        .await?;
    chat.hub().user_changed(user.info(Presence::Offline)).await;
    Ok(user)
}

/// Closes an account; its messages remain. The last owner cannot be closed.
pub async fn disable_user(chat: &Chat, user: &User) -> Result<(), ChatError> {
    let (id, role) = (user.id, user.role);
    let work = move |tx: &mut Tx<'_>| {
        tx.disable_user(id)?;
        if role == Role::Owner {
            tx.require_owner()?;
        }
        Ok(())
    };
    chat.store().write(work).await?;
    chat.hub().user_disabled(id).await;
    Ok(())
}

pub(crate) fn check_new_user(new: CreateUser) -> Result<NewUser, ChatError> {
    let handle: Handle = new.handle.parse().map_err(|error| bad_name(&error))?;
    let display_name = match new.display_name.filter(|name| !name.trim().is_empty()) {
        Some(name) => check_display_name(&name)?,
        None => handle.to_string(),
    };
    Ok(NewUser {
        id: UserId::new(),
        handle,
        display_name,
        kind: new.kind,
        role: new.role,
        password_hash: new.password_hash,
    })
}

/// In one transaction: the account, `general`, and the room that an invitation leads to.
pub(crate) fn add_user(
    tx: &mut Tx<'_>,
    new: NewUser,
    invite: Option<&Invite>,
) -> Result<User, salon_store::StoreError> {
    let user = tx.create_user(new)?;
    let mut rooms: Vec<RoomId> = Vec::new();
    if user.role > Role::Guest {
        let general: Result<RoomName, _> = GENERAL_ROOM.parse();
        if let Ok(name) = general {
            rooms.extend(tx.room_named(&name.folded())?);
        }
    }
    rooms.extend(invite.and_then(|invite| invite.room));
    for room in rooms {
        let join = Change::Join { user: actor(&user) };
        tx.append(NewEvent {
            room,
            actor: actor(&user),
            change: join,
            key: None,
        })?;
    }
    Ok(user)
}
