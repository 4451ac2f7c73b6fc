//! Ask a room, vote, and end the asking. Agents may ask; voting and ending are for people.

use super::{
    SendMessage, append,
    change_message::find,
    done,
    send_message::{check_words, send_message},
};
use crate::{Caller, Chat, ChatError, Words, rules};
use jiff::SignedDuration;
use salon_protocol::{
    Done, MessageId, Poll, Text,
    limits::{POLL_DAYS_MAX, POLL_OPTION_CHARS_MAX, POLL_OPTIONS_MAX, POLL_QUESTION_CHARS_MAX},
};
use salon_store::Change;
use std::collections::HashSet;

/// Posts a poll: a message whose text says the same in words.
pub async fn ask_poll(
    chat: &Chat,
    caller: &Caller,
    room: &str,
    poll: Poll,
    new: SendMessage,
) -> Result<Done, ChatError> {
    check(&poll)?;
    let new = SendMessage {
        text: check_words(&poll.text())?,
        poll: Some(poll),
        ..new
    };
    send_message(chat, caller, room, new).await
}

fn check(poll: &Poll) -> Result<(), ChatError> {
    if poll.question.chars().count() > POLL_QUESTION_CHARS_MAX {
        return Err(ChatError::TooLong {
            what: Text {
                en: "The question",
                zh: "问题",
            },
            max: POLL_QUESTION_CHARS_MAX,
        });
    }
    let is_long = |option: &String| option.chars().count() > POLL_OPTION_CHARS_MAX;
    if poll.options.iter().any(is_long) {
        return Err(ChatError::TooLong {
            what: Text {
                en: "An option",
                zh: "选项",
            },
            max: POLL_OPTION_CHARS_MAX,
        });
    }
    if let Some(end) = poll.ends_at {
        let from_now = end.duration_since(salon_protocol::now());
        if !from_now.is_positive() || from_now > SignedDuration::from_hours(24 * POLL_DAYS_MAX) {
            return Err(ChatError::BadArguments(Words::new(
                "A poll ends in the future, within a year: /poll until tomorrow at 6pm: Lunch? | noodles | rice",
                "投票须在将来的一年之内结束：/投票 截止明天下午六点：午饭吃什么？ | 面条 | 米饭",
            )));
        }
    }
    let mut seen = HashSet::new();
    let differ = poll
        .options
        .iter()
        .all(|option| seen.insert(option.to_lowercase()));
    if !(2..=POLL_OPTIONS_MAX).contains(&poll.options.len()) || !differ {
        return Err(ChatError::BadArguments(Words::new(
            format!(
                "A poll has a question and 2 to {POLL_OPTIONS_MAX} different options: /poll Lunch? | noodles | rice"
            ),
            format!(
                "投票需要一个问题和 2 到 {POLL_OPTIONS_MAX} 个不同的选项：/投票 午饭吃什么？ | 面条 | 米饭"
            ),
        )));
    }
    Ok(())
}

/// All that the caller chooses now, by number from 1; no number takes the vote back.
pub async fn vote(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
    mut choices: Vec<u8>,
) -> Result<Done, ChatError> {
    require_person(caller)?;
    choices.sort_unstable();
    choices.dedup();
    let room = find(chat, caller, message_id).await?.room;
    let change = Change::Vote {
        message_id,
        choices,
    };
    append(chat, caller, room, change).await.map(done)
}

/// Ends a poll: the caller's own, or anybody's where the caller moderates.
pub async fn close_poll(
    chat: &Chat,
    caller: &Caller,
    message_id: MessageId,
) -> Result<Done, ChatError> {
    require_person(caller)?;
    let message = find(chat, caller, message_id).await?;
    let room = chat.store().room(message.room).await?;
    let room = room.ok_or(ChatError::MessageNotFound)?;
    let moderator =
        message.author != caller.id() && rules::may_moderate(chat, caller, &room).await?;
    let change = Change::ClosePoll {
        message_id,
        moderator,
    };
    append(chat, caller, message.room, change).await.map(done)
}

/// The poll in a room that was asked last and has not ended.
pub async fn newest_poll(chat: &Chat, caller: &Caller, room: &str) -> Result<MessageId, ChatError> {
    let room = rules::member_room(chat, caller, room).await?;
    let found = chat.store().newest_poll(caller.id(), room.id).await?;
    found.ok_or_else(|| {
        ChatError::NotFound(Words::new(
            "There is no open poll here. Ask one with /poll.",
            "这里没有进行中的投票，可用 /投票 发起。",
        ))
    })
}

/// Whom this guards: a count of what people want, from a model that was talked into a vote.
fn require_person(caller: &Caller) -> Result<(), ChatError> {
    let words = Words::new(
        "Polls ask people: an agent neither votes nor ends one.",
        "投票是问人的，AI 不能投票，也不能结束投票。",
    );
    rules::require_person(caller, words)
}
