//! Plan a message or a reminder, change it, let go of it. Nobody else sees what one planned; all
//! of one's own sessions do.

use super::send_message::{calling, check_words};
use crate::{Caller, Chat, ChatError, Words, rules};
use jiff::{SignedDuration, Timestamp};
use salon_protocol::{
    Later, LaterChange, LaterId, LaterKind, LaterRequest, MessageId, ServerFrame, Text, UserKind,
    limits::REMINDER_CHARS_MAX,
};
use salon_store::{Actor, Change, NewEvent, SendKey, User};
use sha2::{Digest, Sha256};

/// How far ahead one plans.
const DAYS_MAX: i64 = 366;

/// Plans something in a room that the caller is in. An agent plans reminders alone, and for whoever
/// asked: they are told by nobody else.
pub async fn plan(chat: &Chat, caller: &Caller, request: LaterRequest) -> Result<Later, ChatError> {
    let owner = owner(caller)?;
    if caller.behalf.is_some() && request.kind == LaterKind::Message {
        return Err(ChatError::Forbidden(Words::new(
            "An agent sends nothing later. It can set a reminder.",
            "AI 不能定时发送消息，但可以设置提醒。",
        )));
    }
    let room = match request.room.strip_prefix('@') {
        Some(handle) if caller.behalf.is_none() => {
            let user = rules::open_user_named(chat, handle).await?;
            super::open_direct(chat, caller, &user).await?.id
        }
        _ => rules::member_room(chat, caller, &request.room).await?.id,
    };
    check_time(request.due_at)?;
    let later = Later {
        id: LaterId::new(),
        kind: request.kind,
        room,
        text: check_text(request.kind, &request.text)?,
        reply_to: request.reply_to,
        reply_seq: None,
        due_at: request.due_at,
        fired_at: None,
        failed: None,
    };
    let actor = crate::caller::actor(owner);
    let later = chat
        .store()
        .write(move |tx| tx.add_later(&actor, &later))
        .await?;
    tell(chat, owner, &later, false).await;
    Ok(later)
}

/// Changes what the caller planned.
pub async fn change_plan(
    chat: &Chat,
    caller: &Caller,
    id: LaterId,
    change: LaterChange,
) -> Result<Later, ChatError> {
    let known = own(chat, caller, id).await?;
    if let Some(at) = change.due_at {
        check_time(at)?;
    }
    let text = match &change.text {
        Some(text) => Some(check_text(known.kind, text)?),
        None => None,
    };
    let user = caller.id();
    let later = chat
        .store()
        .write(move |tx| tx.change_later(user, id, text.as_deref(), change.due_at))
        .await
        .map_err(gone)?;
    tell(chat, &caller.user, &later, false).await;
    Ok(later)
}

/// Lets go of what the caller planned.
pub async fn drop_plan(chat: &Chat, caller: &Caller, id: LaterId) -> Result<(), ChatError> {
    own(chat, caller, id).await?;
    let user = caller.id();
    let later = chat
        .store()
        .write(move |tx| tx.drop_later(user, id))
        .await
        .map_err(gone)?;
    tell(chat, &caller.user, &later, true).await;
    Ok(())
}

/// A planned message as it is sent. Its key is made of its id: it is sent once.
pub(crate) fn planned_message(chat: &Chat, owner: Actor, later: &Later) -> NewEvent {
    let mut digest = Sha256::new();
    digest.update(b"later");
    digest.update(later.id.0.as_bytes());
    let change = Change::Post {
        message_id: MessageId::new(),
        calling: calling(chat, &later.text),
        text: later.text.clone(),
        reply_to: later.reply_to,
        draft_id: None,
        state: None,
        action: false,
        cause: None,
        replaces: None,
        private_from_ai: false,
        poll: None,
        files: Vec::new(),
        forwarded: None,
    };
    NewEvent {
        room: later.room,
        actor: owner,
        change,
        key: Some(SendKey {
            key: format!("later-{}", later.id),
            digest: digest.finalize().into(),
        }),
    }
}

/// Whose a plan is: that of the person who asked.
fn owner(caller: &Caller) -> Result<&User, ChatError> {
    let owner = caller.behalf.as_ref().map_or(&caller.user, |it| &it.asker);
    if owner.kind == UserKind::Agent {
        return Err(ChatError::Forbidden(Words::new(
            "An agent plans nothing for itself.",
            "AI 不能为自己设置计划。",
        )));
    }
    Ok(owner)
}

/// What the caller planned. For people alone: what they plan is not an agent's to see.
async fn own(chat: &Chat, caller: &Caller, id: LaterId) -> Result<Later, ChatError> {
    if caller.behalf.is_some() {
        return Err(no_plan());
    }
    let planned = chat.store().laters(caller.id()).await?;
    planned
        .into_iter()
        .find(|later| later.id == id)
        .ok_or_else(no_plan)
}

fn check_time(at: Timestamp) -> Result<(), ChatError> {
    let now = Timestamp::now();
    let latest = now
        .checked_add(SignedDuration::from_hours(24 * DAYS_MAX))
        .unwrap_or(now);
    if at <= now || at > latest {
        return Err(ChatError::BadArguments(Words::new(
            "That time has passed, or is more than a year ahead. Choose another.",
            "时间已过，或在一年之后。请选择其他时间。",
        )));
    }
    Ok(())
}

fn check_text(kind: LaterKind, text: &str) -> Result<String, ChatError> {
    let text = check_words(text)?;
    let is_command = text.starts_with('/') && !text.starts_with("//");
    match kind {
        LaterKind::Message if is_command => Err(ChatError::BadArguments(Words::new(
            "A command cannot be sent later. Run it when it is time.",
            "命令不能定时发送，请到时再运行。",
        ))),
        LaterKind::Message => Ok(match text.strip_prefix("//") {
            Some(rest) => format!("/{rest}"),
            None => text,
        }),
        LaterKind::Reminder if text.chars().count() > REMINDER_CHARS_MAX => {
            Err(ChatError::TooLong {
                what: Text {
                    en: "The reminder",
                    zh: "提醒",
                },
                max: REMINDER_CHARS_MAX,
            })
        }
        LaterKind::Reminder => Ok(text),
    }
}

async fn tell(chat: &Chat, owner: &User, later: &Later, gone: bool) {
    let later = later.clone();
    let frame = ServerFrame::Later { later, gone };
    chat.hub().tell_user(owner.id, frame).await;
    chat.plan_soon();
}

/// It may have happened in the meantime.
fn gone(error: salon_store::StoreError) -> ChatError {
    match error {
        salon_store::StoreError::NotFound("later") => no_plan(),
        error => error.into(),
    }
}

fn no_plan() -> ChatError {
    ChatError::NotFound(Words::new(
        "There is no such plan. It may have happened, or be gone.",
        "没有这个计划，可能已经执行或已取消。",
    ))
}
