//! What somebody searches for, out of what they typed.

use super::words::{Piece, character, pieces, terms};

/// Words that are tried as the beginning of longer ones; further ones must be whole.
const BEGINNINGS_MAX: usize = 8;
/// A beginning shorter than this is a whole word.
const BEGINNING_CHARS_MIN: usize = 2;

/// Words and phrases, all of which must occur.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub(super) phrases: Vec<Phrase>,
}

/// Pieces that follow each other.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    pub(super) pieces: Vec<Piece>,
    /// The last of them may be the beginning of a longer word.
    pub(super) begins: bool,
}

impl Wanted {
    /// Reads words and `"quoted phrases"`, with straight quotes or those of print. Nothing that
    /// somebody types is an error.
    pub fn new(text: &str) -> Self {
        let text = text.replace(['“', '”', '„', '«', '»', '＂'], "\"");
        let mut phrases = Vec::new();
        let mut beginnings = 0;
        for (n, part) in text.split('"').enumerate() {
            let quoted = n % 2 == 1;
            let words: Vec<&str> = match quoted {
                true => vec![part],
                false => part.split_whitespace().collect(),
            };
            for pieces in words.into_iter().map(pieces) {
                let Some(last) = pieces.last() else { continue };
                let begins = !quoted
                    && !last.alone
                    && last.text.chars().count() >= BEGINNING_CHARS_MIN
                    && beginnings < BEGINNINGS_MAX;
                beginnings += usize::from(begins);
                phrases.push(Phrase { pieces, begins });
            }
        }
        Self { phrases }
    }

    /// Whether nothing of it could be found anywhere.
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// Conditions in the index's own language, all of which must hold. `longer` gives the words
    /// of the index that begin with one.
    pub(crate) fn conditions<E>(
        &self,
        mut longer: impl FnMut(&str) -> Result<Vec<String>, E>,
    ) -> Result<Vec<String>, E> {
        let mut conditions = Vec::new();
        for phrase in &self.phrases {
            phrase.conditions(&mut longer, &mut conditions)?;
        }
        Ok(conditions)
    }
}

impl Phrase {
    fn conditions<E>(
        &self,
        longer: &mut impl FnMut(&str) -> Result<Vec<String>, E>,
        into: &mut Vec<String>,
    ) -> Result<(), E> {
        let (mut terms, single) = terms(&self.pieces);
        if single {
            // A character alone may be half of any pair: what stands around it is looked for by
            // itself, and the character by the list of all characters.
            let mut rest = Vec::new();
            for piece in &self.pieces {
                match piece.alone {
                    true => into.push(quoted(&character(&piece.text))),
                    false => rest.push(piece.text.clone()),
                }
            }
            into.extend(rest.iter().map(|word| quoted(word)));
            return Ok(());
        }
        let Some(last) = terms.pop() else {
            return Ok(());
        };
        let whole = |last: &str| {
            let words: Vec<&str> = terms.iter().map(String::as_str).chain([last]).collect();
            quoted(&words.join(" "))
        };
        let mut ways = vec![whole(&last)];
        if self.begins {
            let others = longer(&last)?;
            ways.extend(
                others
                    .iter()
                    .filter(|word| **word != last)
                    .map(|w| whole(w)),
            );
        }
        into.push(match ways.as_slice() {
            [one] => one.clone(),
            _ => format!("({})", ways.join(" OR ")),
        });
        Ok(())
    }
}

/// Terms as the index reads them; no letter or digit is syntax between quotes.
fn quoted(terms: &str) -> String {
    format!("\"{terms}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> String {
        let none = |_: &str| Ok::<_, ()>(Vec::new());
        Wanted::new(text).conditions(none).unwrap().join(" AND ")
    }

    #[test]
    fn a_query_is_made_of_phrases_and_never_of_syntax() {
        assert_eq!(asked("数据库"), "\"数据 据库\"");
        assert_eq!(asked("rust 异步"), "\"rust\" AND \"异步\"");
        assert_eq!(asked("\"to be\" or"), "\"to be\" AND \"or\"");
        assert_eq!(asked("a\" OR \"b"), "\"a\" AND \"or\" AND \"b\"");
        assert_eq!(asked("foo-bar*"), "\"foo bar\"");
        assert_eq!(asked("“你好 world”"), "\"你好 world\"");
        assert_eq!(asked("猫"), "\"c猫\"");
        assert_eq!(asked("\"A 猫\""), "\"c猫\" AND \"a\"");
        assert_eq!(asked(" \" ' ( "), "");
    }

    #[test]
    fn the_last_of_unquoted_words_may_be_a_beginning() {
        let longer = |word: &str| Ok::<_, ()>(vec![word.to_owned(), format!("{word}s")]);
        let asked = |text: &str| Wanted::new(text).conditions(longer).unwrap().join(" AND ");
        assert_eq!(asked("note"), "(\"note\" OR \"notes\")");
        assert_eq!(asked("me-too"), "(\"me too\" OR \"me toos\")");
        assert_eq!(asked("\"note\" 笔记 a"), "\"note\" AND \"笔记\" AND \"a\"");
    }
}
