//! What can go wrong before a model is asked: configuration and the chat around the agent.
//!
//! A failing model is a [`ModelFailure`](crate::model::ModelFailure), a state of a turn and not an
//! error of this crate. No text here ever holds a key or the credentials of an address.

/// What can go wrong in this crate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgentsError {
    /// The base URL is not one. The URL itself is left out: it may hold credentials.
    #[error("read the model service's base URL: {0}")]
    BadBaseUrl(String),
    /// The key holds characters that no HTTP header may carry.
    #[error("use the model service's key: it holds characters that a header cannot carry")]
    BadKey,
    /// The HTTP client could not be made.
    #[error("make an HTTP client: {0}")]
    Client(String),
    /// No model was named.
    #[error("find a model: none is named")]
    NoModel,
    /// The chat around a library agent could not be reached or refused.
    #[error("ask the chat: {0}")]
    Host(String),
}
