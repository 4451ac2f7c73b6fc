//! Text taken apart for the full-text index.
//!
//! Chinese and Japanese set no spaces between words, so an index of words finds nothing inside a
//! sentence. Such a run is indexed as its overlapping pairs of characters, and a query of two or
//! more as a phrase of pairs: any substring is found by reading lists that are short even where
//! both characters are everywhere. For queries of one character every message has each of its
//! characters once more.

use salon_protocol::FileInfo;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// A word, or one character of a script that is written without spaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Without regard to case, width or accents.
    pub(super) text: String,
    /// Where it stands, in bytes.
    pub(super) start: usize,
    pub(super) end: usize,
    /// A character that needs no spaces around it.
    pub(super) alone: bool,
}

impl Piece {
    /// Whether nothing stands between the two.
    pub(super) fn touches(&self, next: &Self) -> bool {
        self.end == next.start
    }
}

/// All of a text's words and characters; what is neither letter nor digit only parts them.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut open = false;
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        if is_mark(c) {
            // Marks belong to what they stand on.
            if let Some(last) = pieces.last_mut().filter(|last| last.end == start) {
                last.end = end;
            }
        } else if !c.is_alphanumeric() {
            open = false;
        } else if stands_alone(c) {
            open = false;
            let text = c.to_string();
            pieces.push(Piece {
                text,
                start,
                end,
                alone: true,
            });
        } else {
            match pieces.last_mut().filter(|_| open) {
                Some(word) => {
                    fold(c, &mut word.text);
                    word.end = end;
                }
                None => {
                    let mut text = String::new();
                    fold(c, &mut text);
                    pieces.push(Piece {
                        text,
                        start,
                        end,
                        alone: false,
                    });
                }
            }
            open = true;
        }
    }
    pieces
}

/// Pieces as terms of the index: words as they are, runs of characters as pairs, a run of one as
/// itself. Also says whether there was such a run of one.
pub(super) fn terms(pieces: &[Piece]) -> (Vec<String>, bool) {
    let mut terms = Vec::with_capacity(pieces.len());
    let mut single = false;
    let joined = |a: Option<&Piece>, b: Option<&Piece>| match (a, b) {
        (Some(a), Some(b)) => a.alone && b.alone && a.touches(b),
        _ => false,
    };
    for (n, piece) in pieces.iter().enumerate() {
        let before = n.checked_sub(1).and_then(|n| pieces.get(n));
        let next = pieces.get(n + 1);
        match next {
            Some(second) if joined(Some(piece), next) => {
                terms.push(format!("{}{}", piece.text, second.text));
            }
            _ if !piece.alone => terms.push(piece.text.clone()),
            _ if !joined(before, Some(piece)) => {
                single = true;
                terms.push(piece.text.clone());
            }
            // The last of a run is the second half of a pair.
            _ => {}
        }
    }
    (terms, single)
}

/// The term of one character, wherever it stands. Letters of two scripts never meet in a term
/// that somebody's words become, so nobody can write one.
pub(super) fn character(c: &str) -> String {
    format!("c{c}")
}

/// What else a message is found by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facets {
    terms: Vec<String>,
}

impl Facets {
    /// Of a message as it stands.
    pub(crate) fn of(room: [u8; 16], author: [u8; 16], text: &str, files: &[FileInfo]) -> Self {
        let mut terms = vec![Self::room(room), Self::author(author)];
        if !files.is_empty() {
            terms.push(Self::has("file"));
        }
        if files
            .iter()
            .any(|file| file.media_type.starts_with("image/"))
        {
            terms.push(Self::has("image"));
        }
        if text.contains("https://") || text.contains("http://") {
            terms.push(Self::has("link"));
        }
        if text.contains('`') {
            terms.push(Self::has("code"));
        }
        Self { terms }
    }

    pub(crate) fn room(id: [u8; 16]) -> String {
        format!("间{}", uuid::Uuid::from_bytes(id).simple())
    }

    pub(crate) fn author(id: [u8; 16]) -> String {
        format!("人{}", uuid::Uuid::from_bytes(id).simple())
    }

    pub(crate) fn has(what: &str) -> String {
        format!("有{what}")
    }
}

/// What the index gets of a message: its words, those of its files' names, its characters, and
/// what else it is found by. Written in one go, because every message pays for it.
pub(crate) fn index_text(text: &str, names: &[String], facets: Facets) -> String {
    let mut index = IndexText::default();
    index.text.reserve(2 * text.len() + 128);
    for part in std::iter::once(text).chain(names.iter().map(String::as_str)) {
        index.add(part);
    }
    index.characters.sort_unstable();
    index.characters.dedup();
    for c in std::mem::take(&mut index.characters) {
        index.begin_term();
        // As `character` has it.
        index.text.extend(['c', c]);
    }
    for term in &facets.terms {
        index.begin_term();
        index.text.push_str(term);
    }
    index.text
}

