//! Pass a message on into another room, with its files.

use super::{append_new, change_message::find, done, send_message::check_key};
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{Done, MessageId};
use salon_store::{Calling, Change, NewEvent, SendKey};
use sha2::{Digest, Sha256};

/// Copies a message that the caller may read into a room that the caller may write to. Whoever
/// reads the copy is told where it comes from only if they may read that.
pub async fn forward_message(
    chat: &Chat,
    caller: &Caller,
    message: MessageId,
    room: &str,
    key: Option<&str>,
) -> Result<Done, ChatError> {
    // Whom this guards: the readers of a room, from a model that was talked into carrying it out.
    if caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "An agent passes no messages on.",
            "AI 不能转发消息。",
        )));
    }
    find(chat, caller, message).await?;
    let room = match room.strip_prefix('@') {
        Some(handle) => {
            let user = rules::open_user_named(chat, handle).await?;
            super::open_direct(chat, caller, &user).await?.id
        }
        None => rules::member_room(chat, caller, room).await?.id,
    };
    let key = key.map(|key| send_key(key, message)).transpose()?;
    let change = Change::Post {
        message_id: MessageId::new(),
        text: String::new(),
        reply_to: None,
        draft_id: None,
        state: None,
        action: false,
        cause: caller.cause(),
        replaces: None,
        private_from_ai: false,
        poll: None,
        files: Vec::new(),
        // Names in somebody else's words call nobody a second time.
        calling: Calling::default(),
        forwarded: Some(message),
    };
    let new = NewEvent {
        room,
        actor: caller.actor(),
        change,
        key,
    };
    append_new(chat, new).await.map(done)
}

fn send_key(key: &str, message: MessageId) -> Result<SendKey, ChatError> {
    check_key(key)?;
    let mut digest = Sha256::new();
    digest.update(b"forward");
    digest.update(message.0.as_bytes());
    Ok(SendKey {
        key: key.to_owned(),
        digest: digest.finalize().into(),
    })
}
