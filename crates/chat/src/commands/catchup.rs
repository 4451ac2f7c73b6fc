//! `/catchup`

use super::{
    declare::{Command, Invocation, Place, Reach, notice_with},
    history::line,
};
use crate::{Chat, ChatError, Words, actions, queries};
use futures::FutureExt;
use salon_protocol::{
    Done, Effect, Lang, MessageView, Role, RoomSummary, SpeakMode, Text, UserKind,
};
use serde_json::json;

/// Messages behind the read marker that are looked at.
const MESSAGES_MAX: usize = 200;
/// Lines of the digest that needs no model.
const LINES_MAX: usize = 12;

pub(super) static COMMAND: Command = Command {
    name: "catchup",
    aliases: &["catch-up", "补课"],
    params: &[],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Reads,
    reach: Reach::Nothing,
    summary: Text {
        en: "Sum up what you have not read here.",
        zh: "总结你在这里还没读过的内容。",
    },
    help: Text {
        en: "Only you see it. Every sentence links to the messages that it rests on. Where an AI member is in the room, its model writes it; otherwise the most telling messages are listed.",
        zh: "只有你能看到。每句话都附有所依据消息的链接。聊天室里有 AI 成员时由它的模型撰写，否则列出最重要的消息。",
    },
    run: |invocation| catchup(invocation).boxed(),
};

async fn catchup(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller) = (invocation.chat, invocation.caller);
    if caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "That is for people; an agent uses /missed for whoever asked.",
            "这个命令供成员使用；AI 请用 /missed。",
        )));
    }
    let room = queries::room(chat, caller, invocation.room()?).await?;
    let page = queries::messages(chat, caller, &room.id.to_string(), None, MESSAGES_MAX).await?;
    let mine = caller.user.handle.clone();
    let unread: Vec<MessageView> = page
        .messages
        .into_iter()
        .filter(|view| {
            view.seq > room.read_seq && view.message.from != mine && !view.message.deleted
        })
        .collect();
    if unread.is_empty() {
        let words = Words::new("You have read everything here.", "这里的消息你都读过了。");
        return Ok(notice_with(
            words.get(caller.lang),
            json!({ "messages": [] }),
        ));
    }
    if has_agent(chat, &room).await? {
        // The read marker may have moved by the time an agent gets to it.
        let arguments = json!({ "after": room.read_seq }).to_string();
        actions::leave_errand(chat, caller, "catchup", room.id, arguments).await?;
        let words = Words::new(
            format!("Summing up {} messages for you…", unread.len()),
            format!("正在为你总结 {} 条消息…", unread.len()),
        );
        return Ok(notice_with(
            words.get(caller.lang),
            json!({ "working": true }),
        ));
    }
    let (text, told) = digest(&unread, caller.lang);
    Ok(notice_with(text, json!({ "messages": told })))
}

async fn has_agent(chat: &Chat, room: &RoomSummary) -> Result<bool, ChatError> {
    if room.private_from_ai || room.mode == SpeakMode::Off {
        return Ok(false);
    }
    let is_here = |member: &salon_protocol::Member| {
        member.kind == UserKind::Agent && chat.hub().is_online(member.id)
    };
    Ok(room.members.iter().any(is_here))
}

/// The most telling messages, without any model: questions, decisions, links, what was reacted to,
/// and long ones; in the order in which they were said.
pub fn digest(unread: &[MessageView], lang: Lang) -> (String, Vec<MessageView>) {
    let mut ranked: Vec<&MessageView> = unread.iter().collect();
    ranked.sort_by_key(|view| std::cmp::Reverse((weight(view), view.seq.0)));
    ranked.truncate(LINES_MAX);
    ranked.sort_by_key(|view| view.seq);
    let heading = match lang {
        Lang::En => format!(
            "**{} messages you have not read**, the most telling ones:",
            unread.len()
        ),
        Lang::Zh => format!("**{} 条未读消息**，其中较重要的：", unread.len()),
    };
    let lines = ranked.iter().map(|view| line(view));
    let text: Vec<String> = std::iter::once(heading).chain(lines).collect();
    (text.join("\n"), ranked.into_iter().cloned().collect())
}

fn weight(view: &MessageView) -> usize {
    const TELLING: [&str; 20] = [
        "decid", "agree", "deadline", "done", "ship", "release", "fix", "broke", "fail", "must",
        "tomorrow", "决定", "同意", "截止", "完成", "发布", "修复", "失败", "必须", "明天",
    ];
    let text = view.message.text.to_lowercase();
    let mut weight = text.chars().count().min(200) / 20;
    weight += 4 * usize::from(text.contains(['?', '？']));
    weight += 3 * usize::from(text.contains("http"));
    weight += 4 * TELLING.iter().filter(|word| text.contains(**word)).count();
    weight
        + 3 * view
            .reactions
            .iter()
            .map(|reaction| reaction.users.len())
            .sum::<usize>()
}
