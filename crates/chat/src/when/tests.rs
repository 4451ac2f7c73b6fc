//! Times as people write them, in a table.

use super::*;

/// A Wednesday afternoon in Shanghai.
const NOW: &str = "2026-11-25T14:20:00+08:00[Asia/Shanghai]";

fn now() -> Zoned {
    NOW.parse().unwrap()
}

fn found(text: &str) -> Option<(String, String)> {
    said(text, &now()).map(|(at, rest)| (at.strftime("%m-%d %H:%M").to_string(), rest.to_owned()))
}

#[test]
fn times_are_understood_as_people_say_them() {
    let table = [
        // So long from now.
        ("in 2h tea", "11-25 16:20", "tea"),
        ("in 2 hours tea", "11-25 16:20", "tea"),
        ("2h tea", "11-25 16:20", "tea"),
        ("in an hour tea", "11-25 15:20", "tea"),
        ("in half an hour tea", "11-25 14:50", "tea"),
        ("in 1h30m tea", "11-25 15:50", "tea"),
        ("in 2 hours and 10 minutes tea", "11-25 16:30", "tea"),
        ("in 3 days tea", "11-28 14:20", "tea"),
        ("in a week tea", "12-02 14:20", "tea"),
        ("半小时后喝茶", "11-25 14:50", "喝茶"),
        ("半个小时以后喝茶", "11-25 14:50", "喝茶"),
        ("一个半小时后喝茶", "11-25 15:50", "喝茶"),
        ("2小时后喝茶", "11-25 16:20", "喝茶"),
        ("两个小时之后 喝茶", "11-25 16:20", "喝茶"),
        ("两小时三十分钟后喝茶", "11-25 16:50", "喝茶"),
        ("十分钟后喝茶", "11-25 14:30", "喝茶"),
        ("过十五分钟喝茶", "11-25 14:35", "喝茶"),
        ("一刻钟后喝茶", "11-25 14:35", "喝茶"),
        ("三天后喝茶", "11-28 14:20", "喝茶"),
        ("一周后喝茶", "12-02 14:20", "喝茶"),
        // A day, an hour, or both.
        ("tomorrow tea", "11-26 09:00", "tea"),
        ("tomorrow at 9 tea", "11-26 09:00", "tea"),
        ("tomorrow 9:30 tea", "11-26 09:30", "tea"),
        ("tomorrow at 9pm tea", "11-26 21:00", "tea"),
        ("Tomorrow morning tea", "11-26 09:00", "tea"),
        ("tomorrow afternoon at 3 tea", "11-26 15:00", "tea"),
        ("tonight tea", "11-25 20:00", "tea"),
        ("tonight at 9 tea", "11-25 21:00", "tea"),
        ("the day after tomorrow at noon tea", "11-27 12:00", "tea"),
        ("at 9 tea", "11-26 09:00", "tea"),
        ("at 16:30 tea", "11-25 16:30", "tea"),
        ("9pm tea", "11-25 21:00", "tea"),
        ("at 9 in the evening tea", "11-25 21:00", "tea"),
        ("at 9 tomorrow tea", "11-26 09:00", "tea"),
        ("12am tea", "11-26 00:00", "tea"),
        ("12pm tea", "11-26 12:00", "tea"),
        ("Friday tea", "11-27 09:00", "tea"),
        ("on Wednesday at 10 tea", "12-02 10:00", "tea"),
        ("next Monday tea", "11-30 09:00", "tea"),
        ("next Friday 17:00 tea", "12-04 17:00", "tea"),
        ("next week tea", "11-30 09:00", "tea"),
        ("2026-12-24 18:00 tea", "12-24 18:00", "tea"),
        ("2026-12-24T18:00 tea", "12-24 18:00", "tea"),
        ("明天喝茶", "11-26 09:00", "喝茶"),
        ("明天上午九点喝茶", "11-26 09:00", "喝茶"),
        ("明天上午9点喝茶", "11-26 09:00", "喝茶"),
        ("明天 9:00 喝茶", "11-26 09:00", "喝茶"),
        ("明天下午三点半喝茶", "11-26 15:30", "喝茶"),
        ("明早八点喝茶", "11-26 08:00", "喝茶"),
        ("明晚八点喝茶", "11-26 20:00", "喝茶"),
        ("今晚喝茶", "11-25 20:00", "喝茶"),
        ("后天中午喝茶", "11-27 12:00", "喝茶"),
        ("大后天喝茶", "11-28 09:00", "喝茶"),
        ("晚上十点一刻喝茶", "11-25 22:15", "喝茶"),
        ("十五点二十分喝茶", "11-25 15:20", "喝茶"),
        ("九点三个人喝茶", "11-26 09:00", "三个人喝茶"),
        ("下周一喝茶", "11-30 09:00", "喝茶"),
        ("下星期五下午两点喝茶", "12-04 14:00", "喝茶"),
        ("下下周二喝茶", "12-08 09:00", "喝茶"),
        ("周五喝茶", "11-27 09:00", "喝茶"),
        ("本周日喝茶", "11-29 09:00", "喝茶"),
        ("礼拜天晚上七点喝茶", "11-29 19:00", "喝茶"),
        ("12月24日喝茶", "12-24 09:00", "喝茶"),
        (
            "十二月三十一号晚上十一点五十九分喝茶",
            "12-31 23:59",
            "喝茶",
        ),
        ("3月1日喝茶", "03-01 09:00", "喝茶"),
        // Behind what is to be done.
        ("buy tea in 2h", "11-25 16:20", "buy tea"),
        ("buy tea tomorrow at 9", "11-26 09:00", "buy tea"),
        ("buy 3 cups on Friday at 10.", "11-27 10:00", "buy 3 cups"),
        ("买茶 明天上午九点", "11-26 09:00", "买茶"),
    ];
    let wrong: Vec<_> = table
        .into_iter()
        .filter_map(|(text, at, rest)| {
            let found = found(text);
            (found != Some((at.into(), rest.into()))).then_some((text, found))
        })
        .collect();
    assert_eq!(wrong, []);
}

#[test]
fn what_is_no_time_is_none() {
    for text in [
        "",
        "tea",
        "in the kitchen",
        "9 cups",
        "monkeys",
        "sunny weather",
        "once",
        "2hot",
        "12345678 hours tea",
        "25:00 tea",
        "at 9:75 tea",
        "13月1日喝茶",
        "一起喝茶",
        "周围",
        "十",
        "后来",
        "过",
        "🍵",
        "in 2h",
    ] {
        assert_eq!(found(text), None, "{text}");
    }
}

#[test]
fn an_hour_that_a_night_leaves_out_comes_after_it() {
    let now: Zoned = "2026-03-07T12:00:00-05:00[America/New_York]"
        .parse()
        .unwrap();
    let (at, _) = said("tomorrow 2:30 tea", &now).unwrap();
    assert_eq!(at.strftime("%m-%d %H:%M %Z").to_string(), "03-08 03:30 EDT");
    let (at, _) = said("in 1 day tea", &now).unwrap();
    assert_eq!(
        at.strftime("%m-%d %H:%M").to_string(),
        "03-08 12:00",
        "a day is a day"
    );
}

#[test]
fn every_beginning_of_a_time_is_cut_without_panic() {
    for text in [
        "明天上午九点三十分开会🍵",
        "next Monday at 10:30 pm 茶",
        "两小时三十分钟后é",
    ] {
        for (at, _) in text.char_indices() {
            let _ = said(&text[..at], &now());
            let _ = said(&text[at..], &now());
        }
    }
}
