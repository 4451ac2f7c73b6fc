//! What only tests need. No crate of the product depends on it.

mod authenticator;
mod bucket_server;
mod corpus;
mod identity_provider;
mod model_server;
mod room_state;
mod spoil;
mod web_server;

pub use authenticator::{Authenticator, Said};
pub use bucket_server::{BucketServer, Fault};
pub use corpus::{corpus, corpus_file, escaped, unescaped};
pub use identity_provider::{IdentityProvider, Trouble};
pub use model_server::{ModelServer, Seen, Step, answer, chunk, done, sse};
pub use room_state::RoomState;
pub use spoil::{pieces, spoilt};
pub use web_server::{Served, WebServer, head};
