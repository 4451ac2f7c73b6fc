//! AI members: when to speak, what to read, the model, the tools. The only crate that knows a
//! model.
//!
//! [`Agents`] runs the members of a server. [`AiAgent`] is the same agent as a library, for
//! whoever has a chat of their own.

mod context;
mod decide;
mod driver;
mod error;
mod governor;
pub mod library;
pub mod mcp;
pub mod model;
mod offline;
mod prompts;
mod purse;
mod runner;
mod setup;
mod text_calls;
mod tool_box;
mod tools;
mod turn;

#[cfg(fuzzing)]
/// Where bytes of strangers come in.
pub mod hostile {
    /// What a model's service streams, whole and cut.
    pub fn stream(bytes: &[u8], cut: &[&[u8]]) {
        crate::model::openai::hostile::stream(bytes, cut);
    }

    /// What a model writes, which may be calls.
    pub fn words(bytes: &[u8], cut: &[&[u8]]) {
        crate::model::openai::hostile::words(bytes, cut);
    }

    /// What a tool server says, whole and cut.
    pub fn tool_server(bytes: &[u8], cut: &[&[u8]]) {
        crate::mcp::hostile::tool_server(bytes, cut);
    }
}

pub use error::AgentsError;
pub use library::{AgentCommand, AgentConfig, AgentMessage, AgentResponse, AiAgent};
pub use runner::{Agents, AgentsConfig, Pace};
pub use setup::{ModelConfig, NamedModel, Voice, Voices};
pub use tool_box::ToolBox;
