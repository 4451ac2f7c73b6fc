//! What somebody typed: words, or a command when it begins with a slash.

use super::{SendMessage, send_message};
use crate::{Caller, Chat, ChatError, commands};
use salon_protocol::{Done, FileId, MessageId};

/// Something typed.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// As typed. `/` begins a command, `//` a literal slash.
    pub text: String,
    /// Makes a retry safe.
    pub key: Option<String>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// Uploads that it carries.
    pub files: Vec<FileId>,
}

/// Posts or runs what was typed.
pub async fn say(chat: &Chat, caller: &Caller, room: &str, said: Said) -> Result<Done, ChatError> {
    let typed = said.text.trim_start();
    if typed.starts_with('/') && !typed.starts_with("//") {
        let along = commands::Along {
            key: said.key,
            reply_to: said.reply_to,
            files: said.files,
        };
        return commands::run_line(chat, caller, Some(room), typed, along).await;
    }
    let text = match typed.strip_prefix("//") {
        Some(rest) => format!("/{rest}"),
        None => said.text,
    };
    let message = SendMessage {
        text,
        key: said.key,
        reply_to: said.reply_to,
        files: said.files,
        ..SendMessage::default()
    };
    send_message(chat, caller, room, message).await
}
