//! What somebody typed into a search, taken apart: words, and operators like `from:ada` or
//! `来自：小波`. Names are not looked up here.

use super::dates;
use crate::{ChatError, Words};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use salon_store::Holds;

/// A search as it was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Words and quoted phrases, as typed.
    pub(super) words: String,
    /// Handles; any of them.
    pub(super) from: Vec<String>,
    /// Rooms; any of them.
    pub(super) rooms: Vec<String>,
    /// All of them.
    pub(super) has: Vec<Holds>,
    pub(super) after: Option<Timestamp>,
    pub(super) before: Option<Timestamp>,
}

#[derive(Clone, Copy)]
enum Operator {
    From,
    In,
    Before,
    After,
    Has,
}

const OPERATORS: &[(&str, Operator)] = &[
    ("from", Operator::From),
    ("来自", Operator::From),
    ("in", Operator::In),
    ("在", Operator::In),
    ("before", Operator::Before),
    ("之前", Operator::Before),
    ("after", Operator::After),
    ("之后", Operator::After),
    ("has", Operator::Has),
    ("包含", Operator::Has),
];

const KINDS: &[(&str, Holds)] = &[
    ("file", Holds::File),
    ("文件", Holds::File),
    ("image", Holds::Image),
    ("图片", Holds::Image),
    ("link", Holds::Link),
    ("链接", Holds::Link),
    ("code", Holds::Code),
    ("代码", Holds::Code),
];

impl Asked {
    /// Reads a search. Days begin in `zone`, and `today` is what they are counted back from. An
    /// operator without anything behind it is one that is still being typed, and narrows nothing.
    pub(super) fn read(text: &str, today: Date, zone: &TimeZone) -> Result<Self, ChatError> {
        let mut asked = Self::default();
        let mut parts = parts(text).into_iter().peekable();
        while let Some(part) = parts.next() {
            let Some((operator, mut value)) = operator(part) else {
                asked.words.push_str(part);
                asked.words.push(' ');
                continue;
            };
            if value.is_empty() {
                let next = parts.next_if(|next| self::operator(next).is_none());
                value = next.unwrap_or_default();
            }
            let value = value.trim_matches(is_quote);
            if !value.is_empty() {
                asked.add(operator, value, today, zone)?;
            }
        }
        asked.words.truncate(asked.words.trim_end().len());
        Ok(asked)
    }

    fn add(
        &mut self,
        operator: Operator,
        value: &str,
        today: Date,
        zone: &TimeZone,
    ) -> Result<(), ChatError> {
        match operator {
            Operator::From => self.from.push(value.trim_start_matches('@').to_owned()),
            Operator::In => self.rooms.push(value.trim_start_matches('#').to_owned()),
            Operator::Has => self.has.push(kind(value)?),
            Operator::Before => {
                let begins = dates::begins(value, today, zone)?;
                self.before = Some(self.before.map_or(begins, |other| other.min(begins)));
            }
            Operator::After => {
                let begins = dates::begins(value, today, zone)?;
                self.after = Some(self.after.map_or(begins, |other| other.max(begins)));
            }
        }
        Ok(())
    }

    /// Whether nothing was asked for.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '＂')
}

/// Parts between spaces; what stands between quotes is one part.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted) = (None, false);
    for (at, c) in text.char_indices() {
        if is_quote(c) {
            quoted = !quoted;
        }
        match (start, c.is_whitespace() && !quoted) {
            (Some(from), true) => {
                parts.extend(text.get(from..at));
                start = None;
            }
            (None, false) => start = Some(at),
            _ => {}
        }
    }
    parts.extend(start.and_then(|from| text.get(from..)));
    parts
}

/// The operator at the beginning of a part, and what stands behind its colon.
fn operator(part: &str) -> Option<(Operator, &str)> {
    let (name, value) = part.split_once([':', '：'])?;
    let name = name.to_lowercase();
    let (_, operator) = OPERATORS.iter().find(|(known, _)| *known == name)?;
    Some((*operator, value))
}

fn kind(value: &str) -> Result<Holds, ChatError> {
    let value = value.to_lowercase();
    let singular = value.strip_suffix('s').unwrap_or(&value);
    let known = KINDS.iter().find(|(name, _)| *name == singular);
    known.map(|(_, kind)| *kind).ok_or_else(|| {
        ChatError::BadArguments(Words::new(
            "After “has:” say file, image, link or code.",
            "“包含:”后面请写 文件、图片、链接 或 代码。",
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Asked, ChatError> {
        Asked::read(text, date(2026, 11, 27), &TimeZone::UTC)
    }

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn operators_are_read_in_both_languages() {
        let expected = Asked {
            words: "release \"the plan\"".into(),
            from: vec!["ada".into(), "小波".into()],
            rooms: vec!["general".into(), "@bob".into()],
            has: vec![Holds::Image, Holds::Code],
            after: at("2026-11-01T00:00:00Z"),
            before: at("2026-11-27T00:00:00Z"),
        };
        for text in [
            "release from:@ada from:小波 \"the plan\" in:#general in:@bob has:images has:code after:2026-11-01 before:today",
            "来自:ada release 来自：小波 在：general 在:@bob 包含：图片 \"the plan\" 包含:代码 之后：2026年11月1日 之前:今天",
            "FROM: ada release from: \"小波\" In: general \"the plan\" in: @bob has: image has: 代码 after: 2026/11 before: 今天",
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_an_operator_is_words() {
        for text in [
            "at 12:30",
            "https://example.org/a:b",
            "from",
            ":x",
            "\"from:ada\"",
            "不在:家",
        ] {
            assert_eq!(read(text).unwrap().words, text);
        }
        for text in ["from:", "tea from:", "tea has: from: "] {
            let asked = read(text).unwrap();
            assert!(asked.from.is_empty() && asked.has.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_kind_or_a_day_that_is_none_is_said_to_be_none() {
        for text in [
            "has:poem",
            "before:soon",
            "after:2026-13-01",
            "之前:2026-02-30",
            "after:99999999999d",
        ] {
            assert!(
                matches!(read(text), Err(ChatError::BadArguments(_))),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_one_types_breaks_it(text in ".{0,80}", name in "(from|在|before|之后|has)[:：]", value in "[0-9年月日dwmy/\"-]{0,12}") {
            drop(read(&text));
            drop(read(&format!("{name}{value} {text}")));
        }
    }
}
