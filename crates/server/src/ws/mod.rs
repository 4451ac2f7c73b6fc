//! The WebSocket door.
//!
//! Frames are our own: a finished event's bytes serve every socket, and whoever delivers writes
//! them straight to the socket. A library would copy them per socket and keep large buffers.

mod codec;
mod connection;
mod dispatch;
mod handshake;
#[cfg(any(test, fuzzing))]
pub(crate) mod hostile;
mod session;
mod simulated;

pub use connection::Line;
pub(crate) use handshake::upgrade;
pub use simulated::Sockets;
