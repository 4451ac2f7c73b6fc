//! What a model is asked, in words of our own: no service's format shows here.

use super::{Completion, DeltaSink, ModelFailure, ToolCall};
use salon_protocol::{Lang, TurnId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::time::Instant;

/// Something that answers a conversation.
///
/// Text goes to `deltas` as it arrives, in order, and comes back whole in the [`Completion`].
/// Tool calls come whole, at the end. Dropping the future cancels the call; nothing is sent
/// afterwards. A failure after the first text is [`ModelFailure::Interrupted`] and keeps it.
#[async_trait::async_trait]
pub trait Model: Send + Sync {
    /// The model's name, for logs, metrics and the cache.
    fn name(&self) -> &str;

    /// Where it runs, without credentials; two models of one endpoint share its fate.
    fn endpoint(&self) -> &str;

    /// What its tokens cost; a chain answers for its first model.
    fn price(&self) -> super::Price {
        super::Price::default()
    }

    /// Whether it looks at pictures; a chain does where one of its models does. The others read
    /// their names.
    fn sees(&self) -> bool {
        false
    }

    /// Asks, and streams the answer.
    async fn stream(
        &self,
        request: ChatRequest,
        deltas: DeltaSink,
    ) -> Result<Completion, ModelFailure>;
}

/// One question to a model.
#[derive(Clone, Debug, Default)]
pub struct ChatRequest {
    /// The conversation, oldest first.
    pub messages: Vec<ChatMessage>,
    /// What the model may call natively.
    pub tools: Vec<ToolSchema>,
    /// The service's own default where none is given.
    pub temperature: Option<f32>,
    /// The longest answer in tokens.
    pub max_tokens: Option<u32>,
    /// For whom and why; never sent to the service.
    pub origin: Origin,
    /// When the answer is of no more use.
    pub deadline: Option<Instant>,
}

/// For whom a model is asked: the queue is fair by asker, the cache is kept apart by audience,
/// the logs name the turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The turn.
    pub turn: Option<TurnId>,
    /// Whose question it is.
    pub asker: String,
    /// Who will see the answer: a stable name of the room or of the group of readers.
    pub audience: String,
    /// The asker's language.
    pub lang: Lang,
    /// How often somebody wanted another answer: it is not the one that is known.
    pub again: u32,
}

/// Who speaks, in the model's eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    /// The operator: rules and facts.
    System,
    /// Anybody in the room; the text names them.
    User,
    /// The model itself.
    Assistant,
    /// A tool's result.
    Tool,
}

/// A picture that a model looks at: one that we encoded ourselves, never a stranger's bytes and
/// never an address that a service would fetch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Image {
    /// All of it as a `data:` URL.
    pub url: Arc<str>,
}

/// One message of the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatMessage {
    /// Who speaks.
    pub role: Speaker,
    /// The text. It names the pictures, for models that do not look at them.
    pub content: String,
    /// Pictures that belong to it, for models that look at them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<Image>,
    /// Of the assistant: what it called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// Of a tool: which call this answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
}

impl ChatMessage {
    fn new(role: Speaker, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
            images: Vec::new(),
            tool_calls: Vec::new(),
            tool_call_id: None,
        }
    }

    /// Rules and facts.
    pub fn system(content: impl Into<String>) -> Self {
        Self::new(Speaker::System, content)
    }

    /// What somebody said.
    pub fn user(content: impl Into<String>) -> Self {
        Self::new(Speaker::User, content)
    }

    /// What the model said.
    pub fn assistant(content: impl Into<String>) -> Self {
        Self::new(Speaker::Assistant, content)
    }

    /// What the model called.
    pub fn calls(content: impl Into<String>, tool_calls: Vec<ToolCall>) -> Self {
        Self {
            tool_calls,
            ..Self::assistant(content)
        }
    }

    /// A tool's result.
    pub fn tool(call_id: impl Into<String>, content: impl Into<String>) -> Self {
        Self {
            tool_call_id: Some(call_id.into()),
            ..Self::new(Speaker::Tool, content)
        }
    }
}

/// A tool that the model may call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolSchema {
    /// Name: letters, digits, `_` and `-`.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// JSON Schema of its arguments, an object.
    pub parameters: serde_json::Value,
}

/// How a model calls tools; a setting per model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ToolMode {
    /// By the service's own calls. Calls written out as text are recognised too, because weak
    /// models write them whatever they are offered.
    #[default]
    Native,
    /// Written out as text: the prompt lists the commands.
    Text,
    /// Not at all: nothing that it writes is ever run.
    None,
}
