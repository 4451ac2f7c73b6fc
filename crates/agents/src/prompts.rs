//! The prompts: files in `prompts/`, one folder a language, filled in here and nowhere else.

use salon_protocol::Lang;

macro_rules! prompt {
    ($name:literal) => {
        Prompt {
            en: include_str!(concat!("../prompts/en/", $name, ".md")),
            zh: include_str!(concat!("../prompts/zh/", $name, ".md")),
        }
    };
}

/// A prompt in both languages.
pub(crate) struct Prompt {
    en: &'static str,
    zh: &'static str,
}

/// Who the agent is and how it behaves.
pub(crate) const MEMBER: Prompt = prompt!("member");
/// For models that call tools natively.
pub(crate) const TOOLS_NATIVE: Prompt = prompt!("tools_native");
/// For models that write their calls.
pub(crate) const TOOLS_TEXT: Prompt = prompt!("tools_text");
/// What was to be remembered.
pub(crate) const MEMORY: Prompt = prompt!("memory");
/// What was said before the history.
pub(crate) const SUMMARY: Prompt = prompt!("summary");
/// Asks whether to join in.
pub(crate) const JOIN_IN: Prompt = prompt!("join_in");
/// Asks for a summary of what was said, by number.
pub(crate) const SUM_UP: Prompt = prompt!("sum_up");
/// Asks for what one reader has missed, by number.
pub(crate) const CATCH_UP: Prompt = prompt!("catch_up");
/// The question with what is known at this moment; it comes last, so that all before it stays
/// the same from turn to turn.
pub(crate) const QUESTION: Prompt = prompt!("question");

impl Prompt {
    /// The text with its `{{blanks}}` filled in, each once: what is filled in is never read again.
    pub(crate) fn fill(&self, lang: Lang, values: &[(&str, &str)]) -> String {
        let mut rest = match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        };
        let mut out = String::with_capacity(rest.len());
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, behind)) = after.split_once("}}") else {
                break;
            };
            out.push_str(before);
            let value = values
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| *value);
            out.push_str(value.unwrap_or_default());
            rest = behind;
        }
        out.push_str(rest);
        out.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let prompt = Prompt {
            en: "{{a}} and {{b}}{{c}}.",
            zh: "",
        };
        let filled = prompt.fill(Lang::En, &[("a", "{{b}}"), ("b", "B")]);
        assert_eq!(filled, "{{b}} and B.");
    }
}
