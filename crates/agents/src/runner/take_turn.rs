//! One turn from its row to its reply.

use super::{agents::Company, room_stage::RoomStage};
use crate::{
    context::{self, Scene},
    decide::{Decision, Question, decide},
    driver::{self, Script},
    model::{Origin, ToolCall, ToolMode},
    tools,
    turn::{End, Outcome, TurnMachine, notice},
};
use jiff::Timestamp;
use salon_chat::{
    Behalf, Caller, ChatError, FinishTurn, Turn, User,
    actions::{self, SendMessage},
    queries,
};
use salon_live::DraftWriter;
use salon_protocol::{
    DraftEnd, DraftId, Lang, MessageState, MessageView, RoomKind, RoomSummary, Seq, Text, UserKind,
};

/// A turn that was begun so often and never ended takes the server down with it, perhaps.
const ATTEMPTS_MAX: u32 = 3;
/// Messages before the question that are looked at.
const HISTORY_MAX: usize = 40;

/// Everything about the question that the store knows.
struct Setting {
    agent: User,
    asker: User,
    room: RoomSummary,
    /// Before the question, oldest first.
    history: Vec<MessageView>,
    /// None where it is gone, or not theirs to read any more.
    question: Option<MessageView>,
    /// It answers something that the agent said, however long ago.
    replies_to_agent: bool,
}

/// Takes a turn to its end. An error leaves the row for another try.
pub(super) async fn take_turn(company: &Company, turn: &Turn) -> Result<(), ChatError> {
    let Some(setting) = setting(company, turn).await? else {
        return silent(company, turn, "withdrawn").await;
    };
    let decision = decide(&question(turn, &setting));
    let reason = match decision {
        Decision::Silent(reason) => return silent(company, turn, reason).await,
        Decision::Speak(reason) => reason,
    };
    let Some(view) = &setting.question else {
        return silent(company, turn, "withdrawn").await;
    };
    let lang = context::language(&view.message.text, setting.asker.lang);
    let caller = caller(turn, &setting, lang);
    tracing::info!(
        turn = %turn.id, agent = %setting.agent.handle, room = %turn.room, seq = turn.seq.0, reason,
        "agent takes a turn"
    );
    let draft_id = DraftId::new();
    let (end, draft) = match turn.attempts > ATTEMPTS_MAX {
        true => (gave_up(lang), None),
        false => answer(company, turn, &setting, &caller, draft_id, view).await?,
    };
    let stopped = end.outcome == Outcome::Stopped;
    let posted = finish(company, turn, &setting, &caller, draft_id, reason, end).await;
    match (draft, &posted) {
        // The event ends it.
        (Some(draft), Ok(true)) => draft.posted(),
        (Some(draft), _) if stopped => draft.end(DraftEnd::Stopped).await,
        (Some(draft), _) => draft.end(DraftEnd::Dropped).await,
        (None, _) => {}
    }
    posted.map(drop)
}

/// Asks the model and shows what it writes.
async fn answer(
    company: &Company,
    turn: &Turn,
    setting: &Setting,
    caller: &Caller,
    draft_id: DraftId,
    view: &MessageView,
) -> Result<(End, Option<DraftWriter>), ChatError> {
    let (chat, lang) = (&company.chat, caller.lang);
    let scene = Scene {
        handle: setting.agent.handle.as_str(),
        name: &setting.agent.display_name,
        persona: "",
        lang,
        room: room_name(&setting.room),
        topic: setting.room.topic.clone(),
        online: chat.hub().online_handles(),
        now: Timestamp::now(),
        history: setting.history.clone(),
        asker: view.message.from.as_str(),
        question: &view.message.text,
        reply_to: view.message.reply_to,
    };
    let names = (company.voice.tools() != ToolMode::None).then(|| company.names.clone());
    let mut machine = TurnMachine::new(lang, setting.agent.handle.as_str(), names);
    for call in chat.store().turn_calls(turn.id).await? {
        let id = format!("earlier_{}", call.n);
        machine.remember(ToolCall {
            id,
            name: call.name,
            arguments: call.arguments,
        });
    }
    let script = Script {
        voice: &company.voice,
        messages: &|mode| context::messages(&scene, mode, chat.commands()),
        tools: tools::schemas(chat.commands(), lang),
        origin: Origin {
            turn: Some(turn.id),
            asker: setting.asker.handle.to_string(),
            audience: turn.room.to_string(),
            lang,
        },
    };
    let mut stage = RoomStage {
        chat,
        caller,
        room: turn.room,
        turn: turn.id,
        question: turn.message,
        events: chat.hub().observe(),
        draft: chat
            .hub()
            .begin_draft(turn.room, setting.agent.handle.clone(), draft_id)
            .await,
    };
    // The question may have been deleted before we listened.
    if find_question(company, turn, caller).await?.is_none() {
        return Ok((withdrawn(), stage.draft));
    }
    let end = driver::run(machine, script, &mut stage).await;
    Ok((end, stage.draft))
}

