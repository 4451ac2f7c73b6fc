//! Keep what one has begun to write and not sent, for one's other devices. Nobody else sees it.

use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{ServerFrame, Text, Unsent, UnsentRequest, limits::MESSAGE_CHARS_MAX};

/// Keeps the words so far in place of those before; none lets go of them.
pub async fn set_unsent(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    request: UnsentRequest,
) -> Result<Unsent, ChatError> {
    require_writer(caller)?;
    let UnsentRequest { thread, text } = request;
    if text.chars().count() > MESSAGE_CHARS_MAX {
        let what = Text {
            en: "The message",
            zh: "消息",
        };
        let max = MESSAGE_CHARS_MAX;
        return Err(ChatError::TooLong { what, max });
    }
    let room = rules::member_room(chat, caller, room).await?.id;
    let (actor, at) = (caller.actor(), salon_protocol::now());
    let (unsent, changed) = chat
        .store()
        .write(move |tx| tx.put_unsent(room, &actor, thread, text, at))
        .await?;
    if changed {
        let frame = ServerFrame::Unsent {
            unsent: unsent.clone(),
        };
        chat.hub().tell_user(caller.id(), frame).await;
    }
    Ok(unsent)
}

/// Whom this guards: somebody's half sentences, from any agent.
pub(crate) fn require_writer(caller: &Caller) -> Result<(), ChatError> {
    let words = Words::new(
        "What somebody has not sent is theirs alone.",
        "未发送的内容只属于本人。",
    );
    rules::require_person(caller, words)
}
