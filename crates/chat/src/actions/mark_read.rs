//! Move the read marker, for all sessions of the user.

use crate::{Caller, Chat, ChatError, rules};
use salon_protocol::Seq;

/// Moves the marker forward and tells the user's sessions where it stands.
pub async fn mark_read(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    seq: Seq,
) -> Result<Seq, ChatError> {
    let room = rules::member_room(chat, caller, room).await?.id;
    let user = caller.id();
    let seq = chat
        .store()
        .write(move |tx| tx.mark_read(room, user, seq))
        .await?;
    chat.hub().read(room, user, seq).await;
    Ok(seq)
}
