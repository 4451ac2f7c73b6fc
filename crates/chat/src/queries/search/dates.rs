//! Days as people write them in a search.

use crate::{ChatError, Words};
use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};

/// When a day, month or year begins: `2026-11-27`, `2026/11`, `2026年`, `today`, `昨天`, or so many
/// days, weeks, months or years ago: `7d`, `2w`, `3天`.
pub(super) fn begins(value: &str, today: Date, zone: &TimeZone) -> Result<Timestamp, ChatError> {
    let value = value.to_lowercase();
    named(&value, today)
        .or_else(|| ago(&value, today))
        .or_else(|| written(&value))
        .and_then(|day| day.to_zoned(zone.clone()).ok())
        .map(|zoned| zoned.timestamp())
        .ok_or_else(|| {
            ChatError::BadArguments(Words::new(
                "Write a day like 2026-11-27, a month like 2026-11, “today”, “yesterday”, or how long ago: 7d, 2w, 3m.",
                "请写日期如 2026-11-27、月份如 2026-11、“今天”“昨天”，或多久以前：7天、2周、3个月。",
            ))
        })
}

fn named(value: &str, today: Date) -> Option<Date> {
    match value {
        "today" | "今天" => Some(today),
        "yesterday" | "昨天" => today.yesterday().ok(),
        _ => None,
    }
}

fn ago(value: &str, today: Date) -> Option<Date> {
    let unit = value.trim_start_matches(|c: char| c.is_ascii_digit());
    let count: i64 = value.strip_suffix(unit)?.parse().ok()?;
    let span = match unit {
        "d" | "天" | "天前" => Span::new().try_days(count),
        "w" | "周" | "周前" => Span::new().try_weeks(count),
        "m" | "个月" | "个月前" => Span::new().try_months(count),
        "y" | "年前" => Span::new().try_years(count),
        _ => return None,
    };
    today.checked_sub(span.ok()?).ok()
}

fn written(value: &str) -> Option<Date> {
    let plain = value.trim_end_matches(['日', '号', '月', '年']);
    let mut numbers = plain.split(['-', '/', '.', '年', '月']);
    let year = numbers
        .next()
        .filter(|year| year.len() == 4)?
        .parse()
        .ok()?;
    let month = numbers.next().map_or(Some(1), |month| month.parse().ok())?;
    let day = numbers.next().map_or(Some(1), |day| day.parse().ok())?;
    match numbers.next() {
        None => Date::new(year, month, day).ok(),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_begins_where_whoever_asks_lives() {
        let berlin = TimeZone::fixed(jiff::tz::offset(1));
        let today = date(2026, 11, 27);
        for (text, expected) in [
            ("2026-11-27", "2026-11-26T23:00:00Z"),
            ("2026年11月27日", "2026-11-26T23:00:00Z"),
            ("2026/1/5", "2026-01-04T23:00:00Z"),
            ("2026-11", "2026-10-31T23:00:00Z"),
            ("2026年", "2025-12-31T23:00:00Z"),
            ("2026", "2025-12-31T23:00:00Z"),
            ("昨天", "2026-11-25T23:00:00Z"),
            ("7d", "2026-11-19T23:00:00Z"),
            ("2周", "2026-11-12T23:00:00Z"),
            ("1m", "2026-10-26T23:00:00Z"),
        ] {
            let begins = begins(text, today, &berlin).unwrap();
            assert_eq!(begins.to_string(), expected, "{text}");
        }
    }
}
