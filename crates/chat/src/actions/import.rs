//! Brings what was said elsewhere: accounts, rooms and messages under ids that follow from where
//! they come from. Whatever is there already is left as it is, so that an import which was cut off
//! is simply made again. Only [`check_import`] looks at rights: the terminal has them all.

use super::arriving::KeptFile;
use crate::{Caller, Chat, ChatError, Words, caller::actor, rules};
use jiff::Timestamp;
use salon_protocol::{Handle, MessageId, Role, RoomId, RoomKind, RoomName, UserId, UserKind};
use salon_store::{Calling, Change, NewEvent, NewRoom, NewUser, StoreError, Tx, User};
use std::collections::HashSet;

/// Names tried for what has a name that is taken.
const NAMES_MAX: u32 = 1_000;

/// An account that came along.
#[derive(Clone, Debug)]
pub struct ImportUser {
    /// Follows from where it comes from.
    pub id: UserId,
    /// Its name there, mended to be a handle.
    pub handle: String,
    /// The name to show.
    pub display_name: String,
    /// Human or bot.
    pub kind: UserKind,
    /// It was closed there.
    pub disabled: bool,
}

/// A room that came along.
#[derive(Clone, Debug)]
pub struct ImportRoom {
    /// Follows from where it comes from.
    pub id: RoomId,
    /// Its name there, mended to be a room's; empty for a direct room.
    pub name: String,
    /// Public, private or direct.
    pub kind: RoomKind,
    /// Topic.
    pub topic: String,
    /// When it was made.
    pub at: Timestamp,
    /// Who is in it, its maker first; of a direct room both of its users.
    pub members: Vec<User>,
}

/// A message that came along, as it stands.
#[derive(Clone, Debug)]
pub struct ImportMessage {
    /// Follows from where it comes from.
    pub id: MessageId,
    /// Who wrote it.
    pub author: User,
    /// When.
    pub at: Timestamp,
    /// What it says, as Markdown.
    pub text: String,
    /// The message it answers, where that came along before.
    pub reply_to: Option<MessageId>,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// Who reacted, with what.
    pub reactions: Vec<(User, String)>,
    /// What it carries.
    pub files: Vec<KeptFile>,
}

/// Whether somebody may bring exports in from the page: they make accounts and rooms.
pub async fn check_import(chat: &Chat, caller: &Caller) -> Result<(), ChatError> {
    if caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "An agent cannot import anything.",
            "AI 不能导入数据。",
        )));
    }
    rules::require_role(chat, caller, Role::Admin).await
}

