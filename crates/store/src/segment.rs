//! Text made ready for the full-text index.
//!
//! Chinese and Japanese set no spaces between words, so an index of words finds nothing inside a
//! sentence. Every such character becomes a word of its own, and a query a phrase of characters:
//! any substring is found, from one character up.

/// Scripts written without spaces, and Hangul, whose stems carry endings.
fn stands_alone(c: char) -> bool {
    matches!(u32::from(c),
        0x1100..=0x11FF        // Hangul jamo
        | 0x2E80..=0x2FDF      // radicals
        | 0x3005..=0x3007
        | 0x3040..=0x30FF      // kana
        | 0x3130..=0x318F
        | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF      // Han
        | 0x4E00..=0x9FFF
        | 0xAC00..=0xD7AF      // Hangul
        | 0xF900..=0xFAFF
        | 0xFF66..=0xFF9D      // half-width kana
        | 0x20000..=0x323AF    // Han beyond the first plane
        | 0x0E00..=0x0EFF      // Thai, Lao
        | 0x1000..=0x109F      // Burmese
        | 0x1780..=0x17FF) // Khmer
}

/// The text with every such character set apart.
pub(crate) fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    for c in text.chars() {
        if stands_alone(c) {
            out.push(' ');
            out.push(c);
            out.push(' ');
        } else {
            out.push(c);
        }
    }
    out
}

/// A query in the index's own language, or none when there is nothing to look for. Words, and
/// quoted phrases, must all occur; an unquoted Latin word may be the beginning of one.
pub(crate) fn query(text: &str) -> Option<String> {
    let mut terms = Vec::new();
    for (n, part) in text.split('"').enumerate() {
        let quoted = n % 2 == 1;
        if quoted {
            push(&mut terms, part, false);
        } else {
            for word in part.split_whitespace() {
                push(&mut terms, word, true);
            }
        }
    }
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

fn push(terms: &mut Vec<String>, part: &str, prefix: bool) {
    // Only letters, digits and marks are indexed; what else a person types must not be syntax.
    let cleaned: String = segment(part)
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || unicode_mark(c) {
                c
            } else {
                ' '
            }
        })
        .collect();
    let words: Vec<&str> = cleaned.split_whitespace().collect();
    let Some(last) = words.last() else { return };
    let star = if prefix && !last.chars().all(stands_alone) {
        "*"
    } else {
        ""
    };
    terms.push(format!("\"{}\"{star}", words.join(" ")));
}

/// Combining marks belong to the word they stand in.
fn unicode_mark(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036F | 0x0900..=0x0DFF | 0x064B..=0x065F)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_made_of_phrases_and_never_of_syntax() {
        assert_eq!(query("数据库"), Some("\"数 据 库\"".into()));
        assert_eq!(query("rust 异步"), Some("\"rust\"* AND \"异 步\"".into()));
        assert_eq!(query("\"to be\" or"), Some("\"to be\" AND \"or\"*".into()));
        assert_eq!(
            query("a\" OR \"b"),
            Some("\"a\"* AND \"OR\" AND \"b\"*".into())
        );
        assert_eq!(query("foo-bar*"), Some("\"foo bar\"*".into()));
        assert_eq!(query(" \" ' ( "), None);
        assert_eq!(query(""), None);
    }
}
