//! People who type anything: what comes of it is arguments, or words that say what is wrong.

use super::{Registry, arguments};
use crate::{mentions, when};
use jiff::Zoned;
use salon_protocol::Lang;

/// What somebody types, at a time; `any` command is tried with it beside the one that it names.
pub(crate) fn typed(registry: &Registry, now: &Zoned, text: &str, any: usize) {
    let line = text.trim_start_matches('/');
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let any = registry.all()[any % registry.all().len()];
    for command in registry.find(name).into_iter().chain([any]) {
        if let Err(error) = arguments::from_line(command, rest) {
            let told = error
                .message(Lang::En)
                .len()
                .max(error.message(Lang::Zh).len());
            assert!(told < 2_000 + 4 * text.len());
        }
    }
    if let Err(error) = registry.find(name) {
        assert!(error.message(Lang::Zh).len() < 1_000);
    }
    for place in mentions::places(text) {
        assert!(!place.is_empty());
    }
    let dates = [when::leading(text, now), when::said(text, now)];
    for (_, rest) in dates.into_iter().flatten() {
        assert!(text.contains(rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salon_testkit::{corpus, spoilt};

    const GOOD: [&[u8]; 12] = [
        b"/t ada hello there",
        b"/mute @bob 90m",
        b"/remind in 2h drink tea",
        "/提醒 明天上午九点 喝茶".as_bytes(),
        "下周一下午三点半 开会".as_bytes(),
        b"next Monday at 9:30pm we meet",
        b"/history 20",
        b"/search \"green tea\" from:ada after:2026-01-01",
        b"/create tea private",
        b"/budget 10 per day",
        "@小波你好 ＠ada `@code` bob@example.org @room".as_bytes(),
        b"/lang zh",
    ];
    const WORDS: [&str; 20] = [
        "/ask ",
        "@",
        "＠",
        "`",
        "in ",
        "半小时后",
        "三百六十五天",
        "tomorrow",
        "at 25:99",
        "24:00",
        "99999999999999999999h",
        "今天",
        "二〇二六年二月三十日",
        "2026-02-30",
        "31 December 9999",
        "\u{202e}",
        "\u{0301}",
        "İ",
        "ß",
        "from:",
    ];

    #[test]
    fn whatever_is_typed_is_a_command_or_told_why_not() {
        let registry = Registry::new();
        let now: Zoned = "2026-11-27T23:59:59+08:00[Asia/Shanghai]".parse().unwrap();
        let mut turn = 0;
        spoilt(&GOOD, &WORDS, |bytes| {
            turn += 1;
            typed(&registry, &now, &String::from_utf8_lossy(bytes), turn);
        });
    }

    #[test]
    fn what_fuzzers_found_is_read_again() {
        let registry = Registry::new();
        let now: Zoned = "2026-11-27T23:59:59+08:00[Asia/Shanghai]".parse().unwrap();
        for bytes in corpus("typed") {
            typed(
                &registry,
                &now,
                &String::from_utf8_lossy(&bytes),
                bytes.len(),
            );
        }
    }
}
