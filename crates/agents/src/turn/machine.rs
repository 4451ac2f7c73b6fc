//! The machine. See the table of its tests for what it does.

use super::{
    effects::{CallEnd, Effect, End, Input, Outcome},
    words,
};
use crate::{
    model::{ChatMessage, Completion, Delta, FinishReason, ModelFailure, ToolCall, Usage},
    text_calls::TextCalls,
    tools,
};
use salon_protocol::{AgentState, Lang, MessageState, limits::MESSAGE_CHARS_MAX};
use std::sync::Arc;

/// How often the model is asked in one turn; the last time without tools.
pub(crate) const ROUNDS_MAX: u32 = 4;
/// Calls made in one turn.
pub(crate) const CALLS_MAX: usize = 8;
/// What of a call's result a model reads, in characters.
const RESULT_CHARS_MAX: usize = 4_000;
/// Kept free in a message for what must be said about a failure.
const NOTICE_CHARS: usize = 400;

/// A turn.
pub(crate) struct TurnMachine {
    lang: Lang,
    names: Arc<[String]>,
    handle: String,
    /// Whether what the model writes may be a call.
    reads_calls: bool,
    scanner: TextCalls,
    /// All that people have seen.
    shown: String,
    /// What this round has shown.
    round_shown: String,
    round: u32,
    /// Calls that this round's text has brought.
    written_calls: Vec<ToolCall>,
    /// Calls still to be made in this round, with those that are answered without being made.
    pending: Vec<ToolCall>,
    /// The one that runs.
    running: Option<ToolCall>,
    made: Vec<ToolCall>,
    /// What the calls told, for people, where the model says nothing about it.
    told: Vec<String>,
    /// Why the last call that was refused was.
    refused: Option<String>,
    conversation: Vec<ChatMessage>,
    usage: Usage,
    model: String,
    repeated: bool,
    over: bool,
}

impl TurnMachine {
    /// A turn of an agent; `names` are the calls it may write as text, none where it may not.
    pub(crate) fn new(lang: Lang, handle: &str, names: Option<Arc<[String]>>) -> Self {
        let reads_calls = names.is_some();
        let names = names.unwrap_or_else(|| Arc::from([]));
        Self {
            lang,
            scanner: TextCalls::new(Arc::clone(&names), handle),
            names,
            handle: handle.to_owned(),
            reads_calls,
            shown: String::new(),
            round_shown: String::new(),
            round: 0,
            written_calls: Vec::new(),
            pending: Vec::new(),
            running: None,
            made: Vec::new(),
            told: Vec::new(),
            refused: None,
            conversation: Vec::new(),
            usage: Usage::default(),
            model: String::new(),
            repeated: false,
            over: false,
        }
    }

    /// What a turn that was begun before had called: it must not be called again.
    pub(crate) fn remember(&mut self, call: ToolCall) {
        self.made.push(call);
    }

    /// What the model wrote and what its calls answered, to stand behind the question.
    pub(crate) fn conversation(&self) -> &[ChatMessage] {
        &self.conversation
    }

    /// Calls made so far, those of an earlier try included: the number of the next.
    pub(crate) fn calls_made(&self) -> usize {
        self.made.len()
    }

    /// Counts what a call cost that did not come to its end.
    pub(crate) fn charge(&mut self, usage: Usage) {
        self.usage += usage;
    }

    /// What this round has shown.
    pub(crate) fn round_shown(&self) -> &str {
        &self.round_shown
    }

    /// Begins.
    pub(crate) fn begin(&mut self) -> Vec<Effect> {
        self.ask()
    }

    /// Takes an input. Nothing happens after the end.
    pub(crate) fn take(&mut self, input: Input) -> Vec<Effect> {
        if self.over {
            return Vec::new();
        }
        match input {
            Input::Delta(Delta::Started | Delta::Thinking) => match self.round_shown.is_empty() {
                true => vec![Effect::Show(AgentState::Thinking, None)],
                false => Vec::new(),
            },
            Input::Delta(Delta::Text(piece)) => self.text(&piece),
            Input::Ended(Ok(completion)) => self.completed(completion),
            Input::Ended(Err(failure)) => self.failed(&failure),
            Input::CallEnded(end) => self.call_ended(end),
            Input::Stopped => self.stopped(),
            Input::Withdrawn => vec![self.end(None, Outcome::Withdrawn, None)],
        }
    }

