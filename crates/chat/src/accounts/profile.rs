//! One's own account as one sees it, and what one says of oneself.

use super::provider;
use crate::{
    Caller, Chat, ChatError, Words,
    actions::{set_display_name, set_lang, tell_of_profile},
    queries,
};
use jiff::tz::TimeZone;
use salon_protocol::{
    Account, AccountRequest, Text, UserKind,
    limits::{ABOUT_CHARS_MAX, TIME_ZONE_CHARS_MAX},
};

/// The caller's own account.
pub async fn account(chat: &Chat, caller: &Caller) -> Result<Account, ChatError> {
    let store = chat.store();
    let user = store.user(caller.id()).await?.ok_or_else(gone)?;
    let factor = store.second_factor(user.id).await?;
    let factor = factor.filter(|factor| factor.confirmed);
    Ok(Account {
        has_password: store.password_hash(user.id).await?.is_some(),
        second_factor: factor.is_some(),
        recovery_codes: factor.map_or(0, |factor| factor.recovery_codes),
        provider: provider::of_account(chat, user.id).await?,
        lang: user.lang,
        user: queries::seen(chat, &user),
    })
}

/// Changes what the caller says of themselves.
pub async fn set_profile(
    chat: &Chat,
    caller: &Caller,
    new: AccountRequest,
) -> Result<Account, ChatError> {
    // Whom this guards: an agent's maker, who decides what it is.
    if caller.user.kind == UserKind::Agent {
        return Err(gone());
    }
    let about = new.about.as_deref().map(check_about).transpose()?;
    if let Some(zone) = &new.time_zone {
        check_time_zone(zone)?;
    }
    if let Some(name) = &new.display_name {
        set_display_name(chat, caller, name).await?;
    }
    if let Some(lang) = new.lang {
        set_lang(chat, caller, lang).await?;
    }
    if about.is_some() || new.time_zone.is_some() {
        let id = caller.id();
        chat.store()
            .write(move |tx| tx.set_profile(id, about.as_deref(), new.time_zone.as_deref()))
            .await?;
        tell_of_profile(chat, caller).await?;
    }
    account(chat, caller).await
}

fn check_about(about: &str) -> Result<String, ChatError> {
    if about.chars().count() > ABOUT_CHARS_MAX {
        return Err(ChatError::TooLong {
            what: Text {
                en: "What you say of yourself",
                zh: "个人简介",
            },
            max: ABOUT_CHARS_MAX,
        });
    }
    Ok(about.replace('\0', "").trim().to_owned())
}

pub(crate) fn check_time_zone(zone: &str) -> Result<(), ChatError> {
    let plain = zone.len() <= TIME_ZONE_CHARS_MAX
        && zone
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+'));
    if zone.is_empty() || plain && TimeZone::get(zone).is_ok() {
        return Ok(());
    }
    Err(ChatError::BadArguments(Words::new(
        "There is no such time zone. Use a name like Europe/Berlin or Asia/Shanghai.",
        "没有这个时区。请使用 Asia/Shanghai、Europe/Berlin 这样的名称。",
    )))
}

fn gone() -> ChatError {
    ChatError::NotFound(Words::new("There is no such account.", "没有这个账号。"))
}
