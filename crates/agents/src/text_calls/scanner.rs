//! Splits a text that is still growing into what may be shown and what is a call.

use super::json::{calls, line_call};
use crate::model::ToolCall;
use std::sync::Arc;

/// What may be a call is shown after all when it grows longer than this many bytes.
const HELD_BYTES_MAX: usize = 32 * 1024;

const TAG_OPEN: &str = "<tool_call>";
const TAG_CLOSE: &str = "</tool_call>";

/// What a piece of text brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// Text to show.
    pub(crate) text: String,
    /// Calls, in order.
    pub(crate) calls: Vec<ToolCall>,
}

/// A scanner of one reply.
pub(crate) struct TextCalls {
    /// Names and aliases that can be called.
    names: Arc<[String]>,
    /// The agent's own handle: models that read a transcript begin with it, as a speaker's label.
    handle: String,
    held: String,
    at: Position,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    /// Nothing but space has come: everything may begin here.
    Start,
    /// The same behind a call, whose space goes with it, however late that comes.
    AfterCall,
    /// At the start of a later line: fenced and tagged calls may begin here.
    Line,
    /// Inside a line, or inside a fence that is no call.
    Inside { fence: bool },
}

/// What the held text turns out to be.
enum Verdict {
    /// It can't be told yet.
    Wait,
    /// It is text up to there.
    Text(usize),
    /// It is a call, with so many bytes.
    Call(Vec<ToolCall>, usize),
    /// The agent's own name as a label: nobody needs to see it.
    Label(usize),
}

impl TextCalls {
    /// A scanner that knows what can be called, in lower case.
    pub(crate) fn new(names: Arc<[String]>, handle: &str) -> Self {
        let at = Position::Start;
        Self {
            names,
            handle: handle.to_lowercase(),
            held: String::new(),
            at,
        }
    }

    /// Takes the next piece.
    pub(crate) fn push(&mut self, piece: &str) -> Scanned {
        self.held.push_str(piece);
        self.scan(false)
    }

    /// The text has ended.
    pub(crate) fn finish(&mut self) -> Scanned {
        let mut scanned = self.scan(true);
        scanned.text.push_str(&std::mem::take(&mut self.held));
        scanned
    }

    fn scan(&mut self, ended: bool) -> Scanned {
        let mut out = Scanned::default();
        loop {
            if self.at == Position::AfterCall {
                let rest = self.held.trim_start().len();
                self.held.drain(..self.held.len() - rest);
            }
            if self.held.is_empty() {
                break;
            }
            match self.judge(ended) {
                Verdict::Wait if self.held.len() < HELD_BYTES_MAX => break,
                Verdict::Wait => self.release(self.held.len(), &mut out),
                Verdict::Text(bytes) => self.release(bytes, &mut out),
                Verdict::Call(calls, bytes) => {
                    out.calls.extend(calls);
                    self.held.drain(..bytes);
                    // Calls may follow each other; what else follows is text.
                    self.at = Position::AfterCall;
                }
                Verdict::Label(bytes) => {
                    self.held.drain(..bytes);
                }
            }
        }
        out
    }

    fn release(&mut self, bytes: usize, out: &mut Scanned) {
        let text: String = self.held.drain(..bytes).collect();
        let mut fence = matches!(self.at, Position::Inside { fence: true });
        let begins_line = self.at != (Position::Inside { fence: false });
        if begins_line && text.trim_start().starts_with("```") && text.matches("```").count() == 1 {
            fence = !fence;
        }
        self.at = match (text.ends_with('\n'), fence) {
            (true, false) => Position::Line,
            (_, fence) => Position::Inside { fence },
        };
        out.text.push_str(&text);
    }

    fn judge(&self, ended: bool) -> Verdict {
        let line_end = self.held.find('\n').map(|at| at + 1);
        match self.at {
            Position::Start | Position::AfterCall => self.judge_start(ended),
            Position::Line if !ended && self.may_become_fence() => Verdict::Wait,
            Position::Line => self.judge_block(&self.held, 0, ended),
            Position::Inside { fence: false } => Verdict::Text(line_end.unwrap_or(self.held.len())),
            // Code comes in whole lines, so that the closing fence is seen as one.
            Position::Inside { fence: true } => match line_end {
                Some(end) => Verdict::Text(end),
                None if ended => Verdict::Text(self.held.len()),
                None => Verdict::Wait,
            },
        }
    }

