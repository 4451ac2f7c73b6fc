//! What users say of themselves: the name to show, being away, their language.

use crate::{Caller, Chat, ChatError, Words};
use salon_protocol::{
    Lang, Presence, Text, UserInfo, UserKind,
    limits::{AWAY_CHARS_MAX, DISPLAY_NAME_CHARS_MAX},
};

/// Changes the name to show. The handle stays: it is how others find and sign in.
pub async fn set_display_name(
    chat: &Chat,
    caller: &Caller,
    name: &str,
) -> Result<UserInfo, ChatError> {
    check_no_agent(caller)?;
    let name = check_display_name(name)?;
    let id = caller.id();
    chat.store()
        .write(move |tx| tx.set_display_name(id, &name))
        .await?;
    tell_of_profile(chat, caller).await
}

/// Says that the caller is away, or back with `None`.
pub async fn set_away(
    chat: &Chat,
    caller: &Caller,
    away: Option<&str>,
) -> Result<UserInfo, ChatError> {
    let away = away.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    if away
        .as_ref()
        .is_some_and(|text| text.chars().count() > AWAY_CHARS_MAX)
    {
        let what = Text {
            en: "The note",
            zh: "离开说明",
        };
        return Err(ChatError::TooLong {
            what,
            max: AWAY_CHARS_MAX,
        });
    }
    let id = caller.id();
    chat.store()
        .write(move |tx| tx.set_away(id, away.as_deref()))
        .await?;
    tell_of_profile(chat, caller).await
}

/// Changes the language of errors, notices and agents' greetings.
pub async fn set_lang(chat: &Chat, caller: &Caller, lang: Lang) -> Result<(), ChatError> {
    check_no_agent(caller)?;
    let id = caller.id();
    Ok(chat.store().write(move |tx| tx.set_lang(id, lang)).await?)
}

/// Whom this guards: whoever made an agent, from anybody who talks it into another name. Its name
/// and its language are its maker's to change, and everybody sees that as an event.
fn check_no_agent(caller: &Caller) -> Result<(), ChatError> {
    if caller.user.kind != UserKind::Agent {
        return Ok(());
    }
    Err(ChatError::Forbidden(Words::new(
        "An agent's name and language are changed by its maker and admins, with /agent.",
        "AI 的名字和语言由它的创建者和管理员用 /agent 修改。",
    )))
}

/// The name as it will be kept: one line, something to see, not too long.
pub(crate) fn check_display_name(name: &str) -> Result<String, ChatError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.chars().count() > DISPLAY_NAME_CHARS_MAX {
        let what = Text {
            en: "The name",
            zh: "名字",
        };
        return Err(ChatError::TooLong {
            what,
            max: DISPLAY_NAME_CHARS_MAX,
        });
    }
    if !name.chars().any(char::is_alphanumeric) || name.chars().any(misleads) {
        return Err(ChatError::BadArguments(Words::new(
            "A name needs at least one letter or digit and no invisible characters.",
            "名字至少要有一个文字或数字，且不能包含不可见字符。",
        )));
    }
    Ok(name)
}

/// Whom this guards: readers, from names that reverse or hide the text around them.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Tells everybody how the caller is to be shown now.
pub(crate) async fn tell_of_profile(chat: &Chat, caller: &Caller) -> Result<UserInfo, ChatError> {
    let user = chat
        .store()
        .user(caller.id())
        .await?
        .ok_or(ChatError::MessageNotFound)?;
    chat.hub().user_changed(user.info(Presence::Offline)).await;
    Ok(user.info(chat.hub().presence(user.id)))
}
