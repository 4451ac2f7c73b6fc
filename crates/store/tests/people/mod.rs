//! Somebody who writes, somewhere to write, and something to say.

use salon_protocol::{Handle, Role, RoomId, RoomKind, UserId, UserKind};
use salon_store::{Actor, Change, NewRoom, NewUser, Store};

pub(crate) async fn user(store: &Store, handle: &str, kind: UserKind, role: Role) -> Actor {
    let handle: Handle = handle.parse().unwrap();
    let new = NewUser {
        id: UserId::new(),
        handle: handle.clone(),
        display_name: handle.to_string(),
        kind,
        role,
        password_hash: None,
    };
    let made = store.write(|tx| tx.create_user(new)).await.unwrap();
    Actor {
        id: made.id,
        handle,
        kind,
    }
}

pub(crate) async fn room(
    store: &Store,
    name: &str,
    kind: RoomKind,
    creator: &Actor,
    members: &[&Actor],
) -> RoomId {
    let new = NewRoom {
        id: RoomId::new(),
        name: name.into(),
        name_key: Some(name.into()),
        direct: None,
        kind,
        topic: String::new(),
        creator: creator.clone(),
        members: members.iter().map(|&member| member.clone()).collect(),
    };
    let id = new.id;
    store.write(|tx| tx.create_room(new)).await.unwrap();
    id
}

pub(crate) fn post(text: &str) -> Change {
    Change::words(text)
}
