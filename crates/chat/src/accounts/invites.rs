//! Links that make accounts: the set-up link and invitations.

use super::{
    password::hash_password,
    secret::{digest, new_secret, public_name},
    sign_in::{Origin, SignedIn, new_session},
};
use crate::{
    Caller, Chat, ChatError, Words,
    actions::{CreateUser, add_user, check_new_user},
    rules,
};
use jiff::SignedDuration;
use salon_protocol::{InviteInfo, InviteLink, Presence, Role, UserKind};
use salon_store::{Invite, StoreError};

/// A link lives for so long unless said otherwise.
const INVITE_HOURS: u32 = 7 * 24;
/// And never for longer.
const INVITE_HOURS_MAX: u32 = 90 * 24;
/// So many links are listed; the newest come first.
const INVITES_LISTED_MAX: usize = 500;
/// So many may use one link.
const INVITE_USES_MAX: u32 = 1_000;

/// An invitation to make.
#[derive(Clone, Debug, Default)]
pub struct NewInvite {
    /// The role to give; member by default.
    pub role: Option<Role>,
    /// A room to bring them into.
    pub room: Option<String>,
    /// How many may use it; one by default.
    pub uses: Option<u32>,
    /// Hours until it ends.
    pub hours: Option<u32>,
}

/// Makes a link; answers with its secret, which is shown once. For admins, who invite nobody
/// above themselves.
pub async fn create_invite(
    chat: &Chat,
    caller: &Caller,
    new: NewInvite,
) -> Result<String, ChatError> {
    rules::require_role(chat, caller, Role::Admin).await?;
    let role = new.role.unwrap_or(Role::Member);
    if role > rules::current_role(chat, caller).await? || role == Role::Owner {
        return Err(ChatError::Forbidden(Words::new(
            "You can invite people up to your own role, and no owners.",
            "最多只能邀请与自己同级的角色，且不能邀请所有者。",
        )));
    }
    let uses = new.uses.unwrap_or(1);
    let hours = new.hours.unwrap_or(INVITE_HOURS);
    if uses == 0 || uses > INVITE_USES_MAX || hours == 0 || hours > INVITE_HOURS_MAX {
        return Err(ChatError::BadArguments(Words::new(
            format!(
                "A link has 1 to {INVITE_USES_MAX} uses and lives 1 to {INVITE_HOURS_MAX} hours."
            ),
            format!(
                "邀请链接可用 1 到 {INVITE_USES_MAX} 次，有效期 1 到 {INVITE_HOURS_MAX} 小时。"
            ),
        )));
    }
    let room = match &new.room {
        Some(room) => {
            let room = rules::member_room(chat, caller, room).await?;
            rules::require_group(&room)?;
            Some(room.id)
        }
        None => None,
    };
    let secret = new_secret();
    let invite = Invite {
        digest: digest(&secret),
        role,
        room,
        invited_by: Some(caller.id()),
        uses_left: uses,
        expires_at: salon_protocol::now()
            .saturating_add(SignedDuration::from_hours(i64::from(hours)))
            .ok(),
    };
    chat.store().write(move |tx| tx.add_invite(&invite)).await?;
    Ok(secret)
}

/// The links that still open something. For admins, who are told of no room that is not theirs
/// to see.
pub async fn invites(chat: &Chat, caller: &Caller) -> Result<Vec<InviteLink>, ChatError> {
    rules::require_role(chat, caller, Role::Admin).await?;
    let mut links = Vec::new();
    for row in chat.store().invites(INVITES_LISTED_MAX).await? {
        let invite = row.invite;
        let room = match invite.room {
            Some(id) => rules::visible_room(chat, caller, &id.to_string())
                .await
                .ok(),
            None => None,
        };
        links.push(InviteLink {
            id: public_name(&invite.digest),
            role: invite.role,
            room: room.map(|room| room.name),
            invited_by: row.by.to_string(),
            uses_left: invite.uses_left,
            created_at: row.created_at,
            expires_at: invite.expires_at,
        });
    }
    Ok(links)
}

/// Ends a link, for admins.
pub async fn revoke_invite(chat: &Chat, caller: &Caller, name: &str) -> Result<(), ChatError> {
    rules::require_role(chat, caller, Role::Admin).await?;
    let rows = chat.store().invites(INVITES_LISTED_MAX).await?;
    let mut found = rows.into_iter().map(|row| row.invite.digest);
    let digest = found
        .find(|digest| public_name(digest) == name)
        .ok_or_else(dead_link)?;
    chat.store().write(move |tx| tx.drop_invite(digest)).await?;
    Ok(())
}

/// What a link offers, while it still opens something.
pub async fn invite_info(chat: &Chat, secret: &str) -> Result<InviteInfo, ChatError> {
    let invite = chat
        .store()
        .invite(digest(secret))
        .await?
        .ok_or_else(dead_link)?;
    let invited_by = match invite.invited_by {
        Some(id) => chat.store().user(id).await?.map(|user| user.display_name),
        None => None,
    };
    let room = match invite.room {
        Some(id) => chat.store().room(id).await?.map(|room| room.name),
        None => None,
    };
    Ok(InviteInfo {
        role: invite.role,
        invited_by,
        room,
    })
}

/// Makes the account that a link offers and signs it in.
pub async fn redeem(
    chat: &Chat,
    secret: &str,
    handle: String,
    display_name: Option<String>,
    password: String,
    origin: Origin,
) -> Result<SignedIn, ChatError> {
    // The secret comes first: hashing is dear, and not for whoever has none.
    let link = digest(secret);
    let invite = chat.store().invite(link).await?.ok_or_else(dead_link)?;
    let password_hash = Some(hash_password(chat, password).await?);
    let new = check_new_user(CreateUser {
        handle,
        display_name,
        kind: UserKind::Human,
        role: invite.role,
        password_hash,
    })?;
    let (cookie, mut credential) = new_session(new.id, origin);
    let user = chat
        .store()
        .write(move |tx| {
            let invite = tx.use_invite(link)?;
            let user = add_user(tx, new, Some(&invite))?;
            if user.role == Role::Owner {
                tx.drop_setup_links()?;
            }
            credential.user = user.id;
            tx.add_credential(&credential)?;
            Ok(user)
        })
        .await
        .map_err(|error| match error {
            StoreError::NotFound("invitation") => dead_link(),
            other => other.into(),
        })?;
    chat.hub().user_changed(user.info(Presence::Offline)).await;
    Ok(SignedIn { user, cookie })
}

fn dead_link() -> ChatError {
    ChatError::NotFound(Words::new(
        "This link has been used, has expired, or never was one. Ask for a new one.",
        "这个链接已被使用、已过期或无效，请重新索取。",
    ))
}
