//! `/poll QUESTION | OPTION | OPTION`

use super::declare::{Command, Invocation, Param, Place, Reach};
use crate::{
    ChatError,
    actions::{SendMessage, ask_poll, close_poll, newest_poll},
};
use futures::FutureExt;
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
        en: "/poll Lunch? | noodles | rice. Begin with “several:” where one may choose more than one. Everybody sees who chose what. “/poll close” ends the poll that it answers, or the last one here: whoever asked may, and moderators.",
        zh: "/投票 午饭吃什么？ | 面条 | 米饭。以“多选：”开头表示可选多项。所有人都能看到谁选了什么。“/投票 结束”会结束所回复的或最近的一个投票：发起人和管理者可以结束。",
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
    let poll = read(text);
    let new = SendMessage {
        key: invocation.key,
        reply_to: invocation.reply_to,
        ..SendMessage::default()
    };
    ask_poll(chat, caller, &room, poll, new).await
}

/// A question and options as somebody writes them.
fn read(text: &str) -> Poll {
    let begun = ["several:", "several：", "多选:", "多选："];
    let rest = begun.iter().find_map(|begun| text.strip_prefix(begun));
    let bars: &[char] = match text.contains('\n') {
        true => &['\n'],
        false => &['|', '｜'],
    };
    let mut parts = rest
        .unwrap_or(text)
        .split(bars)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned);
    Poll {
        question: parts.next().unwrap_or_default(),
        options: parts.collect(),
        several: rest.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_and_its_options_stand_between_bars_or_on_lines() {
        let tea = Poll {
            question: "Tea?".into(),
            options: vec!["green".into(), "black | white".into()],
            several: true,
        };
        assert_eq!(read("several: Tea?\n green\n\nblack | white\n"), tea);
        let zh = read("午饭？｜面条 | 米饭");
        assert_eq!(zh.options, ["面条", "米饭"]);
        assert!(!zh.several);
        assert_eq!(zh.text(), "午饭？\n1. 面条\n2. 米饭");
        assert_eq!(read("only this").options, Vec::<String>::new());
    }
}
