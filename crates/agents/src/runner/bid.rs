//! Whether to join in unasked: people first, then a cheap score, then a model's strict yes or no.
//! Whatever goes wrong means no.

use super::{company::Company, setting::Setting};
use crate::{
    context,
    decide::{AMBIENT_SCORE_MIN, RepliesTo, ambient_score},
    governor::Kind,
    model::{ChatMessage, ChatRequest, DeltaSink, ModelFailure, Origin, Usage},
    prompts,
    purse::{Means, Scopes},
};
use salon_chat::{ChatError, SpendScope, Spent, Turn, actions};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

/// Messages that the question whether to join in shows.
const TALK_MAX: usize = 8;
/// A yes comes within so long, or it is a no.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// A yes or no takes no more tokens.
const ANSWER_TOKENS_MAX: u32 = 4;

/// What came of thinking of it.
pub(super) enum Bid {
    /// Not this time.
    Silent(&'static str),
    /// Yes; nobody else joins in until the place is given back.
    Speak(OwnedMutexGuard<()>),
}

pub(super) async fn bid(
    company: &Company,
    turn: &Turn,
    setting: Setting,
) -> Result<Bid, ChatError> {
    let Some(question) = &setting.question else {
        return Ok(Bid::Silent("withdrawn"));
    };
    let replies = setting.replies_to != RepliesTo::Nothing;
    let persona = &setting.agent.settings.persona;
    if ambient_score(&question.message.text, replies, persona) < AMBIENT_SCORE_MIN {
        return Ok(Bid::Silent("unlikely"));
    }
    tokio::time::sleep(company.pace.quiet).await;
    // One bidder at a time, and whoever comes later sees what was said meanwhile.
    let place = company.bids.take(turn.room).await;
    let Some(setting) = Setting::read(company, turn).await? else {
        return Ok(Bid::Silent("withdrawn"));
    };
    if let Some(answer) = setting.answered_by() {
        return Ok(Bid::Silent(match answer.message.from_kind {
            salon_protocol::UserKind::Agent => "answered_by_agent",
            _ => "answered_by_person",
        }));
    }
    if setting.question.is_none() {
        return Ok(Bid::Silent("withdrawn"));
    }
    if setting.went_on() {
        return Ok(Bid::Silent("answered_by_person"));
    }
    if setting.burst().len() > 1 {
        // The last message of the burst is the one that is thought about.
        return Ok(Bid::Silent("merged"));
    }
    if !company.governor.allow(turn.room, Kind::Check) {
        return Ok(Bid::Silent("ambient_budget"));
    }
    match ask(company, turn, &setting).await? {
        true => Ok(Bid::Speak(place)),
        false => Ok(Bid::Silent("model_said_no")),
    }
}

async fn ask(company: &Company, turn: &Turn, setting: &Setting) -> Result<bool, ChatError> {
    let request = request(turn, setting);
    let voice = company.voices.voice(&setting.agent.settings, Means::Plenty);
    let price = voice.model.price();
    let scopes = scopes(turn);
    let estimate = Usage::estimate(&request, "", price);
    let entered = match company
        .purse
        .enter(scopes, setting.agent.settings.budget, None, &request, price)
        .await?
    {
        Ok(entered) => entered,
        Err(_) => return Ok(false),
    };
    let (sink, mut deltas) = DeltaSink::channel();
    let drain = async { while deltas.recv().await.is_some() {} };
    let asked = voice.model.stream(request.clone(), sink);
    let answered = tokio::time::timeout(ANSWER_TIMEOUT, async {
        let (answer, ()) = tokio::join!(asked, drain);
        answer
    })
    .await
    .unwrap_or(Err(ModelFailure::Cut));
    let usage = match &answered {
        Ok(completion) => completion.usage,
        Err(_) => estimate,
    };
    let spent = spent(usage);
    actions::add_spending(&company.chat, turn.agent, turn.room, turn.asker, spent).await?;
    drop(entered);
    let says_yes = answered.is_ok_and(|completion| is_yes(&completion.text));
    metrics::counter!("salon_bids_total", "yes" => says_yes.to_string()).increment(1);
    Ok(says_yes)
}

/// Strict: the one word, and nothing that could be read another way.
fn is_yes(text: &str) -> bool {
    let word = text
        .trim()
        .trim_matches(['.', '。', '!', '！', '"', '*', '`']);
    word.eq_ignore_ascii_case("yes")
}

fn request(turn: &Turn, setting: &Setting) -> ChatRequest {
    let question = setting.question.as_ref();
    let skipped = setting.history.len().saturating_sub(TALK_MAX);
    let talk = setting.history.iter().skip(skipped).chain(question);
    let talk: Vec<String> = talk
        .map(|view| {
            let text: Vec<&str> = view.message.text.split_whitespace().collect();
            format!("{}: {}", view.message.from, text.join(" "))
        })
        .collect();
    let text = question.map_or("", |view| &view.message.text);
    let lang = context::language(text, setting.asker.lang);
    let user = &setting.agent.user;
    let prompt = prompts::JOIN_IN.fill(
        lang,
        &[
            ("name", &user.display_name),
            ("handle", user.handle.as_str()),
            ("persona", &setting.agent.settings.persona),
            ("talk", &talk.join("\n")),
        ],
    );
    ChatRequest {
        messages: vec![ChatMessage::user(prompt)],
        temperature: Some(0.0),
        max_tokens: Some(ANSWER_TOKENS_MAX),
        origin: Origin {
            turn: Some(turn.id),
            asker: setting.asker.handle.to_string(),
            audience: turn.room.to_string(),
            lang,
            again: 0,
        },
        ..ChatRequest::default()
    }
}

/// Whose means a turn spends.
pub(super) fn scopes(turn: &Turn) -> Scopes {
    [
        SpendScope::Agent(turn.agent),
        SpendScope::Room(turn.room),
        SpendScope::Asker(turn.asker),
        SpendScope::Server,
    ]
}

pub(super) fn spent(usage: Usage) -> Spent {
    Spent {
        tokens_in: usage.prompt_tokens,
        tokens_out: usage.completion_tokens,
        cost: usage.cost,
        calls: usage.requests,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anything_but_yes_is_no() {
        for yes in ["YES", "yes.", " Yes\n", "**YES**"] {
            assert!(is_yes(yes), "{yes}");
        }
        for no in [
            "",
            "no",
            "yes, but",
            "YES or NO",
            "Yes because",
            "是",
            "I think yes",
        ] {
            assert!(!is_yes(no), "{no}");
        }
    }
}