/// Posts the reply and ends the turn, in one transaction; tells whether there was one to post.
async fn finish(
    company: &Company,
    turn: &Turn,
    setting: &Setting,
    caller: &Caller,
    draft_id: DraftId,
    reason: &str,
    end: End,
) -> Result<bool, ChatError> {
    let finish = FinishTurn {
        turn: turn.id,
        outcome: end.outcome.as_str().into(),
        reason: match end.failure {
            Some(failure) => format!("{reason}: {failure}"),
            None => reason.into(),
        },
        reply: None,
        tokens_in: end.usage.prompt_tokens,
        tokens_out: end.usage.completion_tokens,
    };
    tracing::info!(
        turn = %turn.id, outcome = finish.outcome, reason = finish.reason,
        tokens_in = finish.tokens_in, tokens_out = finish.tokens_out,
        "agent's turn ended"
    );
    metrics::counter!("salon_turns_total", "outcome" => end.outcome.as_str()).increment(1);
    let Some((text, state)) = end.reply else {
        actions::finish_silently(&company.chat, vec![finish]).await?;
        return Ok(false);
    };
    let message = SendMessage {
        text,
        key: Some(format!("turn:{}", turn.id.0.simple())),
        reply_to: (setting.room.kind != RoomKind::Direct).then_some(turn.message),
        action: false,
        draft_id: Some(draft_id),
        state: Some(state),
        finish: Some(finish.clone()),
    };
    let posted =
        actions::send_message(&company.chat, caller, &turn.room.to_string(), message).await;
    match posted {
        Ok(_) => Ok(true),
        // Storage trouble passes; the row is claimed again.
        Err(error @ ChatError::Internal(_)) => Err(error),
        // The asker or the agent left meanwhile, or may not speak here any more.
        Err(error) => {
            tracing::info!(turn = %turn.id, code = error.code().as_str(), "the reply may not be posted any more");
            let finish = FinishTurn {
                outcome: "silent".into(),
                reason: "may_not_speak".into(),
                ..finish
            };
            actions::finish_silently(&company.chat, vec![finish]).await?;
            Ok(false)
        }
    }
}

async fn silent(company: &Company, turn: &Turn, reason: &str) -> Result<(), ChatError> {
    tracing::debug!(turn = %turn.id, reason, "agent stays silent");
    let finish = FinishTurn {
        turn: turn.id,
        outcome: "silent".into(),
        reason: reason.into(),
        reply: None,
        tokens_in: 0,
        tokens_out: 0,
    };
    actions::finish_silently(&company.chat, vec![finish]).await
}

async fn setting(company: &Company, turn: &Turn) -> Result<Option<Setting>, ChatError> {
    let store = company.chat.store();
    let (agent, asker) = (store.user(turn.agent).await?, store.user(turn.asker).await?);
    let (Some(agent), Some(asker)) = (agent, asker) else {
        return Ok(None);
    };
    if agent.disabled || asker.disabled {
        return Ok(None);
    }
    let Some(room) = store.room_summary(turn.room, agent.id).await? else {
        return Ok(None);
    };
    let before_next = Some(Seq(turn.seq.0 + 1));
    let setting = Setting {
        agent,
        asker,
        room,
        history: Vec::new(),
        question: None,
        replies_to_agent: false,
    };
    let caller = caller(turn, &setting, Lang::default());
    let room = turn.room.to_string();
    let page =
        match queries::messages(&company.chat, &caller, &room, before_next, HISTORY_MAX).await {
            Ok(page) => page,
            Err(error @ ChatError::Internal(_)) => return Err(error),
            // One of them is not in the room any more.
            Err(_) => return Ok(None),
        };
    let mut history = page.messages;
    let question = history.pop_if(|last| last.message.id == turn.message && !last.message.deleted);
    let answered = question.as_ref().and_then(|view| view.message.reply_to);
    let replies_to_agent = match answered {
        Some(id) => {
            let answered = store.message(setting.agent.id, id).await?;
            answered.is_some_and(|message| message.author == setting.agent.id)
        }
        None => false,
    };
    Ok(Some(Setting {
        history,
        question,
        replies_to_agent,
        ..setting
    }))
}

/// The question as it stands now; none where it is gone.
async fn find_question(
    company: &Company,
    turn: &Turn,
    caller: &Caller,
) -> Result<Option<MessageView>, ChatError> {
    let (room, next) = (turn.room.to_string(), Some(Seq(turn.seq.0 + 1)));
    match queries::messages(&company.chat, caller, &room, next, 1).await {
        Ok(mut page) => Ok(page
            .messages
            .pop_if(|last| last.message.id == turn.message && !last.message.deleted)),
        Err(error @ ChatError::Internal(_)) => Err(error),
        Err(_) => Ok(None),
    }
}

fn question<'a>(turn: &Turn, setting: &'a Setting) -> Question<'a> {
    let message = setting.question.as_ref().map(|view| &view.message);
    Question {
        text: message.map_or("", |message| &message.text),
        from_agent: message.is_some_and(|message| message.from_kind == UserKind::Agent),
        hops: turn.hops,
        room: setting.room.kind,
        replies_to_agent: setting.replies_to_agent,
        stands: message.is_some(),
        handle: setting.agent.handle.as_str(),
        name: &setting.agent.display_name,
    }
}

/// The agent, with no more rights than whoever asked.
fn caller(turn: &Turn, setting: &Setting, lang: Lang) -> Caller {
    let behalf = Behalf {
        asker: setting.asker.clone(),
        turn: turn.id,
        audience: turn.room,
        hops: turn.hops + 1,
    };
    Caller {
        user: setting.agent.clone(),
        lang,
        behalf: Some(behalf),
    }
}

fn room_name(room: &RoomSummary) -> String {
    match room.kind {
        RoomKind::Direct => room.name.clone(),
        RoomKind::Public | RoomKind::Private => format!("#{}", room.name),
    }
}

fn withdrawn() -> End {
    End {
        reply: None,
        outcome: Outcome::Withdrawn,
        usage: Default::default(),
        failure: None,
    }
}

fn gave_up(lang: Lang) -> End {
    let words = Text {
        en: "I was interrupted several times while answering and gave up. Please ask again.",
        zh: "回答多次被中断，我放弃了这次回答。请重新提问。",
    };
    End {
        reply: Some((notice(words.get(lang)), MessageState::Degraded)),
        outcome: Outcome::Failed,
        usage: Default::default(),
        failure: Some("too_many_attempts"),
    }
}
