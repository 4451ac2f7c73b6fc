//! Answers for one reader alone: `/catchup`. The model may only cite messages that it was shown,
//! and every line that rests on none is left out.

use super::{company::Company, summary};
use crate::{
    model::{ChatMessage, ChatRequest, Origin},
    prompts,
};
use salon_chat::{Caller, ChatError, Errand, Turn, User, commands, queries};
use salon_protocol::{Lang, MessageId, MessageView, Seq, UserId, UserKind};
use std::collections::BTreeSet;

/// A line with fewer letters says nothing.
const WORDS_CHARS_MIN: usize = 4;
/// Messages that a reader is told of at once.
const MESSAGES_MAX: usize = 200;

/// Runs an errand and tells its reader, in a notice that nobody else sees.
pub(super) async fn run(company: &Company, errand: &Errand) -> Result<(), ChatError> {
    let store = company.chat.store();
    let Some(asker) = store
        .user(errand.asker)
        .await?
        .filter(|user| !user.disabled)
    else {
        return Ok(());
    };
    let after: serde_json::Value = serde_json::from_str(&errand.arguments).unwrap_or_default();
    let after = Seq(after["after"].as_u64().unwrap_or(0));
    let Some((agent, unread)) = unread(company, errand, &asker, after).await? else {
        return Ok(());
    };
    let (digest, told) = commands::digest(&unread, errand.lang);
    let cited = match company.voices.first().model.name() {
        "offline" => None,
        _ => told_by_model(company, errand, &asker, &agent, &unread).await?,
    };
    let (text, seqs): (String, Vec<Seq>) = match cited {
        Some(cited) => cited,
        None => (digest, told.iter().map(|view| view.seq).collect()),
    };
    let data = serde_json::json!({ "kind": "catchup", "seqs": seqs });
    let hub = company.chat.hub();
    hub.notice(errand.asker, Some(errand.room), text, Some(data))
        .await;
    Ok(())
}

/// What the reader has not read and the room's agent may read too, with that agent.
async fn unread(
    company: &Company,
    errand: &Errand,
    asker: &User,
    after: Seq,
) -> Result<Option<(salon_chat::AgentRow, Vec<MessageView>)>, ChatError> {
    let store = company.chat.store();
    let mut agent = None;
    for member in store.members(errand.room).await? {
        if member.kind == UserKind::Agent && !member.disabled {
            agent = store.agent(member.id).await?;
            break;
        }
    }
    let Some(agent) = agent else {
        return Ok(None);
    };
    // Read as the agent: what no agent may read is in no summary either.
    let caller = Caller::new(agent.user.clone(), Some(errand.lang));
    let room = errand.room.to_string();
    let page = queries::messages(&company.chat, &caller, &room, None, MESSAGES_MAX).await;
    let Ok(page) = page else {
        return Ok(None);
    };
    if !store.is_member(errand.room, asker.id).await? {
        return Ok(None);
    }
    let mut unread = page.messages;
    unread.retain(|view| {
        view.seq > after && !view.message.deleted && view.message.from != asker.handle
    });
    Ok((!unread.is_empty()).then_some((agent, unread)))
}

async fn told_by_model(
    company: &Company,
    errand: &Errand,
    asker: &User,
    agent: &salon_chat::AgentRow,
    unread: &[MessageView],
) -> Result<Option<(String, Vec<Seq>)>, ChatError> {
    let room = company
        .chat
        .store()
        .room_summary(errand.room, asker.id)
        .await?;
    let room = room.map(|room| room.name).unwrap_or_default();
    let talk = summary::talk(unread);
    let values = [
        ("reader", asker.handle.as_str()),
        ("room", &room),
        ("talk", &talk),
    ];
    let prompt = prompts::CATCH_UP.fill(errand.lang, &values);
    let request = ChatRequest {
        messages: vec![ChatMessage::user(prompt)],
        max_tokens: Some(600),
        origin: Origin {
            turn: None,
            asker: asker.handle.to_string(),
            audience: format!("only:{}", asker.id),
            lang: errand.lang,
            again: 0,
        },
        ..ChatRequest::default()
    };
    let turn = turn_like(errand, agent.user.id);
    let text = summary::complete(company, &turn, &agent.settings, request).await?;
    let cited = text.and_then(|text| cited(&text, unread, errand));
    Ok(cited.map(|(lines, seqs)| (headed(&lines, unread.len(), errand.lang), seqs)))
}

fn headed(lines: &str, count: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("**What you missed** ({count} messages)\n{lines}"),
        Lang::Zh => format!("**你错过的内容**（{count} 条消息）\n{lines}"),
    }
}

/// The lines that rest on messages that were shown, with links to them; none where there is none.
fn cited(text: &str, unread: &[MessageView], errand: &Errand) -> Option<(String, Vec<Seq>)> {
    let known: BTreeSet<u64> = unread.iter().map(|view| view.seq.0).collect();
    let mut lines = Vec::new();
    let mut seqs = BTreeSet::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let numbers = numbers(line);
        let rests_on: Vec<u64> = numbers
            .iter()
            .copied()
            .filter(|n| known.contains(n))
            .collect();
        if rests_on.is_empty() {
            continue;
        }
        let words = line
            .split('[')
            .next()
            .unwrap_or(line)
            .trim_start_matches(['-', '*', ' '])
            .trim();
        // Numbers alone tell nothing.
        if words.chars().filter(|c| c.is_alphabetic()).count() < WORDS_CHARS_MIN {
            continue;
        }
        let links: Vec<String> = rests_on
            .iter()
            .map(|n| format!("[#{n}](/room/{}?m={n})", errand.room))
            .collect();
        lines.push(format!("- {words} {}", links.join(" ")));
        seqs.extend(rests_on);
    }
    (!lines.is_empty()).then(|| (lines.join("\n"), seqs.into_iter().map(Seq).collect()))
}

/// Every number behind a `#` in the brackets of a line.
fn numbers(line: &str) -> Vec<u64> {
    let mut numbers = Vec::new();
    for part in line.split('#').skip(1) {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        numbers.extend(digits.parse::<u64>());
    }
    numbers
}

/// An errand costs like a turn, and is nobody's turn.
fn turn_like(errand: &Errand, agent: UserId) -> Turn {
    Turn::begun(agent, errand.room, Seq(0), MessageId::new(), errand.asker)
}
