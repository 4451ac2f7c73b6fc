//! Server-sent events from bytes, as leniently as services are careless.
//!
//! Lines end in LF, CRLF or CR; a chunk may end anywhere, also inside a character. Comments and
//! unknown fields are skipped. A payload may span several `data` lines, and some services leave
//! out the blank line between events, so a line that is JSON by itself is an event by itself.

use crate::model::limits::LINE_BYTES_MAX;
use serde_json::Value;

/// What a stream said.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Event {
    /// One JSON payload.
    Data(Value),
    /// The mark of the end.
    Done,
    /// A payload that is not JSON.
    Malformed,
}

/// A line is longer than our bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LineTooLong;

#[derive(Debug, Default)]
pub(super) struct SseParser {
    line: Vec<u8>,
    /// The last byte was CR: an LF that follows belongs to it.
    after_return: bool,
    /// `data` lines that are no JSON by themselves.
    pending: String,
    /// How long that was when it was last tried as JSON, and how often that was.
    tried_at: usize,
    #[cfg(test)]
    tries: usize,
    /// The event's name is `error`.
    is_error: bool,
    started: bool,
}

impl SseParser {
    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<Event>) -> Result<(), LineTooLong> {
        for &byte in bytes {
            match byte {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' | b'\r' => {
                    self.after_return = byte == b'\r';
                    self.end_line(out);
                }
                _ => {
                    self.after_return = false;
                    if self.line.len() + self.pending.len() >= LINE_BYTES_MAX {
                        return Err(LineTooLong);
                    }
                    self.line.push(byte);
                }
            }
        }
        Ok(())
    }

    /// The stream ended: what is left counts as if a blank line had followed.
    pub(super) fn finish(&mut self, out: &mut Vec<Event>) {
        self.end_line(out);
        self.end_event(out);
    }

    fn end_line(&mut self, out: &mut Vec<Event>) {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        let line = match std::mem::replace(&mut self.started, true) {
            false => line.trim_start_matches('\u{feff}'),
            true => &line,
        };
        if line.is_empty() {
            return self.end_event(out);
        }
        // An error that was written into the stream without any framing.
        let (field, value) = match line.starts_with('{') {
            true => ("data", line),
            false => line.split_once(':').unwrap_or((line, "")),
        };
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field.trim() {
            "data" => self.data(value, out),
            "event" => self.is_error = value.trim() == "error",
            _ => {}
        }
    }

    fn data(&mut self, value: &str, out: &mut Vec<Event>) {
        if let Some(event) = self.read(value) {
            self.end_pending(out);
            return out.push(event);
        }
        if !self.pending.is_empty() {
            self.pending.push('\n');
        }
        self.pending.push_str(value);
        // Tried again once there is twice as much: a payload of very many lines would be read as
        // often as it has lines. Whatever ends it tries it too.
        if self.pending.len() >= 2 * self.tried_at {
            self.try_pending(out);
        }
    }

    /// Gives what waits if it is whole.
    fn try_pending(&mut self, out: &mut Vec<Event>) {
        let pending = std::mem::take(&mut self.pending);
        self.tried_at = pending.len();
        #[cfg(test)]
        {
            self.tries += 1;
        }
        match self.read(&pending) {
            Some(event) => {
                self.tried_at = 0;
                out.push(event);
            }
            None => self.pending = pending,
        }
    }

    /// Gives what waits, or says that it was nothing.
    fn end_pending(&mut self, out: &mut Vec<Event>) {
        if self.pending.len() > self.tried_at {
            self.try_pending(out);
        }
        if !self.pending.trim().is_empty() {
            out.push(Event::Malformed);
        }
        self.pending.clear();
        self.tried_at = 0;
    }

    fn end_event(&mut self, out: &mut Vec<Event>) {
        self.end_pending(out);
        self.is_error = false;
    }

    fn read(&self, text: &str) -> Option<Event> {
        let text = text.trim();
        if text == "[DONE]" {
            return Some(Event::Done);
        }
        if !text.starts_with('{') {
            return None;
        }
        let value: Value = serde_json::from_str(text).ok()?;
        let bare_error = self.is_error && value.get("error").is_none();
        Some(Event::Data(if bare_error {
            serde_json::json!({ "error": value })
        } else {
            value
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn parse(chunks: &[&[u8]]) -> Vec<Event> {
        let mut parser = SseParser::default();
        let mut out = Vec::new();
        for chunk in chunks {
            parser.push(chunk, &mut out).unwrap();
        }
        parser.finish(&mut out);
        out
    }

    fn data(value: Value) -> Event {
        Event::Data(value)
    }

    #[test]
    fn every_kind_of_line_end_and_of_space_is_read() {
        let events = [data(json!({"a": 1})), data(json!({"b": 2})), Event::Done];
        for text in [
            "data: {\"a\":1}\n\ndata: {\"b\":2}\n\ndata: [DONE]\n\n",
            "data:{\"a\":1}\r\n\r\ndata:{\"b\":2}\r\n\r\ndata:[DONE]\r\n\r\n",
            "data: {\"a\":1}\r\rdata: {\"b\":2}\r\rdata: [DONE]",
            "\u{feff}: hi\nid: 7\nevent: message\ndata: {\"a\":1}\nretry: 5\n\ndata: {\"b\":2}\ndata: [DONE]",
        ] {
            assert_eq!(parse(&[text.as_bytes()]), events, "{text:?}");
        }
    }

    #[test]
    fn a_payload_may_span_lines_and_a_bad_one_does_not_swallow_the_next() {
        assert_eq!(
            parse(&[b"data: {\"a\":\ndata: 1}\n\n"]),
            [data(json!({"a": 1}))]
        );
        assert_eq!(
            parse(&[b"data: {bad\n\ndata: {\"a\":1}\n\n"]),
            [Event::Malformed, data(json!({"a": 1}))]
        );
        assert_eq!(
            parse(&[b"data: {bad\ndata: {\"a\":1}\n\n"]),
            [Event::Malformed, data(json!({"a": 1}))]
        );
    }

    #[test]
    fn an_error_is_seen_in_every_framing() {
        let error = [data(json!({"error": {"message": "no"}}))];
        assert_eq!(
            parse(&[b"event: error\ndata: {\"message\":\"no\"}\n\n"]),
            error
        );
        assert_eq!(parse(&[b"{\"error\":{\"message\":\"no\"}}\n"]), error);
    }

    #[test]
    fn a_payload_of_very_many_lines_is_read_a_few_times_only() {
        let mut parser = SseParser::default();
        let mut out = Vec::new();
        parser.push(b"data: {\"a\": [0\n", &mut out).unwrap();
        for _ in 0..20_000 {
            parser.push(b"data: ,1\n", &mut out).unwrap();
        }
        parser.push(b"data: ]}\n\n", &mut out).unwrap();
        let Some(Event::Data(value)) = out.pop() else {
            panic!("no payload came")
        };
        assert_eq!(value["a"].as_array().map(Vec::len), Some(20_001));
        assert!(
            out.is_empty() && parser.tries < 30,
            "{} tries",
            parser.tries
        );
    }

    #[test]
    fn a_payload_that_ends_without_a_blank_line_is_not_lost() {
        let whole = [data(json!({"a": [1, 2]})), data(json!({"b": 1}))];
        let text = b"data: {\"a\":\ndata: [1,\ndata: 2]\ndata: }\ndata: {\"b\":1}\n";
        assert_eq!(parse(&[text]), whole);
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut parser = SseParser::default();
        let long = vec![b'x'; LINE_BYTES_MAX + 1];
        assert_eq!(parser.push(&long, &mut Vec::new()), Err(LineTooLong));
    }

    proptest! {
        #[test]
        fn where_chunks_end_makes_no_difference(text in "[a-z沙龙 🎉]{0,20}", cut in 0usize..60) {
            let stream = format!(": c\r\ndata: {}\r\n\r\ndata: [DONE]\r\n\r\n", json!({ "t": text }));
            let bytes = stream.as_bytes();
            let cut = cut.min(bytes.len());
            prop_assert_eq!(parse(&[&bytes[..cut], &bytes[cut..]]), parse(&[bytes]));
        }

        #[test]
        fn nothing_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            parse(&[&bytes]);
        }
    }
}
