//! Files of messages. Who may read the message now may read its files, and nobody else.

use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{FileId, RoomFiles, Seq, limits::FILES_PAGE_MAX};
use salon_store::FileRow;

/// One file, with where its bytes are.
pub async fn file(chat: &Chat, caller: &Caller, file: FileId) -> Result<FileRow, ChatError> {
    let mut found = None;
    for party in caller.parties() {
        found = chat.store().file(party.id, file).await?;
        if found.is_none() {
            return Err(no_file());
        }
    }
    let found = found.ok_or_else(no_file)?;
    if !rules::may_tell_of(chat, caller, found.room).await? {
        return Err(no_file());
    }
    Ok(found)
}

/// The files of a room's messages, newest message first.
pub async fn room_files(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    pictures: bool,
    before: Option<Seq>,
    limit: usize,
) -> Result<RoomFiles, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    if !rules::may_tell_of(chat, caller, room.id).await? {
        return Err(ChatError::RoomNotFound);
    }
    let limit = limit.clamp(1, FILES_PAGE_MAX);
    let (files, more) = chat
        .store()
        .room_files(caller.id(), room.id, pictures, before, limit)
        .await?;
    Ok(RoomFiles { files, more })
}

fn no_file() -> ChatError {
    ChatError::NotFound(Words::new(
        "There is no such file, or you may not see it.",
        "没有这个文件，或者你无权查看。",
    ))
}