/// The same terms as those of [`terms`], straight into one text.
#[derive(Default)]
struct IndexText {
    text: String,
    /// Every character that stands alone.
    characters: Vec<char>,
}

impl IndexText {
    fn begin_term(&mut self) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
    }

    fn add(&mut self, part: &str) {
        // The last of a run of characters, and whether it is the first as well.
        let mut run: Option<(char, bool)> = None;
        let (mut open, mut last_end) = (false, 0);
        for (start, c) in part.char_indices() {
            let end = start + c.len_utf8();
            if is_mark(c) {
                if last_end == start {
                    last_end = end;
                }
                continue;
            }
            if !c.is_alphanumeric() {
                open = false;
                continue;
            }
            if stands_alone(c) {
                open = false;
                self.characters.push(c);
                match run {
                    Some((before, _)) if last_end == start => {
                        self.begin_term();
                        self.text.extend([before, c]);
                        run = Some((c, false));
                    }
                    _ => {
                        self.end_run(run);
                        run = Some((c, true));
                    }
                }
            } else {
                self.end_run(run.take());
                if !open {
                    self.begin_term();
                }
                fold(c, &mut self.text);
                open = true;
            }
            last_end = end;
        }
        self.end_run(run);
    }

    /// A run of one character is a term itself; the last of a longer one is half of a pair.
    fn end_run(&mut self, run: Option<(char, bool)>) {
        if let Some((c, true)) = run {
            self.begin_term();
            self.text.push(c);
        }
    }
}

/// One way to write a character of several: small, narrow, without accents, and the same wherever in
/// a word it stands.
fn fold(c: char, into: &mut String) {
    let narrow = match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    if narrow.is_ascii() {
        into.push(narrow.to_ascii_lowercase());
        return;
    }
    decompose_canonical(narrow, |part| {
        if !is_combining_mark(part) {
            into.extend(part.to_uppercase().flat_map(char::to_lowercase));
        }
    });
}

/// Signs above, below and behind letters: they part no word and are not searched for.
fn is_mark(c: char) -> bool {
    match u32::from(c) {
        0..0x300 => false,
        // Of Indic scripts the signs of vowels are marks as well; there they tell words apart.
        0x0900..=0x0DFF => false,
        _ => is_combining_mark(c),
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        terms(&pieces(text)).0.join(" ")
    }

    #[test]
    fn words_stay_whole_and_runs_of_characters_become_pairs() {
        assert_eq!(told("Use Rust编程吧!"), "use rust 编程 程吧");
        assert_eq!(told("一 二"), "一 二");
        assert_eq!(told("データベース"), "デー ータ タベ ベー ース");
        assert_eq!(told("Crème ＢＲＵＬÉＥ"), "creme brulee");
        assert_eq!(told("ΟΔΟΣ οδός Straße"), "οδοσ οδοσ strasse");
        assert_eq!(told("(o_O) … 🎉"), "o o");
    }

    /// What is looked for is taken apart piece by piece, what is kept in one go.
    fn slowly(text: &str) -> String {
        let pieces = pieces(text);
        let alone = pieces.iter().filter(|piece| piece.alone);
        let mut characters: Vec<String> = alone.map(|piece| character(&piece.text)).collect();
        characters.sort_unstable();
        characters.dedup();
        let mut all = terms(&pieces).0;
        all.append(&mut characters);
        all.join(" ")
    }

    fn words(text: &str) -> Vec<&str> {
        text.split_whitespace().collect()
    }

    proptest::proptest! {
        #[test]
        fn what_is_kept_is_what_is_looked_for(
            text in "[aBé9 ,_猫间テ\u{3099}\u{301}한ﾃ\u{ff21}ก\u{e31}🎉\n\u{93e}क]{0,24}",
            any in ".{0,24}",
        ) {
            for text in [text, any] {
                let kept = index_text(&text, &[], Facets::default());
                let sought = slowly(&text);
                proptest::prop_assert_eq!(words(&kept), words(&sought));
            }
        }
    }

    #[test]
    fn nobodys_words_become_a_term_of_another_kind() {
        let mine = index_text("c猫 间00 有file", &[], Facets::default());
        assert_eq!(mine, "c 猫 间 00 有 file c有 c猫 c间");
        let facets = Facets::of([0; 16], [1; 16], "`x` http://a", &[]);
        assert_eq!(facets.terms[2..], ["有link", "有code"]);
    }
}
