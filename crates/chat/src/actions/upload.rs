//! Bring a file into a room, to be carried by a message afterwards.

use super::arriving::{Arriving, check_size};
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{FileId, FileInfo, RoomId, Text, limits::ALT_CHARS_MAX};
use salon_store::Room;

/// A file on its way in; dropped before its end, nothing of it stays.
pub struct Upload {
    chat: Chat,
    caller: Caller,
    room: RoomId,
    name: String,
    arriving: Arriving,
}

/// Begins to take a file for a room that the caller is in. `size` is what its sender promises.
pub async fn begin_upload(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    name: &str,
    size: Option<u64>,
) -> Result<Upload, ChatError> {
    let room = room_to_bring_to(chat, caller, room).await?;
    check_size(chat, size.unwrap_or(0))?;
    Ok(Upload {
        arriving: Arriving::begin(chat).await?,
        chat: chat.clone(),
        caller: caller.clone(),
        room: room.id,
        name: name.to_owned(),
    })
}

/// A room that the caller may bring a file into.
pub(super) async fn room_to_bring_to(
    chat: &Chat,
    caller: &Caller,
    room: &str,
) -> Result<Room, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    // What an agent would upload comes from a model or a tool: there is no way for that yet.
    if caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "An agent cannot upload files.",
            "AI 不能上传文件。",
        )));
    }
    Ok(room)
}

impl Upload {
    /// Takes more of it.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), ChatError> {
        self.arriving.write(bytes).await
    }

    /// All of it has come: looks what it is, keeps it, and answers once it is on disk.
    pub async fn finish(self) -> Result<FileInfo, ChatError> {
        let store = self.chat.store().clone();
        let _keeping = store.vault().keeping().await;
        let kept = self.arriving.keep(FileId::new(), &self.name).await?;
        let info = kept.info.clone();
        let new = kept.of(self.room, self.caller.actor());
        store.write(move |tx| tx.add_file(new)).await?;
        metrics::counter!("salon_files_uploaded_total").increment(1);
        Ok(info)
    }
}

/// Says what the caller's own upload shows, before a message carries it.
pub async fn describe_file(
    chat: &Chat,
    caller: &Caller,
    file: FileId,
    alt: &str,
) -> Result<(), ChatError> {
    let alt = alt.split_whitespace().collect::<Vec<_>>().join(" ");
    if alt.chars().count() > ALT_CHARS_MAX {
        return Err(ChatError::TooLong {
            what: Text {
                en: "The description",
                zh: "图片描述",
            },
            max: ALT_CHARS_MAX,
        });
    }
    let owner = caller.id();
    let alt = (!alt.is_empty()).then_some(alt);
    let work = move |tx: &mut salon_store::Tx<'_>| tx.describe_file(owner, file, alt.as_deref());
    Ok(chat.store().write(work).await?)
}

/// Takes the caller's own upload back, before a message carries it.
pub async fn take_back_file(chat: &Chat, caller: &Caller, file: FileId) -> Result<(), ChatError> {
    let owner = caller.id();
    let work = move |tx: &mut salon_store::Tx<'_>| tx.drop_loose_file(owner, file);
    chat.store().write(work).await?;
    chat.sweep_soon();
    Ok(())
}
