//! What programs speak: how a member comes in, how a message is said, and where a frame ends.

mod irc;
mod mqtt;
mod websocket;
mod xmpp;

use crate::line::Line;
use std::net::SocketAddr;

/// One protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// Bare text frames over WebSocket.
    WebSocket,
    /// Socket.IO's packets in text frames.
    SocketIo,
    /// One channel of an IRC server.
    Irc,
    /// One topic of an MQTT 3.1.1 broker, at most once.
    Mqtt,
    /// One room for many, XMPP over WebSocket.
    Xmpp,
}

impl Dialect {
    /// Comes into the room as its nth member.
    pub(crate) async fn enter(
        self,
        line: &mut Line,
        address: SocketAddr,
        n: usize,
    ) -> anyhow::Result<()> {
        match self {
            Self::WebSocket => websocket::enter(line, address, "/room", "").await,
            Self::SocketIo => websocket::enter_socket_io(line, address).await,
            Self::Irc => irc::enter(line, n).await,
            Self::Mqtt => mqtt::enter(line, n).await,
            Self::Xmpp => xmpp::enter(line, address, n).await,
        }
    }

    /// The bytes that say a text to the room.
    pub(crate) fn say(self, text: &str) -> Vec<u8> {
        match self {
            Self::WebSocket => websocket::text_frame(text),
            Self::SocketIo => websocket::text_frame(&format!("42[\"say\",\"{text}\"]")),
            Self::Irc => irc::say(text),
            Self::Mqtt => mqtt::publish(text),
            Self::Xmpp => xmpp::say(text),
        }
    }

    /// How long the first frame is, once all of it is there.
    pub(crate) fn frame(self, bytes: &[u8]) -> anyhow::Result<Option<usize>> {
        match self {
            Self::WebSocket | Self::SocketIo | Self::Xmpp => websocket::frame(bytes),
            Self::Irc => irc::frame(bytes),
            Self::Mqtt => mqtt::frame(bytes),
        }
    }

    /// What a frame wants to be answered with, lest the server think that nobody is there.
    pub(crate) fn answer(self, frame: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::WebSocket | Self::Xmpp => websocket::pong(frame),
            Self::SocketIo => websocket::pong_socket_io(frame),
            Self::Irc => irc::pong(frame),
            // A client asks there, and a run is shorter than the patience that it asked for.
            Self::Mqtt => None,
        }
    }
}
