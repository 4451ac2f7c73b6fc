//! Who there is, and who is here.

use crate::{Caller, Chat, ChatError};
use salon_protocol::{Directory, Me, OnlineUsers, Presence, UserInfo};
use salon_store::User;

/// Handles of those who are online, agents included, sorted.
pub fn online_users(chat: &Chat) -> OnlineUsers {
    OnlineUsers {
        users: chat.hub().online_handles(),
        success: true,
    }
}

/// All users with their presence.
pub async fn directory(chat: &Chat) -> Result<Directory, ChatError> {
    let users = chat.store().users().await?;
    Ok(Directory {
        users: users.iter().map(|user| seen(chat, user)).collect(),
    })
}

/// The caller as others see them.
pub fn me(chat: &Chat, caller: &Caller) -> Me {
    Me {
        user: seen(chat, &caller.user),
        lang: caller.user.lang,
    }
}

/// A user with their presence.
pub(crate) fn seen(chat: &Chat, user: &User) -> UserInfo {
    let presence = match chat.hub().presence(user.id) {
        Presence::Offline => Presence::Offline,
        _ if user.away.is_some() => Presence::Away,
        here => here,
    };
    user.info(presence)
}
