//! Say how long a room's messages are kept. For admins: what others said goes with it.

use super::moderation::{append_noted, note};
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{Done, ModerationKind, Role, limits::KEEP_DAYS_MAX};
use salon_store::{Change, NewModeration};

/// Whom this guards: what people said, from a model that was talked into forgetting it.
pub(crate) fn require_keeper(caller: &Caller) -> Result<(), ChatError> {
    let words = Words::new(
        "How long messages are kept is not an agent's to ask or to say.",
        "消息的保留时间不由 AI 查询或设置。",
    );
    rules::require_person(caller, words)
}

/// So many days; zero for ever.
pub async fn set_keep(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    days: u32,
) -> Result<Done, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    require_keeper(caller)?;
    rules::require_group(&room)?;
    rules::require_role(chat, caller, Role::Admin).await?;
    if days > KEEP_DAYS_MAX {
        return Err(ChatError::BadArguments(Words::new(
            format!("Messages are kept for at most {KEEP_DAYS_MAX} days, or for ever."),
            format!("消息最多保留 {KEEP_DAYS_MAX} 天，或永久保留。"),
        )));
    }
    let act = NewModeration {
        room: Some(room.id),
        detail: match days {
            0 => "forever".to_owned(),
            _ => format!("{days} d"),
        },
        ..note(caller, ModerationKind::Keep)
    };
    let appended = append_noted(chat, caller, room.id, Change::Keep { days }, act).await?;
    chat.sweep_soon();
    Ok(super::done(appended))
}
