//! The agents of one server: claims turns, decides, runs them, keeps their leases.

mod agents;
mod room_stage;
mod take_turn;

pub use agents::Agents;