    /// Whether the line is one behind whose spaces a fence stands or may still come: whether it
    /// opens one is seen by the whole line alone, wherever pieces end.
    fn may_become_fence(&self) -> bool {
        let line = self.held.trim_start_matches([' ', '\t']);
        line.len() < self.held.len()
            && !line.contains('\n')
            && ("```".starts_with(line) || line.starts_with("```"))
    }

    fn judge_start(&self, ended: bool) -> Verdict {
        let text = self.held.trim_start();
        let skipped = self.held.len() - text.len();
        if text.is_empty() {
            return if ended {
                Verdict::Text(self.held.len())
            } else {
                Verdict::Wait
            };
        }
        if let Some(verdict) = self.judge_label(text, skipped, ended) {
            return verdict;
        }
        match text.as_bytes()[0] {
            b'/' => self.judge_slash(text, skipped, ended),
            b'{' | b'[' => self.judge_json(text, skipped, ended),
            _ => self.judge_block(text, skipped, ended),
        }
    }

    fn judge_label(&self, text: &str, skipped: usize, ended: bool) -> Option<Verdict> {
        let bare = text.strip_prefix('@').unwrap_or(text);
        let at = text.len() - bare.len();
        let head: String = bare.chars().take(self.handle.chars().count()).collect();
        let folded = head.to_lowercase();
        if folded.len() < self.handle.len() {
            let grows = self.handle.starts_with(&folded) && bare.len() == head.len();
            return (grows && !ended).then_some(Verdict::Wait);
        }
        if folded != self.handle {
            return None;
        }
        let rest = &bare[head.len()..];
        match rest.chars().next() {
            None => (!ended).then_some(Verdict::Wait),
            Some(colon @ (':' | '：')) => {
                Some(Verdict::Label(skipped + at + head.len() + colon.len_utf8()))
            }
            Some(_) => None,
        }
    }

    /// A slash command reaches to the first empty line, or to the next command.
    fn judge_slash(&self, text: &str, skipped: usize, ended: bool) -> Verdict {
        let first_line = &text[..text.find('\n').unwrap_or(text.len())];
        let name = first_line[1..]
            .split(char::is_whitespace)
            .next()
            .unwrap_or_default();
        let name_is_whole = name.len() + 1 < text.len() || ended;
        let folded = name.to_lowercase();
        let known = match name_is_whole {
            true => self.is_known(&folded),
            false => self.names.iter().any(|known| known.starts_with(&folded)),
        };
        if !known || name.is_empty() && name_is_whole {
            return Verdict::Text(skipped + text.find('\n').map_or(text.len(), |at| at + 1));
        }
        let mut end = None;
        let mut at = first_line.len();
        while let Some(next) = text.get(at + 1..) {
            let line = &next[..next.find('\n').unwrap_or(next.len())];
            let complete = next.len() > line.len() || ended;
            if complete && (line.trim().is_empty() || self.begins_command(line)) {
                end = Some(at + 1);
                break;
            }
            at += 1 + line.len();
        }
        match end {
            Some(end) => Verdict::Call(vec![line_call(text[..end].trim_end())], skipped + end),
            None if ended => Verdict::Call(vec![line_call(text.trim_end())], skipped + text.len()),
            None => Verdict::Wait,
        }
    }

    fn begins_command(&self, line: &str) -> bool {
        let name = line
            .strip_prefix('/')
            .and_then(|rest| rest.split_whitespace().next());
        name.is_some_and(|name| self.is_known(&name.to_lowercase()))
    }

    fn judge_json(&self, text: &str, skipped: usize, ended: bool) -> Verdict {
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
        match values.next() {
            Some(Ok(_)) => {
                let end = values.byte_offset();
                match self.calls(&text[..end]) {
                    found if found.is_empty() => Verdict::Text(skipped + end),
                    found => Verdict::Call(found, skipped + end),
                }
            }
            Some(Err(error)) if error.is_eof() && !ended => Verdict::Wait,
            _ => Verdict::Text(skipped + text.find('\n').map_or(text.len(), |at| at + 1)),
        }
    }

