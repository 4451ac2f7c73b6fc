//! So long from now: “in 2h”, “1h30m”, “half an hour”, “半小时后”, “一个半小时后”, “过十分钟”.

use super::{numbers::whole, past, word};
use jiff::{Span, ToSpan, Zoned};

#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Second,
    Minute,
    Quarter,
    Hour,
    Day,
    Week,
    Month,
}

const ENGLISH: &[(&str, Unit)] = &[
    ("seconds", Unit::Second),
    ("second", Unit::Second),
    ("secs", Unit::Second),
    ("sec", Unit::Second),
    ("s", Unit::Second),
    ("minutes", Unit::Minute),
    ("minute", Unit::Minute),
    ("mins", Unit::Minute),
    ("min", Unit::Minute),
    ("m", Unit::Minute),
    ("hours", Unit::Hour),
    ("hour", Unit::Hour),
    ("hrs", Unit::Hour),
    ("hr", Unit::Hour),
    ("h", Unit::Hour),
    ("days", Unit::Day),
    ("day", Unit::Day),
    ("d", Unit::Day),
    ("weeks", Unit::Week),
    ("week", Unit::Week),
    ("w", Unit::Week),
    ("months", Unit::Month),
    ("month", Unit::Month),
];

const CHINESE: &[(&str, Unit)] = &[
    ("秒钟", Unit::Second),
    ("秒", Unit::Second),
    ("分钟", Unit::Minute),
    ("分", Unit::Minute),
    ("刻钟", Unit::Quarter),
    ("个小时", Unit::Hour),
    ("小时", Unit::Hour),
    ("个钟头", Unit::Hour),
    ("钟头", Unit::Hour),
    ("天", Unit::Day),
    ("日", Unit::Day),
    ("个星期", Unit::Week),
    ("星期", Unit::Week),
    ("个礼拜", Unit::Week),
    ("礼拜", Unit::Week),
    ("周", Unit::Week),
    ("个月", Unit::Month),
];

/// Behind a span in Chinese.
const LATER: &[(&str, ())] = &[("之后", ()), ("以后", ()), ("后", ())];

pub(super) fn from_now<'a>(text: &'a str, now: &Zoned) -> Option<(Zoned, &'a str)> {
    let (span, rest) = english(text).or_else(|| chinese(text))?;
    Some((now.checked_add(span).ok()?, rest))
}

fn english(text: &str) -> Option<(Span, &str)> {
    let text = past(text, &["in"]);
    if let Some(((), rest)) = word(text, &[("half an hour", ()), ("half hour", ())]) {
        return Some((30.minutes(), rest));
    }
    let (mut span, mut rest) = one(text)?;
    // “1h30m”, “2 hours and 10 minutes”
    while let Some((more, after)) = one(past(rest, &["and"])) {
        span = add(span, more)?;
        rest = after;
    }
    Some((span, rest))
}

fn one(text: &str) -> Option<(Span, &str)> {
    let (count, rest) = match word(text, &[("an", 1), ("a", 1)]) {
        Some((one, rest)) => (one, rest),
        None => {
            let digits = text.trim_start();
            let end = digits.find(|c: char| !c.is_ascii_digit())?;
            if !(1..=4).contains(&end) {
                return None;
            }
            (digits[..end].parse().ok()?, &digits[end..])
        }
    };
    let rest = rest.trim_start();
    // A unit may be followed by the next count at once: “1h30m”.
    let letters = rest
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(rest.len());
    let (name, after) = rest.split_at(letters);
    let unit = ENGLISH
        .iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known))?
        .1;
    Some((span(unit, count)?, after))
}

fn chinese(text: &str) -> Option<(Span, &str)> {
    let text = text.trim_start();
    let (text, is_ahead) = match word(text, &[("再过", ()), ("过", ())]) {
        Some(((), rest)) => (rest.trim_start(), true),
        None => (text, false),
    };
    let (span, rest) = chinese_span(text)?;
    match word(rest, LATER) {
        Some(((), rest)) => Some((span, rest)),
        // “过十分钟” needs nothing behind it.
        None => is_ahead.then_some((span, rest)),
    }
}

fn chinese_span(text: &str) -> Option<(Span, &str)> {
    if let Some((minutes, rest)) = word(text, &[("半个小时", 30), ("半小时", 30), ("半个钟头", 30)])
    {
        return Some((minutes.minutes(), rest));
    }
    if let Some((hours, rest)) = word(text, &[("半天", 12)]) {
        return Some((hours.hours(), rest));
    }
    let (count, rest) = whole(text)?;
    // 一个半小时
    if let Some(((), rest)) = word(rest, &[("个半小时", ()), ("个半钟头", ())]) {
        return Some((add(span(Unit::Hour, count)?, 30.minutes())?, rest));
    }
    let (unit, rest) = word(rest, CHINESE)?;
    let first = span(unit, count)?;
    // 两小时三十分钟
    if unit == Unit::Hour
        && let Some((minutes, after)) = whole(rest)
        && let Some((Unit::Minute, after)) = word(after, CHINESE)
    {
        return Some((add(first, span(Unit::Minute, minutes)?)?, after));
    }
    Some((first, rest))
}

fn span(unit: Unit, count: i64) -> Option<Span> {
    let span = Span::new();
    match unit {
        Unit::Second => span.try_seconds(count),
        Unit::Minute => span.try_minutes(count),
        Unit::Quarter => span.try_minutes(count.checked_mul(15)?),
        Unit::Hour => span.try_hours(count),
        Unit::Day => span.try_days(count),
        Unit::Week => span.try_weeks(count),
        Unit::Month => span.try_months(count),
    }
    .ok()
}

/// Both, unit by unit: a day is not always twenty-four hours.
fn add(a: Span, b: Span) -> Option<Span> {
    Span::new()
        .try_months(a.get_months() + b.get_months())
        .and_then(|span| span.try_weeks(a.get_weeks() + b.get_weeks()))
        .and_then(|span| span.try_days(a.get_days() + b.get_days()))
        .and_then(|span| span.try_hours(a.get_hours() + b.get_hours()))
        .and_then(|span| span.try_minutes(a.get_minutes() + b.get_minutes()))
        .and_then(|span| span.try_seconds(a.get_seconds() + b.get_seconds()))
        .ok()
}