    fn ask(&mut self) -> Vec<Effect> {
        self.round += 1;
        self.round_shown.clear();
        self.scanner = TextCalls::new(Arc::clone(&self.names), &self.handle);
        vec![Effect::Ask {
            last: self.round >= ROUNDS_MAX || self.repeated,
        }]
    }

    fn text(&mut self, piece: &str) -> Vec<Effect> {
        let scanned = self.scanner.push(piece);
        self.scanned(scanned)
    }

    fn scanned(&mut self, scanned: crate::text_calls::Scanned) -> Vec<Effect> {
        if self.reads_calls {
            self.written_calls.extend(scanned.calls);
        }
        self.show(&scanned.text)
    }

    /// Shows text; rounds are set apart as paragraphs, and a message has a longest length.
    fn show(&mut self, text: &str) -> Vec<Effect> {
        let text = match self.round_shown.is_empty() {
            true => text.trim_start(),
            false => text,
        };
        if text.is_empty() {
            return Vec::new();
        }
        let gap = match &self.shown {
            shown if !self.round_shown.is_empty() || shown.is_empty() => "",
            shown if shown.ends_with("\n\n") => "",
            shown if shown.ends_with('\n') => "\n",
            _ => "\n\n",
        };
        let room = (MESSAGE_CHARS_MAX - NOTICE_CHARS).saturating_sub(self.shown.chars().count());
        let piece: String = gap.chars().chain(text.chars()).take(room).collect();
        let is_cut = piece.len() < gap.len() + text.len();
        self.shown.push_str(&piece);
        self.round_shown.push_str(text);
        let mut effects = vec![Effect::Append(piece)];
        if is_cut {
            effects.push(self.fail(&ModelFailure::TooLong));
        }
        effects
    }

    fn completed(&mut self, completion: Completion) -> Vec<Effect> {
        self.usage += completion.usage;
        self.model = completion.model;
        let rest = self.scanner.finish();
        let mut effects = self.scanned(rest);
        if self.over {
            return effects;
        }
        let mut calls = completion.tool_calls;
        if calls.is_empty() {
            calls = std::mem::take(&mut self.written_calls);
        }
        self.written_calls.clear();
        for (at, call) in calls.iter_mut().enumerate() {
            if call.id.is_empty() {
                call.id = format!("text_{}_{at}", self.round);
            }
        }
        if calls.is_empty() {
            effects.push(self.answered(&completion.finish));
        } else if self.round >= ROUNDS_MAX || self.repeated {
            effects.push(self.gave_no_answer());
        } else {
            let said = self.round_shown.trim().to_owned();
            self.conversation
                .push(ChatMessage::calls(said, calls.clone()));
            self.pending = calls;
            self.pending.reverse();
            effects.extend(self.next_call());
        }
        effects
    }

    /// The next call of this round, or the next round.
    fn next_call(&mut self) -> Vec<Effect> {
        while let Some(call) = self.pending.pop() {
            let same = |made: &&ToolCall| made.name == call.name && made.parsed() == call.parsed();
            let instead = if self.made.iter().any(|made| same(&made)) {
                self.repeated = true;
                words::CALLED_BEFORE
            } else if self.made.len() >= CALLS_MAX {
                self.repeated = true;
                words::NOT_CALLED
            } else {
                let shown = tools::shown(&call);
                self.running = Some(call.clone());
                return vec![
                    Effect::Show(AgentState::Tool, Some(shown)),
                    Effect::Call(call),
                ];
            };
            self.conversation
                .push(ChatMessage::tool(call.id, instead.get(self.lang)));
        }
        self.ask()
    }