    /// A fence or a tag at the start of a line.
    fn judge_block(&self, text: &str, skipped: usize, ended: bool) -> Verdict {
        let line = &text[..text.find('\n').map_or(text.len(), |at| at + 1)];
        let as_text = Verdict::Text(skipped + line.len());
        for opening in [TAG_OPEN, "```"] {
            if opening.starts_with(text) && text.len() < opening.len() {
                return if ended { as_text } else { Verdict::Wait };
            }
        }
        if let Some(inner) = text.strip_prefix(TAG_OPEN) {
            let Some(end) = inner.find(TAG_CLOSE) else {
                // Models forget the closing tag.
                return match (ended, self.calls(inner)) {
                    (false, _) => Verdict::Wait,
                    (true, calls) if calls.is_empty() => as_text,
                    (true, calls) => Verdict::Call(calls, skipped + text.len()),
                };
            };
            let whole = skipped + TAG_OPEN.len() + end + TAG_CLOSE.len();
            return match self.calls(&inner[..end]) {
                calls if calls.is_empty() => as_text,
                calls => Verdict::Call(calls, whole),
            };
        }
        if text.starts_with("```") {
            return self.judge_fence(text, skipped, ended).unwrap_or(as_text);
        }
        as_text
    }

    fn judge_fence(&self, text: &str, skipped: usize, ended: bool) -> Option<Verdict> {
        let Some(head_end) = text.find('\n') else {
            return (!ended).then_some(Verdict::Wait);
        };
        let language = text[3..head_end].trim();
        if !matches!(language, "" | "json" | "tool_call" | "tool_code" | "tool") {
            return None;
        }
        let inner = &text[head_end + 1..];
        if inner.trim_start().is_empty() {
            return (!ended).then_some(Verdict::Wait);
        }
        if !inner.trim_start().starts_with(['{', '[', '/']) {
            return None;
        }
        let close = closing(inner, ended);
        let (body, end) = match close {
            Some((body, end)) => (&inner[..body], end),
            None if ended => (inner, inner.len()),
            None => return Some(Verdict::Wait),
        };
        let calls = match body.trim() {
            line if line.starts_with('/') && self.begins_command(line) => vec![line_call(line)],
            json => self.calls(json),
        };
        (!calls.is_empty()).then(|| Verdict::Call(calls, skipped + head_end + 1 + end))
    }

    fn calls(&self, text: &str) -> Vec<ToolCall> {
        calls(text, &|name| self.is_known(&name.to_lowercase()))
    }

    fn is_known(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }
}

