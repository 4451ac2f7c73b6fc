//! Times as people say them, in English and Chinese: “in 2h”, “tomorrow at 9”, “next Monday”,
//! “半小时后”, “明天上午九点”, “下周一”. Pure: what time it is, and where, is given.
//!
//! A day without an hour means nine in the morning; an hour without a day means the next time that
//! it is so late. “Monday” is the next one; “next Monday” and “下周一” are those of the week that
//! begins on the coming Monday.

mod clock;
mod day;
mod numbers;
mod span;
#[cfg(test)]
mod tests;

use jiff::{Zoned, civil};

/// The hour of a day that is named without one.
const MORNING: civil::Time = civil::time(9, 0, 0, 0);

/// A time said at the beginning of a text, and what stands behind it. Nothing where no time is
/// said; what has passed already is given as it was said.
pub(crate) fn leading<'a>(text: &'a str, now: &Zoned) -> Option<(Zoned, &'a str)> {
    let text = text.trim_start();
    let (at, rest) = span::from_now(text, now).or_else(|| on_a_day(text, now))?;
    // Half a word is no time: “9am” is one, “9amps” is none.
    let ends = rest
        .chars()
        .next()
        .is_none_or(|c| !c.is_ascii_alphanumeric());
    let rest = rest.trim_start_matches([',', '，', ':', '：', '、']).trim();
    ends.then_some((at, rest))
}

/// A time said at the beginning or the end of a text, and the rest of it.
pub(crate) fn said<'a>(text: &'a str, now: &Zoned) -> Option<(Zoned, &'a str)> {
    let text = text.trim();
    if let Some((at, rest)) = leading(text, now) {
        return (!rest.is_empty()).then_some((at, rest));
    }
    let starts = text.char_indices().filter(|(at, _)| {
        text[..*at].ends_with(char::is_whitespace) && !text[*at..].starts_with(char::is_whitespace)
    });
    starts
        .filter_map(|(start, _)| {
            let (at, rest) = leading(&text[start..], now)?;
            rest.trim_end_matches(['.', '。', '!', '！'])
                .is_empty()
                .then_some((at, text[..start].trim()))
        })
        .next()
}

/// A day, an hour, or both, in either order.
fn on_a_day<'a>(text: &'a str, now: &Zoned) -> Option<(Zoned, &'a str)> {
    if let Some((day, rest)) = day::named(text, now) {
        let (time, rest) = match clock::named(rest, day.part) {
            Some((time, rest)) => (time, rest),
            None => (day.part.map_or(MORNING, clock::Part::usual), rest),
        };
        let at = day.date.to_datetime(time).to_zoned(now.time_zone().clone());
        return Some((at.ok()?, rest));
    }
    let (time, rest) = clock::named(text, None)?;
    // “at 9 tomorrow”
    if let Some((day, rest)) = day::named(rest, now).filter(|(day, _)| day.part.is_none()) {
        let at = day.date.to_datetime(time).to_zoned(now.time_zone().clone());
        return Some((at.ok()?, rest));
    }
    let today = now
        .date()
        .to_datetime(time)
        .to_zoned(now.time_zone().clone())
        .ok()?;
    if today > *now {
        return Some((today, rest));
    }
    let tomorrow = now.date().tomorrow().ok()?.to_datetime(time);
    Some((tomorrow.to_zoned(now.time_zone().clone()).ok()?, rest))
}

/// Takes one of some words off the beginning, whatever its case; longer ones are to stand before
/// those that they begin with. A Latin word must end there.
fn word<'a, T: Copy>(text: &'a str, words: &[(&str, T)]) -> Option<(T, &'a str)> {
    let text = text.trim_start();
    words.iter().find_map(|(word, meaning)| {
        let head = text.get(..word.len())?;
        let rest = &text[word.len()..];
        let ends = !word.is_ascii() || !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
        (head.eq_ignore_ascii_case(word) && ends).then_some((*meaning, rest))
    })
}

/// Passes over one of some words, where it stands there.
fn past<'a>(text: &'a str, words: &[&str]) -> &'a str {
    words
        .iter()
        .find_map(|known| word(text, &[(*known, ())]).map(|((), rest)| rest))
        .unwrap_or(text)
}
