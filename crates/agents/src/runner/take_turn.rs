//! One turn from its row to its end: gates, then the answer.

use super::{
    answer::{self, Answered},
    bid::{self, Bid},
    company::Company,
    open_turns::Entered,
    setting::Setting,
    summary,
};
use crate::{
    context,
    decide::{Decision, decide},
    governor::Kind,
};
use salon_chat::{Behalf, ChatError, FinishTurn, Spent, Turn, Words, actions, because};
use salon_protocol::{TurnDetail, UserKind};

/// Turns that speak in one chain of agents, the first one included.
const CHAIN_TURNS_MAX: u32 = 8;
/// Agents in one chain.
const CHAIN_AGENTS_MAX: u32 = 5;
/// Tokens that one chain may cost.
const CHAIN_TOKENS_MAX: u64 = 100_000;

/// Takes a turn to its end. An error leaves the row for another try.
pub(super) async fn take_turn(company: &Company, turn: &Turn) -> Result<(), ChatError> {
    let Some(setting) = Setting::read(company, turn).await? else {
        return silent(company, turn, "withdrawn").await;
    };
    let from_agent = turn.author != turn.asker || turn.hops > 0;
    let mut decision = decide(&setting.to_decide(turn));
    if turn.retry > 0
        && matches!(
            decision,
            Decision::Speak(_) | Decision::Consider | Decision::Silent("not_addressed")
        )
    {
        decision = Decision::Speak("asked_again");
    }
    let reason = match decision {
        Decision::Silent(reason) => return silent(company, turn, reason).await,
        Decision::Decline(reason) => return decline(company, turn, &setting, reason).await,
        Decision::Speak(reason) => reason,
        Decision::Consider => match bid::bid(company, turn, setting).await? {
            Bid::Silent(reason) => return silent(company, turn, reason).await,
            Bid::Speak(place) => return join_in(company, turn, place).await,
        },
    };
    // One agent at a time goes on with a chain, so that each sees what the others said.
    let _place = match from_agent {
        true => Some(company.chains.take(turn.chain).await),
        false => None,
    };
    if from_agent {
        if let Some(reason) = chain_is_over(company, turn).await? {
            return silent(company, turn, reason).await;
        }
        return speak_afresh(company, turn, reason).await;
    }
    speak(company, turn, setting, reason, false).await
}

/// A chain of agents has bounds of its own, whatever each of them wants.
async fn chain_is_over(company: &Company, turn: &Turn) -> Result<Option<&'static str>, ChatError> {
    let (so_far, stopped) = company.chat.store().chain(turn.chain, turn.room).await?;
    let spent = so_far.turns >= CHAIN_TURNS_MAX
        || so_far.tokens >= CHAIN_TOKENS_MAX
        || so_far.agents > CHAIN_AGENTS_MAX;
    Ok(match (stopped, spent) {
        (true, _) => Some("stopped_all"),
        (_, true) => Some("chain_spent"),
        _ => None,
    })
}

/// An agent joins in unasked, as long as nobody else has the place.
async fn join_in(
    company: &Company,
    turn: &Turn,
    place: tokio::sync::OwnedMutexGuard<()>,
) -> Result<(), ChatError> {
    let spoken = speak_afresh(company, turn, "ambient").await;
    drop(place);
    spoken
}

/// Time has passed since the turn was decided: what was said meanwhile is read too.
async fn speak_afresh(
    company: &Company,
    turn: &Turn,
    reason: &'static str,
) -> Result<(), ChatError> {
    match Setting::read(company, turn).await? {
        Some(setting) => speak(company, turn, setting, reason, true).await,
        None => silent(company, turn, "withdrawn").await,
    }
}

async fn speak(
    company: &Company,
    turn: &Turn,
    setting: Setting,
    reason: &'static str,
    unasked: bool,
) -> Result<(), ChatError> {
    if let Some(reason) = setting.hushed {
        return match unasked && reason == "slow" {
            true => silent(company, turn, reason).await,
            false => decline(company, turn, &setting, reason).await,
        };
    }
    let kind = if unasked { Kind::Agents } else { Kind::People };
    if !company.governor.allow(turn.room, kind) {
        return match unasked {
            true => silent(company, turn, "room_busy").await,
            false => decline(company, turn, &setting, "room_busy").await,
        };
    }
    let key = (turn.agent, turn.room, turn.author);
    // Another answer to an old question is not part of a burst.
    let guard = match turn.retry > 0 {
        true => None,
        false => match company.open.enter(key, turn.seq) {
            Entered::First(guard) => Some(guard),
            Entered::Merged => return silent(company, turn, "merged").await,
            Entered::Beside => None,
        },
    };
    tracing::info!(
        turn = %turn.id, agent = %setting.agent.user.handle, room = %turn.room, seq = turn.seq.0, reason,
        "agent takes a turn"
    );
    let answered = answer::answer(company, turn, setting, reason, guard).await?;
    match answered {
        Answered::Done => {}
        Answered::Yielded {
            setting,
            reason,
            spent,
        } => {
            finish_silently(company, turn, reason, spent).await?;
            if reason == "answered_by_person" && !unasked {
                tell_asker(company, turn, &setting, reason).await;
            }
            return Ok(());
        }
    }
    summary::sum_up_later(company, turn);
    Ok(())
}

/// Ends a turn that was addressed and will not answer, and says so to whoever asked: a mention is
/// never ignored in silence.
async fn decline(
    company: &Company,
    turn: &Turn,
    setting: &Setting,
    reason: &'static str,
) -> Result<(), ChatError> {
    silent(company, turn, reason).await?;
    tell_asker(company, turn, setting, reason).await;
    Ok(())
}

async fn tell_asker(company: &Company, turn: &Turn, setting: &Setting, reason: &'static str) {
    if setting.asker.kind == UserKind::Agent || turn.author != turn.asker {
        return;
    }
    let text = setting
        .question
        .as_ref()
        .map_or("", |view| &view.message.text);
    let lang = context::language(text, setting.asker.lang);
    let why = because(reason, &format!("@{}", setting.asker.handle));
    let handle = &setting.agent.user.handle;
    let words = Words::new(
        format!("@{handle} does not answer: {}.", why.en),
        format!("@{handle} 没有回答：{}。", why.zh),
    );
    let data = serde_json::json!({ "agent": handle, "seq": turn.seq, "reason": reason });
    let hub = company.chat.hub();
    hub.notice(
        turn.asker,
        Some(turn.room),
        words.get(lang).to_owned(),
        Some(data),
    )
    .await;
}

pub(super) async fn silent(company: &Company, turn: &Turn, reason: &str) -> Result<(), ChatError> {
    finish_silently(company, turn, reason, Spent::default()).await
}

async fn finish_silently(
    company: &Company,
    turn: &Turn,
    reason: &str,
    spent: Spent,
) -> Result<(), ChatError> {
    tracing::debug!(turn = %turn.id, reason, "agent stays silent");
    metrics::counter!("salon_turns_total", "outcome" => "silent").increment(1);
    let finish = FinishTurn {
        turn: turn.id,
        outcome: "silent".into(),
        reason: reason.into(),
        reply: None,
        spent,
        model: None,
        detail: TurnDetail::default(),
    };
    actions::finish_silently(&company.chat, vec![finish]).await
}

/// For whom an agent acts, as the turn has it.
pub(super) fn behalf_of(turn: &Turn, asker: salon_chat::User, approved: bool) -> Behalf {
    Behalf {
        asker,
        turn: turn.id,
        audience: turn.room,
        hops: turn.hops + 1,
        chain: turn.chain,
        reason: None,
        approved,
    }
}
