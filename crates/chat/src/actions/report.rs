//! Report a message to whoever moderates its room, and settle what was reported. For people alone:
//! an agent neither reports nor judges.

use super::{
    change_message::find,
    moderation::{check_reason, note_on, removal},
};
use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{MessageId, ModerationKind, ReportState, RoomId, ServerFrame};
use salon_store::{Change, NewEvent, NewModeration, ReportRow};

/// Reports a message of a room that the caller is in.
pub async fn report_message(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
    reason: &str,
) -> Result<(), ChatError> {
    require_person(caller)?;
    let reason = check_reason(reason)?;
    let message = find(chat, caller, message_id).await?;
    if reason.is_empty() {
        return Err(ChatError::BadArguments(Words::new(
            "Say why, in a word or more.",
            "请写明理由。",
        )));
    }
    let room = chat
        .store()
        .room(message.room)
        .await?
        .ok_or(ChatError::MessageNotFound)?;
    rules::require_group(&room)?;
    let actor = caller.actor();
    chat.store()
        .write(move |tx| tx.report(room.id, &actor, message_id, &reason))
        .await?;
    tell_moderators(chat, message.room).await
}

/// Settles a report, and every other one of the same message: takes the message away, or lets it
/// stand. Who reported it is told.
pub async fn settle_report(
    chat: &Chat,
    caller: &Caller,
    number: u32,
    remove: bool,
    reason: &str,
) -> Result<(), ChatError> {
    require_person(caller)?;
    let reason = check_reason(reason)?;
    let report = chat.store().report(number).await?.ok_or_else(no_report)?;
    let room = rules::member_room(chat, caller, &report.room.to_string())
        .await
        .map_err(|_| no_report())?;
    if !rules::may_moderate(chat, caller, &room).await? {
        // Whoever wrote it knows of it; to others it is not there.
        return Err(match report.reporter == caller.id() {
            true => rules::require_moderator(chat, caller, &room, None)
                .await
                .err()
                .unwrap_or_else(no_report),
            false => no_report(),
        });
    }
    let message = find(chat, caller, report.message).await?;
    let (actor, by, reported) = (caller.actor(), caller.id(), message.id);
    let state = match remove {
        true => ReportState::Removed,
        false => ReportState::Dismissed,
    };
    let taken = removal(caller, room.id, message.author, message.id, &reason);
    let settled_act = NewModeration {
        message: Some(message.id),
        detail: format!("#{number}: {}", state.as_str()),
        ..note_on(
            caller,
            ModerationKind::SettleReport,
            room.id,
            message.author,
        )
    };
    let event = NewEvent {
        room: room.id,
        actor,
        change: Change::Delete {
            message_id: message.id,
            moderator: true,
            reason,
        },
        key: None,
    };
    let settled = chat
        .store()
        .write(move |tx| {
            let settled = tx.settle_reports(reported, state, by)?;
            if settled.is_empty() {
                return Ok(settled);
            }
            if remove && tx.append(event)?.event.is_some() && message.author != by {
                tx.note_moderation(&taken)?;
            }
            tx.note_moderation(&settled_act)?;
            Ok(settled)
        })
        .await?;
    if settled.is_empty() {
        return Err(ChatError::Conflict(Words::new(
            "Somebody has settled that already.",
            "已经有人处理过了。",
        )));
    }
    if remove {
        chat.sweep_soon();
    }
    tell_of_settled(chat, room.id, &settled).await
}

/// Tells whoever reported a message, and the moderators, that the reports of it are settled.
pub(super) async fn tell_of_settled(
    chat: &Chat,
    room: RoomId,
    settled: &[ReportRow],
) -> Result<(), ChatError> {
    if settled.is_empty() {
        return Ok(());
    }
    for report in settled {
        tell_reporter(chat, report).await?;
    }
    tell_moderators(chat, room).await
}

fn require_person(caller: &Caller) -> Result<(), ChatError> {
    rules::require_person(
        caller,
        Words::new("Reports are for people.", "举报功能仅供真人使用。"),
    )
}

/// Whoever reported a message learns what became of it, on all of their sessions; it stands in their
/// list of reports as well.
async fn tell_reporter(chat: &Chat, report: &ReportRow) -> Result<(), ChatError> {
    let Some(reporter) = chat.store().user(report.reporter).await? else {
        return Ok(());
    };
    let words = match report.state == ReportState::Removed {
        true => Words::new(
            "The message that you reported was removed. Thank you.",
            "你举报的消息已被移除，谢谢。",
        ),
        false => Words::new(
            "A moderator looked at the message that you reported, and it stays.",
            "管理者已查看你举报的消息，决定保留。",
        ),
    };
    let text = words.get(reporter.lang.unwrap_or_default()).to_owned();
    let data = serde_json::json!({ "report": report.number, "state": report.state });
    chat.hub()
        .notice(reporter.id, Some(report.room), text, Some(data))
        .await;
    Ok(())
}

async fn tell_moderators(chat: &Chat, room: RoomId) -> Result<(), ChatError> {
    let (moderators, open) = chat.store().moderators(room).await?;
    for moderator in moderators {
        chat.hub()
            .tell_user(moderator, ServerFrame::Reports { room, open })
            .await;
    }
    Ok(())
}

fn no_report() -> ChatError {
    ChatError::NotFound(Words::new("There is no such report.", "没有这条举报。"))
}
