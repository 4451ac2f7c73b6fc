//! A file's bytes on their way in, whoever brings them: looked into, pictures drawn anew, kept.

use crate::{Chat, ChatError, Words};
use salon_media::{
    HEAD_BYTES, Picture, Rendition, Unreadable, is_picture, kind_of, picture, safe_name,
};
use salon_protocol::{FileId, FileInfo, RoomId, limits::FILE_NAME_CHARS_MAX};
use salon_store::{Actor, ByteDigest, MadeOf, NewFile, Staged};
use std::io::BufReader;
use tracing::info;

/// A larger picture is kept like any file and not looked into.
const PICTURE_BYTES_MAX: u64 = 40 * 1024 * 1024;

/// Bytes of a file; dropped before their end, nothing of them stays.
pub struct Arriving {
    chat: Chat,
    head: Vec<u8>,
    staged: Staged,
}

/// Bytes that are on disk, and what is to be said of them. Nothing stands for them yet: whoever
/// keeps them holds the vault's gate until a row does.
#[derive(Clone, Debug)]
pub struct KeptFile {
    pub(super) info: FileInfo,
    digest: ByteDigest,
    preview: Option<MadeOf>,
    view: Option<MadeOf>,
}

impl KeptFile {
    pub(super) fn of(self, room: RoomId, owner: Actor) -> NewFile {
        NewFile {
            info: self.info,
            room,
            owner,
            digest: self.digest,
            preview: self.preview,
            view: self.view,
        }
    }
}

pub(super) fn check_size(chat: &Chat, size: u64) -> Result<(), ChatError> {
    let max = chat.file_bytes_max();
    if size > max {
        return Err(ChatError::TooLarge { bytes_max: max });
    }
    Ok(())
}

pub(super) fn check_not_empty(size: u64) -> Result<(), ChatError> {
    if size == 0 {
        return Err(ChatError::BadArguments(Words::new(
            "The file is empty. Choose another one.",
            "文件是空的，请另选一个。",
        )));
    }
    Ok(())
}

impl Arriving {
    /// A place for bytes of whose digest nothing is known. Checks no rights.
    pub async fn begin(chat: &Chat) -> Result<Self, ChatError> {
        Ok(Self {
            staged: chat.store().vault().stage().await?,
            chat: chat.clone(),
            head: Vec::new(),
        })
    }

    /// All of a file that came in pieces. Checks no rights.
    pub(super) async fn whole(chat: &Chat, id: FileId, size: u64) -> Result<Self, ChatError> {
        check_size(chat, size)?;
        let staged = chat.store().vault().stage_unfinished(id, size).await?;
        let head = staged.head(HEAD_BYTES).await?;
        Ok(Self {
            staged,
            chat: chat.clone(),
            head,
        })
    }

    /// Takes more of it.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), ChatError> {
        check_size(&self.chat, self.staged.size() + bytes.len() as u64)?;
        let wanted = HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..wanted]);
        Ok(self.staged.write(bytes).await?)
    }

    /// All of it has come: looks what it is and keeps it. The vault's gate is held by whoever
    /// calls, until the row that stands for the bytes is committed.
    pub async fn keep(mut self, id: FileId, name: &str) -> Result<KeptFile, ChatError> {
        check_not_empty(self.staged.size())?;
        let digest = self.staged.finish().await?;
        let media_type = kind_of(&self.head);
        let picture = match is_picture(media_type) {
            true => self.picture().await,
            false => None,
        };
        let mut info = FileInfo {
            id,
            name: safe_name(name, FILE_NAME_CHARS_MAX),
            media_type: media_type.to_owned(),
            size: self.staged.size(),
            width: None,
            height: None,
            tiny: None,
            alt: None,
        };
        let store = self.chat.store().clone();
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
        Ok(KeptFile {
            info,
            digest,
            preview,
            view,
        })
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