/// Where a fence's content ends, and where its closing does: at the first line that begins or ends
/// with one. A line ends with one only once it is whole, so that it makes no difference where
/// pieces end.
fn closing(inner: &str, ended: bool) -> Option<(usize, usize)> {
    let mut at = 0;
    for line in inner.split_inclusive('\n') {
        if at > 0 && line.starts_with("```") {
            return Some((at - 1, at + 3));
        }
        let said = line.trim_end();
        if (line.ends_with('\n') || ended) && said.ends_with("```") {
            let end = at + said.len();
            return Some((end - 3, end));
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scanner() -> TextCalls {
        let names = ["t", "users", "search", "topic", "私信", "command"];
        TextCalls::new(names.map(str::to_owned).into(), "assistant")
    }

    fn scan<'a>(pieces: impl IntoIterator<Item = &'a str>) -> (String, Vec<(String, String)>) {
        let mut scanner = scanner();
        let (mut text, mut calls) = (String::new(), Vec::new());
        let mut take = |scanned: Scanned| {
            text.push_str(&scanned.text);
            calls.extend(
                scanned
                    .calls
                    .into_iter()
                    .map(|call| (call.name, call.arguments)),
            );
        };
        for piece in pieces {
            take(scanner.push(piece));
        }
        take(scanner.finish());
        (text, calls)
    }

    fn line(line: &str) -> (String, String) {
        (
            "command".into(),
            serde_json::json!({ "line": line }).to_string(),
        )
    }

    #[test]
    fn a_reply_that_begins_with_a_command_is_one() {
        assert_eq!(
            scan(["/t bob hello"]),
            (String::new(), vec![line("/t bob hello")])
        );
        assert_eq!(
            scan(["\n/私信 bob 你好"]),
            (String::new(), vec![line("/私信 bob 你好")])
        );
        assert_eq!(
            scan(["/t bob line one\nline two\n\nI have told Bob."]),
            (
                "I have told Bob.".into(),
                vec![line("/t bob line one\nline two")]
            )
        );
        assert_eq!(
            scan(["/users\n/t bob hi"]),
            (String::new(), vec![line("/users"), line("/t bob hi")])
        );
    }

    #[test]
    fn other_slashes_are_text() {
        for text in [
            "/usr/bin/env is a path",
            "// a comment",
            "/",
            "Use /users for that",
            "/tmp",
        ] {
            assert_eq!(scan([text]), (text.into(), vec![]), "{text}");
        }
    }

    #[test]
    fn every_shape_of_json_call_is_recognised() {
        let call = ("t".to_owned(), r#"{"user":"bob"}"#.to_owned());
        for text in [
            r#"{"name":"t","arguments":{"user":"bob"}}"#,
            r#"{"name":"/t","parameters":{"user":"bob"}}"#,
            r#"{"tool":"t","args":{"user":"bob"}}"#,
            r#"{"type":"function","function":{"name":"t","arguments":"{\"user\":\"bob\"}"}}"#,
            r#"[{"name":"t","arguments":{"user":"bob"}}]"#,
            r#"{"tool_calls":[{"function":{"name":"t","arguments":{"user":"bob"}}}]}"#,
            "```json\n{\"name\":\"t\",\"arguments\":{\"user\":\"bob\"}}\n```",
            "```\n{\"name\":\"t\",\"arguments\":{\"user\":\"bob\"}}```",
            "<tool_call>\n{\"name\":\"t\",\"arguments\":{\"user\":\"bob\"}}\n</tool_call>",
            "<tool_call>{\"name\":\"t\",\"arguments\":{\"user\":\"bob\"}}",
        ] {
            assert_eq!(scan([text]), (String::new(), vec![call.clone()]), "{text}");
        }
        assert_eq!(
            scan([r#"{"command":"/t bob hi"}"#]),
            (String::new(), vec![line("/t bob hi")])
        );
        assert_eq!(
            scan(["```\n/users\n```"]),
            (String::new(), vec![line("/users")])
        );
    }

    #[test]
    fn a_call_behind_text_leaves_the_text() {
        let (text, calls) = scan(["Let me look.\n<tool_call>{\"name\":\"users\"}</tool_call>"]);
        assert_eq!(text, "Let me look.\n");
        assert_eq!(calls, [("users".into(), "{}".into())]);
        let (text, calls) = scan(["Now:\n```json\n{\"name\":\"users\",\"arguments\":{}}\n```\n"]);
        assert_eq!((text.as_str(), calls.len()), ("Now:\n", 1));
    }

    #[test]
    fn space_behind_a_call_goes_with_it_however_late_it_comes() {
        let call = r#"{"name":"t"}"#;
        let expected = (String::new(), vec![("t".to_owned(), "{}".to_owned())]);
        assert_eq!(scan([call, "\n"]), expected);
        assert_eq!(scan([call, "\n", " ", "a"]).0, "a");
        assert_eq!(scan([format!("{call}\n a").as_str()]).0, "a");
    }

    #[test]
    fn json_and_code_that_call_nothing_are_shown_as_they_are() {
        for text in [
            r#"{"name":"Ada","age":36}"#,
            r#"{"not json"#,
            "```json\n{\"port\": 8080}\n```\nThat is all.",
            "```rust\nfn main() {}\n```\n/users is a command\n",
            "[1, 2, 3]",
            "[a link](https://example.org) and more",
            "```\n/etc/passwd\n```",
        ] {
            assert_eq!(scan([text]), (text.into(), vec![]), "{text}");
        }
    }

    #[test]
    fn its_own_name_as_a_label_is_left_out() {
        assert_eq!(scan(["assistant: Hello."]).0, " Hello.");
        assert_eq!(scan(["Assistant：你好"]).0, "你好");
        assert_eq!(scan(["assistant is my name"]).0, "assistant is my name");
        assert_eq!(scan(["ass"]).0, "ass");
    }

    #[test]
    fn text_is_shown_as_soon_as_it_cannot_be_a_call() {
        let mut scanner = scanner();
        assert_eq!(scanner.push("He").text, "He");
        assert_eq!(scanner.push("llo\n").text, "llo\n");
        assert_eq!(scanner.push("``").text, "");
        assert_eq!(scanner.push("`rust\nfn").text, "```rust\n");
    }

    #[test]
    fn a_fence_behind_spaces_is_one_however_its_line_comes() {
        for line in [" ```json", "\t```", "  ```a```"] {
            let text = format!("so:\n{line}\n{{\"name\":\"t\"}}");
            for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
                let (one, two) = text.split_at(cut);
                assert_eq!(scan([one, two]), scan([text.as_str()]), "{one:?} {two:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn where_pieces_end_makes_no_difference(
            text in "(/t |/users|assistant:|\\{\"name\":\"t\"\\}|```json|```|<tool_call>|</tool_call>|\n| |a|沙){0,10}",
            cuts in proptest::collection::vec(0usize..60, 0..4),
        ) {
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| text.floor_char_boundary(cut)).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|pair| &text[pair[0]..pair[1]]);
            prop_assert_eq!(scan(pieces), scan([text.as_str()]));
        }
    }
}
