//! The pictures that a model is shown: those of the question and of what was said before it, newest
//! first, as far as the bounds go.
//!
//! Every picture is asked for through `chat` as the agent, for whoever asked and everybody who
//! reads along: what one of them may not see is not shown. What is shown was encoded by us, so
//! that no service decodes a stranger's bytes or learns where a picture was taken.

use crate::model::Image;
use base64::{Engine, engine::general_purpose::STANDARD};
use salon_chat::{Caller, Chat, ChatError, queries};
use salon_protocol::{FileId, FileInfo, MessageView};
use std::collections::HashMap;

/// Pictures that a model is shown at once.
const IMAGES_MAX: usize = 4;
/// Bytes of one picture; a larger one is shown as its small preview.
const IMAGE_BYTES_MAX: u64 = 1024 * 1024;

/// The pictures of a question with these `files` and of its history.
pub(super) async fn images(
    chat: &Chat,
    caller: &Caller,
    history: &[MessageView],
    files: &[FileInfo],
) -> HashMap<FileId, Image> {
    let earlier = history.iter().rev().flat_map(|view| &view.message.files);
    let pictures = files.iter().chain(earlier);
    let mut shown = HashMap::new();
    // Only of a picture that we could read there is anything to show.
    for file in pictures.filter(|file| file.tiny.is_some()).take(IMAGES_MAX) {
        match image(chat, caller, file.id).await {
            Ok(Some(image)) => drop(shown.insert(file.id, image)),
            Ok(None) => {}
            // The model reads its name all the same.
            Err(error) => tracing::debug!(file = %file.id, %error, "a picture is not shown"),
        }
    }
    shown
}

async fn image(chat: &Chat, caller: &Caller, file: FileId) -> Result<Option<Image>, ChatError> {
    let row = queries::file(chat, caller, file).await?;
    let vault = chat.store().vault();
    // The large one has at most 2,048 pixels a side, the small one 640.
    for made in [row.view, row.preview].into_iter().flatten() {
        let size = vault.size(made.digest).await?;
        if size.is_none_or(|size| size > IMAGE_BYTES_MAX) {
            continue;
        }
        let bytes = vault
            .read_whole(made.digest, IMAGE_BYTES_MAX as usize)
            .await?;
        let url = format!("data:{};base64,{}", made.media_type, STANDARD.encode(bytes));
        return Ok(Some(Image { url: url.into() }));
    }
    Ok(None)
}
