//! Make an emoji of a picture, for everybody here, or take one away.

use super::moderation::{check_reason, note, told};
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_media::{Unreadable, emoji};
use salon_protocol::{
    ModerationKind, OwnEmoji, Role,
    limits::{OWN_EMOJI_MAX, OWN_EMOJI_NAME_CHARS_MAX},
};
use salon_store::{AddedEmoji, NewEmoji, Tx};
use std::io::Cursor;

/// Names are what stands between two colons: small letters of any script, digits, `_` and `-`, one
/// letter at least, so that a time of day is no name.
fn check_name(name: &str) -> Result<(), ChatError> {
    let length = name.chars().count();
    let fits = |c: char| c == '_' || c == '-' || (c.is_alphanumeric() && !c.is_uppercase());
    if (2..=OWN_EMOJI_NAME_CHARS_MAX).contains(&length)
        && name.chars().all(fits)
        && name.chars().any(char::is_alphabetic)
    {
        return Ok(());
    }
    Err(ChatError::BadArguments(Words::new(
        format!(
            "A name has 2 to {OWN_EMOJI_NAME_CHARS_MAX} small letters of any script, digits, _ or -, and one letter at least."
        ),
        format!(
            "名称应为 2 到 {OWN_EMOJI_NAME_CHARS_MAX} 个文字、小写字母、数字、_ 或 -，且至少有一个文字或字母。"
        ),
    )))
}

/// Whom this guards: everybody's texts, from what a model would draw or take away in them.
fn require_person(caller: &Caller) -> Result<(), ChatError> {
    let words = Words::new("An agent makes no emoji.", "AI 不能制作表情。");
    rules::require_person(caller, words)
}

/// Keeps a picture, read within bounds and written anew, under a name that is free.
pub async fn add_emoji(
    chat: &Chat,
    caller: &Caller,
    name: String,
    picture: Vec<u8>,
) -> Result<OwnEmoji, ChatError> {
    require_person(caller)?;
    rules::require_role(chat, caller, Role::Member).await?;
    check_name(&name)?;
    let made = chat
        .workshop()
        .run(move || emoji(Cursor::new(picture)))
        .await
        .map_err(unreadable)?;
    let new = NewEmoji {
        name: name.clone(),
        maker: caller.id(),
        media_type: made.media_type.to_owned(),
        bytes: made.bytes,
        made_at: salon_protocol::now(),
    };
    let told = OwnEmoji {
        name,
        made_by: caller.user.handle.to_string(),
        made_at: new.made_at,
    };
    match chat.store().write(move |tx| tx.add_emoji(&new)).await? {
        AddedEmoji::Added => Ok(told),
        AddedEmoji::Taken => Err(ChatError::Conflict(Words::new(
            format!(
                "There is an emoji :{}: already. Take another name.",
                told.name
            ),
            format!("已经有表情 :{}: 了，请换一个名称。", told.name),
        ))),
        AddedEmoji::TooMany => Err(ChatError::Conflict(Words::new(
            format!("There are {OWN_EMOJI_MAX} emoji already. Delete one first."),
            format!("自制表情已达 {OWN_EMOJI_MAX} 个，请先删除一个。"),
        ))),
    }
}

pub(crate) fn unreadable(why: Unreadable) -> ChatError {
    ChatError::BadArguments(match why {
        Unreadable::NotAPicture => Words::new(
            "That is no picture. Choose a PNG, JPEG, GIF or WebP.",
            "这不是图片，请选择 PNG、JPEG、GIF 或 WebP。",
        ),
        Unreadable::TooLarge => Words::new(
            "The picture has too many pixels. Choose a smaller one.",
            "图片像素过多，请换一张小一些的。",
        ),
        Unreadable::Broken | Unreadable::TooSlow => Words::new(
            "The picture cannot be read. Save it anew, or choose another.",
            "无法读取这张图片，请重新保存或换一张。",
        ),
    })
}

/// Takes one away: whoever made it their own, admins any, which is written down. Where it was used
/// its name remains.
pub async fn drop_emoji(
    chat: &Chat,
    caller: &Caller,
    name: String,
    reason: &str,
) -> Result<(), ChatError> {
    require_person(caller)?;
    rules::require_role(chat, caller, Role::Member).await?;
    let is_admin = rules::current_role(chat, caller).await? >= Role::Admin;
    let maker = (!is_admin).then_some(caller.id());
    let mut act = note(caller, ModerationKind::RemoveEmoji);
    act.detail = told(&format!(":{name}:"), &check_reason(reason)?);
    let work = move |tx: &mut Tx<'_>| {
        let Some(maker) = tx.drop_emoji(&name, maker)? else {
            return Ok(false);
        };
        if maker != act.actor {
            act.subject = Some(maker);
            tx.note_moderation(&act)?;
        }
        Ok(true)
    };
    if chat.store().write(work).await? {
        return Ok(());
    }
    Err(ChatError::NotFound(Words::new(
        "There is no such emoji of yours.",
        "你没有这个表情。",
    )))
}
