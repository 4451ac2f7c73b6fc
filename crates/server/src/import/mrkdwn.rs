//! Slack's marks as Markdown. Code stays as it is.

use std::collections::HashMap;

/// `names` are handles by Slack's ids.
pub(super) fn to_markdown(text: &str, names: &HashMap<String, String>) -> String {
    let mut told = String::with_capacity(text.len());
    // Fences first, then single backticks within what is left: every second piece is code.
    for (n, block) in text.split("```").enumerate() {
        if n > 0 {
            told.push_str("```");
        }
        if n % 2 == 1 {
            told.push_str(&plain(block, names));
            continue;
        }
        for (m, piece) in block.split('`').enumerate() {
            if m > 0 {
                told.push('`');
            }
            match m % 2 {
                1 => told.push_str(&plain(piece, names)),
                _ => told.push_str(&marks(&links(piece, names, true))),
            }
        }
    }
    unescape(&told)
}

fn plain(text: &str, names: &HashMap<String, String>) -> String {
    links(text, names, false)
}

/// What stands between `<` and `>`: people, rooms, everybody, links.
fn links(text: &str, names: &HashMap<String, String>, with_labels: bool) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('<') {
        let Some(length) = rest[open..].find('>') else {
            break;
        };
        told.push_str(&rest[..open]);
        let inside = &rest[open + 1..open + length];
        let (what, label) = match inside.split_once('|') {
            Some((what, label)) => (what, Some(label)),
            None => (inside, None),
        };
        if let Some(id) = what.strip_prefix('@') {
            let name = names.get(id).map(String::as_str);
            told.push('@');
            told.push_str(name.or(label).unwrap_or(id).trim_start_matches('@'));
        } else if let Some(id) = what.strip_prefix('#') {
            told.push('#');
            told.push_str(label.unwrap_or(id));
        } else if let Some(word) = what.strip_prefix('!') {
            told.push_str(match word {
                "here" => "@here",
                "channel" | "everyone" => "@room",
                _ => label.unwrap_or(word),
            });
        } else {
            match label.filter(|label| with_labels && *label != what) {
                Some(label) => told.push_str(&format!("[{label}]({what})")),
                None => told.push_str(what),
            }
        }
        rest = &rest[open + length + 1..];
    }
    told.push_str(rest);
    told
}

/// `*bold*` and `~struck~` are doubled; `_slanted_` is the same in both.
fn marks(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let chars: Vec<char> = text.chars().collect();
    let mut open: Option<char> = None;
    for (at, &c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1).copied();
        let is_mark = c == '*' || c == '~';
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
        let opens = is_mark
            && open.is_none()
            && edge(before)
            && !space(after)
            && closes(&chars[at + 1..], c);
        let ends = is_mark && open == Some(c) && !space(before) && edge(after);
        told.push(c);
        if opens || ends {
            told.push(c);
            open = opens.then_some(c);
        }
    }
    told
}

/// Whether a mark ends before its line does.
fn closes(rest: &[char], mark: char) -> bool {
    let line = rest.iter().position(|c| *c == '\n').unwrap_or(rest.len());
    let mut before = ' ';
    for (at, &c) in rest[..line].iter().enumerate() {
        let after = rest.get(at + 1);
        if c == mark && !before.is_whitespace() && after.is_none_or(|c| !c.is_alphanumeric()) {
            return true;
        }
        before = c;
    }
    false
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slacks_marks_become_markdown_and_code_stays_code() {
        let names = HashMap::from([("U1".to_owned(), "ada".to_owned())]);
        for (slack, markdown) in [
            (
                "*bold* and ~gone~ and _slanted_",
                "**bold** and ~~gone~~ and _slanted_",
            ),
            ("2*3*4 and * no * and *open", "2*3*4 and * no * and *open"),
            ("<@U1>, <@U2|bob>, <@U3>", "@ada, @bob, @U3"),
            ("<#C1|tea> <!here> <!channel>", "#tea @here @room"),
            (
                "<https://a.example|here> <https://b.example>",
                "[here](https://a.example) https://b.example",
            ),
            ("a &lt;b&gt; &amp;lt; c", "a <b> &lt; c"),
            ("`*x* <@U1>`", "`*x* @ada`"),
            (
                "```*x*\n<https://a.example|a>```",
                "```*x*\nhttps://a.example```",
            ),
            ("an open < bracket", "an open < bracket"),
            ("*粗体*，~删除~", "**粗体**，~~删除~~"),
        ] {
            assert_eq!(to_markdown(slack, &names), markdown);
        }
    }
}
