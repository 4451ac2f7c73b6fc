//! An empty data folder gets a room, an agent in it, and a link for its owner.

use super::secret::{digest, new_secret};
use crate::{Chat, ChatError, caller::actor};
use salon_protocol::{Handle, Presence, Role, RoomId, RoomKind, RoomName, UserId, UserKind};
use salon_store::{Invite, NewRoom, NewUser, StoreError};

/// The public room that everybody but guests is in from the beginning.
pub const GENERAL_ROOM: &str = "general";
/// The agent that is there from the beginning.
pub const ASSISTANT: &str = "assistant";

pub(crate) async fn first_start(chat: &Chat) -> Result<(), ChatError> {
    let bad_name = |_| ChatError::Internal("a built-in name is not a name".into());
    let assistant: Handle = ASSISTANT.parse().map_err(bad_name)?;
    let general: RoomName = GENERAL_ROOM.parse().map_err(bad_name)?;
    if !chat.store().users().await?.is_empty() {
        return Ok(());
    }
    let made = chat
        .store()
        .write(move |tx| {
            let user = tx.create_user(NewUser {
                id: UserId::new(),
                handle: assistant,
                display_name: "Assistant".into(),
                kind: UserKind::Agent,
                role: Role::Member,
                password_hash: None,
            })?;
            tx.create_room(NewRoom {
                id: RoomId::new(),
                name: general.to_string(),
                name_key: Some(general.folded()),
                direct: None,
                kind: RoomKind::Public,
                topic: String::new(),
                creator: actor(&user),
                members: Vec::new(),
            })?;
            Ok(user)
        })
        .await;
    match made {
        Ok(user) => {
            chat.hub().user_changed(user.info(Presence::Offline)).await;
            Ok(())
        }
        // Another process started at the same moment and has made both.
        Err(StoreError::Taken(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Whether nobody owns the place yet.
pub async fn setup_needed(chat: &Chat) -> Result<bool, ChatError> {
    Ok(!chat.store().has_owner().await?)
}

/// A fresh one-time secret that makes whoever redeems it the owner; none when there is one. The
/// secret before it no longer works.
pub async fn setup_link(chat: &Chat) -> Result<Option<String>, ChatError> {
    if !setup_needed(chat).await? {
        return Ok(None);
    }
    let secret = new_secret();
    let invite = Invite {
        digest: digest(&secret),
        role: Role::Owner,
        room: None,
        invited_by: None,
        uses_left: 1,
        expires_at: None,
    };
    chat.store().write(move |tx| tx.add_invite(&invite)).await?;
    Ok(Some(secret))
}