/// Makes an account without a password, or finds the one that an earlier import made.
pub async fn import_user(chat: &Chat, new: ImportUser) -> Result<User, ChatError> {
    if let Some(user) = chat.store().user(new.id).await? {
        return Ok(user);
    }
    for n in 0..NAMES_MAX {
        let Ok(handle) = numbered(&new.handle, n).parse::<Handle>() else {
            break;
        };
        let (id, disabled) = (new.id, new.disabled);
        let account = NewUser {
            id,
            handle,
            display_name: new.display_name.clone(),
            kind: new.kind,
            role: Role::Member,
            password_hash: None,
        };
        let made = chat.store().write(move |tx| {
            let user = tx.create_user(account)?;
            if disabled {
                tx.disable_user(id)?;
            }
            Ok(user)
        });
        match made.await {
            Ok(user) => return Ok(user),
            Err(StoreError::Taken(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Taken("handle").into())
}

/// Makes a room, or finds the one that an earlier import made. A public one goes on in the public
/// room of its name; a private one never does, or others would read it.
pub async fn import_room(chat: &Chat, new: ImportRoom) -> Result<RoomId, ChatError> {
    let store = chat.store();
    if store.room(new.id).await?.is_some() {
        return Ok(new.id);
    }
    let Some(creator) = new.members.first().map(actor) else {
        return Err(StoreError::NotFound("member").into());
    };
    if new.kind == RoomKind::Direct {
        let (Some(a), Some(b)) = (new.members.first(), new.members.last()) else {
            return Err(StoreError::NotFound("member").into());
        };
        if let Some(room) = store.direct_room(a.id, b.id).await? {
            return Ok(room.id);
        }
    }
    for n in 0..NAMES_MAX {
        let name = match new.kind {
            RoomKind::Direct => None,
            _ => numbered(&new.name, n).parse::<RoomName>().ok(),
        };
        if let Some(name) = &name
            && n == 0
            && let Some(room) = store.room_by_name(name).await?
            && (room.kind, new.kind) == (RoomKind::Public, RoomKind::Public)
        {
            return Ok(room.id);
        }
        let room = NewRoom {
            id: new.id,
            name: name.as_ref().map(ToString::to_string).unwrap_or_default(),
            name_key: name.as_ref().map(RoomName::folded),
            direct: (new.kind == RoomKind::Direct)
                .then(|| (new.members[0].id, new.members[new.members.len() - 1].id)),
            kind: new.kind,
            topic: new.topic.clone(),
            creator: creator.clone(),
            members: new.members.iter().skip(1).map(actor).collect(),
        };
        let at = new.at;
        let made = store.write(move |tx| {
            let id = room.creator.id;
            opened(tx, id, |tx| tx.as_of(at, |tx| tx.create_room(room)))
        });
        match made.await {
            Ok(()) => return Ok(new.id),
            Err(StoreError::Taken(_)) if new.kind != RoomKind::Direct => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(StoreError::Taken("room").into())
}

/// Brings messages, oldest first; answers with how many are new. Whoever wrote one and is in the
/// room no more comes in for it, and goes with [`import_end`].
pub async fn import_messages(
    chat: &Chat,
    room: RoomId,
    messages: Vec<ImportMessage>,
) -> Result<usize, ChatError> {
    let work = move |tx: &mut Tx<'_>| {
        let mut new = 0;
        for message in messages {
            if !tx.has_message(message.id)? {
                bring(tx, room, message)?;
                new += 1;
            }
        }
        Ok(new)
    };
    Ok(chat.store().write(work).await?)
}

/// Whoever is in a room and was not when it was exported leaves it.
pub async fn import_end(
    chat: &Chat,
    room: RoomId,
    authors: Vec<User>,
    at: Timestamp,
) -> Result<(), ChatError> {
    let in_room: HashSet<UserId> = chat
        .store()
        .members(room)
        .await?
        .iter()
        .map(|user| user.id)
        .collect();
    let work = move |tx: &mut Tx<'_>| {
        for author in authors.iter().filter(|user| in_room.contains(&user.id)) {
            opened(tx, author.id, |tx| {
                tx.as_of(at, |tx| append(tx, room, author, Change::Leave))
            })?;
        }
        Ok(())
    };
    Ok(chat.store().write(work).await?)
}

/// Whoever has closed their account since did it all the same.
fn opened(
    tx: &mut Tx<'_>,
    user: UserId,
    work: impl FnOnce(&mut Tx<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let closed = tx.open_for(user)?;
    work(tx)?;
    match closed {
        true => tx.disable_user(user),
        false => Ok(()),
    }
}

fn bring(tx: &mut Tx<'_>, room: RoomId, message: ImportMessage) -> Result<(), StoreError> {
    let author = message.author.id;
    opened(tx, author, |tx| post(tx, room, message))
}

fn post(tx: &mut Tx<'_>, room: RoomId, message: ImportMessage) -> Result<(), StoreError> {
    let author = message.author;
    let came = Change::Join {
        user: actor(&author),
    };
    tx.as_of(message.at, |tx| {
        append(tx, room, &author, came)?;
        let mut files = Vec::new();
        for file in message.files {
            files.push(file.info.id);
            tx.bring_file(file.of(room, actor(&author)))?;
        }
        let reply_to = match message.reply_to {
            Some(id) if tx.has_message(id)? => Some(id),
            _ => None,
        };
        let post = Change::Post {
            forwarded: None,
            message_id: message.id,
            text: message.text.clone(),
            reply_to,
            draft_id: None,
            state: None,
            action: false,
            cause: None,
            replaces: None,
            private_from_ai: false,
            poll: None,
            files,
            calling: Calling::default(),
        };
        append(tx, room, &author, post)
    })?;
    // One that carries files alone was edited to be so.
    if let Some(at) = message.edited_at
        && !message.text.is_empty()
    {
        let edit = Change::Edit {
            message_id: message.id,
            text: message.text,
            calling: Calling::default(),
        };
        tx.as_of(at, |tx| append(tx, room, &author, edit))?;
    }
    for (user, emoji) in message.reactions {
        let react = Change::React {
            message_id: message.id,
            emoji,
        };
        match tx.as_of(message.at, |tx| append(tx, room, &user, react)) {
            // Whoever left since, or one kind too many: the message matters more.
            Ok(()) | Err(StoreError::NotMember | StoreError::TooMany(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn append(tx: &mut Tx<'_>, room: RoomId, user: &User, change: Change) -> Result<(), StoreError> {
    tx.append(NewEvent {
        room,
        actor: actor(user),
        change,
        key: None,
    })?;
    Ok(())
}

fn numbered(name: &str, n: u32) -> String {
    match n {
        0 => name.to_owned(),
        n => {
            let tail = format!("-{}", n + 1);
            let room = salon_protocol::limits::HANDLE_CHARS_MAX - tail.len();
            name.chars().take(room).collect::<String>() + &tail
        }
    }
}
