//! What in a message's text may call somebody. Pure: who is meant is found at the commit.

use salon_protocol::{
    Call, Handle,
    limits::{HANDLE_CHARS_MAX, MENTIONS_MAX},
};
use salon_store::Candidate;

/// Names for everybody and for whoever is here.
const CALLS: [(&str, Call); 4] = [
    ("room", Call::Room),
    ("here", Call::Here),
    ("所有人", Call::Room),
    ("在线成员", Call::Here),
];

/// For each `@` outside of code, what it may stand for, the longest name first: Chinese sets no
/// space behind a name, so `@小波你好` may be 小波 or 小波你好.
pub(crate) fn places(text: &str) -> Vec<Vec<Candidate>> {
    if !text.contains(['@', '＠']) {
        return Vec::new();
    }
    let spoken = without_code(text);
    let mut places = Vec::new();
    for (at, sign) in spoken.match_indices(['@', '＠']) {
        let before = spoken[..at].chars().next_back();
        // `bob@example.org` is an address.
        if before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/')) {
            continue;
        }
        let candidates = candidates(&spoken[at + sign.len()..]);
        if !candidates.is_empty() {
            places.push(candidates);
        }
        if places.len() == MENTIONS_MAX {
            break;
        }
    }
    places
}

/// Whether a text asks for a call to many.
pub(crate) fn asks_for(places: &[Vec<Candidate>], call: Option<Call>) -> bool {
    places.iter().flatten().any(|candidate| match candidate {
        Candidate::Call(found) => call.is_none_or(|call| call == *found),
        Candidate::User(_) => false,
    })
}

fn candidates(behind: &str) -> Vec<Candidate> {
    let name: String = behind
        .chars()
        .take(HANDLE_CHARS_MAX)
        .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        .collect();
    let ends = name
        .char_indices()
        .map(|(at, c)| at + c.len_utf8())
        .rev()
        .filter(|end| ends_a_name(&behind[*end..]));
    let mut candidates = Vec::new();
    for end in ends {
        let Ok(handle) = name[..end].parse::<Handle>() else {
            continue;
        };
        let key = handle.folded();
        let call = CALLS.iter().find(|(word, _)| *word == key);
        candidates.push(Candidate::User(key));
        candidates.extend(call.map(|(_, call)| Candidate::Call(*call)));
    }
    candidates
}

/// `@ada2` is somebody else; `@ada.` and `@ada你好` are not.
fn ends_a_name(behind: &str) -> bool {
    let mut following = behind.chars();
    match (following.next(), following.next()) {
        (None, _) => true,
        (Some('.' | '-'), next) => next.is_none_or(|c| !c.is_ascii_alphanumeric()),
        (Some(c), _) => !(c.is_ascii_alphanumeric() || c == '_'),
    }
}

/// The text with its code blanked out: what stands between fences, and between equal rows of
/// backticks.
pub(crate) fn without_code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let begins = line.trim_start();
        let mark = ["```", "~~~"]
            .into_iter()
            .find(|mark| begins.starts_with(mark));
        match (fence, mark) {
            (Some(open), Some(mark)) if open == mark => fence = None,
            (Some(_), _) => {}
            (None, Some(mark)) => {
                let rest = begins.trim_start_matches(|c| mark.starts_with(c));
                // ```code``` on one line is a span.
                if mark == "```" && rest.contains('`') {
                    out.push_str(line);
                } else {
                    fence = Some(mark);
                }
            }
            (None, None) => out.push_str(line),
        }
    }
    without_spans(&out)
}

fn without_spans(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let length = rest[at..].bytes().take_while(|b| *b == b'`').count();
        let row = &rest[at..at + length];
        let behind = &rest[at + length..];
        out.push_str(&rest[..at]);
        match closing(behind, length) {
            Some(end) => {
                out.push(' ');
                rest = &behind[end..];
            }
            None => {
                out.push_str(row);
                rest = behind;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Where a row of exactly so many backticks ends.
fn closing(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let begin = at + found;
        let row = text[begin..].bytes().take_while(|b| *b == b'`').count();
        at = begin + row;
        if row == length {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each place as its candidates in one line.
    fn read(text: &str) -> Vec<String> {
        let one = |candidate: &Candidate| match candidate {
            Candidate::User(key) => key.clone(),
            Candidate::Call(call) => format!("!{}", call.as_str()),
        };
        places(text)
            .iter()
            .map(|place| place.iter().map(one).collect::<Vec<_>>().join(" "))
            .collect()
    }

    #[test]
    fn names_are_found_where_a_reader_would_find_them() {
        let cases: [(&str, &[&str]); 14] = [
            ("@ada look", &["ada"]),
            ("so, @Ada.", &["ada. ada"]),
            ("(@ada) @bob", &["ada", "bob"]),
            ("＠ada", &["ada"]),
            ("@a.b-c_9!", &["a.b-c_9"]),
            ("mail bob@example.org", &[]),
            ("https://x.org/@ada", &[]),
            ("@小波你好", &["小波你好 小波你 小波 小"]),
            ("@ada你好", &["ada你好 ada你 ada"]),
            ("@room tea", &["room !room"]),
            ("@here!", &["here !here"]),
            ("@roommate", &["roommate"]),
            ("@所有人请看", &["所有人请看 所有人请 所有人 !room 所有 所"]),
            ("@ and @!", &[]),
        ];
        for (text, places) in cases {
            assert_eq!(read(text), places, "{text}");
        }
    }

    #[test]
    fn code_calls_nobody() {
        for text in [
            "`@ada`",
            "``a ` @ada``",
            "```\n@ada\n```",
            "~~~\n@ada\n```\n@bob\n~~~",
            "```rust\n@room",
        ] {
            assert_eq!(read(text), [""; 0], "{text}");
        }
        assert_eq!(read("`code` @ada `more`"), ["ada"]);
        assert_eq!(read("an open ` before @ada"), ["ada"]);
        assert_eq!(read("```\ncode\n```\n@ada"), ["ada"]);
        assert_eq!(read("```one line``` @ada"), ["ada"]);
    }

    #[test]
    fn a_text_of_names_is_bounded() {
        assert_eq!(places(&"@ada ".repeat(1_000)).len(), MENTIONS_MAX);
    }
}
