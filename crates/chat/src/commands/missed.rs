//! `/missed`

use super::{
    declare::{Command, Invocation, Place, Reach, notice_with},
    history::line,
};
use crate::{Caller, Chat, ChatError, queries};
use futures::FutureExt;
use salon_protocol::{
    Done, Effect, Lang, MessageView, Role, RoomKind, RoomSummary, Text, UserKind,
};
use serde_json::json;

/// Messages told for one room; the rest is counted.
const MESSAGES_PER_ROOM_MAX: usize = 10;
/// Rooms that are looked at.
const ROOMS_MAX: usize = 20;
/// Messages of a room that are looked at.
const PAGE: usize = 100;

pub(super) static COMMAND: Command = Command {
    name: "missed",
    aliases: &["unread", "错过"],
    params: &[],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "What was said since you were last here.",
        zh: "查看你不在时大家说了什么。",
    },
    help: Text {
        en: "Lists what others said in this room since you last wrote here, and what you have not read in your other rooms, with links.",
        zh: "列出你上次发言之后本聊天室的消息，以及其他聊天室的未读消息，并附链接。",
    },
    run: |invocation| missed(invocation).boxed(),
};

async fn missed(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let Invocation { chat, caller, .. } = invocation;
    let here = queries::room(chat, caller, invocation.room()?).await?;
    // An agent tells it to the whole room: then only what that room may read.
    let alone = caller.behalf.is_none() || here.kind == RoomKind::Direct;
    let mut parts = Vec::new();
    let mut told = Vec::new();
    let mine = for_whom(caller);
    // Read as the caller: what no agent may read is not told to one who asks for somebody either.
    let page = queries::messages(chat, caller, &here.id.to_string(), None, PAGE).await?;
    let since = since_last_words(page.messages, &mine);
    add(&mut parts, &mut told, &here, since, caller.lang);
    if alone {
        for room in others(chat, caller, &mine, &here).await? {
            let page = queries::messages(chat, caller, &room.id.to_string(), None, PAGE).await?;
            let unread = page
                .messages
                .into_iter()
                .filter(|view| view.seq > room.read_seq);
            let unread = unread
                .filter(|view| view.message.from != mine.user.handle)
                .collect();
            add(&mut parts, &mut told, &room, unread, caller.lang);
        }
    }
    let text = match (parts.is_empty(), caller.lang) {
        (true, Lang::En) => "You have missed nothing.".to_owned(),
        (true, Lang::Zh) => "你没有错过任何消息。".to_owned(),
        _ => parts.join("\n\n"),
    };
    Ok(notice_with(text, json!({ "messages": told })))
}

/// Whoever wants to know: of an agent's turn, the person who asked.
fn for_whom(caller: &Caller) -> Caller {
    match &caller.behalf {
        Some(behalf) => Caller {
            user: behalf.asker.clone(),
            lang: caller.lang,
            behalf: None,
        },
        None => caller.clone(),
    }
}

/// Unread rooms that both the caller and whoever it acts for are in.
async fn others(
    chat: &Chat,
    caller: &Caller,
    mine: &Caller,
    here: &RoomSummary,
) -> Result<Vec<RoomSummary>, ChatError> {
    let rooms = queries::rooms(chat, mine).await?.rooms;
    let unread = rooms
        .into_iter()
        .filter(|room| room.joined && room.unread > 0 && room.id != here.id);
    let mut both = Vec::new();
    for room in unread.take(ROOMS_MAX) {
        let is_agents = caller.behalf.is_none()
            || !room.private_from_ai && chat.store().is_member(room.id, caller.id()).await?;
        if is_agents {
            both.push(room);
        }
    }
    Ok(both)
}

/// What others said between one's own last words and the question just asked.
fn since_last_words(messages: Vec<MessageView>, mine: &Caller) -> Vec<MessageView> {
    let own = |view: &MessageView| view.message.from == mine.user.handle;
    let mut since: Vec<MessageView> = Vec::new();
    let mut views = messages.into_iter().rev().skip_while(|view| {
        // The question itself, and what agents answered behind it.
        view.message.from_kind == UserKind::Agent && !own(view)
    });
    let mut first = views.next();
    if first.as_ref().is_some_and(|view| !own(view)) {
        since.extend(first.take());
    }
    since.extend(views.take_while(|view| !own(view)));
    since.reverse();
    since.retain(|view| !view.message.deleted);
    since
}

fn add(
    parts: &mut Vec<String>,
    told: &mut Vec<MessageView>,
    room: &RoomSummary,
    messages: Vec<MessageView>,
    lang: Lang,
) {
    if messages.is_empty() {
        return;
    }
    let name = match room.kind {
        RoomKind::Direct => room.name.clone(),
        RoomKind::Public | RoomKind::Private => format!("#{}", room.name),
    };
    let heading = match lang {
        Lang::En => format!("**{name}** ({})", messages.len()),
        Lang::Zh => format!("**{name}**（{} 条）", messages.len()),
    };
    let skipped = messages.len().saturating_sub(MESSAGES_PER_ROOM_MAX);
    let lines = messages.iter().skip(skipped).map(line);
    let lines: Vec<String> = std::iter::once(heading).chain(lines).collect();
    parts.push(lines.join("\n"));
    told.extend(messages.into_iter().skip(skipped));
}
