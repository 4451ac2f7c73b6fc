//! Make a public or private room.

use super::set_topic::check_topic;
use crate::{Caller, Chat, ChatError, Words, caller::actor, rules};
use salon_protocol::{HandleError, Role, RoomId, RoomKind, RoomName, RoomSummary};
use salon_store::NewRoom;

/// A room to make.
#[derive(Clone, Debug)]
pub struct CreateRoom {
    /// Name.
    pub name: String,
    /// `Public` or `Private`.
    pub kind: RoomKind,
    /// Topic.
    pub topic: String,
    /// Handles to bring in.
    pub members: Vec<String>,
}

/// Makes a room with the caller in it.
pub async fn create_room(
    chat: &Chat,
    caller: &Caller,
    new: CreateRoom,
) -> Result<RoomSummary, ChatError> {
    rules::require_role(chat, caller, Role::Member).await?;
    if new.kind == RoomKind::Direct {
        return Err(ChatError::BadArguments(Words::new(
            "A direct room opens by itself: write to @handle instead.",
            "私聊无需创建：直接给 @用户名 发消息即可。",
        )));
    }
    let name = new
        .name
        .parse::<RoomName>()
        .map_err(|error| bad_name(&error))?;
    let topic = check_topic(&new.topic)?;
    let mut members = Vec::new();
    for handle in &new.members {
        members.push(actor(&rules::open_user_named(chat, handle).await?));
    }
    let id = RoomId::new();
    let room = NewRoom {
        id,
        name_key: Some(name.folded()),
        name: name.to_string(),
        direct: None,
        kind: new.kind,
        topic,
        creator: caller.actor(),
        members,
    };
    chat.store().write(move |tx| tx.create_room(room)).await?;
    chat.store()
        .room_summary(id, caller.id())
        .await?
        .ok_or(ChatError::RoomNotFound)
}

/// Why a name of a room or user was refused, and what would do.
pub(crate) fn bad_name(error: &HandleError) -> ChatError {
    let words = match error {
        HandleError::Empty => Words::new("The name is empty.", "名字不能为空。"),
        HandleError::TooLong => {
            Words::new("A name has at most 32 characters.", "名字最多 32 个字符。")
        }
        HandleError::BadCharacter(c) => Words::new(
            format!(
                "The name contains {c:?}. Use letters of any script, digits, “_”, “-” and “.”."
            ),
            format!("名字包含 {c:?}。只能使用文字、数字、“_”、“-”和“.”。"),
        ),
    };
    ChatError::BadArguments(words)
}
