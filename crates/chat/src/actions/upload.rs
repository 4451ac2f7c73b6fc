//! Bring a file into a room, to be carried by a message afterwards.

use crate::{Caller, Chat, ChatError, Words, rules};
use salon_media::{
    HEAD_BYTES, Picture, Rendition, Unreadable, is_picture, kind_of, picture, safe_name,
};
use salon_protocol::{
    FileId, FileInfo, RoomId, Text,
    limits::{ALT_CHARS_MAX, FILE_NAME_CHARS_MAX},
};
use salon_store::{ByteDigest, MadeOf, NewFile, Staged};
use std::io::BufReader;
use tracing::info;

/// A larger picture is kept like any file and not looked into.
const PICTURE_BYTES_MAX: u64 = 40 * 1024 * 1024;

/// A file on its way in; dropped before its end, nothing of it stays.
pub struct Upload {
    chat: Chat,
    caller: Caller,
    room: RoomId,
    name: String,
    head: Vec<u8>,
    staged: Staged,
}

/// Begins to take a file for a room that the caller is in. `size` is what its sender promises.
pub async fn begin_upload(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    name: &str,
    size: Option<u64>,
) -> Result<Upload, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    // What an agent would upload comes from a model or a tool: there is no way for that yet.
    if caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "An agent cannot upload files.",
            "AI 不能上传文件。",
        )));
    }
    check_size(chat, size.unwrap_or(0))?;
    Ok(Upload {
        staged: chat.store().vault().stage().await?,
        chat: chat.clone(),
        caller: caller.clone(),
        room: room.id,
        name: safe_name(name, FILE_NAME_CHARS_MAX),
        head: Vec::new(),
    })
}

fn check_size(chat: &Chat, size: u64) -> Result<(), ChatError> {
    let max = chat.file_bytes_max();
    if size > max {
        return Err(ChatError::TooLarge { bytes_max: max });
    }
    Ok(())
}

impl Upload {
    /// Takes more of it.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), ChatError> {
        check_size(&self.chat, self.staged.size() + bytes.len() as u64)?;
        let wanted = HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..wanted]);
        Ok(self.staged.write(bytes).await?)
    }

    /// All of it has come: looks what it is, keeps it, and answers once it is on disk.
    pub async fn finish(mut self) -> Result<FileInfo, ChatError> {
        if self.staged.size() == 0 {
            return Err(ChatError::BadArguments(Words::new(
                "The file is empty. Choose another one.",
                "文件是空的，请另选一个。",
            )));
        }
        let digest = self.staged.finish().await?;
        let media_type = kind_of(&self.head);
        let picture = match is_picture(media_type) {
            true => self.picture().await,
            false => None,
        };
        let mut info = FileInfo {
            id: FileId::new(),
            name: self.name,
            media_type: media_type.to_owned(),
            size: self.staged.size(),
            width: None,
            height: None,
            tiny: None,
            alt: None,
        };
        let store = self.chat.store().clone();
        let _keeping = store.vault().keeping().await;
        let (mut preview, mut view) = (None, None);
        let mut doomed = vec![digest];
        if let Some(picture) = &picture {
            doomed.push(digest_of(&picture.preview));
            doomed.extend(picture.view.as_ref().map(digest_of));
        }
        store.write(move |tx| tx.doom_bytes(&doomed)).await?;
        store.vault().keep(self.staged).await?;
        if let Some(picture) = picture {
            (info.width, info.height) = (Some(picture.width), Some(picture.height));
            info.tiny = Some(picture.tiny);
            preview = Some(put(&self.chat, &picture.preview).await?);
            if let Some(large) = &picture.view {
                view = Some(put(&self.chat, large).await?);
            }
        }
        let new = NewFile {
            info: info.clone(),
            room: self.room,
            owner: self.caller.actor(),
            digest,
            preview,
            view,
        };
        store.write(move |tx| tx.add_file(new)).await?;
        metrics::counter!("salon_files_uploaded_total").increment(1);
        Ok(info)
    }

    /// What is shown of a picture; one that cannot be read is a file like others.
    async fn picture(&self) -> Option<Picture> {
        if self.staged.size() > PICTURE_BYTES_MAX {
            return None;
        }
        let path = self.staged.path().to_owned();
        let work = move || {
            let file = std::fs::File::open(path).map_err(|_| Unreadable::Broken)?;
            picture(BufReader::new(file))
        };
        match self.chat.workshop().run(work).await {
            Ok(picture) => Some(picture),
            Err(why) => {
                info!(%why, "a picture is kept without a preview");
                None
            }
        }
    }
}

fn digest_of(made: &Rendition) -> ByteDigest {
    ByteDigest::of(&made.bytes)
}

async fn put(chat: &Chat, made: &Rendition) -> Result<MadeOf, ChatError> {
    Ok(MadeOf {
        digest: chat.store().vault().put(&made.bytes).await?,
        media_type: made.media_type.to_owned(),
    })
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
