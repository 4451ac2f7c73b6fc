//! What only tests need. No crate of the product depends on it.

mod model_server;

pub use model_server::{ModelServer, Seen, Step, answer, chunk, done, sse};
