//! A tool server that sends anything: what comes of it is a result within bounds, or a refusal.

use super::{
    listener::Listener,
    pipes::{Guard, MESSAGE_BYTES_MAX},
    result::{McpResult, OUTPUT_CHARS_MAX},
    tool::McpTool,
};
use serde_json::Value;
use std::pin::pin;
use tokio::io::AsyncReadExt;

/// What a tool server says, whole and cut.
pub(crate) fn tool_server(bytes: &[u8], cut: &[&[u8]]) {
    let mut passed = Vec::new();
    // All of it is there: nothing waits.
    let pipe = cut.iter().rfold(
        Box::new(tokio::io::empty()) as Box<dyn tokio::io::AsyncRead + Unpin>,
        |rest, piece| Box::new(piece.chain(rest)),
    );
    let mut guard = Guard::new(pipe, Listener::default());
    let mut reading = pin!(guard.read_to_end(&mut passed));
    let waker = std::task::Waker::noop();
    let read = reading
        .as_mut()
        .poll(&mut std::task::Context::from_waker(waker));
    assert!(read.is_ready());
    assert!(passed.len() <= MESSAGE_BYTES_MAX && bytes.starts_with(&passed));
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return;
    };
    if let Ok(result) = McpResult::read(&value) {
        assert!(result.text.chars().count() <= OUTPUT_CHARS_MAX);
    }
    if let Some(tool) = McpTool::read("server", &value) {
        assert!(!tool.name.chars().any(char::is_control));
        let again = serde_json::from_str::<Value>(&value.to_string());
        let again = again.ok().and_then(|value| McpTool::read("server", &value));
        assert_eq!(again.map(|again| again.digest), Some(tool.digest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salon_testkit::{corpus, pieces, spoilt};

    const GOOD: [&[u8]; 8] = [
    b"{\"content\":[{\"type\":\"text\",\"text\":\"tea\"}],\"isError\":false}",
    b"{\"content\":[{\"type\":\"image\",\"data\":\"AAAA\",\"mimeType\":\"image/png\"},{\"type\":\"resource_link\",\"uri\":\"file:///x\"}],\"_meta\":{}}",
    b"{\"content\":[{\"type\":\"resource\",\"resource\":{\"uri\":\"x:y\",\"text\":\"words\"}}],\"structuredContent\":{\"a\":[1,2]}}",
    b"{\"resultType\":\"complete\",\"structuredContent\":{\"n\":1}}",
    b"{\"name\":\"add\",\"title\":\"Add\",\"description\":\"adds\",\"inputSchema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"number\"}}},\"annotations\":{\"readOnlyHint\":true}}",
    b"{\"name\":\"\xe5\x8a\xa0\",\"inputSchema\":{}}",
    b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[]}}\nhello\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":1,\"progress\":0.5}}\n",
    b"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"sampling/createMessage\",\"params\":{}}\n",
];
    const WORDS: [&str; 10] = [
        "\"isError\":true",
        "\"resultType\":\"input_required\"",
        "\"inputSchema\":{\"a\":{\"a\":{\"a\":[]}}}",
        "\"text\":\"\\u0000\"",
        "\"description\":\"\u{202e}\"",
        "\n",
        "[[[[[[[[",
        "{\"a\":",
        "\\ud83d",
        "\u{7}",
    ];

    #[test]
    fn whatever_a_tool_server_says_is_a_result_within_bounds_or_refused() {
        let mut turn = 0;
        spoilt(&GOOD, &WORDS, |bytes| {
            turn += 1;
            tool_server(bytes, &pieces(bytes, turn));
        });
    }

    #[test]
    fn what_fuzzers_found_is_read_again() {
        for bytes in corpus("tool_server") {
            tool_server(&bytes, &pieces(&bytes, 1));
        }
    }
}
