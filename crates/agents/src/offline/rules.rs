//! What somebody wants, by rules in both languages.

use crate::tools::LINE_TOOL;
use serde_json::{Value, json};

pub(super) enum Wish {
    /// A command answers that.
    Call(&'static str, Value),
    WhatAreYou,
    Greeting,
    Thanks,
    Other,
}

pub(super) fn wish(text: &str) -> Wish {
    let text = without_address(text);
    let folded = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if let Some((user, message)) = message_for(text) {
        return Wish::Call("t", json!({ "user": user, "text": message }));
    }
    if let Some(words) = behind(
        text,
        &[
            "search for ",
            "search ",
            "look for ",
            "find ",
            "搜索",
            "搜一下",
            "查找",
            "找一下",
        ],
    ) {
        return Wish::Call("search", json!({ "text": words }));
    }
    if says(&[
        "miss",
        "catch me up",
        "catch up",
        "unread",
        "错过",
        "未读",
        "漏了",
    ]) {
        return line("/missed");
    }
    if says(&[
        "who is here",
        "who's here",
        "who is online",
        "who's online",
        "online",
        "谁在",
        "在线",
        "哪些人",
    ]) {
        return Wish::Call("users", json!({}));
    }
    if says(&[
        "are you",
        "what model",
        "which model",
        "who made you",
        "你是谁",
        "你是什么",
        "什么模型",
        "你是ai",
        "你是 ai",
        "真人",
    ]) {
        return Wish::WhatAreYou;
    }
    if says(&[
        "help",
        "command",
        "how do i",
        "how to",
        "what can",
        "帮助",
        "命令",
        "怎么用",
        "能做什么",
        "会什么",
    ]) {
        return line(&help(text));
    }
    if says(&["thank", "谢谢", "多谢"]) {
        return Wish::Thanks;
    }
    if folded.is_empty()
        || says(&["hello", "hi", "hey", "你好", "您好", "嗨", "早上好"])
            && text.chars().count() < 20
    {
        return Wish::Greeting;
    }
    Wish::Other
}

fn line(line: &str) -> Wish {
    Wish::Call(LINE_TOOL, json!({ "line": line }))
}

/// `/help`, or `/help COMMAND` where one is named.
fn help(text: &str) -> String {
    let command = text.split_whitespace().find_map(|word| {
        let name = word
            .trim_matches(|c: char| matches!(c, '`' | '?' | '？' | '.' | '。'))
            .strip_prefix('/')?;
        (!name.is_empty()).then_some(name)
    });
    match command.or_else(|| behind(text, &["help ", "帮助 "]).filter(|rest| !rest.contains(' ')))
    {
        Some(name) => format!("/help {}", name.trim_start_matches('/')),
        None => "/help".into(),
    }
}

/// A message to somebody: `tell @bob that …`, `告诉 bob：…`.
fn message_for(text: &str) -> Option<(&str, &str)> {
    let rest = behind(text, &["please tell ", "tell ", "告诉", "请告诉", "转告"])?;
    let rest = rest.trim_start_matches('@');
    let end = rest.find([' ', ',', '，', ':', '：', ' '])?;
    let (user, message) = rest.split_at(end);
    let message = message.trim_start_matches([' ', ',', '，', ':', '：', ' ']);
    let message = message.strip_prefix("that ").unwrap_or(message).trim();
    // “tell me …” is a question.
    (!user.is_empty() && !message.is_empty() && !matches!(user, "me" | "us" | "我" | "我们"))
        .then_some((user, message))
}

/// What stands behind the first of the openings that the text begins with.
fn behind<'a>(text: &'a str, openings: &[&str]) -> Option<&'a str> {
    openings.iter().find_map(|opening| {
        let head = text.get(..opening.len())?;
        let rest = text[opening.len()..].trim_matches([' ', '：', ':', '。', '？', '?']);
        (head.to_lowercase() == *opening && !rest.is_empty()).then_some(rest)
    })
}

/// Without `@assistant` and the like at the start.
fn without_address(text: &str) -> &str {
    let text = text.trim();
    match text.strip_prefix('@') {
        Some(rest) => rest
            .find(char::is_whitespace)
            .map_or("", |at| rest[at..].trim()),
        None => text,
    }
}
