//! The client of any OpenAI-compatible service.
//!
//! Services differ in all that the format leaves open, so everything that comes in is read
//! leniently and everything is bounded. The key goes into one header and nowhere else.

mod answer;
mod attempt;
mod body;
mod calls;
mod client;
mod endpoint;
#[cfg(any(test, fuzzing))]
pub(crate) mod hostile;
mod refusal;
mod responses;
mod retry;
mod sse;
mod think;

pub use client::{Api, OpenAi};
pub(crate) use endpoint::client_builder;
pub use endpoint::{Endpoint, EndpointConfig};
