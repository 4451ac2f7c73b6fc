//! Who may do what. Rooms are found only *through* whoever asks: what cannot be found cannot be
//! read or written, and looks exactly like what does not exist.

use crate::{Caller, Chat, ChatError, Words, nearest::nearest};
use salon_protocol::{Handle, Role, RoomId, RoomKind, RoomName, UserKind};
use salon_store::{Room, User};

/// A room that the caller, and whoever it acts for, are members of.
pub(crate) async fn member_room(
    chat: &Chat,
    caller: &Caller,
    which: &str,
) -> Result<Room, ChatError> {
    let room = named_room(chat, caller, which)
        .await?
        .ok_or(ChatError::RoomNotFound)?;
    require_members(chat, caller, &room).await?;
    check_open_to(caller, &room)?;
    Ok(room)
}

async fn require_members(chat: &Chat, caller: &Caller, room: &Room) -> Result<(), ChatError> {
    let parties = caller.parties().map(|party| party.id).collect();
    match chat.store().are_members(room.id, parties).await? {
        true => Ok(()),
        false => Err(ChatError::RoomNotFound),
    }
}

/// Whom this guards: a room whose people want no agent to read there.
fn check_open_to(caller: &Caller, room: &Room) -> Result<(), ChatError> {
    if room.private_from_ai && caller.user.kind == UserKind::Agent {
        return Err(ChatError::RoomNotFound);
    }
    Ok(())
}

/// A room that the caller may read of: their own, and public ones that they could come into. Whom
/// this guards: a room that has banned somebody, from telling them what its topic is now.
pub(crate) async fn visible_room(
    chat: &Chat,
    caller: &Caller,
    which: &str,
) -> Result<Room, ChatError> {
    let room = findable_room(chat, caller, which).await?;
    for party in caller.parties() {
        if chat.store().is_banned(room.id, party.id).await? {
            return Err(ChatError::RoomNotFound);
        }
    }
    Ok(room)
}

/// A room that the caller may know of: their own, and public ones unless they are guests. Whoever
/// is banned finds it, to be told so when they knock.
pub(crate) async fn findable_room(
    chat: &Chat,
    caller: &Caller,
    which: &str,
) -> Result<Room, ChatError> {
    let room = named_room(chat, caller, which)
        .await?
        .ok_or(ChatError::RoomNotFound)?;
    check_open_to(caller, &room)?;
    if room.kind == RoomKind::Public && caller.role() > Role::Guest {
        return Ok(room);
    }
    require_members(chat, caller, &room).await?;
    Ok(room)
}

/// Whether what is in a room may be told where the caller speaks. People read for themselves; an
/// agent tells everybody in its room, so it may tell only what whoever asked may read, and in
/// company only what is public or said right there.
pub(crate) async fn may_tell_of(
    chat: &Chat,
    caller: &Caller,
    room: RoomId,
) -> Result<bool, ChatError> {
    let Some(behalf) = &caller.behalf else {
        return Ok(true);
    };
    let store = chat.store();
    let (Some(told), Some(here)) = (store.room(room).await?, store.room(behalf.audience).await?)
    else {
        return Ok(false);
    };
    // Its people may have closed it to agents in the middle of a turn.
    if told.private_from_ai {
        return Ok(false);
    }
    if told.id == here.id {
        return Ok(true);
    }
    for party in caller.parties() {
        if !reads(chat, room, party).await? {
            return Ok(false);
        }
    }
    match (told.kind, here.kind) {
        // Guests sit in rooms with members, and read no other room than those they were brought
        // into; whoever was banned from it reads nothing of it by way of an agent either.
        (RoomKind::Public, _) => Ok(!store.shuts_out(told.id, here.id).await?),
        (_, here) => Ok(here == RoomKind::Direct),
    }
}

/// Whether a user may read a room: they are in it, or could walk in.
pub(crate) async fn reads(chat: &Chat, room: RoomId, user: &User) -> Result<bool, ChatError> {
    let store = chat.store();
    if store.is_member(room, user.id).await? {
        return Ok(true);
    }
    let is_public = |room: Room| room.kind == RoomKind::Public;
    Ok(user.role > Role::Guest
        && store.room(room).await?.is_some_and(is_public)
        && !store.is_banned(room, user.id).await?)
}

/// Whether everybody with an account may read a room, guests among them or not.
pub(crate) async fn everybody_reads(
    chat: &Chat,
    room: RoomId,
    guests: bool,
) -> Result<bool, ChatError> {
    Ok(chat.store().everybody_reads(room, guests).await?)
}

/// Whom this guards: everybody, from an agent that goes on for whoever has lost their account in
/// the middle of a turn.
pub(crate) async fn require_open(chat: &Chat, caller: &Caller) -> Result<(), ChatError> {
    for party in caller.parties().filter(|_| caller.behalf.is_some()) {
        let now = chat.store().user(party.id).await?;
        if now.is_none_or(|user| user.disabled) {
            return Err(ChatError::Forbidden(Words::new(
                "The account of the agent or of whoever asked is closed.",
                "AI 成员或提问者的账号已停用。",
            )));
        }
    }
    Ok(())
}

/// Who may say when agents speak in a room: its moderators, and either side of a direct room.
pub(crate) async fn may_steer_agents(
    chat: &Chat,
    caller: &Caller,
    room: &Room,
) -> Result<bool, ChatError> {
    if room.kind == RoomKind::Direct {
        return Ok(true);
    }
    may_moderate(chat, caller, room).await
}

