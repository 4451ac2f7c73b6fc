//! The answer: asks the model, shows what it writes, posts the reply and ends the turn.

use super::{
    bid::spent,
    company::Company,
    images::images,
    known::Known,
    open_turns::Guard,
    room_stage::{RoomStage, Yield},
    setting::Setting,
};
use crate::{
    context::{self, Scene},
    driver::{self, Script},
    model::{Origin, ToolCall, ToolMode},
    purse, tools,
    turn::{End, Outcome, TurnMachine, notice},
};
use salon_chat::{
    Caller, ChatError, FinishTurn, Spent, Turn,
    actions::{self, SendMessage},
};
use salon_live::DraftWriter;
use salon_protocol::{
    DraftEnd, DraftId, Lang, MessageState, MessageView, RoomKind, Text, TurnDetail, UserKind,
};
use std::collections::HashMap;
use tokio::time::Instant;

/// A turn that was begun so often and never ended takes the server down with it, perhaps.
const ATTEMPTS_MAX: u32 = 3;
/// A burst or an edit makes the model begin again so often.
const RESTARTS_MAX: u32 = 4;

/// What became of a turn that was to speak.
pub(super) enum Answered {
    /// It has ended, with a reply or in its own words.
    Done,
    /// Somebody else's words made it needless before anything was shown.
    Yielded {
        /// As it was then.
        setting: Box<Setting>,
        /// Why.
        reason: &'static str,
        /// What was spent by then.
        spent: Spent,
    },
}

/// One try at the answer.
struct Try {
    end: End,
    yields: Option<Yield>,
    detail: TurnDetail,
    draft: Option<DraftWriter>,
    /// Kept until the cost is in the store.
    tickets: Vec<purse::Ticket>,
}