    fn call_ended(&mut self, end: CallEnd) -> Vec<Effect> {
        let Some(call) = self.running.take() else {
            return Vec::new();
        };
        let result: String = end.text().chars().take(RESULT_CHARS_MAX).collect();
        self.conversation
            .push(ChatMessage::tool(call.id.clone(), result.clone()));
        // What was done with an agent is told to people, and does not call it: “@heron is in.”
        let result = result.trim_start_matches('@').to_owned();
        match end {
            CallEnd::Told(_) | CallEnd::Asked(_) => {
                self.told.push(words::for_people(&result).to_owned());
            }
            CallEnd::Done(_) => {
                let shown = format!("`{}`", tools::shown(&call));
                self.told.push(words::done(&shown, self.lang));
            }
            CallEnd::Refused(_) => {
                self.refused = Some(words::for_people(&result).to_owned());
            }
        }
        self.made.push(call);
        self.next_call()
    }

    /// The model has said all that it wants to say.
    fn answered(&mut self, finish: &FinishReason) -> Effect {
        if self.round_shown.trim().is_empty() {
            return match self.has_results() {
                true => self.tell_results(),
                false if self.shown.trim().is_empty() => self.fail(&ModelFailure::Empty),
                false => self.reply(),
            };
        }
        match finish {
            FinishReason::Length => self.fail(&ModelFailure::TooLong),
            _ => self.reply(),
        }
    }

    /// It goes on calling: what the calls told is the answer, if they told anything.
    fn gave_no_answer(&mut self) -> Effect {
        if self.has_results() {
            return self.tell_results();
        }
        if !self.shown.trim().is_empty() {
            return self.reply();
        }
        self.end_with_notice(words::TOO_MANY_CALLS.get(self.lang), "too_many_calls")
    }

    fn has_results(&self) -> bool {
        !self.told.is_empty() || self.refused.is_some()
    }

    /// A refusal is told only where nothing else is: the model may have found another way.
    fn tell_results(&mut self) -> Effect {
        let told = match self.told.is_empty() {
            true => self.refused.take().unwrap_or_default(),
            false => std::mem::take(&mut self.told).join("\n\n"),
        };
        let room = MESSAGE_CHARS_MAX.saturating_sub(self.shown.chars().count() + 2);
        let told: String = told.chars().take(room).collect();
        if !self.shown.trim().is_empty() {
            self.shown.push_str("\n\n");
        }
        self.shown.push_str(&told);
        self.reply()
    }

    fn reply(&mut self) -> Effect {
        let outcome = if self.made.is_empty() {
            Outcome::Spoke
        } else {
            Outcome::Acted
        };
        let text = std::mem::take(&mut self.shown);
        self.end(
            Some((text.trim().to_owned(), MessageState::Complete)),
            outcome,
            None,
        )
    }

    fn failed(&mut self, failure: &ModelFailure) -> Vec<Effect> {
        // What was held back was written too, unless it was a call.
        let rest = self.scanner.finish();
        let mut effects = self.show(&rest.text);
        if !self.over {
            effects.push(self.fail(failure));
        }
        effects
    }

    fn fail(&mut self, failure: &ModelFailure) -> Effect {
        self.end_with_notice(&failure.words(self.lang), failure.cause().kind())
    }

    fn end_with_notice(&mut self, words: &str, kind: &'static str) -> Effect {
        let mut text = std::mem::take(&mut self.shown).trim().to_owned();
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&words::notice(words));
        self.end(
            Some((text, MessageState::Degraded)),
            Outcome::Failed,
            Some(kind),
        )
    }

    fn stopped(&mut self) -> Vec<Effect> {
        let text = std::mem::take(&mut self.shown).trim().to_owned();
        let reply = (!text.is_empty()).then_some((text, MessageState::Stopped));
        vec![self.end(reply, Outcome::Stopped, None)]
    }

    fn end(
        &mut self,
        reply: Option<(String, MessageState)>,
        outcome: Outcome,
        failure: Option<&'static str>,
    ) -> Effect {
        self.over = true;
        Effect::End(End {
            reply,
            outcome,
            usage: self.usage,
            model: std::mem::take(&mut self.model),
            failure,
        })
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
