//! One question to a server, from its sending to its answer or its end.

use super::error::McpError;
use super::listener::{Follower, Listener};
use rmcp::RoleClient;
use rmcp::model::{ClientRequest, ServerResult};
use rmcp::service::{Peer, PeerRequestOptions, RequestHandle, ServiceError};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// How long the news that nobody waits any more may take to be sent. A server that does not even
/// read is started anew.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(5);

/// Asks, and waits for the answer as long as the patience lasts.
pub(super) async fn ask(
    peer: &Peer<RoleClient>,
    listener: &Listener,
    request: ClientRequest,
    patience: Duration,
    progress: Option<mpsc::Sender<String>>,
) -> Result<Value, McpError> {
    let asked = async {
        let sent = peer.send_cancellable_request(request, PeerRequestOptions::no_options());
        let (handle, follower) = match progress {
            Some(words) => {
                let (handle, follower) = listener.follow(words, sent).await?;
                (handle, Some(follower))
            }
            None => (sent.await?, None),
        };
        let mut pending = Pending {
            handle: Some(handle),
            listener: listener.clone(),
            _follower: follower,
        };
        pending.answer().await
    };
    // Not the library's own time limit: that one waits until the server has read of it.
    let answer = timeout(patience, asked)
        .await
        .map_err(|_| McpError::Timeout)?;
    serde_json::to_value(answer?)
        .map_err(|_| McpError::refused("its answer is of an unexpected kind"))
}

/// A question without an answer. A server is told where it is dropped.
struct Pending {
    handle: Option<RequestHandle<RoleClient>>,
    listener: Listener,
    _follower: Option<Arc<Follower>>,
}

impl Pending {
    async fn answer(&mut self) -> Result<ServerResult, ServiceError> {
        let Some(handle) = &mut self.handle else {
            return Err(ServiceError::TransportClosed);
        };
        let answer = (&mut handle.rx).await;
        self.handle = None;
        answer.unwrap_or(Err(ServiceError::TransportClosed))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let (Some(handle), Ok(runtime)) = (self.handle.take(), Handle::try_current()) else {
            return;
        };
        let listener = self.listener.clone();
        drop(runtime.spawn(async move {
            let cancelled = handle.cancel(Some("nobody waits for it".to_owned()));
            if timeout(CANCEL_TIMEOUT, cancelled).await.is_err() {
                listener.end();
            }
        }));
    }
}
