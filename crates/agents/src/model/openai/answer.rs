//! Puts an answer together from the chunks of a stream, or from one whole JSON body.

use super::{calls::CallJoiner, refusal::Refusal, think::ThinkFilter};
use crate::model::{
    BadAnswer, Completion, Delta, FinishReason, ModelFailure, Usage, limits::ANSWER_BYTES_MAX,
};
use serde_json::Value;

/// An answer that is coming in.
#[derive(Debug, Default)]
pub(super) struct Answer {
    text: String,
    think: ThinkFilter,
    pub(super) calls: CallJoiner,
    pub(super) finish: Option<FinishReason>,
    /// `finish_reason` was there but empty: some services end so.
    finish_was_empty: bool,
    usage: Usage,
    /// The mark of the end came.
    done: bool,
    malformed: bool,
}

impl Answer {
    /// Takes one chunk, or a whole body, and gives what is to be shown of it.
    pub(super) fn take(&mut self, chunk: &Value) -> Result<Vec<Delta>, ModelFailure> {
        if let Some(error) = chunk.get("error").filter(|error| !error.is_null()) {
            return Err(Refusal::from_value(error).classify(false).0);
        }
        if super::responses::is_response(chunk) {
            return super::responses::take(self, chunk);
        }
        self.take_usage(chunk.get("usage"));
        // We ask for one choice; a service that sends several would mix two answers.
        let choices = chunk.get("choices").and_then(Value::as_array);
        let first = choices.and_then(|choices| {
            choices
                .iter()
                .find(|choice| choice.get("index").and_then(Value::as_u64).unwrap_or(0) == 0)
        });
        let Some(choice) = first else {
            return Ok(Vec::new());
        };
        let mut deltas = Vec::new();
        let part = ["delta", "message"].iter().find_map(|key| choice.get(key));
        if let Some(part) = part {
            self.take_part(part, &mut deltas)?;
        } else if let Some(text) = choice.get("text").and_then(Value::as_str) {
            self.take_text(text, &mut deltas)?;
        }
        match choice.get("finish_reason").and_then(Value::as_str) {
            Some("") => self.finish_was_empty = true,
            Some(reason) => self.finish = Some(finish_reason(reason)),
            None => {}
        }
        Ok(deltas)
    }

    fn take_part(&mut self, part: &Value, deltas: &mut Vec<Delta>) -> Result<(), ModelFailure> {
        let thoughts = ["reasoning_content", "reasoning", "thinking"];
        let thinks = thoughts.iter().any(|key| match part.get(key) {
            Some(Value::String(text)) => !text.is_empty(),
            Some(other) => !other.is_null(),
            None => false,
        });
        if thinks {
            deltas.push(Delta::Thinking);
        }
        match part.get("content") {
            Some(Value::String(text)) => self.take_text(text, deltas)?,
            Some(Value::Array(pieces)) => {
                for piece in pieces {
                    if let Some(text) = piece.get("text").and_then(Value::as_str) {
                        self.take_text(text, deltas)?;
                    }
                }
            }
            _ => {}
        }
        if let Some(words) = part.get("refusal").and_then(Value::as_str) {
            self.take_text(words, deltas)?;
        }
        if let Some(calls) = part.get("tool_calls") {
            self.calls.take(calls)?;
        }
        if let Some(function) = part.get("function_call").filter(|call| call.is_object()) {
            self.calls.take_function(function)?;
        }
        Ok(())
    }

    pub(super) fn take_text(
        &mut self,
        piece: &str,
        deltas: &mut Vec<Delta>,
    ) -> Result<(), ModelFailure> {
        let shown = self.think.push(piece);
        if self.think.is_thinking() {
            deltas.push(Delta::Thinking);
        }
        if shown.is_empty() {
            return Ok(());
        }
        self.text.push_str(&shown);
        deltas.push(Delta::Text(shown));
        if self.text.len() > ANSWER_BYTES_MAX {
            return Err(ModelFailure::BadAnswer(BadAnswer::TooBig));
        }
        Ok(())
    }

    pub(super) fn take_usage(&mut self, usage: Option<&Value>) {
        let count = |keys: [&str; 2]| {
            let value = usage.and_then(|usage| keys.iter().find_map(|key| usage.get(*key)));
            value.and_then(Value::as_u64).unwrap_or(0)
        };
        // Some services repeat growing counts in every chunk: the last ones count.
        self.usage.prompt_tokens = self
            .usage
            .prompt_tokens
            .max(count(["prompt_tokens", "input_tokens"]));
        self.usage.completion_tokens = self
            .usage
            .completion_tokens
            .max(count(["completion_tokens", "output_tokens"]));
    }

    /// The mark of the end.
    pub(super) fn take_done(&mut self) {
        self.done = true;
    }

    /// It came as one whole body: whatever it holds, nothing is missing.
    pub(super) fn take_whole(&mut self) {
        self.done = true;
        self.finish_was_empty = true;
    }

    /// Something that is not JSON.
    pub(super) fn take_malformed(&mut self) {
        self.malformed = true;
    }

    /// Whether nothing that matters can follow.
    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// Whether the service said why it stopped: only usage and the mark of the end may follow.
    pub(super) fn has_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// Whether people have seen something of it.
    pub(super) fn has_text(&self) -> bool {
        !self.text.is_empty()
    }

    /// Whether a call has begun; asking again would be a second opinion, not a retry.
    pub(super) fn has_calls(&self) -> bool {
        !self.calls.is_empty()
    }

    /// What has been written.
    pub(super) fn into_text(mut self) -> String {
        self.text.push_str(&self.think.finish());
        self.text
    }

    /// The stream is over: an answer, or what is wrong with it. The last piece of text, where the
    /// end shows only now that it is one, comes with it.
    pub(super) fn finish(mut self) -> (Option<Delta>, Result<Completion, (ModelFailure, String)>) {
        let rest = self.think.finish();
        self.text.push_str(&rest);
        let delta = (!rest.is_empty()).then_some(Delta::Text(rest));
        let empty = self.text.trim().is_empty() && self.calls.is_empty();
        let ended = self.finish.is_some() || (self.done && self.finish_was_empty);
        let failure = match (&self.finish, ended, empty) {
            (Some(FinishReason::Filtered), ..) => Some(ModelFailure::Filtered),
            (_, true, false) => None,
            (_, false, false) => Some(ModelFailure::Cut),
            (_, _, true) if self.malformed => Some(ModelFailure::BadAnswer(BadAnswer::Unreadable)),
            (_, _, true) if ended || self.done => Some(ModelFailure::Empty),
            (_, _, true) => Some(ModelFailure::Cut),
        };
        if let Some(failure) = failure {
            return (delta, Err((failure, self.text)));
        }
        let tool_calls = self.calls.finish();
        let finish = match (tool_calls.is_empty(), self.finish) {
            (false, _) => FinishReason::ToolCalls,
            (true, finish) => finish.unwrap_or_default(),
        };
        let completion = Completion {
            text: self.text,
            tool_calls,
            finish,
            usage: self.usage,
            model: String::new(),
        };
        (delta, Ok(completion))
    }
}

fn finish_reason(reason: &str) -> FinishReason {
    match reason {
        "stop" | "eos" | "end_turn" | "stop_sequence" => FinishReason::Stop,
        "length" | "max_tokens" => FinishReason::Length,
        "tool_calls" | "function_call" | "tool_use" => FinishReason::ToolCalls,
        "content_filter" => FinishReason::Filtered,
        other => FinishReason::Other(other.chars().take(40).collect()),
    }
}
