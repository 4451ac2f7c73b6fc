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
pub mod later;
mod links;
mod mentions;
mod nearest;
pub mod notify;
mod presets;
pub mod previews;
mod publisher;
pub mod pushes;
pub mod queries;
mod quiet;
mod rules;
mod sweeper;
mod turn_words;
mod when;

#[cfg(fuzzing)]
/// Where what strangers type comes in.
pub mod hostile {
    pub use jiff::Zoned;

    /// What somebody types, at a time; `any` command is tried with it beside the one that it names.
    pub fn typed(registry: &crate::commands::Registry, now: &Zoned, text: &str, any: usize) {
        crate::commands::hostile::typed(registry, now, text, any);
    }
}

pub use caller::{Behalf, Caller};
pub use chat::{Budgets, Chat, ChatConfig, Offered};
pub use error::{ChatError, Words};
pub use presets::presets;
pub use quiet::is_quiet;
pub use salon_live::Hub;
pub use salon_media::plays_inline;
pub use salon_outside::{Allowed, Fetcher, Url, identity, system_lookup};
pub use salon_store::{
    AgentRow, ApprovalRow, BucketConfig, ByteDigest, ChainSoFar, ClaimedTurn, Credential, Errand,
    FactRow, FileRow, FinishTurn, Listener, MadeOf, Piece, PinState, Room, SpendScope, Spent,
    SpentRow, Store, StoreConfig, StoreError, SummaryRow, Turn, TurnCall, User, Workers, backup,
    restore,
};
pub use turn_words::because;