/// By id, name or `@handle`, whoever may see it. A direct room that is not there yet is none.
async fn named_room(chat: &Chat, caller: &Caller, which: &str) -> Result<Option<Room>, ChatError> {
    if let Some(handle) = which.strip_prefix('@') {
        let user = user_named(chat, handle).await?;
        return Ok(chat.store().direct_room(caller.id(), user.id).await?);
    }
    if let Ok(id) = which.parse::<RoomId>() {
        return Ok(chat.store().room(id).await?);
    }
    match which.parse::<RoomName>() {
        Ok(name) => Ok(chat.store().room_by_name(&name).await?),
        Err(_) => Ok(None),
    }
}

/// Refuses agents, for themselves and for whoever asked them, in these words. Whom this guards:
/// people, from a model that judges, follows or reads in their name.
pub(crate) fn require_person(caller: &Caller, words: Words) -> Result<(), ChatError> {
    match caller.behalf.is_none() && caller.user.kind != UserKind::Agent {
        true => Ok(()),
        false => Err(ChatError::Forbidden(words)),
    }
}

/// Refuses whoever is muted in a room, and an agent whose asker is. Whom this guards: a room, from
/// somebody who says by a topic, a fact or an agent what they may not say by a message.
pub(crate) async fn require_voice(
    chat: &Chat,
    caller: &Caller,
    room: RoomId,
) -> Result<(), ChatError> {
    for party in caller.parties() {
        match chat.store().muted_until(room, party.id).await? {
            Some(until) if party.id == caller.id() => return Err(ChatError::Muted(until)),
            Some(_) => {
                return Err(ChatError::Forbidden(Words::new(
                    "Whoever asked may not write here now.",
                    "提问者目前不能在这里发言。",
                )));
            }
            None => {}
        }
    }
    Ok(())
}

/// A user by handle; the error names the one that was probably meant.
pub(crate) async fn user_named(chat: &Chat, name: &str) -> Result<User, ChatError> {
    let name = name.trim().trim_start_matches('@');
    if let Ok(handle) = name.parse::<Handle>()
        && let Some(user) = chat.store().user_by_handle(&handle).await?
    {
        return Ok(user);
    }
    let users = chat.store().users().await?;
    let open = users
        .iter()
        .filter(|user| !user.disabled)
        .map(|user| user.handle.as_str());
    Err(ChatError::UserNotFound {
        name: name
            .chars()
            .take(salon_protocol::limits::HANDLE_CHARS_MAX)
            .collect(),
        nearest: nearest(name, open).map(str::to_owned),
    })
}

/// A user by handle whose account is open.
pub(crate) async fn open_user_named(chat: &Chat, name: &str) -> Result<User, ChatError> {
    let user = user_named(chat, name).await?;
    if user.disabled {
        return Err(ChatError::UserNotFound {
            name: name.to_owned(),
            nearest: None,
        });
    }
    Ok(user)
}

/// The caller's role as the store has it now: a session may be older than a demotion.
pub(crate) async fn current_role(chat: &Chat, caller: &Caller) -> Result<Role, ChatError> {
    let mut least = Role::Owner;
    for party in caller.parties() {
        let now = chat.store().user(party.id).await?;
        least = least.min(now.map_or(Role::Guest, |user| user.role));
    }
    Ok(least)
}

/// Refuses whoever has a lesser role.
pub(crate) async fn require_role(
    chat: &Chat,
    caller: &Caller,
    role: Role,
) -> Result<(), ChatError> {
    if current_role(chat, caller).await? >= role {
        return Ok(());
    }
    Err(ChatError::Forbidden(Words::new(
        format!(
            "Only a user with the role “{}” or higher may do that.",
            role.as_str()
        ),
        format!("只有角色为 {} 或更高的用户才能这样做。", role.as_str()),
    )))
}

/// Admins moderate every room they are in; whoever made a room moderates it. An agent moderates
/// only where both it and its asker do.
pub(crate) async fn may_moderate(
    chat: &Chat,
    caller: &Caller,
    room: &Room,
) -> Result<bool, ChatError> {
    if room.kind == RoomKind::Direct {
        return Ok(false);
    }
    for party in caller.parties() {
        let now = chat.store().user(party.id).await?;
        let role = now.map_or(Role::Guest, |user| user.role);
        if role < Role::Admin && room.creator != party.id {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Refuses whoever does not moderate the room, and anybody who would touch a higher role.
pub(crate) async fn require_moderator(
    chat: &Chat,
    caller: &Caller,
    room: &Room,
    subject: Option<&User>,
) -> Result<(), ChatError> {
    if !may_moderate(chat, caller, room).await? {
        return Err(ChatError::Forbidden(Words::new(
            "Only moderators of this room may do that: admins, and whoever made the room.",
            "只有这个聊天室的管理者（管理员或房间创建者）才能这样做。",
        )));
    }
    if let Some(subject) = subject
        && subject.role > Role::Member
        && subject.role >= current_role(chat, caller).await?
        && subject.id != caller.id()
    {
        return Err(ChatError::Forbidden(Words::new(
            format!(
                "You may not do that to @{}: their role is not below yours.",
                subject.handle
            ),
            format!("不能对 @{} 这样做：对方的角色不低于你。", subject.handle),
        )));
    }
    Ok(())
}

/// Refuses what only makes sense between more than two.
pub(crate) fn require_group(room: &Room) -> Result<(), ChatError> {
    if room.kind == RoomKind::Direct {
        return Err(ChatError::BadArguments(Words::new(
            "That does not work in a direct room. Use it in a public or private room.",
            "私聊中不能这样做，请在公开或私密聊天室中使用。",
        )));
    }
    Ok(())
}
