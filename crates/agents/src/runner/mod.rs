//! The agents of one server: claims turns, decides, runs them, keeps their leases.

mod agents;
mod answer;
mod approved;
mod bid;
mod company;
mod errands;
mod images;
mod known;
mod open_turns;
mod room_stage;
mod setting;
mod summary;
mod take_turn;

pub use agents::Agents;
pub use company::{AgentsConfig, Pace};
