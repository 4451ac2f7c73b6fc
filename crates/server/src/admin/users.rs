//! `salon user …` and `salon token create`.

use super::{open, remark, say};
use crate::config::Config;
use anyhow::{Context, anyhow, bail};
use salon_chat::{
    Chat, ChatError, User,
    accounts::{self, hash_password},
    actions::{self, CreateUser},
};
use salon_protocol::{Handle, Lang, Role, UserKind};
use std::io::Read;

pub(super) fn told(error: &ChatError) -> anyhow::Error {
    let lang = std::env::var("LANG")
        .ok()
        .and_then(|lang| lang.parse().ok())
        .unwrap_or(Lang::En);
    anyhow!("{}", error.message(lang))
}

fn read_password() -> anyhow::Result<String> {
    let mut password = String::new();
    std::io::stdin()
        .read_to_string(&mut password)
        .context("cannot read the password")?;
    let password = password.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("the password on standard input is empty");
    }
    Ok(password.to_owned())
}

async fn find(chat: &Chat, name: &str) -> anyhow::Result<User> {
    let handle: Handle = name.parse()?;
    let user = chat.store().user_by_handle(&handle).await?;
    user.ok_or_else(|| anyhow!("there is no user “{name}”; `salon user list` shows all"))
}

pub(crate) async fn add_user(
    config: &Config,
    name: String,
    role: Role,
    kind: UserKind,
    password_stdin: bool,
) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let password_hash = match password_stdin {
        true => {
            let hash = hash_password(&chat, read_password()?).await;
            Some(hash.map_err(|error| told(&error))?)
        }
        false => None,
    };
    let new = CreateUser {
        handle: name,
        display_name: None,
        kind,
        role,
        password_hash,
    };
    let user = actions::create_user(&chat, new)
        .await
        .map_err(|error| told(&error))?;
    say(format_args!(
        "{} is in, as {}.",
        user.handle,
        user.role.as_str()
    ));
    if !password_stdin {
        remark(format_args!(
            "Without a password they cannot sign in: `salon user password {0}` sets one, \
             `salon token create {0}` makes a token for a program.",
            user.handle
        ));
    }
    Ok(())
}

pub(crate) async fn list_users(config: &Config) -> anyhow::Result<()> {
    let chat = open(config).await?;
    for user in chat.store().users().await? {
        let closed = if user.disabled { "\tdisabled" } else { "" };
        say(format_args!(
            "{}\t{}\t{}\t{}{closed}",
            user.handle,
            user.role.as_str(),
            user.kind.as_str(),
            user.display_name
        ));
    }
    Ok(())
}

pub(crate) async fn disable_user(config: &Config, name: &str) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let user = find(&chat, name).await?;
    actions::disable_user(&chat, &user)
        .await
        .map_err(|error| told(&error))?;
    say(format_args!("{} can no longer come in.", user.handle));
    Ok(())
}

pub(crate) async fn set_password(config: &Config, name: &str) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let user = find(&chat, name).await?;
    let set = accounts::set_password(&chat, user.id, read_password()?).await;
    set.map_err(|error| told(&error))?;
    say(format_args!(
        "{} has a new password; their browsers are signed out.",
        user.handle
    ));
    Ok(())
}

pub(crate) async fn reset_second_factor(config: &Config, name: &str) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let user = find(&chat, name).await?;
    let had_one = accounts::reset_second_factor(&chat, user.id)
        .await
        .map_err(|error| told(&error))?;
    if !had_one {
        bail!("{} has no second factor", user.handle);
    }
    say(format_args!(
        "{} signs in with the password alone until they set up an authenticator again.",
        user.handle
    ));
    Ok(())
}

pub(crate) async fn remove_passkeys(config: &Config, name: &str) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let user = find(&chat, name).await?;
    let removed = accounts::remove_passkeys(&chat, user.id)
        .await
        .map_err(|error| told(&error))?;
    if removed == 0 {
        bail!("{} has no passkeys", user.handle);
    }
    say(format_args!(
        "No passkey opens the account {0} any more; there were {removed}. Browsers that are signed \
         in stay so: `salon user password {0}` signs them out.",
        user.handle
    ));
    Ok(())
}

pub(crate) async fn create_token(config: &Config, name: &str) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let user = find(&chat, name).await?;
    if user.disabled {
        bail!("the account {} is closed", user.handle);
    }
    say(accounts::create_token(&chat, user.id)
        .await
        .map_err(|error| told(&error))?);
    Ok(())
}
