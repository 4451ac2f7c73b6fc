//! Takes away what a model thinks aloud in `<think>…</think>` at the start of its text.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// Where in the text we are.
#[derive(Debug)]
pub(super) enum ThinkFilter {
    /// Nothing but space and perhaps a part of the tag has come.
    Start(String),
    /// Inside; holds what may be the beginning of the closing tag.
    Inside(String),
    /// Behind; space before the answer is dropped.
    Behind,
    /// In the answer: everything passes.
    Answer,
}

impl Default for ThinkFilter {
    fn default() -> Self {
        Self::Start(String::new())
    }
}

impl ThinkFilter {
    /// Takes the next piece and gives what of it belongs to the answer.
    pub(super) fn push(&mut self, piece: &str) -> String {
        match self {
            Self::Answer => piece.to_owned(),
            Self::Behind => {
                let rest = piece.trim_start();
                if !rest.is_empty() {
                    *self = Self::Answer;
                }
                rest.to_owned()
            }
            Self::Start(held) => {
                held.push_str(piece);
                let text = held.trim_start();
                if let Some(rest) = text.strip_prefix(OPEN) {
                    let rest = rest.to_owned();
                    *self = Self::Inside(String::new());
                    return self.push(&rest);
                }
                if OPEN.starts_with(text) {
                    return String::new();
                }
                let all = std::mem::take(held);
                *self = Self::Answer;
                all
            }
            Self::Inside(held) => {
                held.push_str(piece);
                if let Some(at) = held.find(CLOSE) {
                    let rest = held[at + CLOSE.len()..].to_owned();
                    *self = Self::Behind;
                    return self.push(&rest);
                }
                let keep = (1..CLOSE.len())
                    .rev()
                    .find(|&n| held.ends_with(&CLOSE[..n]));
                let tail = held.len() - keep.unwrap_or(0);
                held.drain(..tail);
                String::new()
            }
        }
    }

    /// The text ended: a part of a tag that never became one is text after all.
    pub(super) fn finish(&mut self) -> String {
        match std::mem::replace(self, Self::Answer) {
            Self::Start(held) => held,
            _ => String::new(),
        }
    }

    /// Whether thoughts are being read.
    pub(super) fn is_thinking(&self) -> bool {
        matches!(self, Self::Inside(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filter<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
        let mut filter = ThinkFilter::default();
        let mut out: String = pieces.into_iter().map(|piece| filter.push(piece)).collect();
        out.push_str(&filter.finish());
        out
    }

    #[test]
    fn only_thoughts_at_the_start_are_taken_away() {
        assert_eq!(
            filter(["\n<think>hm, </thin king</think>\n\nHello"]),
            "Hello"
        );
        assert_eq!(
            filter(["Use <think> tags</think>"]),
            "Use <think> tags</think>"
        );
        assert_eq!(filter(["<thi"]), "<thi");
        assert_eq!(filter(["<think>for ever"]), "");
        assert_eq!(filter(["  plain"]), "  plain");
    }

    proptest! {
        #[test]
        fn splits_make_no_difference(text in "( |\n)?(<think>[a-z<>/沙]{0,9}</think>)?[ <a-z龙]{0,9}", cut in 0usize..40) {
            let cut = text.floor_char_boundary(cut);
            prop_assert_eq!(filter([&text[..cut], &text[cut..]]), filter([text.as_str()]));
        }
    }
}
