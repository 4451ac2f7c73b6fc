//! When agents speak in a room, and whether they may read there at all.

use super::{append, done};
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{Done, SpeakMode};
use salon_store::{Change, Room};

/// Changes when agents speak.
pub async fn set_mode(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    mode: SpeakMode,
) -> Result<Done, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    require_steering(chat, caller, &room).await?;
    append(chat, caller, room.id, Change::Mode { mode })
        .await
        .map(done)
}

/// Keeps agents out of a room, or lets them in again.
pub async fn set_private_from_ai(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    on: bool,
) -> Result<Done, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    require_steering(chat, caller, &room).await?;
    append(chat, caller, room.id, Change::PrivateFromAi { on })
        .await
        .map(done)
}

pub(super) async fn require_steering(
    chat: &Chat,
    caller: &Caller,
    room: &Room,
) -> Result<(), ChatError> {
    if rules::may_steer_agents(chat, caller, room).await? {
        return Ok(());
    }
    Err(ChatError::Forbidden(Words::new(
        "Only moderators of this room decide what agents do in it: admins, and whoever made the room.",
        "只有这个聊天室的管理者（管理员或房间创建者）可以决定 AI 的行为。",
    )))
}