/// Answers, beginning again where the question grows or changes before the first word is shown.
pub(super) async fn answer(
    company: &Company,
    turn: &Turn,
    mut setting: Setting,
    reason: &'static str,
    guard: Option<Guard>,
) -> Result<Answered, ChatError> {
    let began = Instant::now();
    let draft_id = DraftId::new();
    let mut draft = None;
    let mut earlier = Spent::default();
    let mut restarts = 0;
    loop {
        let Some(question) = setting.question.clone() else {
            end_draft(draft, DraftEnd::Dropped).await;
            return Ok(yielded(setting, "withdrawn", earlier));
        };
        let lang = setting.agent.settings.lang.unwrap_or_else(|| {
            let text: Vec<&str> = setting
                .burst()
                .iter()
                .map(|view| view.message.text.as_str())
                .collect();
            context::language(&text.join("\n"), setting.asker.lang)
        });
        let caller = setting.caller(turn, lang, Some(reason));
        if turn.attempts > ATTEMPTS_MAX {
            let tried = Try {
                end: gave_up(lang),
                yields: None,
                detail: TurnDetail::default(),
                draft: None,
                tickets: Vec::new(),
            };
            finish(
                company, turn, &setting, &caller, draft_id, reason, tried, earlier,
            )
            .await?;
            return Ok(Answered::Done);
        }
        let mut tried = one_try(
            company,
            turn,
            &mut setting,
            &caller,
            draft_id,
            draft.take(),
            &question,
            guard.as_ref(),
            began,
        )
        .await?;
        match tried.yields {
            Some(Yield::Gone(reason)) => {
                add(&mut earlier, &tried.end);
                end_draft(tried.draft.take(), DraftEnd::Dropped).await;
                return Ok(yielded(setting, reason, earlier));
            }
            Some(Yield::Grown) if restarts < RESTARTS_MAX => {
                restarts += 1;
                add(&mut earlier, &tried.end);
                draft = tried.draft.take();
                if restarts == RESTARTS_MAX
                    && let Some(guard) = &guard
                {
                    guard.close_the_door();
                }
                // The person may still be at it.
                tokio::time::sleep(company.pace.burst).await;
                match Setting::read(company, turn).await? {
                    Some(fresh) => setting = fresh,
                    None => {
                        end_draft(draft, DraftEnd::Dropped).await;
                        return Ok(yielded(setting, "withdrawn", earlier));
                    }
                }
            }
            Some(Yield::Grown) | None => {
                tried.detail.total_ms = millis(began);
                finish(
                    company, turn, &setting, &caller, draft_id, reason, tried, earlier,
                )
                .await?;
                return Ok(Answered::Done);
            }
        }
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "the parts of one try, named at the only call"
)]
async fn one_try(
    company: &Company,
    turn: &Turn,
    setting: &mut Setting,
    caller: &Caller,
    draft_id: DraftId,
    draft: Option<DraftWriter>,
    question: &MessageView,
    guard: Option<&Guard>,
    began: Instant,
) -> Result<Try, ChatError> {
    let (chat, lang) = (&company.chat, caller.lang);
    let events = setting
        .events
        .take()
        .unwrap_or_else(|| chat.hub().observe());
    let known = setting.known.take();
    let setting = &*setting;
    let settings = &setting.agent.settings;
    let draft = match draft {
        Some(draft) => draft,
        None => {
            let handle = setting.agent.user.handle.clone();
            chat.hub().begin_draft(turn.room, handle, draft_id).await
        }
    };
    let Known {
        books,
        servers,
        summary,
        facts,
        calls,
    } = match known {
        Some(known) => known,
        None => Known::read(company, turn, settings.budget).await?,
    };
    let extra = company
        .tools
        .offered(servers, settings, &setting.room.name)
        .await;
    let voice = company.voices.voice(settings, books.means());
    let burst = setting.burst();
    let read_up_to = burst.last().map_or(turn.seq, |view| view.seq);
    let text: Vec<&str> = burst
        .iter()
        .map(|view| view.message.text.as_str())
        .collect();
    let text = text.join("\n");
    let files: Vec<_> = burst
        .iter()
        .flat_map(|view| view.message.files.clone())
        .collect();
    let images = match voice.model.sees() {
        true => images(chat, caller, &setting.history, &files).await,
        false => HashMap::new(),
    };
    let scene = Scene {
        handle: setting.agent.user.handle.as_str(),
        name: &setting.agent.user.display_name,
        settings,
        lang,
        room: setting.room_name(),
        topic: setting.room.topic.clone(),
        online: chat.hub().online_handles(),
        now: salon_protocol::now(),
        history: setting.read_before(),
        asker: question.message.from.as_str(),
        question: &text,
        files,
        images,
        reply_to: question.message.reply_to,
        facts,
        summary: summary.map(|summary| (summary.up_to, summary.text)),
        extra: &extra,
    };
    let mut read = context::read(&scene);
    read.extend(burst.iter().map(|view| view.seq));
    let detail = TurnDetail {
        read,
        summary_up_to: scene.summary.as_ref().map(|(up_to, _)| *up_to),
        facts: scene.facts.len() as u64,
        images: scene.images.len() as u64,
        ..TurnDetail::default()
    };
    let may_call = voice.tools() != ToolMode::None
        && settings
            .tools
            .as_ref()
            .is_none_or(|tools| !tools.is_empty());
    let names = may_call.then(|| match extra.is_empty() {
        true => company.names.clone(),
        false => {
            let extra = extra.iter().map(|tool| tool.name.to_lowercase());
            company.names.iter().cloned().chain(extra).collect()
        }
    });
    let mut machine = TurnMachine::new(lang, setting.agent.user.handle.as_str(), names);
    for call in calls {
        machine.remember(ToolCall {
            id: format!("earlier_{}", call.n),
            name: call.name,
            arguments: call.arguments,
        });
    }
    let mut offered = match may_call {
        true => tools::schemas(chat.commands(), lang, settings),
        false => Vec::new(),
    };
    offered.extend(extra.iter().cloned());
    let script = Script {
        voice: &voice,
        messages: &|mode| {
            let mode = if may_call { mode } else { ToolMode::None };
            context::messages(&scene, mode, chat.commands())
        },
        tools: offered,
        temperature: settings.temperature,
        origin: Origin {
            turn: Some(turn.id),
            asker: setting.asker.handle.to_string(),
            audience: turn.room.to_string(),
            lang,
            again: turn.retry,
        },
    };
    let mut stage = RoomStage {
        company,
        caller,
        settings,
        room: turn.room,
        turn,
        question: turn.message,
        author: question.message.from.clone(),
        asks_for_person: question.message.from_kind != UserKind::Agent,
        room_name: &setting.room.name,
        guard,
        read_up_to,
        yields: None,
        first_word: None,
        price: voice.model.price(),
        books: Some(books),
        tickets: Vec::new(),
        near: Vec::new(),
        events,
        draft,
    };
    // Somebody may have answered before the turn was claimed.
    let answered = setting.answered_by();
    if turn.retry == 0
        && stage.asks_for_person
        && answered.is_some_and(|view| view.message.from_kind != UserKind::Agent)
    {
        stage.yields = Some(Yield::Gone("answered_by_person"));
    }
    let end = match stage.yields {
        Some(_) => withdrawn(),
        None => driver::run(machine, script, &mut stage).await,
    };
    let yields = match end.outcome {
        Outcome::Withdrawn => Some(stage.yields.unwrap_or(Yield::Gone("withdrawn"))),
        _ => None,
    };
    let detail = TurnDetail {
        first_word_ms: stage
            .first_word
            .map(|at| u64::try_from(at.duration_since(began).as_millis()).unwrap_or(u64::MAX)),
        requests: end.usage.requests,
        retries: end.usage.retries,
        estimated: end.usage.estimated,
        ..detail
    };
    warn_who_asked(company, turn, setting, caller, &stage).await;
    Ok(Try {
        end,
        yields,
        detail,
        draft: Some(stage.draft),
        tickets: stage.tickets,
    })
}

