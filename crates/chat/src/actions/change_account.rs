//! Change somebody else's account, as an admin: role, closing and opening it, a lost authenticator, a picture.

use super::moderation::{check_reason, note};
use crate::{
    Caller, Chat, ChatError, Words,
    queries::{may_change, seen},
    rules,
};
use salon_protocol::{AdminUserRequest, ModerationKind, Role, UserKind};
use salon_store::{NewModeration, Tx, User};

/// Changes a role, or closes or opens an account. Nobody gives a role above their own, and the last
/// owner stays one.
pub async fn change_account(
    chat: &Chat,
    caller: &Caller,
    handle: &str,
    request: AdminUserRequest,
) -> Result<(), ChatError> {
    let subject = changeable(chat, caller, handle).await?;
    let own = rules::current_role(chat, caller).await?;
    if request.role.is_some_and(|role| role > own) {
        return Err(ChatError::Forbidden(Words::new(
            "You can give roles up to your own.",
            "最多只能授予与自己同级的角色。",
        )));
    }
    let id = subject.id;
    let mut acts = Vec::new();
    if let Some(role) = request.role.filter(|role| *role != subject.role) {
        acts.push(NewModeration {
            subject: Some(id),
            detail: format!("{} → {}", subject.role.as_str(), role.as_str()),
            ..note(caller, ModerationKind::SetRole)
        });
    }
    if let Some(closed) = request
        .disabled
        .filter(|closed| *closed != subject.disabled)
    {
        let kind = match closed {
            true => ModerationKind::CloseAccount,
            false => ModerationKind::OpenAccount,
        };
        acts.push(NewModeration {
            subject: Some(id),
            ..note(caller, kind)
        });
    }
    let work = move |tx: &mut Tx<'_>| {
        if let Some(role) = request.role {
            tx.set_role(id, role)?;
        }
        match request.disabled {
            Some(true) => tx.disable_user(id)?,
            Some(false) => tx.enable_user(id)?,
            None => {}
        }
        for act in &acts {
            tx.note_moderation(act)?;
        }
        if subject.role == Role::Owner {
            tx.require_owner()?;
        }
        Ok(())
    };
    chat.store().write(work).await?;
    if request.disabled == Some(true) {
        chat.hub().user_disabled(id).await;
    }
    if let Some(now) = chat.store().user(id).await? {
        chat.hub().user_changed(seen(chat, &now)).await;
    }
    tracing::info!(by = %caller.user.handle, %handle, ?request, "an account was changed");
    Ok(())
}

/// Takes a lost authenticator away; false where there was none.
pub async fn take_second_factor(
    chat: &Chat,
    caller: &Caller,
    handle: &str,
) -> Result<bool, ChatError> {
    let subject = changeable(chat, caller, handle).await?;
    let id = subject.id;
    let act = NewModeration {
        subject: Some(id),
        ..note(caller, ModerationKind::TakeSecondFactor)
    };
    let work = move |tx: &mut Tx<'_>| {
        let taken = tx.drop_second_factor(id)?;
        if taken {
            tx.note_moderation(&act)?;
        }
        Ok(taken)
    };
    let taken = chat.store().write(work).await?;
    if taken {
        tracing::info!(by = %caller.user.handle, %handle, "an authenticator was taken away");
    }
    Ok(taken)
}

/// Takes all passkeys away, as of a device that was stolen; answers with how many there were.
/// Browsers that are signed in stay so.
pub async fn take_passkeys(chat: &Chat, caller: &Caller, handle: &str) -> Result<usize, ChatError> {
    let subject = changeable(chat, caller, handle).await?;
    let id = subject.id;
    let act = NewModeration {
        subject: Some(id),
        ..note(caller, ModerationKind::TakePasskeys)
    };
    let work = move |tx: &mut Tx<'_>| {
        let taken = tx.drop_passkeys(id)?;
        if taken > 0 {
            tx.note_moderation(&act)?;
        }
        Ok(taken)
    };
    let taken = chat.store().write(work).await?;
    if taken > 0 {
        tracing::info!(by = %caller.user.handle, %handle, taken, "passkeys were taken away");
    }
    Ok(taken)
}

/// Takes somebody's picture away; false where they have none.
pub async fn take_avatar(
    chat: &Chat,
    caller: &Caller,
    handle: &str,
    reason: &str,
) -> Result<bool, ChatError> {
    let subject = changeable(chat, caller, handle).await?;
    // What an agent is shown by is its maker's to choose.
    if subject.kind == UserKind::Agent || subject.avatar.is_none() {
        return Ok(false);
    }
    let id = subject.id;
    let act = NewModeration {
        subject: Some(id),
        detail: check_reason(reason)?,
        ..note(caller, ModerationKind::RemoveAvatar)
    };
    let work = move |tx: &mut Tx<'_>| {
        tx.put_avatar(id, None)?;
        tx.set_avatar(id, None)?;
        tx.note_moderation(&act)
    };
    chat.store().write(work).await?;
    if let Some(now) = chat.store().user(id).await? {
        chat.hub().user_changed(seen(chat, &now)).await;
    }
    tracing::info!(by = %caller.user.handle, %handle, "a picture was taken away");
    Ok(true)
}

async fn changeable(chat: &Chat, caller: &Caller, handle: &str) -> Result<User, ChatError> {
    rules::require_role(chat, caller, Role::Admin).await?;
    let role = rules::current_role(chat, caller).await?;
    let subject = rules::user_named(chat, handle).await?;
    if !may_change(caller, role, &subject) {
        return Err(ChatError::Forbidden(Words::new(
            "You can change the accounts of people whose role is below yours, and not your own.",
            "只能更改角色低于自己的用户的账号，且不能更改自己的。",
        )));
    }
    Ok(subject)
}
