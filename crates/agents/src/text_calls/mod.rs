//! Calls that a model wrote as text: a reply that begins with a slash command, or a call written
//! out as JSON, bare, fenced or in `<tool_call>` tags.
//!
//! Small models write them whatever they are told, so what they write is held back from the room
//! for as long as it may still turn out to be a call.

mod json;
mod scanner;

pub(crate) use scanner::{Scanned, TextCalls};

/// Whether a finished text may be a call; errs on the side of yes.
pub(crate) fn may_call(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with(['/', '{', '[']) || text.contains("```") || text.contains("<tool_call>")
}
