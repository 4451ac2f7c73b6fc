//! What can be asked, each only through whoever asks.

mod agents;
mod directory;
mod files;
mod history;
mod rooms;
mod search;
mod turns;
mod usage;

pub use agents::{agent, agents, approvals, facts};
pub use directory::{directory, me, online_users};
pub use files::{file, room_files};
pub use history::{events, messages};
pub use rooms::{members, room, rooms};
pub use search::search;
pub use turns::{acts, feedback, require_admin, turns_in, turns_of, view as turn_view};
pub use usage::{budget_of, today, usage};
