//! Post a message: in a room one is in, or privately to a user.

use super::{done, open_direct};
use crate::{Caller, Chat, ChatError, Words, mentions, previews::Job, rules};
use salon_protocol::{
    Call, Done, DraftId, ErrorCode, EventBody, FileId, MessageId, MessageState, NoticeBody, Poll,
    RoomId, Text, UserKind,
    limits::{CALL_MEMBERS_MAX, FILES_PER_MESSAGE_MAX, KEY_CHARS_MAX, MESSAGE_CHARS_MAX},
};
use salon_store::{Appended, Calling, Change, FinishTurn, NewEvent, SendKey};
use sha2::{Digest, Sha256};

/// A message to post.
#[derive(Clone, Debug, Default)]
pub struct SendMessage {
    /// What it says.
    pub text: String,
    /// Makes a retry safe.
    pub key: Option<String>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// Said with `/me`.
    pub action: bool,
    /// An agent's: the draft that grew into it.
    pub draft_id: Option<DraftId>,
    /// An agent's: how it came to its end.
    pub state: Option<MessageState>,
    /// An agent's: the turn that ends with it, in the same transaction.
    pub finish: Option<FinishTurn>,
    /// An agent's: the earlier answer that it is given instead of.
    pub replaces: Option<MessageId>,
    /// No agent is to read it.
    pub private_from_ai: bool,
    /// What it asks; its text is then the poll's.
    pub poll: Option<Poll>,
    /// The caller's uploads that it carries; with them the text may be empty.
    pub files: Vec<FileId>,
}

