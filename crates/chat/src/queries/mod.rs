//! What can be asked, each only through whoever asks.

mod directory;
mod history;
mod rooms;
mod search;

pub use directory::{directory, me, online_users};
pub use history::{events, messages};
pub use rooms::{members, room, rooms};
pub use search::search;