/// At four fifths of a limit whoever asked is told, once a day.
async fn warn_who_asked(
    company: &Company,
    turn: &Turn,
    setting: &Setting,
    caller: &Caller,
    stage: &RoomStage<'_>,
) {
    for scope in &stage.near {
        let whose = match scope {
            salon_chat::SpendScope::Agent(_) => format!("@{}", setting.agent.user.handle),
            salon_chat::SpendScope::Room(_) => setting.room_name(),
            salon_chat::SpendScope::Asker(_) => format!("@{}", setting.asker.handle),
            salon_chat::SpendScope::Server => match caller.lang {
                Lang::En => "this server".to_owned(),
                Lang::Zh => "这个服务器".to_owned(),
            },
        };
        let text = match caller.lang {
            Lang::En => {
                format!("The AI budget of {whose} is at 80 % or more. /usage shows what was spent.")
            }
            Lang::Zh => format!("{whose} 的 AI 预算已用到 80% 以上。用 /usage 查看用量。"),
        };
        let hub = company.chat.hub();
        hub.notice(turn.asker, Some(turn.room), text, None).await;
    }
}

/// Posts the reply and ends the turn, in one transaction; the draft ends with it.
#[expect(
    clippy::too_many_arguments,
    reason = "the parts of one end, named at its two calls"
)]
async fn finish(
    company: &Company,
    turn: &Turn,
    setting: &Setting,
    caller: &Caller,
    draft_id: DraftId,
    reason: &str,
    tried: Try,
    earlier: Spent,
) -> Result<(), ChatError> {
    let Try {
        end,
        detail,
        draft,
        tickets,
        ..
    } = tried;
    let stopped = end.outcome == Outcome::Stopped;
    let mut all = spent(end.usage);
    all.tokens_in += earlier.tokens_in;
    all.tokens_out += earlier.tokens_out;
    all.cost += earlier.cost;
    all.calls += earlier.calls;
    let finish = FinishTurn {
        turn: turn.id,
        outcome: end.outcome.as_str().into(),
        reason: match end.failure {
            Some(failure) => format!("{reason}: {failure}"),
            None => reason.into(),
        },
        reply: None,
        spent: all,
        model: (!end.model.is_empty()).then_some(end.model),
        detail,
    };
    tracing::info!(
        turn = %turn.id, outcome = finish.outcome, reason = finish.reason,
        tokens_in = finish.spent.tokens_in, tokens_out = finish.spent.tokens_out,
        "agent's turn ended"
    );
    metrics::counter!("salon_turns_total", "outcome" => end.outcome.as_str()).increment(1);
    let posted = post(company, turn, setting, caller, draft_id, end.reply, finish).await;
    // The cost is in the store, or the row is taken up again: either way nothing is reserved.
    drop(tickets);
    match (draft, &posted) {
        // The event ends it.
        (Some(draft), Ok(true)) => draft.posted(),
        (Some(draft), _) if stopped => draft.end(DraftEnd::Stopped).await,
        (Some(draft), _) => draft.end(DraftEnd::Dropped).await,
        (None, _) => {}
    }
    posted.map(drop)
}

async fn post(
    company: &Company,
    turn: &Turn,
    setting: &Setting,
    caller: &Caller,
    draft_id: DraftId,
    reply: Option<(String, MessageState)>,
    finish: FinishTurn,
) -> Result<bool, ChatError> {
    let Some((text, state)) = reply else {
        actions::finish_silently(&company.chat, vec![finish]).await?;
        return Ok(false);
    };
    let message = SendMessage {
        // No message may hold one, and an answer is not lost over it.
        text: text.replace('\0', ""),
        key: Some(format!("turn:{}", turn.id.0.simple())),
        reply_to: (setting.room.kind != RoomKind::Direct).then_some(turn.message),
        draft_id: Some(draft_id),
        state: Some(state),
        finish: Some(finish.clone()),
        replaces: turn.replaces,
        ..SendMessage::default()
    };
    let posted =
        actions::send_message(&company.chat, caller, &turn.room.to_string(), message).await;
    match posted {
        Ok(_) => Ok(true),
        // Storage trouble passes; the row is claimed again.
        Err(error) if error.is_the_servers() => Err(error),
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

async fn end_draft(draft: Option<DraftWriter>, end: DraftEnd) {
    if let Some(draft) = draft {
        draft.end(end).await;
    }
}

fn yielded(setting: Setting, reason: &'static str, spent: Spent) -> Answered {
    Answered::Yielded {
        setting: Box::new(setting),
        reason,
        spent,
    }
}

fn add(sum: &mut Spent, end: &End) {
    let more = spent(end.usage);
    sum.tokens_in += more.tokens_in;
    sum.tokens_out += more.tokens_out;
    sum.cost += more.cost;
    sum.calls += more.calls;
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn withdrawn() -> End {
    End {
        reply: None,
        outcome: Outcome::Withdrawn,
        usage: Default::default(),
        model: String::new(),
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
        model: String::new(),
        failure: Some("too_many_attempts"),
    }
}
