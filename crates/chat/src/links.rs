//! The links of a message that are looked at. Pure.

use crate::mentions::without_code;
use salon_outside::Url;
use salon_protocol::limits::LINKS_PREVIEWED_MAX;

const SCHEMES: [&str; 2] = ["http://", "https://"];

/// The first few links that the author shows to others: not those in code, in somebody else's
/// quoted words, behind a spoiler, or between angle brackets, which say that a link is to stay one.
pub(crate) fn links(text: &str) -> Vec<(String, Url)> {
    if !text.contains("://") {
        return Vec::new();
    }
    let mut found: Vec<(String, Url)> = Vec::new();
    for line in without_code(text).lines() {
        if line.trim_start().starts_with('>') {
            continue;
        }
        let line = without_spoilers(line);
        let mut rest = line.as_str();
        while let Some((before, link, behind)) = next(rest) {
            rest = behind;
            let is_hidden = before.is_some_and(|c| c == '<' || c.is_ascii_alphanumeric());
            let Some(url) = Url::parse(link).ok().filter(|_| !is_hidden) else {
                continue;
            };
            if found.iter().all(|(_, other)| *other != url) {
                found.push((link.to_owned(), url));
            }
            if found.len() == LINKS_PREVIEWED_MAX {
                return found;
            }
        }
    }
    found
}

/// The next link with what stands before and behind it.
fn next(text: &str) -> Option<(Option<char>, &str, &str)> {
    let lower = text.to_ascii_lowercase();
    let begins = SCHEMES
        .iter()
        .filter_map(|scheme| lower.find(scheme))
        .min()?;
    let link = &text[begins..];
    let end = end(link);
    let before = text[..begins].chars().next_back();
    Some((before, &link[..end], &link[end..]))
}

/// Where a link ends: before what no address has, or a bracket that was opened before it, and
/// before what ends a sentence.
fn end(link: &str) -> usize {
    let mut open = 0_u32;
    let mut end = link.len();
    for (at, c) in link.char_indices() {
        match c {
            '(' => open += 1,
            ')' if open == 0 => {
                end = at;
                break;
            }
            ')' => open -= 1,
            _ if ends_link(c) => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    link[..end]
        .trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '|', ']'])
        .len()
}

fn ends_link(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '\\' | '^' | '{' | '}')
        // Chinese and Japanese marks, wide and narrow.
        || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}')
        || matches!(c, '“' | '”' | '‘' | '’' | '…' | '—')
}

/// What stands between two pairs of bars is shown only to whoever asks for it.
fn without_spoilers(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for (n, part) in line.split("||").enumerate() {
        if n % 2 == 0 {
            out.push_str(part);
        }
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        links(text).into_iter().map(|(link, _)| link).collect()
    }

    #[test]
    fn links_are_found_as_people_write_them() {
        for (text, expected) in [
            ("see https://example.org/a.", vec!["https://example.org/a"]),
            (
                "(https://example.org/a_(b)) HTTP://b.example?x=1&y=2!",
                vec!["https://example.org/a_(b)", "HTTP://b.example?x=1&y=2"],
            ),
            (
                "[the page](https://example.org/x) **https://b.example/**",
                vec!["https://example.org/x", "https://b.example/"],
            ),
            (
                "看这个：https://example.org/人工智能。然后",
                vec!["https://example.org/人工智能"],
            ),
            ("（https://example.org/a）", vec!["https://example.org/a"]),
            (
                "https://a.example https://a.example",
                vec!["https://a.example"],
            ),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_quoted_hidden_or_code_is_not_looked_at() {
        for text in [
            "nothing here",
            "> https://example.org quoted",
            "  > https://example.org quoted",
            "`https://example.org`",
            "```\nhttps://example.org\n```",
            "||https://example.org||",
            "<https://example.org>",
            "xhttps://example.org",
            "ftp://example.org file:///etc/passwd gopher://x",
            "http:// https://",
        ] {
            assert_eq!(found(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn no_more_than_a_few_are_looked_at() {
        let text: String = (0..20).map(|n| format!("https://{n}.example ")).collect();
        assert_eq!(found(&text).len(), LINKS_PREVIEWED_MAX);
    }
}
