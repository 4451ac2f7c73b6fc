//! Bring a file into a room in several requests: after a cut line or a restart one goes on where
//! the last acked byte was. Once whole it is a file like those that come at once, by the same
//! checks.

use super::{
    arriving::{Arriving, check_not_empty, check_size},
    upload::room_to_bring_to,
};
use crate::{Caller, Chat, ChatError, Words};
use salon_media::safe_name;
use salon_protocol::{
    FileId, FileInfo, UploadRequest, UploadState,
    limits::{FILE_NAME_CHARS_MAX, UPLOAD_PIECE_BYTES},
};
use salon_store::{StoreError, Tx, Unfinished, UploadRow};
use tracing::info;

/// What a request that brings bytes of a file finds.
pub enum Next {
    /// More is missing.
    Growing(Box<Growing>),
    /// All of it had come before; the answer was lost, most likely.
    Whole(FileInfo),
}

/// A file that is being added to by one request.
pub struct Growing {
    chat: Chat,
    caller: Caller,
    row: UploadRow,
    unfinished: Unfinished,
}

/// Begins to take a file in pieces for a room that the caller is in.
pub async fn begin_in_pieces(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    request: UploadRequest,
) -> Result<UploadState, ChatError> {
    let room = room_to_bring_to(chat, caller, room).await?;
    check_not_empty(request.size)?;
    check_size(chat, request.size)?;
    let new = UploadRow {
        id: FileId::new(),
        room: room.id,
        name: safe_name(&request.name, FILE_NAME_CHARS_MAX),
        size: request.size,
        received: 0,
    };
    let (owner, row) = (caller.actor(), new.clone());
    let work = move |tx: &mut Tx<'_>| tx.begin_upload(&owner, &row);
    chat.store().write(work).await?;
    Ok(state_of(&new))
}

/// How much of the caller's own upload has come.
pub async fn upload_state(
    chat: &Chat,
    caller: &Caller,
    id: FileId,
) -> Result<UploadState, ChatError> {
    match go_on_with_upload(chat, caller, id).await? {
        Next::Growing(growing) => Ok(state_of(&growing.row)),
        Next::Whole(file) => Ok(UploadState {
            id,
            offset: file.size,
            size: file.size,
            piece: UPLOAD_PIECE_BYTES,
            file: Some(file),
        }),
    }
}

/// Goes on with the caller's own upload. Whoever was put out of its room finds it no more.
pub async fn go_on_with_upload(
    chat: &Chat,
    caller: &Caller,
    id: FileId,
) -> Result<Next, ChatError> {
    let store = chat.store();
    let Some(row) = store.upload(caller.id(), id).await? else {
        let file = store.file(caller.id(), id).await?;
        let mine = file.filter(|file| file.owner == caller.id() && file.message.is_none());
        return Ok(Next::Whole(mine.ok_or_else(no_upload)?.info));
    };
    if !store.are_members(row.room, vec![caller.id()]).await? {
        return Err(no_upload());
    }
    match store.vault().go_on(id, row.received).await {
        Ok(unfinished) => Ok(Next::Growing(Box::new(Growing {
            chat: chat.clone(),
            caller: caller.clone(),
            row,
            unfinished,
        }))),
        Err(StoreError::NotFound(_)) => {
            // A backup has the row and not the bytes: it begins anew.
            give_up_upload(chat, caller, id).await?;
            Err(no_upload())
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives the caller's own upload up.
pub async fn give_up_upload(chat: &Chat, caller: &Caller, id: FileId) -> Result<(), ChatError> {
    let owner = caller.id();
    let work = move |tx: &mut Tx<'_>| tx.drop_upload(owner, id);
    match chat.store().write(work).await {
        Ok(()) => Ok(chat.store().vault().drop_unfinished(id).await?),
        Err(StoreError::NotFound(_)) => Err(no_upload()),
        Err(error) => Err(error.into()),
    }
}

impl Growing {
    /// Refuses bytes that begin elsewhere than the last acked ones ended.
    pub fn check_offset(&self, offset: u64) -> Result<(), ChatError> {
        let right = self.row.received;
        if offset != right {
            return Err(ChatError::WrongOffset { offset: right });
        }
        Ok(())
    }

    /// Takes more of it.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), ChatError> {
        if self.unfinished.received() + bytes.len() as u64 > self.row.size {
            return Err(ChatError::BadArguments(Words::new(
                format!(
                    "More came than the {} bytes that were promised. Begin again with the right size.",
                    self.row.size
                ),
                format!(
                    "收到的数据超过了约定的 {} 字节。请用正确的大小重新开始。",
                    self.row.size
                ),
            )));
        }
        Ok(self.unfinished.write(bytes).await?)
    }

    /// No more comes by this request, whyever: what has come counts, and is on disk before anybody
    /// is told so.
    pub async fn pause(&mut self) -> Result<UploadState, ChatError> {
        let received = self.unfinished.received();
        if received > self.row.received {
            self.unfinished.sync().await?;
            let (owner, row) = (self.caller.actor(), self.row.clone());
            let work = move |tx: &mut Tx<'_>| tx.upload_received(&owner, &row, received);
            self.chat.store().write(work).await?;
            self.row.received = received;
        }
        Ok(state_of(&self.row))
    }

    /// Where all of it has come: looks what it is, keeps it, and answers once it is on disk. What
    /// fails here can be tried again, with all that has come.
    pub async fn finish(self) -> Result<FileInfo, ChatError> {
        let store = self.chat.store().clone();
        let id = self.row.id;
        let arriving = Arriving::whole(&self.chat, id, self.row.size).await?;
        let _keeping = store.vault().keeping().await;
        let kept = arriving.keep(id, &self.row.name).await?;
        let info = kept.info.clone();
        let new = kept.of(self.row.room, self.caller.actor());
        store.write(move |tx| tx.finish_upload(new)).await?;
        if let Err(error) = store.vault().drop_unfinished(id).await {
            info!(%error, "what a file was made of stays until the next sweep");
        }
        metrics::counter!("salon_files_uploaded_total").increment(1);
        Ok(info)
    }
}

fn state_of(row: &UploadRow) -> UploadState {
    UploadState {
        id: row.id,
        offset: row.received,
        size: row.size,
        piece: UPLOAD_PIECE_BYTES,
        file: None,
    }
}

fn no_upload() -> ChatError {
    ChatError::NotFound(Words::new(
        "There is no such upload, or it was given up. Begin again.",
        "没有这个上传任务，或者它已被放弃。请重新上传。",
    ))
}
