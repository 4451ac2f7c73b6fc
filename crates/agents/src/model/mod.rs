//! Asking a model: one trait, the OpenAI-compatible client and what stands around it.

mod cache;
mod call;
mod completion;
mod failure;
mod failure_words;
mod fallback;
mod limits;
pub mod openai;
mod queue;
mod request;
mod scripted;
pub(crate) mod tokens;

pub use cache::Cached;
pub use call::{CallEvent, ModelCall};
pub use completion::{Completion, Delta, DeltaSink, FinishReason, Price, ToolCall, Usage};
pub use failure::{BadAnswer, ModelFailure, Purse, Silence};
pub use fallback::Fallback;
pub use limits::ModelLimits;
pub use queue::{FairQueue, Permit, QueueFull, Queued};
pub use request::{ChatMessage, ChatRequest, Image, Model, Origin, Speaker, ToolMode, ToolSchema};
pub use scripted::{ScriptedAnswer, ScriptedModel};
