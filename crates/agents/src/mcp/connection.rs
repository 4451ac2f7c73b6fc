//! One connection to a server, from its opening to its end.

use super::child::ChildTransport;
use super::config::Reach;
use super::error::McpError;
use super::http;
use super::listener::Listener;
use super::request::ask;
use super::tool::{McpTool, TOOLS_MAX};
use rmcp::model::{
    ClientRequest, ListToolsRequest, PaginatedRequestParams, ProtocolVersion, SubscriptionFilter,
};
use rmcp::service::{Peer, RunningService};
use rmcp::{ClientLifecycleMode, ClientServiceExt, RoleClient};
use serde_json::Value;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Instant, timeout};

/// How long a server may take to start and to greet.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may take to close; it closes on its own after that.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a list of tools is believed: not every server says when it changes.
const TOOLS_AGE_MAX: Duration = Duration::from_secs(300);
/// The most pages of a list that are read: a server may send empty ones for ever.
const PAGES_MAX: usize = 32;

/// How a connection begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Greeting {
    /// The present way, and the old one where the server does not know it.
    #[default]
    Present,
    /// The old way at once, for servers that a word they do not know confuses.
    Old,
}

impl Greeting {
    /// The way to try after this one failed.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Present => Self::Old,
            Self::Old => Self::Present,
        }
    }
}

/// One connection to a server.
pub(super) struct Connection {
    peer: Peer<RoleClient>,
    listener: Listener,
    running: Mutex<Option<RunningService<RoleClient, Listener>>>,
    tools: Mutex<Option<Listing>>,
}

/// The tools of a server, as they were.
struct Listing {
    tools: Vec<McpTool>,
    changes: u64,
    read: Instant,
}

impl Connection {
    /// Starts or calls the server, and greets it.
    pub(super) async fn open(
        server: &str,
        reach: &Reach,
        greeting: Greeting,
    ) -> Result<Self, McpError> {
        let listener = Listener::default();
        let opened = timeout(
            CONNECT_TIMEOUT,
            greet(server, reach, greeting, listener.clone()),
        );
        let running = match opened.await {
            Ok(Ok(running)) => running,
            Ok(Err(error)) => return Err(listener.flaw().unwrap_or(error)),
            Err(_) => return Err(McpError::Timeout),
        };
        let peer = running.peer().clone();
        if announces(&peer) {
            drop(tokio::spawn(listen(peer.clone(), listener.clone())));
        }
        Ok(Self {
            peer,
            listener,
            running: Mutex::new(Some(running)),
            tools: Mutex::new(None),
        })
    }

    /// Whether questions can be asked.
    pub(super) fn serves(&self) -> bool {
        !self.listener.has_ended() && !self.peer.is_transport_closed()
    }

    /// Asks, and waits for the answer as long as the patience lasts.
    pub(super) async fn ask(
        &self,
        request: ClientRequest,
        patience: Duration,
        progress: Option<mpsc::Sender<String>>,
    ) -> Result<Value, McpError> {
        let answer = ask(&self.peer, &self.listener, request, patience, progress).await;
        answer.map_err(|error| match error {
            McpError::Ended | McpError::Unreachable => {
                self.listener.end();
                self.listener.flaw().unwrap_or(error)
            }
            _ => error,
        })
    }

    /// The tools, asked for anew where they changed or are long known.
    pub(super) async fn tools(
        &self,
        server: &str,
        patience: Duration,
    ) -> Result<Vec<McpTool>, McpError> {
        let listed = timeout(patience, self.known(server, patience)).await;
        listed.map_err(|_| McpError::Timeout)?
    }

    async fn known(&self, server: &str, patience: Duration) -> Result<Vec<McpTool>, McpError> {
        // Who comes while the list is read waits for it, and reads nothing again.
        let mut known = self.tools.lock().await;
        let changes = self.listener.changes();
        if let Some(listing) = &*known
            && listing.changes == changes
            && listing.read.elapsed() < TOOLS_AGE_MAX
        {
            return Ok(listing.tools.clone());
        }
        let tools = self.list(server, patience).await?;
        *known = Some(Listing {
            tools: tools.clone(),
            changes,
            read: Instant::now(),
        });
        Ok(tools)
    }

    async fn list(&self, server: &str, patience: Duration) -> Result<Vec<McpTool>, McpError> {
        let mut tools: Vec<McpTool> = Vec::new();
        let mut cursor = None;
        for _ in 0..PAGES_MAX {
            let page = PaginatedRequestParams::default().with_cursor(cursor.take());
            let request = ClientRequest::ListToolsRequest(ListToolsRequest::with_param(page));
            let page = self.ask(request, patience, None).await?;
            let Some(listed) = page.get("tools").and_then(Value::as_array) else {
                return Err(McpError::refused("its list of tools is none"));
            };
            for tool in listed.iter().filter_map(|tool| McpTool::read(server, tool)) {
                if tools.len() == TOOLS_MAX {
                    return Ok(tools);
                }
                if tools.iter().all(|known| known.name != tool.name) {
                    tools.push(tool);
                }
            }
            cursor = page
                .get("nextCursor")
                .and_then(Value::as_str)
                .map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        Ok(tools)
    }

    /// Ends the connection, and a child process with it.
    pub(super) async fn close(&self) {
        self.listener.end();
        if let Some(mut running) = self.running.lock().await.take() {
            drop(running.close_with_timeout(CLOSE_TIMEOUT).await);
        }
    }
}

async fn greet(
    server: &str,
    reach: &Reach,
    greeting: Greeting,
    listener: Listener,
) -> Result<RunningService<RoleClient, Listener>, McpError> {
    let versions = ProtocolVersion::KNOWN_VERSIONS.iter().rev();
    let mode = match greeting {
        Greeting::Present => ClientLifecycleMode::Auto {
            preferred_versions: versions
                .filter(|it| !it.has_initialize())
                .cloned()
                .collect(),
            legacy_version: Some(ProtocolVersion::LATEST_WITH_INITIALIZE),
        },
        Greeting::Old => ClientLifecycleMode::Initialize,
    };
    let running = match reach {
        Reach::Command { command, args, env } => {
            let transport = ChildTransport::start(server, (command, args, env), listener.clone())?;
            listener.serve_with_lifecycle(transport, mode).await
        }
        Reach::Address { url, headers } => {
            let transport = http::transport(url, headers, listener.clone())?;
            listener.serve_with_lifecycle(transport, mode).await
        }
    };
    running.map_err(|error| {
        let error = McpError::from(error);
        tracing::debug!(server, %error, "tool server not connected");
        error
    })
}

/// Whether the server tells of changed tools only those who subscribe.
fn announces(peer: &Peer<RoleClient>) -> bool {
    peer.peer_info().is_some_and(|info| {
        let tools = info.capabilities.tools.as_ref();
        !info.protocol_version.has_initialize()
            && tools.is_some_and(|tools| tools.list_changed == Some(true))
    })
}

/// Notes changes of the list of tools until the subscription ends.
async fn listen(peer: Peer<RoleClient>, listener: Listener) {
    let filter = SubscriptionFilter::builder().tools_list_changed().build();
    let Ok(mut subscription) = peer.listen(filter).await else {
        return;
    };
    // Something may have changed before we listened.
    listener.note_change();
    while let Ok(Some(_)) = subscription.next().await {
        listener.note_change();
    }
    listener.note_change();
}
