//! The agent as a library, for whoever has a chat of their own: the same prompts, model client,
//! turn machine and driver as in the server, and no room around it.
//!
//! ```no_run
//! use salon_agents::{AgentConfig, AiAgent};
//!
//! # async fn example() -> Result<(), salon_agents::AgentsError> {
//! let mut agent = AiAgent::default();
//! agent.initialize(AgentConfig::from_env()).await?;
//! let response = agent.process_message("Hello, who are you?", "ada").await;
//! println!("{}", response.text);
//! # Ok(())
//! # }
//! ```

mod agent;
mod host;
mod stage;
mod types;

pub use agent::AiAgent;
pub use host::{Host, HttpHost};
pub use types::{AgentCommand, AgentConfig, AgentMessage, AgentResponse};