impl SendMessage {
    /// Plain words.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}

/// Posts in a room that the caller is in; `@handle` opens the direct room with that user.
pub async fn send_message(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    new: SendMessage,
) -> Result<Done, ChatError> {
    let room = match room.strip_prefix('@') {
        Some(handle) => {
            let user = rules::open_user_named(chat, handle).await?;
            open_direct(chat, caller, &user).await?.id
        }
        None => match room.parse::<RoomId>() {
            // The commit checks the membership; only an agent's asker must be checked before.
            Ok(id) if caller.behalf.is_none() => id,
            _ => rules::member_room(chat, caller, room).await?.id,
        },
    };
    post(chat, caller, room, new).await
}

/// Posts privately to a user. Somebody who is not online gets it later, and the sender is told.
pub async fn tell(
    chat: &Chat,
    caller: &Caller,
    user: &str,
    new: SendMessage,
) -> Result<Done, ChatError> {
    let user = rules::open_user_named(chat, user).await?;
    check_text(&new)?;
    let room = open_direct(chat, caller, &user).await?;
    let mut done = post(chat, caller, room.id, new).await?;
    if !chat.hub().is_online(user.id) && user.kind != UserKind::Agent {
        let words = Words::new(
            format!(
                "@{} is not online. Your message is kept for them.",
                user.handle
            ),
            format!("@{} 不在线，消息已为对方保留。", user.handle),
        );
        done.code = Some(ErrorCode::UserOffline);
        done.notice = Some(NoticeBody {
            text: words.get(caller.lang).to_owned(),
            data: None,
        });
    }
    Ok(done)
}

async fn post(
    chat: &Chat,
    caller: &Caller,
    room: RoomId,
    new: SendMessage,
) -> Result<Done, ChatError> {
    let text = check_text(&new)?;
    // An agent's own reply comes also where whoever asked has been muted since.
    if caller.behalf.is_some() && new.finish.is_none() {
        rules::require_voice(chat, caller, room).await?;
    }
    let key = new
        .key
        .as_deref()
        .map(|key| send_key(key, &text, &new))
        .transpose()?;
    let calling = calling(chat, &text);
    let asks_for_all = mentions::asks_for(&calling.places, None);
    let message_id = MessageId::new();
    let links = match new.poll {
        Some(_) => None,
        None => Job::of(room, &caller.actor(), message_id, &text),
    };
    let event = NewEvent {
        room,
        actor: caller.actor(),
        change: Change::Post {
            message_id,
            text,
            reply_to: new.reply_to,
            draft_id: new.draft_id,
            state: new.state,
            action: new.action,
            cause: caller.cause(),
            replaces: new.replaces,
            private_from_ai: new.private_from_ai,
            poll: new.poll.map(Box::new),
            files: new.files,
            calling,
            forwarded: None,
        },
        key,
    };
    let finish = new.finish;
    let appended = chat
        .store()
        .write(move |tx| {
            let appended = tx.append(event)?;
            if let Some(mut finish) = finish {
                finish.reply = appended.message_id;
                tx.finish_turn(&finish)?;
            }
            Ok(appended)
        })
        .await?;
    metrics::counter!("salon_messages_posted_total").increment(1);
    // A retry brings nothing new.
    if appended.event.is_some() {
        chat.look_at_links(links);
    }
    let called_nobody = asks_for_all && caller.user.kind != UserKind::Agent && calls_few(&appended);
    let mut done = done(appended);
    if called_nobody {
        let words = Words::new(
            format!(
                "Your message was sent, but “@room” and “@here” called nobody: in rooms with more than {CALL_MEMBERS_MAX} members only moderators may use them."
            ),
            format!(
                "消息已发送，但“@room”和“@here”没有提醒任何人：成员超过 {CALL_MEMBERS_MAX} 人的聊天室只有管理者可以使用。"
            ),
        );
        done.notice = Some(NoticeBody {
            text: words.get(caller.lang).to_owned(),
            data: None,
        });
    }
    Ok(done)
}

/// Whether what was posted calls nobody but whom it names; somebody may be called “room”.
fn calls_few(appended: &Appended) -> bool {
    let Some(EventBody::MessagePosted { message }) = appended.event.as_ref().map(|it| &it.body)
    else {
        return false;
    };
    let is_call = |name: &str| matches!(name, "room" | "here");
    message.called.calls.is_none()
        && !message
            .called
            .mentions
            .iter()
            .any(|handle| is_call(&handle.folded()))
}

/// Whom a text may call; who is online matters only to what calls whoever is.
pub(super) fn calling(chat: &Chat, text: &str) -> Calling {
    let places = mentions::places(text);
    let online = if mentions::asks_for(&places, Some(Call::Here)) {
        chat.hub().online_users()
    } else {
        Vec::new()
    };
    Calling { places, online }
}

/// What a message says and carries, as it will be kept.
fn check_text(new: &SendMessage) -> Result<String, ChatError> {
    if new.files.len() > FILES_PER_MESSAGE_MAX {
        return Err(ChatError::BadArguments(Words::new(
            format!(
                "A message carries at most {FILES_PER_MESSAGE_MAX} files. Send the rest in another."
            ),
            format!("一条消息最多携带 {FILES_PER_MESSAGE_MAX} 个文件，其余请另发一条。"),
        )));
    }
    if new.text.trim().is_empty() && !new.files.is_empty() {
        return Ok(String::new());
    }
    check_words(&new.text)
}

/// The text as it will be kept: not empty, not too long, with one kind of line end.
pub(crate) fn check_words(text: &str) -> Result<String, ChatError> {
    if text.chars().count() > MESSAGE_CHARS_MAX {
        return Err(ChatError::TooLong {
            what: Text {
                en: "The message",
                zh: "消息",
            },
            max: MESSAGE_CHARS_MAX,
        });
    }
    if text.contains('\0') {
        return Err(ChatError::BadArguments(Words::new(
            "The message contains a NUL character, which cannot be kept. Remove it and send again.",
            "消息包含无法保存的空字符（NUL），请删除后再发送。",
        )));
    }
    let text = text.replace("\r\n", "\n");
    let text = text.trim_end();
    if text.trim().is_empty() {
        return Err(ChatError::BadArguments(Words::new(
            "The message is empty. Write something first.",
            "消息是空的，请先写点内容。",
        )));
    }
    Ok(text.to_owned())
}

pub(super) fn check_key(key: &str) -> Result<(), ChatError> {
    if key.is_empty() || key.chars().count() > KEY_CHARS_MAX {
        return Err(ChatError::BadArguments(Words::new(
            format!("A key has 1 to {KEY_CHARS_MAX} characters."),
            format!("key 的长度应为 1 到 {KEY_CHARS_MAX} 个字符。"),
        )));
    }
    Ok(())
}

/// The digest covers all that a retry must repeat; lengths keep the parts apart.
fn send_key(key: &str, text: &str, new: &SendMessage) -> Result<SendKey, ChatError> {
    check_key(key)?;
    let mut digest = Sha256::new();
    digest.update((text.len() as u64).to_be_bytes());
    digest.update(text);
    digest.update([u8::from(new.action), u8::from(new.private_from_ai)]);
    if let Some(reply_to) = new.reply_to {
        digest.update(reply_to.0.as_bytes());
    }
    // When it ends is not looked at: “in 2h” is another moment each time that it is sent.
    if let Some(poll) = &new.poll {
        digest.update([b'?', u8::from(poll.several)]);
    }
    if !new.files.is_empty() {
        digest.update(b"files");
        for file in &new.files {
            digest.update(file.0.as_bytes());
        }
    }
    Ok(SendKey {
        key: key.to_owned(),
        digest: digest.finalize().into(),
    })
}
