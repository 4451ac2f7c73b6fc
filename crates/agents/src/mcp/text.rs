//! Words of a server, made fit to be shown in one line.

/// The text in one line of at most `limit` characters.
///
/// Control characters become spaces: they could forge lines in a log or on a screen.
pub(super) fn short(text: &str, limit: usize) -> String {
    let clean = |character: char| {
        if character.is_control() {
            ' '
        } else {
            character
        }
    };
    let mut characters = text.trim().chars().map(clean);
    let mut short: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() {
        short.pop();
        short.push('…');
    }
    short
}

/// The longest beginning of the text that has at most `limit` characters.
pub(super) fn beginning(text: &str, limit: usize) -> &str {
    match text.char_indices().nth(limit) {
        Some((end, _)) => text.split_at(end).0,
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{beginning, short};

    #[test]
    fn a_short_text_is_one_line_that_says_where_it_was_cut() {
        assert_eq!(short(" a\nb\u{1b}[1m ", 20), "a b [1m");
        assert_eq!(short("中文字符", 4), "中文字符");
        assert_eq!(short("中文字符", 3), "中文…");
        assert_eq!(short("", 3), "");
        assert_eq!(short("abc", 0), "…");
    }

    #[test]
    fn a_beginning_never_splits_a_character() {
        assert_eq!(beginning("中文", 1), "中");
        assert_eq!(beginning("中文", 2), "中文");
        assert_eq!(beginning("", 2), "");
    }
}
