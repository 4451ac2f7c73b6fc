//! Times of day: “9”, “9:30”, “9pm”, “21:00”, “noon”, “上午九点”, “晚上8点半”, “三点一刻”.

use super::{numbers::whole, past, word};
use jiff::civil;

/// A part of the day: what it makes of an hour, and the hour that it means by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part {
    Night,
    Morning,
    Noon,
    Afternoon,
    Evening,
}

impl Part {
    /// The hour that is meant where none is named.
    pub(super) fn usual(self) -> civil::Time {
        let hour = match self {
            Self::Night => 0,
            Self::Morning => 9,
            Self::Noon => 12,
            Self::Afternoon => 15,
            Self::Evening => 20,
        };
        civil::time(hour, 0, 0, 0)
    }

    /// An hour as it is meant in this part of the day: 下午三点 is fifteen.
    fn hour(self, hour: i64) -> i64 {
        match (self, hour) {
            (Self::Afternoon | Self::Evening, 1..=11) => hour + 12,
            (Self::Noon, 1..=2) => hour + 12,
            (Self::Night | Self::Morning, 12) => 0,
            (Self::Evening, 12) => 24,
            _ => hour,
        }
    }
}

const PARTS: &[(&str, Part)] = &[
    ("in the morning", Part::Morning),
    ("in the afternoon", Part::Afternoon),
    ("in the evening", Part::Evening),
    ("morning", Part::Morning),
    ("noon", Part::Noon),
    ("midday", Part::Noon),
    ("afternoon", Part::Afternoon),
    ("evening", Part::Evening),
    ("night", Part::Evening),
    ("凌晨", Part::Night),
    ("清晨", Part::Morning),
    ("早上", Part::Morning),
    ("早晨", Part::Morning),
    ("上午", Part::Morning),
    ("中午", Part::Noon),
    ("下午", Part::Afternoon),
    ("傍晚", Part::Evening),
    ("晚上", Part::Evening),
];

/// A part of the day at the beginning of a text.
pub(super) fn part(text: &str) -> Option<(Part, &str)> {
    word(text, PARTS)
}

/// A time of day at the beginning of a text. `known` is the part of the day that was named with
/// the day: 明晚八点.
pub(super) fn named(text: &str, known: Option<Part>) -> Option<(civil::Time, &str)> {
    let text = text.trim_start().trim_start_matches(',');
    // “at noon”
    let (named, rest) = match part(past(text, &["at"])) {
        Some((part, rest)) => (Some(part), rest),
        None => (None, text),
    };
    let of = named.or(known);
    match hours(rest, of) {
        Some(found) => Some(found),
        None => named.map(|part| (part.usual(), rest)),
    }
}

fn hours(text: &str, part: Option<Part>) -> Option<(civil::Time, &str)> {
    let at = past(text, &["at", "@"]);
    let has_at = at.len() != text.len();
    let (hour, rest) = whole(at)?;
    let (minute, rest, is_clock) = minutes(rest);
    let (half, rest) = match word(rest, &[("a.m.", 0), ("p.m.", 12), ("am", 0), ("pm", 12)]) {
        Some((half, rest)) if (1..=12).contains(&hour) => (Some(half), rest),
        _ => (None, rest),
    };
    // A bare number is no hour, unless something says that it is.
    if !has_at && !is_clock && half.is_none() && part.is_none() {
        return None;
    }
    // “9 in the evening”
    let (part, rest) = match (part, half, self::part(rest)) {
        (None, None, Some((part, rest))) => (Some(part), rest),
        _ => (part, rest),
    };
    let hour = match half {
        Some(half) => hour % 12 + half,
        None => part.map_or(hour, |part| part.hour(hour)),
    };
    // Midnight at the end of a day is the last minute that belongs to it.
    let (hour, minute) = if hour == 24 && minute == 0 {
        (23, 59)
    } else {
        (hour, minute)
    };
    let time = civil::Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0);
    Some((time.ok()?, rest))
}

/// What stands behind an hour, and whether that says that it was one.
fn minutes(text: &str) -> (i64, &str, bool) {
    if let Some(after) = text.strip_prefix([':', '：'])
        && let Some((minute, rest)) = whole(after)
    {
        return (minute, rest, true);
    }
    let Some(((), rest)) = word(text, &[("点钟", ()), ("点", ()), ("时", ())]) else {
        return (0, text, false);
    };
    let fixed = [("整", 0), ("半", 30), ("一刻", 15), ("三刻", 45)];
    if let Some((minute, rest)) = word(rest, &fixed) {
        return (minute, rest, true);
    }
    match whole(rest) {
        // 九点十分开会, but not 九点三个人
        Some((minute, after)) => match word(after, &[("分钟", false), ("分", true)]) {
            Some((true, after)) => (minute, after, true),
            _ => (0, rest, true),
        },
        None => (0, rest, true),
    }
}
