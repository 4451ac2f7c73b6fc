//! What older messages of a room said, so that an agent that reads forty knows of four hundred.
//!
//! Worked out behind an answer, in nobody's way; dropped as soon as a message that it covers is
//! edited, deleted or too old, also where that happens while it is worked out.

use super::{
    bid::{scopes, spent},
    company::Company,
};
use crate::{
    model::{ChatMessage, ChatRequest, DeltaSink, Origin, Usage},
    prompts,
};
use salon_chat::{Behalf, Caller, Chat, ChatError, Turn, actions, queries};
use salon_protocol::{Lang, MessageView, Seq, UserKind};

/// Messages that the context shows by itself.
const SHOWN: usize = 40;
/// So many older ones must have come before it is worth another summary.
const ENOUGH: usize = 30;
/// Messages that one summary takes in.
const PAGE: usize = 150;
/// A summary in characters.
const SUMMARY_CHARS_MAX: usize = 4_000;
/// One message, in characters.
const MESSAGE_CHARS_MAX: usize = 500;

/// Begins one if it is worth it and nobody else is at it; answers at once.
pub(super) fn sum_up_later(company: &Company, turn: &Turn) {
    let Some(place) = company.summing_up.try_take(turn.room) else {
        return;
    };
    let (company, turn) = (company.clone(), turn.clone());
    tokio::spawn(async move {
        if let Err(error) = sum_up(&company, &turn).await {
            tracing::warn!(room = %turn.room, %error, "cannot sum a room up");
        }
        drop(place);
    });
}

async fn sum_up(company: &Company, turn: &Turn) -> Result<(), ChatError> {
    let store = company.chat.store();
    let (Some(agent), Some(asker)) = (
        store.agent(turn.agent).await?,
        store.user(turn.asker).await?,
    ) else {
        return Ok(());
    };
    let caller = Caller {
        user: agent.user.clone(),
        lang: Lang::default(),
        behalf: Some(Behalf {
            asker,
            turn: turn.id,
            audience: turn.room,
            hops: turn.hops,
            chain: turn.chain,
            reason: None,
            approved: false,
        }),
    };
    let room = turn.room.to_string();
    let page = queries::messages(&company.chat, &caller, &room, None, SHOWN + PAGE).await?;
    // Behind the page: what goes from now on, goes from what was known as well.
    let known = store.summary(turn.room).await?;
    let after = known.as_ref().map_or(Seq(0), |summary| summary.up_to);
    let as_of = page.seq;
    let mut older = page.messages;
    older.truncate(older.len().saturating_sub(SHOWN));
    older.retain(|view| view.seq > after && !view.message.deleted && !view.message.text.is_empty());
    if older.len() < ENOUGH {
        return Ok(());
    }
    let Some(up_to) = older.last().map(|view| view.seq) else {
        return Ok(());
    };
    let text = match company.voices.first().model.name() {
        "offline" => extract(&older, known.as_ref().map(|it| it.text.as_str())),
        _ => match ask(
            company,
            turn,
            &agent.settings,
            &older,
            known.as_ref().map(|it| it.text.as_str()),
        )
        .await?
        {
            Some(text) => text,
            None => return Ok(()),
        },
    };
    let text: String = text.chars().take(SUMMARY_CHARS_MAX).collect();
    actions::put_summary(&company.chat, turn.room, as_of, up_to, text).await
}

async fn ask(
    company: &Company,
    turn: &Turn,
    settings: &salon_protocol::AgentSettings,
    older: &[MessageView],
    known: Option<&str>,
) -> Result<Option<String>, ChatError> {
    let talk = talk(older);
    let lang = crate::context::language(&talk, None);
    let earlier = known
        .map(|known| format!("{known}\n\n"))
        .unwrap_or_default();
    let prompt = prompts::SUM_UP.fill(lang, &[("earlier", &earlier), ("talk", &talk)]);
    let request = ChatRequest {
        messages: vec![ChatMessage::user(prompt)],
        temperature: Some(0.0),
        max_tokens: Some(800),
        origin: Origin {
            turn: Some(turn.id),
            asker: format!("summary:{}", turn.room),
            audience: turn.room.to_string(),
            lang,
            again: 0,
        },
        ..ChatRequest::default()
    };
    complete(company, turn, settings, request).await
}

/// Asks a model for a text that nobody watches being written, within the budgets.
pub(super) async fn complete(
    company: &Company,
    turn: &Turn,
    settings: &salon_protocol::AgentSettings,
    request: ChatRequest,
) -> Result<Option<String>, ChatError> {
    let (purse, own) = (company.purse.clone(), settings.budget);
    let whose = scopes(turn);
    let read = async move |chat: Chat| purse.books(&chat, whose, own).await;
    let books = company.chat.in_one_go(read).await?;
    let voice = company.voices.voice(settings, books.means());
    let price = voice.model.price();
    let estimate = Usage::estimate(&request, "", price);
    let _entered = match company
        .purse
        .enter(whose, own, Some(books), &request, price)
        .await?
    {
        Ok(entered) => entered,
        Err(_) => return Ok(None),
    };
    let (sink, mut deltas) = DeltaSink::channel();
    let drain = async { while deltas.recv().await.is_some() {} };
    let (answer, ()) = tokio::join!(voice.model.stream(request, sink), drain);
    let usage = answer
        .as_ref()
        .map_or(estimate, |completion| completion.usage);
    let cost = spent(usage);
    actions::add_spending(&company.chat, turn.agent, turn.room, turn.asker, cost).await?;
    Ok(answer
        .ok()
        .map(|completion| completion.text)
        .filter(|text| !text.trim().is_empty()))
}

/// Messages by number, one a line, each with its speaker.
pub(super) fn talk(messages: &[MessageView]) -> String {
    let lines = messages.iter().map(|view| {
        let text: Vec<&str> = view.message.text.split_whitespace().collect();
        let text: String = text.join(" ").chars().take(MESSAGE_CHARS_MAX).collect();
        format!("#{} {}: {text}", view.seq.0, view.message.from)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Without a model: what people said, shortened, the newest kept.
fn extract(older: &[MessageView], known: Option<&str>) -> String {
    let people = older
        .iter()
        .filter(|view| view.message.from_kind != UserKind::Agent);
    let lines = people.map(|view| {
        let text: Vec<&str> = view.message.text.split_whitespace().collect();
        let text: String = text.join(" ").chars().take(120).collect();
        format!("- {} (#{}): {text}", view.message.from, view.seq.0)
    });
    let lines: Vec<String> = known
        .into_iter()
        .flat_map(str::lines)
        .map(str::to_owned)
        .chain(lines)
        .collect();
    let skipped = lines.len().saturating_sub(20);
    lines[skipped..].join("\n")
}
