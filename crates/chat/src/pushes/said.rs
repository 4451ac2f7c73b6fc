//! What is pushed, by the rights and wishes of the moment in which it is.

use crate::{Caller, Chat, ChatError, is_quiet, queries};
use salon_protocol::{
    Lang, MessageHit, MessageId, NotificationLevel, Pushed, RoomKind, Seq, UserId,
};

/// The beginning of what was said, in characters.
const BODY_CHARS_MAX: usize = 240;

/// What one user is told of a message; nothing where they are not, or no more: out of the room,
/// disabled, not to be disturbed, muted, told of nothing there, it is read, it is gone.
pub(super) async fn said(
    chat: &Chat,
    user: UserId,
    message: MessageId,
) -> Result<Option<Pushed>, ChatError> {
    let store = chat.store();
    let now = salon_protocol::now();
    let Some(user) = store.user(user).await?.filter(|user| !user.disabled) else {
        return Ok(None);
    };
    let notifying = store.notifying(user.id).await?;
    if is_quiet(&notifying, now) {
        return Ok(None);
    }
    let caller = Caller::new(user, None);
    let hit = match queries::message(chat, &caller, message).await {
        Ok(hit) => hit,
        Err(ChatError::MessageNotFound | ChatError::RoomNotFound) => return Ok(None),
        Err(error) => return Err(error),
    };
    let (room, seq) = (hit.message.room, hit.message.seq);
    if hit.message.message.deleted || !store.is_member(room, caller.id()).await? {
        return Ok(None);
    }
    let standing = store.standing(room, caller.id()).await?;
    let is_muted = standing.muted_until.is_some_and(|until| until > now);
    let is_told = standing.level != Some(NotificationLevel::Nothing);
    if is_muted || !is_told || standing.read_seq >= seq {
        return Ok(None);
    }
    let pushed = match notifying.hide_text {
        true => without_words(caller.lang, &hit),
        false => in_words(chat, caller.lang, hit).await?,
    };
    Ok(Some(pushed))
}

fn without_words(lang: Lang, hit: &MessageHit) -> Pushed {
    let body = match lang {
        Lang::En => "New message",
        Lang::Zh => "新消息",
    };
    pushed(hit.message.room, hit.message.seq, "Salon 沙龙", body)
}

async fn in_words(chat: &Chat, lang: Lang, hit: MessageHit) -> Result<Pushed, ChatError> {
    let (view, said) = (&hit.message, &hit.message.message);
    let author = chat.store().user_by_handle(&said.from).await?;
    let author = author.map_or_else(|| said.from.to_string(), |user| user.display_name);
    let room = chat.store().room(view.room).await?;
    let is_direct = room.is_some_and(|room| room.kind == RoomKind::Direct);
    let title = if is_direct {
        author
    } else {
        format!("{author} · #{}", hit.room_name)
    };
    let mut body = shortened(&said.text);
    if body.is_empty() {
        let files = said.files.iter().map(|file| file.name.as_str());
        body = shortened(&files.collect::<Vec<_>>().join(", "));
    }
    if body.is_empty() {
        return Ok(without_words(lang, &hit));
    }
    Ok(pushed(view.room, view.seq, &title, &body))
}

fn pushed(room: salon_protocol::RoomId, seq: Seq, title: &str, body: &str) -> Pushed {
    Pushed {
        title: title.to_owned(),
        body: body.to_owned(),
        room,
        seq,
    }
}

/// The beginning of a text on one line, without what was hidden on purpose.
fn shortened(text: &str) -> String {
    let mut shown = String::new();
    for (at, part) in text.split("||").enumerate() {
        // Between two marks; a mark without its second hides the rest: better too much.
        shown.push_str(if at % 2 == 0 { part } else { "▒▒▒" });
    }
    let words: Vec<_> = shown.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(BODY_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_and_a_spoiler_stays_hidden() {
        assert_eq!(shortened("tea\n\n is  ready"), "tea is ready");
        assert_eq!(
            shortened("it was ||the butler|| at ||five"),
            "it was ▒▒▒ at ▒▒▒"
        );
        let long = shortened(&"茶".repeat(1_000));
        assert_eq!(long.chars().count(), BODY_CHARS_MAX + 1);
        assert!(long.ends_with('…'));
    }
}
