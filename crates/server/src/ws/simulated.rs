//! The WebSocket door behind its handshake, for lines that are no network.

use super::connection::{self, Line};
use crate::{
    app::App,
    config::{Config, Switch},
    metrics,
};
use salon_agents::ToolBox;
use salon_chat::Chat;

/// Serves sessions on whatever lines it is given. The same code as behind the real door; what is
/// left out is the HTTP request before.
pub struct Sockets {
    app: App,
}

impl Sockets {
    /// Without limits of rate: these measure the machine's time.
    pub fn new(chat: Chat, tools: ToolBox) -> Self {
        let config = Config {
            rate_limits: Switch::Off,
            ..Config::default()
        };
        Self {
            app: App::new(chat, config, metrics::handle(), tools),
        }
    }

    /// Serves one line to its end.
    pub async fn serve(&self, line: impl Line) {
        connection::run(Box::new(self.app.clone()), line, &[], None, None).await;
    }
}
