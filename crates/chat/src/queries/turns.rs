//! What agents did and why: the context lens, `/why`, and the audit log.

use super::agents::handle;
use crate::{Caller, Chat, ChatError, because, rules};
use jiff::Timestamp;
use salon_protocol::{
    Act, Acts, CallView, Feedback, MessageId, Role, TurnView, Turns,
    limits::{ACTS_PAGE_MAX, TURNS_PAGE_MAX},
};
use salon_store::Turn;

/// The turns that concern a message, or whose reply it is. Whoever may read the message may see
/// them: what a turn read was no more than its room may read.
pub async fn turns_of(
    chat: &Chat,
    caller: &Caller,
    message: MessageId,
) -> Result<Turns, ChatError> {
    for party in caller.parties() {
        if chat.store().message(party.id, message).await?.is_none() {
            return Err(ChatError::MessageNotFound);
        }
    }
    let turns = chat
        .store()
        .turns_of_message(message, TURNS_PAGE_MAX)
        .await?;
    views(chat, caller, turns).await
}

/// The latest turns of a room.
pub async fn turns_in(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    limit: usize,
) -> Result<Turns, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    let limit = limit.clamp(1, TURNS_PAGE_MAX);
    let turns = chat.store().turns(room.id, limit).await?;
    views(chat, caller, turns).await
}

async fn views(chat: &Chat, caller: &Caller, turns: Vec<Turn>) -> Result<Turns, ChatError> {
    let mut views = Vec::new();
    for turn in turns {
        views.push(view(chat, caller, turn).await?);
    }
    Ok(Turns { turns: views })
}

/// One turn as people see it.
pub async fn view(chat: &Chat, caller: &Caller, turn: Turn) -> Result<TurnView, ChatError> {
    let author = handle(chat, turn.author).await?;
    let calls = chat.store().turn_calls(turn.id).await?;
    let because = match &turn.reason {
        Some(reason) => because(reason, &format!("@{author}"))
            .get(caller.lang)
            .to_owned(),
        None => String::new(),
    };
    Ok(TurnView {
        id: turn.id,
        agent: handle(chat, turn.agent).await?,
        room: turn.room,
        seq: turn.seq,
        asker: handle(chat, turn.asker).await?,
        hops: turn.hops,
        outcome: turn.outcome,
        reason: turn.reason,
        because,
        reply: turn.reply,
        model: turn.model,
        tokens_in: turn.tokens_in,
        tokens_out: turn.tokens_out,
        cost_micros: turn.cost,
        calls: calls
            .into_iter()
            .map(|call| CallView {
                name: call.name,
                arguments: call.arguments,
                result: call.result,
                outcome: call.outcome,
            })
            .collect(),
        detail: turn.detail,
    })
}

/// What people made of an agent's answer.
pub async fn feedback(
    chat: &Chat,
    caller: &Caller,
    message: MessageId,
) -> Result<Feedback, ChatError> {
    if chat.store().message(caller.id(), message).await?.is_none() {
        return Err(ChatError::MessageNotFound);
    }
    let (up, down, mine) = chat.store().feedback(message, caller.id()).await?;
    Ok(Feedback { up, down, mine })
}

/// Refuses whoever is no admin.
pub async fn require_admin(chat: &Chat, caller: &Caller) -> Result<(), ChatError> {
    rules::require_role(chat, caller, Role::Admin).await
}

/// Everything that agents did, newest first; for admins.
pub async fn acts(
    chat: &Chat,
    caller: &Caller,
    agent: Option<&str>,
    before: Option<Timestamp>,
    limit: usize,
) -> Result<Acts, ChatError> {
    rules::require_role(chat, caller, Role::Admin).await?;
    if caller.behalf.is_some() {
        return Err(ChatError::MessageNotFound);
    }
    let agent = match agent {
        Some(agent) => Some(rules::user_named(chat, agent).await?.id),
        None => None,
    };
    let limit = limit.clamp(1, ACTS_PAGE_MAX);
    let before = before.unwrap_or(Timestamp::MAX);
    let mut rows = chat.store().acts(before, agent, limit + 1).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let mut acts = Vec::new();
    for row in rows {
        acts.push(Act {
            at: row.at,
            turn: row.turn,
            agent: handle(chat, row.agent).await?,
            asker: handle(chat, row.asker).await?,
            room: row.room,
            seq: row.seq,
            name: row.name,
            arguments: row.arguments,
            outcome: row.outcome,
            result: row.result,
        });
    }
    Ok(Acts { acts, more })
}
