//! Carries out what somebody allowed: exactly that, once, with the rights of whoever allowed it.

use super::{company::Company, room_stage::result, take_turn::behalf_of};
use crate::{
    model::ToolCall,
    tools::{self, Called},
    turn::CallEnd,
};
use salon_chat::{ApprovalRow, Caller, ChatError, actions, commands, queries};
use salon_protocol::{ApprovalState, Lang};

/// What is kept of a result, in characters.
const RESULT_CHARS_MAX: usize = 2_000;

pub(super) async fn carry_out(company: &Company, row: &ApprovalRow) -> Result<(), ChatError> {
    let store = company.chat.store();
    let agent = store.user(row.agent).await?.filter(|agent| !agent.disabled);
    let by = store
        .user(row.by.unwrap_or(row.asker))
        .await?
        .filter(|by| !by.disabled);
    let turn = store.turn(row.turn).await?;
    let (Some(agent), Some(by), Some(turn)) = (agent, by, turn) else {
        return actions::settle_approval(&company.chat, row, ApprovalState::Failed, None).await;
    };
    let lang = by.lang.unwrap_or_default();
    let caller = Caller {
        behalf: Some(behalf_of(&turn, by, true)),
        user: agent,
        lang,
    };
    let end = run(company, row, &caller, lang).await?;
    let state = match end {
        CallEnd::Refused(_) => ApprovalState::Failed,
        _ => ApprovalState::Done,
    };
    let text: String = end.text().chars().take(RESULT_CHARS_MAX).collect();
    tracing::info!(turn = %row.turn, number = row.number, outcome = end.as_str(), "an approved act was carried out");
    let ended = actions::end_call(&company.chat, row.turn, row.n, end.as_str(), &text).await;
    if let Err(error) = ended {
        tracing::error!(turn = %row.turn, %error, "cannot keep a call's result");
    }
    actions::settle_approval(&company.chat, row, state, Some(text)).await
}

async fn run(
    company: &Company,
    row: &ApprovalRow,
    caller: &Caller,
    lang: Lang,
) -> Result<CallEnd, ChatError> {
    let chat = &company.chat;
    let call = ToolCall {
        id: String::new(),
        name: row.name.clone(),
        arguments: row.arguments.clone(),
    };
    let settings = chat
        .store()
        .agent(row.agent)
        .await?
        .map(|agent| agent.settings);
    let settings = settings.unwrap_or_default();
    let room = chat.store().room(row.room).await?;
    let room_name = room.map(|room| room.name).unwrap_or_default();
    let key = Some(format!("turn:{}:{}", row.turn.0.simple(), row.n));
    let room = row.room.to_string();
    Ok(match tools::read(&call) {
        Some(Called::Named(name, arguments)) => {
            match company.tools.find(&name, &settings, &room_name).await {
                // Commands ask for themselves whether both are still there; a tool does not.
                Some(offered) => match queries::may_act(chat, caller, row.room).await {
                    Ok(()) => company.tools.call(&offered, arguments, None, lang).await,
                    Err(error) => CallEnd::Refused(error.message(lang)),
                },
                None => result(
                    commands::run_named(chat, caller, &name, Some(&room), &arguments, key).await,
                    lang,
                ),
            }
        }
        Some(Called::Line(line)) => result(
            commands::run_line(
                chat,
                caller,
                Some(&room),
                &line,
                commands::Along::with_key(key),
            )
            .await,
            lang,
        ),
        None => CallEnd::Refused(String::new()),
    })
}
