//! The picture of a person: read within bounds, and written anew.

use crate::{Caller, Chat, ChatError, Words, actions, rules};
use salon_media::avatar;
use salon_protocol::{UserId, UserInfo};
use std::io::Cursor;

/// Takes a picture for the caller's own, or lets go of it.
pub async fn set_avatar(
    chat: &Chat,
    caller: &Caller,
    picture: Option<Vec<u8>>,
) -> Result<UserInfo, ChatError> {
    let words = Words::new(
        "An agent's picture is an emoji that its maker chooses.",
        "AI 的头像是由创建者选择的表情。",
    );
    rules::require_person(caller, words)?;
    let id = caller.id();
    let made = match picture {
        Some(bytes) => Some(
            chat.workshop()
                .run(move || avatar(Cursor::new(bytes)))
                .await
                .map_err(actions::unreadable)?,
        ),
        None => None,
    };
    chat.store()
        .write(move |tx| {
            // Another picture has another path, so that nobody is shown the one before.
            let path = made.as_ref().map(|_| {
                let made_at = salon_protocol::now().as_microsecond();
                format!("/api/avatars/{id}?v={made_at}")
            });
            let kept = made.as_ref().map(|it| (it.media_type, it.bytes.as_slice()));
            tx.put_avatar(id, kept)?;
            tx.set_avatar(id, path.as_deref())
        })
        .await?;
    actions::tell_of_profile(chat, caller).await
}

/// Somebody's picture: its bytes and their type. Whoever may come in may see it: so they may the
/// directory.
pub async fn avatar_picture(chat: &Chat, id: &str) -> Result<(Vec<u8>, String), ChatError> {
    let none = || ChatError::NotFound(Words::new("There is no such picture.", "没有这张图片。"));
    let id: UserId = id.parse().map_err(|_| none())?;
    chat.store().avatar(id).await?.ok_or_else(none)
}
