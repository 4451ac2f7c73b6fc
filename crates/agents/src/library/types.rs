//! What goes into the library and what comes out.

use super::Host;
use crate::ModelConfig;
use salon_protocol::Lang;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How an agent is set up.
#[derive(Clone)]
pub struct AgentConfig {
    /// Its name in the chat.
    pub username: String,
    /// The model service; none of it set means the offline model.
    pub model: ModelConfig,
    /// Words of one's own about who it is, added to its prompt.
    pub persona: String,
    /// The language where a message has no words to tell it by.
    pub lang: Lang,
    /// The chat around it; without one it can only talk.
    pub host: Option<Arc<dyn Host>>,
}

impl Default for AgentConfig {
    fn default() -> Self {
        Self {
            username: "assistant".into(),
            model: ModelConfig::default(),
            persona: String::new(),
            lang: Lang::default(),
            host: None,
        }
    }
}

impl AgentConfig {
    /// From `OPENAI_API_KEY`, `OPENAI_BASE_URL` and `OPENAI_MODEL`.
    pub fn from_env() -> Self {
        Self {
            model: ModelConfig::from_env(),
            ..Self::default()
        }
    }
}

/// Something that was said; the agent remembers the last ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentMessage {
    /// Who said it.
    pub username: String,
    /// What.
    pub text: String,
}

/// A command that the agent ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentCommand {
    /// Its name without the slash.
    pub command: String,
    /// Its arguments as typed.
    pub args: Vec<String>,
}

/// What the agent answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentResponse {
    /// Whether it could do what was asked.
    pub success: bool,
    /// What to show. Where the model failed, it says so in plain words.
    pub text: String,
    /// The commands that it ran on the way.
    pub commands: Vec<AgentCommand>,
    /// Tokens that the model read and wrote.
    pub tokens: (u64, u64),
}
