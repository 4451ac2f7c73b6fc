//! Who is connected, and what reaches them: fan-out, drafts, presence.
//!
//! Owns nothing durable: whatever is lost here, a client heals from the log by `seq`. Knows
//! neither the store nor HTTP; a socket is anything that can be written to without waiting.

mod actor;
mod drafts;
mod due;
mod hub;
mod message;
mod outlet;
mod presence;
mod roll;
pub mod wire;

pub use drafts::DraftWriter;
pub use hub::{Hub, HubSnapshot, Published, Registered, RoomNow, SessionId};
pub use outlet::{CloseReason, Flushed, Outlet, Socket};
