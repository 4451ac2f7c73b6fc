//! `/poll QUESTION | OPTION | OPTION`

use super::declare::{Command, Invocation, Param, Place, Reach};
use crate::{
    ChatError,
    actions::{SendMessage, ask_poll, close_poll, newest_poll},
    when,
};
use futures::FutureExt;
use jiff::{Timestamp, Zoned};
use salon_protocol::{Done, Effect, ParamKind, Poll, Role, Text};

pub(super) static COMMAND: Command = Command {
    name: "poll",
    aliases: &["投票"],
    params: &[Param::required(
        "text",
        ParamKind::Text,
        Text {
            en: "The question and the options, between bars or each on a line of its own.",
            zh: "问题和选项，用竖线隔开或各占一行。",
        },
    )],
    place: Place::Room,
    role: Role::Guest,
    effect: Effect::Writes,
    reach: Reach::Here,
    summary: Text {
        en: "Ask the room to choose: QUESTION | OPTION | OPTION.",
        zh: "在本聊天室发起投票：问题 | 选项 | 选项。",
    },
    help: Text {
        en: "/poll Lunch? | noodles | rice. Begin with “several:” where one may choose more than one, and with “until tomorrow at 6pm:” where it ends by itself. Everybody sees who chose what. “/poll close” ends the poll that it answers, or the last one here: whoever asked may, and moderators.",
        zh: "/投票 午饭吃什么？ | 面条 | 米饭。以“多选：”开头表示可选多项，以“截止明天下午六点：”开头则到时自动结束。所有人都能看到谁选了什么。“/投票 结束”会结束所回复的或最近的一个投票：发起人和管理者可以结束。",
    },
    run: |invocation| poll(invocation).boxed(),
};

async fn poll(invocation: Invocation<'_>) -> Result<Done, ChatError> {
    let (chat, caller) = (invocation.chat, invocation.caller);
    let room = invocation.room()?.to_owned();
    let text = invocation.args.text("text").trim();
    if matches!(text.to_lowercase().as_str(), "close" | "end" | "结束") {
        let message = match invocation.reply_to {
            Some(message) => message,
            None => newest_poll(chat, caller, &room).await?,
        };
        return close_poll(chat, caller, message).await;
    }
    let poll = read(text, &caller.clock());
    let new = SendMessage {
        key: invocation.key,
        reply_to: invocation.reply_to,
        ..SendMessage::default()
    };
    ask_poll(chat, caller, &room, poll, new).await
}

/// Words before the question that say that one may choose several.
const SEVERAL: [&str; 4] = ["several:", "several：", "多选:", "多选："];
/// And those before the moment at which the poll ends.
const UNTIL: [&str; 4] = ["until ", "截止到", "截止", "直到"];

/// A question and options as somebody writes them, with what is said before the question.
fn read(text: &str, now: &Zoned) -> Poll {
    let mut rest = text;
    let (mut several, mut ends_at) = (false, None);
    loop {
        rest = rest.trim_start();
        if let Some(behind) = SEVERAL.iter().find_map(|it| rest.strip_prefix(it)) {
            (several, rest) = (true, behind);
        } else if let Some((end, behind)) = until(rest, now).filter(|_| ends_at.is_none()) {
            (ends_at, rest) = (Some(end), behind);
        } else {
            break;
        }
    }
    let text = rest;
    let bars: &[char] = match text.contains('\n') {
        true => &['\n'],
        false => &['|', '｜'],
    };
    let mut parts = text
        .split(bars)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned);
    Poll {
        question: parts.next().unwrap_or_default(),
        options: parts.collect(),
        several,
        ends_at,
    }
}

/// “until tomorrow at 6pm: …”, “截止明天下午六点：…”, or a moment of RFC 3339 as the form writes it. A
/// question that begins with the word and has no colon behind a time is a question.
fn until<'a>(text: &'a str, now: &Zoned) -> Option<(Timestamp, &'a str)> {
    let said = UNTIL
        .iter()
        .find_map(|it| text.strip_prefix(it))?
        .trim_start();
    let exact = said.split_once(": ").and_then(|(moment, rest)| {
        let moment: Timestamp = moment.trim().parse().ok()?;
        Some((moment, rest))
    });
    if exact.is_some() {
        return exact;
    }
    let (end, rest) = when::leading(said, now)?;
    let before = said.strip_suffix(rest)?.trim_end();
    before
        .ends_with([':', '：'])
        .then(|| (end.timestamp(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_now(text: &str) -> Poll {
        read(
            text,
            &"2026-11-27T12:00:00+08:00[Asia/Shanghai]".parse().unwrap(),
        )
    }

    #[test]
    fn a_question_and_its_options_stand_between_bars_or_on_lines() {
        let tea = Poll {
            question: "Tea?".into(),
            options: vec!["green".into(), "black | white".into()],
            several: true,
            ends_at: None,
        };
        assert_eq!(read_now("several: Tea?\n green\n\nblack | white\n"), tea);
        let zh = read_now("午饭？｜面条 | 米饭");
        assert_eq!(zh.options, ["面条", "米饭"]);
        assert!(!zh.several);
        assert_eq!(zh.text(), "午饭？\n1. 面条\n2. 米饭");
        assert_eq!(read_now("only this").options, Vec::<String>::new());
    }

    #[test]
    fn when_a_poll_ends_is_said_before_the_question() {
        for (text, expected) in [
            (
                "until tomorrow at 6pm: Tea? | a | b",
                "2026-11-28T10:00:00Z",
            ),
            ("until 18:30: Tea? | a | b", "2026-11-27T10:30:00Z"),
            ("until in 2h: Tea? | a | b", "2026-11-27T06:00:00Z"),
            (
                "until 2026-12-24T18:00:00Z: Tea? | a | b",
                "2026-12-24T18:00:00Z",
            ),
            ("截止明天下午六点：Tea? | a | b", "2026-11-28T10:00:00Z"),
            ("截止到半小时后: Tea? | a | b", "2026-11-27T04:30:00Z"),
        ] {
            let poll = read_now(text);
            let end = expected.parse::<Timestamp>().unwrap();
            assert_eq!(
                (poll.question.as_str(), poll.ends_at),
                ("Tea?", Some(end)),
                "{text}"
            );
        }
        for both in [
            "several: until in 2h: Tea? | a | b",
            "until in 2h: several: Tea? | a | b",
        ] {
            let poll = read_now(both);
            assert!(poll.several && poll.ends_at.is_some(), "{both}");
            assert_eq!((poll.question.as_str(), poll.options.len()), ("Tea?", 2));
        }
    }

    #[test]
    fn a_question_that_only_begins_like_an_end_is_a_question() {
        for text in [
            "Until when? | a | b",
            "until Friday or Monday? | a | b",
            "until when: now? | a | b",
        ] {
            let poll = read_now(text);
            assert_eq!(poll.ends_at, None, "{text}");
            assert!(text.starts_with(&poll.question), "{text}");
        }
    }
}
