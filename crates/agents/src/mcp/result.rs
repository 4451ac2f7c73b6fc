//! What a tool answered, as text.

use super::error::McpError;
use super::text::{beginning, short};
use serde_json::Value;

/// The most characters of an answer that are kept: more would drive the question out of a model's
/// memory.
pub const OUTPUT_CHARS_MAX: usize = 16_000;
/// The longest kind, type or address in the name of what is not text.
const LABEL_CHARS_MAX: usize = 200;

/// What a tool answered, as text. It is the server's, thus untrusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct McpResult {
    /// All texts, one after the other. What is not text is named: `[image image/png, 1234 bytes]`.
    pub text: String,
    /// Whether the tool says that it failed; the text then says why.
    pub is_error: bool,
    /// Whether there was more than [`OUTPUT_CHARS_MAX`] characters of text.
    pub cut: bool,
}

impl McpResult {
    /// The answer to a call.
    pub(super) fn read(answer: &Value) -> Result<Self, McpError> {
        match answer.get("resultType").and_then(Value::as_str) {
            None | Some("complete") => {}
            Some("input_required") => return Err(McpError::refused("it asks for more input")),
            Some(_) => return Err(McpError::refused("it answers later, which we do not await")),
        }
        let content = answer.get("content").and_then(Value::as_array);
        let structured = answer
            .get("structuredContent")
            .filter(|value| !value.is_null());
        let blank = answer.as_object().is_some_and(|fields| {
            fields
                .keys()
                .all(|name| matches!(name.as_str(), "_meta" | "resultType" | "isError"))
        });
        let words = match (content, structured) {
            (Some(parts), _) if !parts.is_empty() => parts.iter().map(words).collect(),
            (_, Some(value)) => vec![value.to_string()],
            (Some(_), None) => Vec::new(),
            (None, None) if blank => Vec::new(),
            (None, None) => return Err(McpError::refused("its answer is of an unexpected kind")),
        };
        let whole = words.join("\n");
        let text = beginning(&whole, OUTPUT_CHARS_MAX);
        Ok(Self {
            text: text.to_owned(),
            is_error: answer
                .get("isError")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            cut: text.len() < whole.len(),
        })
    }
}

/// One part of an answer: its text, or a name for what it is.
fn words(part: &Value) -> String {
    let field = |name: &str| part.get(name).and_then(Value::as_str);
    match field("type") {
        Some("text") => field("text").unwrap_or_default().to_owned(),
        Some("resource_link") => label(field("uri")),
        Some("resource") => resource(part.get("resource").unwrap_or(&Value::Null)),
        Some(kind @ ("image" | "audio")) => {
            format!(
                "[{kind} {}, {}]",
                label(field("mimeType")),
                size(field("data"))
            )
        }
        kind => format!("[{}]", label(kind)),
    }
}

/// Something that a server keeps, sent along: its text under its address, or a name for it.
fn resource(resource: &Value) -> String {
    let field = |name: &str| resource.get(name).and_then(Value::as_str);
    let address = label(field("uri"));
    match (field("text"), field("blob")) {
        (Some(text), _) => format!("[resource {address}]\n{text}"),
        (None, blob) => {
            format!(
                "[resource {address}, {}, {}]",
                label(field("mimeType")),
                size(blob)
            )
        }
    }
}

fn label(text: Option<&str>) -> String {
    short(text.unwrap_or("unknown"), LABEL_CHARS_MAX)
}

/// How many bytes a Base64 text stands for.
fn size(base64: Option<&str>) -> String {
    let digits = base64.unwrap_or_default().trim_end_matches('=').len();
    format!("{} bytes", digits / 4 * 3 + (digits % 4).saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::{McpResult, OUTPUT_CHARS_MAX};
    use crate::mcp::McpError;
    use serde_json::{Value, json};

    fn text(content: Value) -> String {
        McpResult::read(&json!({ "content": content }))
            .unwrap()
            .text
    }

    #[test]
    fn text_is_kept_and_everything_else_is_named() {
        let content = json!([
            { "type": "text", "text": "one" },
            { "type": "image", "mimeType": "image/png", "data": "AAAAAAA=" },
            { "type": "audio", "mimeType": "audio/wav\n", "data": "" },
            { "type": "resource_link", "uri": "file:///a", "name": "a" },
            { "type": "resource", "resource": { "uri": "file:///b", "text": "two" } },
            { "type": "resource", "resource": { "uri": "file:///c", "mimeType": "a/b", "blob": "AAA=" } },
            { "type": "hologram", "light": 3 },
        ]);
        let expected = "one\n[image image/png, 5 bytes]\n[audio audio/wav, 0 bytes]\nfile:///a\n\
            [resource file:///b]\ntwo\n[resource file:///c, a/b, 2 bytes]\n[hologram]";
        assert_eq!(text(content), expected);
    }

    #[test]
    fn a_long_answer_is_cut_at_a_character() {
        let long =
            |count: usize| json!({ "content": [{ "type": "text", "text": "中".repeat(count) }] });
        let whole = McpResult::read(&long(OUTPUT_CHARS_MAX)).unwrap();
        assert!(!whole.cut);
        let cut = McpResult::read(&long(OUTPUT_CHARS_MAX + 1)).unwrap();
        assert!(cut.cut);
        assert_eq!(cut.text, whole.text);
    }

    #[test]
    fn structure_speaks_where_there_is_no_text() {
        let answer = json!({ "content": [], "structuredContent": { "a": 1 }, "isError": true });
        let result = McpResult::read(&answer).unwrap();
        assert_eq!(
            (result.text.as_str(), result.is_error),
            (r#"{"a":1}"#, true)
        );
    }

    #[test]
    fn nothing_at_all_is_an_empty_answer() {
        for answer in [
            json!({}),
            json!({ "content": [] }),
            json!({ "resultType": "complete" }),
        ] {
            assert_eq!(McpResult::read(&answer), Ok(McpResult::default()));
        }
    }

    #[test]
    fn what_is_no_answer_is_a_refusal() {
        let odd = [
            json!(null),
            json!(5),
            json!([{ "content": [] }]),
            json!({ "content": 5 }),
            json!({ "tools": [] }),
            json!({ "resultType": "input_required", "content": [] }),
            json!({ "resultType": "task" }),
        ];
        for answer in odd {
            let read = McpResult::read(&answer);
            assert!(
                matches!(read, Err(McpError::Refused(_))),
                "{answer}: {read:?}"
            );
        }
    }

    #[test]
    fn odd_parts_are_no_reason_to_fail() {
        let odd = json!([null, 5, {}, { "type": 5 }, { "type": "text" }, { "type": "image" }, { "type": "resource" }]);
        let named = "[unknown]\n[unknown]\n[unknown]\n[unknown]\n\n[image unknown, 0 bytes]\n\
            [resource unknown, unknown, 0 bytes]";
        assert_eq!(text(odd), named);
    }
}
