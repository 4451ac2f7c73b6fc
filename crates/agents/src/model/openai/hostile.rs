//! A service that sends anything: what comes of it is an answer within bounds, or a failure.

use super::{answer::Answer, sse::Event, sse::SseParser};
use crate::{
    model::limits::ANSWER_BYTES_MAX,
    text_calls::{TextCalls, may_call},
};
use std::sync::Arc;

/// What a service streams, whole and cut.
pub(crate) fn stream(bytes: &[u8], cut: &[&[u8]]) {
    let whole = events(&[bytes]);
    assert_eq!(events(cut), whole, "where chunks end makes no difference");
    let mut answer = Answer::default();
    for event in whole {
        let taken = match event {
            Event::Data(value) => answer.take(&value).map(drop),
            Event::Done => {
                answer.take_done();
                Ok(())
            }
            Event::Malformed => {
                answer.take_malformed();
                Ok(())
            }
        };
        if taken.is_err() {
            return;
        }
    }
    if let (_, Ok(completion)) = answer.finish() {
        assert!(completion.text.len() <= ANSWER_BYTES_MAX);
    }
}

/// What a model writes, which may be calls.
pub(crate) fn words(bytes: &[u8], cut: &[&[u8]]) {
    let text = String::from_utf8_lossy(bytes);
    may_call(&text);
    let names: Arc<[String]> = ["search".to_owned(), "users".into()].into();
    let mut scanner = TextCalls::new(names, "assistant");
    let (mut shown, mut given) = (String::new(), 0);
    for piece in cut {
        let piece = String::from_utf8_lossy(piece);
        given += piece.len();
        shown.push_str(&scanner.push(&piece).text);
    }
    shown.push_str(&scanner.finish().text);
    assert!(shown.len() <= given, "{shown:?} of {text:?}");
}

fn events(chunks: &[&[u8]]) -> Vec<Event> {
    let (mut parser, mut out) = (SseParser::default(), Vec::new());
    for chunk in chunks {
        if parser.push(chunk, &mut out).is_err() {
            return out;
        }
    }
    parser.finish(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use salon_testkit::{corpus, pieces, spoilt};

    const GOOD: [&[u8]; 9] = [
    b"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello \xe6\xb2\x99\"},\"finish_reason\":null}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n",
    b"data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"search\",\"arguments\":\"{\\\"q\\\":\"}}]}}]}\n\ndata: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"tea\\\"}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n",
    b"data: {\"choices\":[{\"delta\":{\"function_call\":{\"name\":\"a\",\"arguments\":\"{}\"}}}]}\r\n\r\n",
    b"data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\",\"content\":\"<think>so</think>yes\"}}]}\n\n",
    b"{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"whole\"}],\"tool_calls\":[]},\"finish_reason\":\"length\"}]}",
    b"event: error\ndata: {\"message\":\"no\",\"code\":429}\n\n: comment\nretry: 1\n",
    b"data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}\n\ndata: {\"type\":\"response.output_item.done\",\"output_index\":1,\"item\":{\"type\":\"function_call\",\"call_id\":\"c\",\"name\":\"n\",\"arguments\":\"{}\"}}\n\ndata: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n",
    b"{\"object\":\"response\",\"status\":\"incomplete\",\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"Hi\"}]}],\"incomplete_details\":{\"reason\":\"max_output_tokens\"}}",
    b"/search tea\n```json\n{\"name\":\"search\",\"arguments\":{\"q\":\"tea\"}}\n```\n<tool_call>{\"name\":\"search\"}</tool_call>assistant: hello",
];
    const WORDS: [&str; 14] = [
        "data: ",
        "\n\n",
        "\u{feff}",
        "[DONE]",
        "\"index\":-1",
        "\"index\":18446744073709551615",
        "<think>",
        "</think>",
        "<tool_call>",
        "```",
        "\"arguments\":",
        "\\ud800",
        "\"finish_reason\":\"content_filter\"",
        "event: error\n",
    ];

    #[test]
    fn whatever_a_service_streams_is_an_answer_within_bounds_or_a_failure() {
        let mut turn = 0;
        let count = spoilt(&GOOD, &WORDS, |bytes| {
            turn += 1;
            stream(bytes, &pieces(bytes, turn));
        });
        assert!(count > 4_000);
    }

    #[test]
    fn whatever_a_model_writes_is_text_or_calls_and_no_word_is_made_up() {
        let mut turn = 0;
        spoilt(&GOOD, &WORDS, |bytes| {
            turn += 1;
            words(bytes, &pieces(bytes, turn));
        });
    }

    #[test]
    fn what_fuzzers_found_is_read_again() {
        for bytes in corpus("stream") {
            stream(&bytes, &pieces(&bytes, 1));
        }
        for bytes in corpus("words") {
            words(&bytes, &pieces(&bytes, 1));
        }
    }
}
