//! A server of tools: connected when it is needed, and again when it ended.

use super::config::{McpServerConfig, Reach};
use super::connection::{Connection, Greeting};
use super::error::McpError;
use super::result::McpResult;
use super::tool::McpTool;
use rmcp::model::{CallToolRequest, CallToolRequestParams, ClientRequest};
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Instant, sleep_until};

/// How long a server rests between two starts: one that crashes at once would keep a machine busy.
const RESTART_PAUSE: Duration = Duration::from_secs(2);

/// A server of tools. Clones share it; the last one to be dropped ends its process.
#[derive(Clone)]
pub struct McpServer(Arc<Inner>);

struct Inner {
    name: String,
    reach: Reach,
    patience: Duration,
    link: Mutex<Link>,
}

#[derive(Default)]
struct Link {
    connection: Option<Arc<Connection>>,
    /// When a connection was last begun.
    begun: Option<Instant>,
    /// When and why the last attempt failed; whoever waited for it gets the same answer.
    failed: Option<(Instant, McpError)>,
    greeting: Greeting,
}

impl McpServer {
    /// A server that can be reached, as far as its configuration tells. Nothing is started yet.
    ///
    /// # Errors
    ///
    /// [`McpError::BadConfig`] where the configuration cannot work, or a variable of the
    /// environment that it names is missing.
    pub fn new(config: McpServerConfig) -> Result<Self, McpError> {
        Ok(Self(Arc::new(Inner {
            reach: config.reach()?,
            patience: config.patience()?,
            name: config.name,
            link: Mutex::default(),
        })))
    }

    /// The server's name in our configuration.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The tools that the server offers, at most [`TOOLS_MAX`](super::TOOLS_MAX). They are asked
    /// for once, and again when the server says that they changed.
    ///
    /// # Errors
    ///
    /// Any [`McpError`] where the server cannot be reached or gives no list.
    pub async fn tools(&self) -> Result<Vec<McpTool>, McpError> {
        let Inner { name, patience, .. } = &*self.0;
        let connection = self.connection().await?;
        match connection.tools(name, *patience).await {
            // It ended unnoticed. To ask again changes nothing, other than to call again.
            Err(McpError::Ended) => self.connection().await?.tools(name, *patience).await,
            tools => tools,
        }
    }

    /// Calls a tool, and tells how it gets on where the server does. A full channel loses words.
    ///
    /// A call is never repeated: what failed on its way back may have been done. Dropping the
    /// future tells the server that nobody waits.
    ///
    /// # Errors
    ///
    /// Any [`McpError`] where there is no answer. A tool that fails answers, with
    /// [`is_error`](McpResult::is_error).
    pub async fn call(
        &self,
        tool: &str,
        arguments: Map<String, Value>,
        progress: Option<mpsc::Sender<String>>,
    ) -> Result<McpResult, McpError> {
        let connection = self.connection().await?;
        let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(params));
        McpResult::read(&connection.ask(request, self.0.patience, progress).await?)
    }

    /// Ends the connection, and a child process with it; calls under way fail. A later call
    /// connects again. A connection that is just being made is made first, within ten seconds.
    pub async fn stop(&self) {
        let mut link = self.0.link.lock().await;
        // Whoever stops a server on purpose may start it at once.
        (link.begun, link.failed) = (None, None);
        if let Some(connection) = link.connection.take() {
            connection.close().await;
        }
    }

    /// The connection; a new one where there is none that serves. Who comes meanwhile waits.
    async fn connection(&self) -> Result<Arc<Connection>, McpError> {
        let mut link = self.0.link.lock().await;
        if let Some(connection) = link.connection.take_if(|connection| !connection.serves()) {
            // In its own time: a child may take a while to end.
            drop(tokio::spawn(async move { connection.close().await }));
        }
        if let Some(connection) = &link.connection {
            return Ok(connection.clone());
        }
        if let Some((when, error)) = &link.failed
            && when.elapsed() < RESTART_PAUSE
        {
            return Err(error.clone());
        }
        if let Some(begun) = link.begun {
            sleep_until(begun + RESTART_PAUSE).await;
        }
        link.begun = Some(Instant::now());
        match Connection::open(&self.0.name, &self.0.reach, link.greeting).await {
            Ok(connection) => {
                link.failed = None;
                Ok(link.connection.insert(Arc::new(connection)).clone())
            }
            Err(error) => {
                if !matches!(error, McpError::Unreachable | McpError::BadConfig(_)) {
                    link.greeting = link.greeting.other();
                }
                link.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }
}

impl fmt::Debug for McpServer {
    /// The name alone: the rest holds secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.0.name;
        formatter
            .debug_struct("McpServer")
            .field("name", name)
            .finish_non_exhaustive()
    }
}
