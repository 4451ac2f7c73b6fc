//! The product: what can be done, who may do it, and what follows.
//!
//! Every door (socket, HTTP, agent, terminal) comes through here and gets the same rights and the
//! same effects. Knows neither axum nor SQL nor a model, and never calls `salon-agents`.

pub mod accounts;
pub mod actions;
mod caller;
mod chat;
pub mod commands;
mod error;
mod nearest;
mod publisher;
pub mod queries;
mod rules;

pub use caller::{Behalf, Caller};
pub use chat::{Chat, ChatConfig};
pub use error::{ChatError, Words};
pub use salon_live::Hub;
pub use salon_store::{
    Credential, FinishTurn, Room, Store, StoreConfig, StoreError, Turn, TurnCall, User,
};
