//! What a model answers: deltas while it writes, a completion at the end.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::mpsc;

/// Deltas between the model's client and whoever shows them; the client waits when it is full.
const DELTAS_QUEUED_MAX: usize = 256;

/// A piece of an answer while it is being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta {
    /// The question left the queue: the model is being asked.
    Started,
    /// The model thinks aloud; nobody is shown what.
    Thinking,
    /// Text to append.
    Text(String),
}

/// Where a model's client puts deltas.
#[derive(Clone, Debug)]
pub struct DeltaSink(mpsc::Sender<Delta>);

impl DeltaSink {
    /// A sink and the end to read from.
    pub fn channel() -> (Self, mpsc::Receiver<Delta>) {
        let (sender, receiver) = mpsc::channel(DELTAS_QUEUED_MAX);
        (Self(sender), receiver)
    }

    /// Passes a delta on. When nobody reads any more it is dropped: an answer may be wanted whole
    /// only, and whoever cancels a call drops its future.
    pub async fn send(&self, delta: Delta) {
        drop(self.0.send(delta).await);
    }
}

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// All text.
    pub text: String,
    /// What the model wants to be called, in order.
    pub tool_calls: Vec<ToolCall>,
    /// Why it stopped.
    pub finish: FinishReason,
    /// What it cost.
    pub usage: Usage,
    /// The model that answered.
    pub model: String,
}

/// One call of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The service's id for it, or one that we made.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// Arguments as JSON text; models err, so it may be anything.
    pub arguments: String,
}

impl ToolCall {
    /// The arguments as an object; `None` where they are no such thing. Arguments that were
    /// encoded twice, which some services do, are decoded twice.
    pub fn parsed(&self) -> Option<Map<String, Value>> {
        if self.arguments.trim().is_empty() {
            return Some(Map::new());
        }
        match serde_json::from_str(&self.arguments).ok()? {
            Value::Object(map) => Some(map),
            Value::Null => Some(Map::new()),
            Value::String(inner) => serde_json::from_str(&inner).ok(),
            _ => None,
        }
    }
}

/// Why a model stopped writing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FinishReason {
    /// It had said all.
    #[default]
    Stop,
    /// It reached the longest answer allowed.
    Length,
    /// It wants tools called.
    ToolCalls,
    /// The service withheld the rest.
    Filtered,
    /// Something that we do not know; taken as an end like any other.
    Other(String),
}

/// Tokens of one call or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Read by the model.
    pub prompt_tokens: u64,
    /// Written by the model.
    pub completion_tokens: u64,
    /// Money in millionths, by the price table.
    pub cost: u64,
    /// Requests to the service, retries included.
    pub requests: u64,
    /// Requests that were tried again.
    pub retries: u64,
    /// The service did not say; we counted.
    pub estimated: bool,
}

/// What a million tokens cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Price {
    /// Read.
    pub read: f64,
    /// Written.
    pub written: f64,
}

impl Price {
    /// Money in millionths: a price for a million tokens is a millionth for each.
    pub fn of(&self, prompt_tokens: u64, completion_tokens: u64) -> u64 {
        let sum = self.read * prompt_tokens as f64 + self.written * completion_tokens as f64;
        // Casts of floats saturate: nonsense in the table costs nothing or everything, never wraps.
        sum.max(0.0).round() as u64
    }
}

impl Usage {
    /// All tokens.
    pub fn tokens(&self) -> u64 {
        self.prompt_tokens + self.completion_tokens
    }

    /// Counted by us, where the service does not say: it was cut, or stopped, or never tells.
    pub fn estimate(request: &super::ChatRequest, written: &str, price: Price) -> Self {
        let prompt_tokens = super::tokens::of_request(request);
        let completion_tokens = super::tokens::of_text(written);
        Self {
            prompt_tokens,
            completion_tokens,
            cost: price.of(prompt_tokens, completion_tokens),
            requests: 1,
            retries: 0,
            estimated: true,
        }
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.prompt_tokens += other.prompt_tokens;
        self.completion_tokens += other.completion_tokens;
        self.cost += other.cost;
        self.requests += other.requests;
        self.retries += other.retries;
        self.estimated |= other.estimated;
    }
}
