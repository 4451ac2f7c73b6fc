//! What was reported, and what moderators did.

use crate::{Caller, Chat, ChatError, Words, rules};
use salon_protocol::{
    Handle, ModerationAct, ModerationActs, Report, Reports, Restrictions, Role, RoomId, UserId,
    limits::MODERATION_PAGE_MAX,
};
use salon_store::ReportRow;
use std::collections::HashMap;

/// The open reports of a room for whoever moderates it; for others what they reported there.
pub async fn reports(chat: &Chat, caller: &Caller, room: &str) -> Result<Reports, ChatError> {
    require_person(caller)?;
    let room = rules::member_room(chat, caller, room).await?;
    let rows = match rules::may_moderate(chat, caller, &room).await? {
        true => chat.store().open_reports(room.id).await?,
        false => chat.store().reports_by(room.id, caller.id()).await?,
    };
    views(chat, caller, rows).await
}

/// Who is muted in a room and who is kept out of it, for whoever moderates it.
pub async fn restrictions(
    chat: &Chat,
    caller: &Caller,
    room: &str,
) -> Result<Restrictions, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    rules::require_group(&room)?;
    rules::require_moderator(chat, caller, &room, None).await?;
    Ok(chat.store().restrictions(room.id).await?)
}

/// The open reports of every room that an admin is in.
pub async fn admin_reports(chat: &Chat, caller: &Caller) -> Result<Reports, ChatError> {
    require_person(caller)?;
    rules::require_role(chat, caller, Role::Admin).await?;
    let rows = chat.store().open_reports_of(caller.id()).await?;
    views(chat, caller, rows).await
}

/// Everything that moderators and admins did, the newest first; for admins.
pub async fn moderation(
    chat: &Chat,
    caller: &Caller,
    before: Option<u64>,
    limit: usize,
) -> Result<ModerationActs, ChatError> {
    require_person(caller)?;
    rules::require_role(chat, caller, Role::Admin).await?;
    let limit = limit.clamp(1, MODERATION_PAGE_MAX);
    let mut rows = chat.store().moderation(before, limit + 1).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let (mut handles, mut names) = (HashMap::new(), HashMap::new());
    let mut acts = Vec::with_capacity(rows.len());
    for row in rows {
        let asker = match row.asker {
            Some(asker) => Some(handle(chat, asker, &mut handles).await?),
            None => None,
        };
        let user = match row.subject {
            Some(user) => Some(handle(chat, user, &mut handles).await?),
            None => None,
        };
        let room_name = match row.room {
            Some(room) => known_name(chat, caller, room, &mut names).await?,
            None => None,
        };
        acts.push(ModerationAct {
            number: row.number,
            at: row.at,
            by: handle(chat, row.actor, &mut handles).await?,
            asker,
            act: row.act,
            room: row.room,
            room_name,
            user,
            message_id: row.message,
            detail: row.detail,
        });
    }
    Ok(ModerationActs { acts, more })
}

/// The name of a room that the caller may know of: whom this guards are private rooms, from admins
/// who are not in them.
async fn known_name(
    chat: &Chat,
    caller: &Caller,
    room: RoomId,
    names: &mut HashMap<RoomId, Option<String>>,
) -> Result<Option<String>, ChatError> {
    if let Some(name) = names.get(&room) {
        return Ok(name.clone());
    }
    let name = match rules::reads(chat, room, &caller.user).await? {
        true => chat.store().room_summary(room, caller.id()).await?,
        false => None,
    };
    let name = name.map(|summary| summary.name);
    names.insert(room, name.clone());
    Ok(name)
}

async fn handle(
    chat: &Chat,
    user: UserId,
    handles: &mut HashMap<UserId, Handle>,
) -> Result<Handle, ChatError> {
    if let Some(handle) = handles.get(&user) {
        return Ok(handle.clone());
    }
    let found = chat.store().user(user).await?;
    let handle = found
        .map(|user| user.handle)
        .ok_or_else(|| ChatError::Internal("an account is gone".into()))?;
    handles.insert(user, handle.clone());
    Ok(handle)
}

async fn views(chat: &Chat, caller: &Caller, rows: Vec<ReportRow>) -> Result<Reports, ChatError> {
    let (mut handles, mut names) = (HashMap::new(), HashMap::new());
    let mut reports = Vec::with_capacity(rows.len());
    for row in rows {
        let view = chat.store().message_view(caller.id(), row.message).await?;
        let Some(message) = view else { continue };
        let settled_by = match row.settled_by {
            Some(by) => Some(handle(chat, by, &mut handles).await?),
            None => None,
        };
        reports.push(Report {
            number: row.number,
            room_name: super::room_name(chat, caller, row.room, &mut names).await?,
            message,
            by: handle(chat, row.reporter, &mut handles).await?,
            reason: row.reason,
            at: row.at,
            state: row.state,
            settled_by,
        });
    }
    Ok(Reports { reports })
}

fn require_person(caller: &Caller) -> Result<(), ChatError> {
    rules::require_person(
        caller,
        Words::new(
            "Reports and the log of moderation are for people.",
            "举报和管理记录仅供真人查看。",
        ),
    )
}
