//! Where what is searched for stands in a text: how good the text is, and what to show of it.

use super::{
    Wanted,
    wanted::Phrase,
    words::{Piece, pieces},
};

/// Characters of a passage.
const PASSAGE_CHARS_MAX: usize = 180;
/// Characters shown before the first thing found.
const BEFORE_CHARS_MAX: usize = 60;
/// How much a further occurrence adds: the saturation of BM25.
const SATURATION: f64 = 1.2;
/// How much the length of a text takes away: the same formula's.
const LENGTH_WEIGHT: f64 = 0.75;
/// The length in words and characters of a text that neither gains nor loses by it.
const LENGTH_USUAL: f64 = 40.0;
/// What whole words, next to each other in the order in which they were asked for, are worth.
const TOGETHER_BONUS: f64 = 0.5;
const WHOLE_BONUS: f64 = 0.25;

/// A stretch of a text, cut where it has to be; every second part is what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Text and whether it is what was searched for.
    pub parts: Vec<(String, bool)>,
}

impl Wanted {
    /// How well a text fits: more than nothing wherever something is found.
    pub(crate) fn score(&self, text: &str) -> f64 {
        let pieces = pieces(text);
        let length = 1.0 - LENGTH_WEIGHT + LENGTH_WEIGHT * pieces.len() as f64 / LENGTH_USUAL;
        let mut score = 0.0;
        let mut ends: Option<usize> = None;
        for phrase in &self.phrases {
            let found: Vec<usize> = phrase.places(&pieces).collect();
            let count = found.len() as f64;
            score += count * (SATURATION + 1.0) / (count + SATURATION * length);
            if phrase.begins && found.iter().any(|&at| phrase.is_whole(&pieces, at)) {
                score += WHOLE_BONUS;
            }
            if ends.is_some_and(|end| found.contains(&end)) {
                score += TOGETHER_BONUS;
            }
            ends = found.first().map(|at| at + phrase.pieces.len());
        }
        score
    }

    /// What to show of a text: a stretch of it around what is found first.
    pub fn passage(&self, text: &str) -> Passage {
        let pieces = pieces(text);
        let mut marks: Vec<(usize, usize)> = Vec::new();
        for phrase in &self.phrases {
            for at in phrase.places(&pieces) {
                let last = pieces.get(at + phrase.pieces.len() - 1);
                if let (Some(first), Some(last)) = (pieces.get(at), last) {
                    marks.push((first.start, last.end));
                }
            }
        }
        marks.sort_unstable();
        cut(text, &marks)
    }
}

impl Phrase {
    /// Numbers of the pieces at which the phrase begins.
    fn places<'a>(&'a self, text: &'a [Piece]) -> impl Iterator<Item = usize> + 'a {
        let length = self.pieces.len();
        text.windows(length)
            .enumerate()
            .filter(move |(_, window)| self.fits(window))
            .map(|(at, _)| at)
    }

    fn fits(&self, window: &[Piece]) -> bool {
        let last = self.pieces.len() - 1;
        window
            .iter()
            .zip(&self.pieces)
            .enumerate()
            .all(|(n, (there, wanted))| {
                there.text == wanted.text
                    || n == last && self.begins && there.text.starts_with(&wanted.text)
            })
    }

    fn is_whole(&self, text: &[Piece], at: usize) -> bool {
        let there = text.get(at + self.pieces.len() - 1);
        there.map(|piece| &piece.text) == self.pieces.last().map(|piece| &piece.text)
    }
}

/// The stretch around the first of `marks`, which are sorted and may overlap.
fn cut(text: &str, marks: &[(usize, usize)]) -> Passage {
    let first = marks.first().map_or(0, |mark| mark.0);
    let before = text.get(..first).unwrap_or_default();
    let start = before
        .char_indices()
        .rev()
        .nth(BEFORE_CHARS_MAX - 1)
        .map_or(0, |(at, _)| at);
    let rest = text.get(start..).unwrap_or_default();
    let end = rest
        .char_indices()
        .nth(PASSAGE_CHARS_MAX)
        .map_or(text.len(), |(at, _)| start + at);
    let mut parts: Vec<(String, bool)> = Vec::new();
    let mut push = |from: usize, to: usize, found: bool| {
        if let Some(part) = text.get(from..to).filter(|part| !part.is_empty()) {
            parts.push((part.to_owned(), found));
        }
    };
    let mut at = start;
    for &(from, to) in marks {
        let (from, to) = (from.max(at), to.min(end));
        if from < to {
            push(at, from, false);
            push(from, to, true);
            at = to;
        }
    }
    push(at, end, false);
    if start > 0 {
        parts.insert(0, ("…".into(), false));
    }
    if end < text.len() {
        parts.push(("…".into(), false));
    }
    Passage { parts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(wanted: &str, text: &str) -> String {
        let told = |(part, found): &(String, bool)| match found {
            true => format!("[{part}]"),
            false => part.clone(),
        };
        let passage = Wanted::new(wanted).passage(text);
        passage.parts.iter().map(told).collect()
    }

    #[test]
    fn what_was_found_is_marked_as_it_is_written() {
        assert_eq!(
            marked("数据", "升级了数据库，数据还在"),
            "升级了[数据]库，[数据]还在"
        );
        assert_eq!(marked("creme BRUL", "Crème brûlée!"), "[Crème] [brûlée]!");
        assert_eq!(
            marked("\"to be\"", "be to be, to-be"),
            "be [to be], [to-be]"
        );
        assert_eq!(marked("库", "a"), "a");
        assert_eq!(marked("abc bc", "abc"), "[abc]");
    }

    #[test]
    fn a_long_text_is_cut_around_the_first_thing_found() {
        let text = format!("{}needle{}", "一".repeat(500), "二".repeat(500));
        let shown = marked("needle", &text);
        assert!(
            shown.starts_with("…一") && shown.ends_with("二…"),
            "{shown}"
        );
        assert!(shown.contains("一[needle]二"), "{shown}");
        assert!(shown.chars().count() <= PASSAGE_CHARS_MAX + 4);
    }

    #[test]
    fn what_is_said_often_whole_and_together_comes_first() {
        let score = |text: &str| Wanted::new("release plan").score(text);
        let ranked = [
            "the release plan",
            "a release of a plan",
            "releases and plans",
            "nothing",
        ];
        for pair in ranked.windows(2) {
            assert!(score(pair[0]) > score(pair[1]), "{pair:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it_and_a_passage_is_of_the_text(wanted in ".{0,40}", text in ".{0,400}") {
            let wanted = Wanted::new(&wanted);
            prop_assert!(wanted.score(&text) >= 0.0);
            let parts = wanted.passage(&text).parts;
            let shown: String = parts.iter().map(|(part, _)| part.as_str()).filter(|part| *part != "…").collect();
            prop_assert!(text.contains(&shown) || text.contains('…'));
        }
    }
}
