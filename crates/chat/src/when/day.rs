//! Days: “tomorrow”, “next Monday”, “on Friday”, “2026-12-24”, “后天”, “下周一”, “12月24日”.

use super::{
    clock::{self, Part},
    numbers::whole,
    past, word,
};
use jiff::{
    ToSpan, Zoned,
    civil::{Date, Weekday},
};

/// A day, with the part of it that its name names: tonight, 明早.
pub(super) struct Day {
    pub(super) date: Date,
    pub(super) part: Option<Part>,
}

const NEAR: &[(&str, (i64, Option<Part>))] = &[
    ("the day after tomorrow", (2, None)),
    ("day after tomorrow", (2, None)),
    ("tomorrow", (1, None)),
    ("today", (0, None)),
    ("tonight", (0, Some(Part::Evening))),
    ("今天", (0, None)),
    ("今日", (0, None)),
    ("今早", (0, Some(Part::Morning))),
    ("今晚", (0, Some(Part::Evening))),
    ("明天", (1, None)),
    ("明日", (1, None)),
    ("明早", (1, Some(Part::Morning))),
    ("明晚", (1, Some(Part::Evening))),
    ("大后天", (3, None)),
    ("后天", (2, None)),
];

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("mon", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("tue", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("wed", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("thu", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("fri", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sat", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
    ("sun", Weekday::Sunday),
];

const CHINESE_WEEKDAYS: &[(&str, Weekday)] = &[
    ("一", Weekday::Monday),
    ("二", Weekday::Tuesday),
    ("三", Weekday::Wednesday),
    ("四", Weekday::Thursday),
    ("五", Weekday::Friday),
    ("六", Weekday::Saturday),
    ("日", Weekday::Sunday),
    ("天", Weekday::Sunday),
];

/// Which week a Chinese weekday is of: weeks from this one, or none where the next such day is
/// meant.
const WEEKS: &[(&str, Option<i64>)] = &[
    ("下下周", Some(2)),
    ("下下星期", Some(2)),
    ("下下礼拜", Some(2)),
    ("下周", Some(1)),
    ("下星期", Some(1)),
    ("下礼拜", Some(1)),
    ("本周", Some(0)),
    ("这周", Some(0)),
    ("这星期", Some(0)),
    ("周", None),
    ("星期", None),
    ("礼拜", None),
];

/// A day at the beginning of a text.
pub(super) fn named<'a>(text: &'a str, now: &Zoned) -> Option<(Day, &'a str)> {
    let today = now.date();
    let (date, part, rest) = near(text, today)
        .or_else(|| weekday(text, today).map(|(date, rest)| (date, None, rest)))
        .or_else(|| dated(text, today).map(|(date, rest)| (date, None, rest)))?;
    let (part, rest) = match (part, clock::part(rest)) {
        // “tomorrow morning at 8”, “周五下午三点”
        (None, Some((part, rest))) => (Some(part), rest),
        (part, _) => (part, rest),
    };
    Some((Day { date, part }, rest))
}

fn near(text: &str, today: Date) -> Option<(Date, Option<Part>, &str)> {
    let ((days, part), rest) = word(text, NEAR)?;
    Some((today.checked_add(days.days()).ok()?, part, rest))
}

fn weekday(text: &str, today: Date) -> Option<(Date, &str)> {
    let english = past(text, &["on", "this"]);
    if let Some(((), rest)) = word(english, &[("next", ())])
        && let Some((day, rest)) = word(rest, WEEKDAYS)
    {
        return Some((of_week(today, 1, day)?, rest));
    }
    if let Some(((), rest)) = word(english, &[("next week", ())]) {
        return Some((of_week(today, 1, Weekday::Monday)?, rest));
    }
    if let Some((day, rest)) = word(english, WEEKDAYS) {
        return Some((today.nth_weekday(1, day).ok()?, rest));
    }
    let (week, rest) = word(text, WEEKS)?;
    match (week, word(rest, CHINESE_WEEKDAYS)) {
        (Some(weeks), Some((day, rest))) => Some((of_week(today, weeks, day)?, rest)),
        (None, Some((day, rest))) => Some((today.nth_weekday(1, day).ok()?, rest)),
        (Some(weeks @ 1..), None) => Some((of_week(today, weeks, Weekday::Monday)?, rest)),
        _ => None,
    }
}

/// A day of the week that begins so many Mondays from the last one.
fn of_week(today: Date, weeks: i64, day: Weekday) -> Option<Date> {
    let from_monday = i64::from(today.weekday().to_monday_zero_offset());
    let days = weeks * 7 - from_monday + i64::from(day.to_monday_zero_offset());
    today.checked_add(days.days()).ok()
}

fn dated(text: &str, today: Date) -> Option<(Date, &str)> {
    let text = past(text, &["on"]).trim_start();
    // 2026-12-24
    if let Some(date) = text.get(..10).and_then(|head| head.parse::<Date>().ok()) {
        let rest = &text[10..];
        return Some((date, rest.strip_prefix('T').unwrap_or(rest)));
    }
    // 2026年12月24日, 12月24号: of this year, or of the next where it has passed.
    let (first, rest) = whole(text)?;
    let (year, month, rest) = match word(rest, &[("年", ())]) {
        Some(((), rest)) => {
            let (month, rest) = whole(rest)?;
            (Some(first), month, rest)
        }
        None => (None, first, rest),
    };
    let ((), rest) = word(rest, &[("月", ())])?;
    let (day, rest) = whole(rest)?;
    let ((), rest) = word(rest, &[("日", ()), ("号", ())])?;
    let date = |year: i64| {
        let year = i16::try_from(year).ok()?;
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    let date = match year {
        Some(year) => date(year)?,
        None => date(today.year().into())
            .filter(|date| *date >= today)
            .or_else(|| date(i64::from(today.year()) + 1))?,
    };
    Some((date, rest))
}
