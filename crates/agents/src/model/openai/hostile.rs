//! A service that sends anything: what comes of it is an answer within bounds, or a failure.

use super::{answer::Answer, sse::Event, sse::SseParser};
use crate::{
    model::limits::ANSWER_BYTES_MAX,
    text_calls::{TextCalls, may_call},
};
use salon_testkit::{pieces, spoilt};

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

#[test]
fn whatever_a_service_streams_is_an_answer_within_bounds_or_a_failure() {
    let mut turn = 0;
    let count = spoilt(&GOOD, &WORDS, |bytes| {
        turn += 1;
        let whole = events(&[bytes]);
        let cut = pieces(bytes, turn);
        assert_eq!(events(&cut), whole, "where chunks end makes no difference");
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
    });
    assert!(count > 4_000);
}

#[test]
fn whatever_a_model_writes_is_text_or_calls_and_no_word_is_made_up() {
    let names: std::sync::Arc<[String]> = ["search".to_owned(), "users".into()].into();
    let mut turn = 0;
    spoilt(&GOOD, &WORDS, |bytes| {
        turn += 1;
        let text = String::from_utf8_lossy(bytes);
        may_call(&text);
        let mut scanner = TextCalls::new(names.clone(), "assistant");
        let mut shown = String::new();
        for piece in pieces(bytes, turn) {
            shown.push_str(&scanner.push(&String::from_utf8_lossy(piece)).text);
        }
        shown.push_str(&scanner.finish().text);
        let given: usize = pieces(bytes, turn)
            .into_iter()
            .map(|piece| String::from_utf8_lossy(piece).len())
            .sum();
        assert!(shown.len() <= given, "{shown:?} of {text:?}");
    });
}
