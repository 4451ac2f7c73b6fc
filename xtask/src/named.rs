//! Pages that say which browser test shows what: each test that they name must be there.

use crate::shell;
use std::collections::BTreeMap;

/// The pages, and where their tests are.
const PAGES: [&str; 2] = ["docs/features.md", "docs/agents/evidence.md"];
const TESTS: &str = "web/tests";

/// Names every test that a page names and that is not there.
pub(crate) fn breaches() -> Vec<String> {
    let root = shell::root();
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(root.join(TESTS)).into_iter().flatten() {
        let Some(path) = entry.ok().map(|entry| entry.path()) else {
            continue;
        };
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.and_then(|name| name.strip_suffix(".test.ts"))
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            files.insert(name.to_owned(), text);
        }
    }
    PAGES
        .iter()
        .filter_map(|page| Some((page, std::fs::read_to_string(root.join(page)).ok()?)))
        .flat_map(|(page, text)| {
            let missing = missing(&text, &files);
            missing
                .into_iter()
                .map(move |(file, test)| format!("{page} names “{test}”: it is not in {file}"))
        })
        .collect()
}

/// What is quoted behind a file's name in a line, and not in the file. A quotation may end early,
/// with an ellipsis.
fn missing(page: &str, files: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let mut missing = Vec::new();
    for line in page.lines() {
        let mut file = None;
        let mut rest = line;
        while let Some(at) = rest.find(['`', '“']) {
            let is_name = rest[at..].starts_with('`');
            let (open, close) = if is_name { ('`', '`') } else { ('“', '”') };
            let Some((inside, after)) = rest[at + open.len_utf8()..].split_once(close) else {
                break;
            };
            rest = after;
            if is_name {
                let name = inside.strip_prefix("browser ").unwrap_or(inside);
                file = files.get_key_value(name);
            } else if let Some((name, text)) = file
                && !text.contains(inside.trim_end_matches('…'))
            {
                missing.push((name.clone(), inside.to_owned()));
            }
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_that_is_not_there_is_found_wherever_it_is_named() {
        let files = [("polls", "test('a vote is taken back', …)"), ("later", "")]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into();
        let page = "| votes | `polls` “a vote is taken…”, “nobody votes” | `api` “other words” |\n\
                    `browser later`: “a vote is taken back”";
        let found = missing(page, &files);
        let found: Vec<_> = found
            .iter()
            .map(|(file, test)| (file.as_str(), test.as_str()))
            .collect();
        assert_eq!(
            found,
            [("polls", "nobody votes"), ("later", "a vote is taken back")]
        );
    }
}
