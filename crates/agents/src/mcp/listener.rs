//! What a server says unasked, and what it wants of us.

use super::error::McpError;
use super::text::short;
use rmcp::model::{
    ClientCapabilities, ClientConfig, ClientResult, ErrorCode, ErrorData, Implementation,
    ProgressNotificationParam, ProgressToken, ProtocolVersion, ServerNotification, ServerRequest,
};
use rmcp::service::{NotificationContext, RequestContext, RequestHandle, ServiceError};
use rmcp::{RoleClient, Service};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, Weak};
use tokio::sync::{Mutex, mpsc};

/// The longest word of progress: it is shown in one line.
const PROGRESS_CHARS_MAX: usize = 200;

/// Our side of one connection. Clones share what was heard.
///
/// It offers nothing: a server that asks for a model, for files or for a person is refused.
#[derive(Clone, Default)]
pub(super) struct Listener(Arc<Heard>);

#[derive(Default)]
struct Heard {
    /// How often the list of tools changed.
    changes: AtomicU64,
    /// What the server did that nobody should.
    flaw: OnceLock<McpError>,
    /// Whether this connection serves no more.
    ended: AtomicBool,
    followed: Mutex<HashMap<ProgressToken, Weak<Follower>>>,
}

/// Whoever wants to know how a call gets on.
pub(super) struct Follower {
    words: mpsc::Sender<String>,
    /// How far the call was: words may overtake each other on their way.
    reached: std::sync::Mutex<f64>,
}

impl Listener {
    /// How often the list of tools changed.
    pub(super) fn changes(&self) -> u64 {
        self.0.changes.load(Ordering::Acquire)
    }

    /// The list of tools changed, or may have.
    pub(super) fn note_change(&self) {
        self.0.changes.fetch_add(1, Ordering::AcqRel);
    }

    /// The server did what nobody should. The first such thing is remembered.
    pub(super) fn blame(&self, flaw: McpError) {
        drop(self.0.flaw.set(flaw));
    }

    /// What the server did that nobody should.
    pub(super) fn flaw(&self) -> Option<McpError> {
        self.0.flaw.get().cloned()
    }

    /// This connection serves no more.
    pub(super) fn end(&self) {
        self.0.ended.store(true, Ordering::Release);
    }

    /// Whether this connection serves no more.
    pub(super) fn has_ended(&self) -> bool {
        self.0.ended.load(Ordering::Acquire)
    }

    /// Sends a request and follows it, for as long as the follower is kept.
    ///
    /// The name under which a server reports is known only once the request is on its way, perhaps
    /// after the first report: whoever looks for a follower waits here until it is entered.
    pub(super) async fn follow(
        &self,
        words: mpsc::Sender<String>,
        sent: impl Future<Output = Result<RequestHandle<RoleClient>, ServiceError>>,
    ) -> Result<(RequestHandle<RoleClient>, Arc<Follower>), ServiceError> {
        let mut followed = self.0.followed.lock().await;
        let handle = sent.await?;
        let follower = Arc::new(Follower {
            words,
            reached: std::sync::Mutex::new(f64::NEG_INFINITY),
        });
        followed.retain(|_, follower| follower.strong_count() > 0);
        followed.insert(handle.progress_token.clone(), Arc::downgrade(&follower));
        Ok((handle, follower))
    }

    async fn report(&self, progress: ProgressNotificationParam) {
        let followed = self.0.followed.lock().await;
        let follower = followed
            .get(&progress.progress_token)
            .and_then(Weak::upgrade);
        drop(followed);
        if let Some(follower) = follower {
            follower.tell(progress);
        }
    }
}

impl Follower {
    fn tell(&self, progress: ProgressNotificationParam) {
        let mut reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        if progress.progress < *reached {
            return;
        }
        *reached = progress.progress;
        let words = match (progress.message, progress.total) {
            (Some(message), _) if !message.trim().is_empty() => message,
            (_, Some(total)) => format!("{}/{total}", progress.progress),
            (_, None) => progress.progress.to_string(),
        };
        // Whoever does not keep up misses something; no server waits for that.
        drop(self.words.try_send(short(&words, PROGRESS_CHARS_MAX)));
    }
}

impl Service<RoleClient> for Listener {
    async fn handle_request(
        &self,
        request: ServerRequest,
        _: RequestContext<RoleClient>,
    ) -> Result<ClientResult, ErrorData> {
        match request {
            ServerRequest::PingRequest(_) => Ok(ClientResult::empty(())),
            _ => Err(ErrorData::new(
                ErrorCode::METHOD_NOT_FOUND,
                "this client offers nothing",
                None,
            )),
        }
    }

    async fn handle_notification(
        &self,
        notification: ServerNotification,
        _: NotificationContext<RoleClient>,
    ) -> Result<(), ErrorData> {
        match notification {
            ServerNotification::ProgressNotification(progress) => {
                self.report(progress.params).await;
            }
            ServerNotification::ToolListChangedNotification(_) => self.note_change(),
            _ => {}
        }
        Ok(())
    }

    fn get_info(&self) -> ClientConfig {
        let us = Implementation::new("salon", env!("CARGO_PKG_VERSION"));
        ClientConfig::new(ClientCapabilities::default(), us)
            .with_protocol_version(ProtocolVersion::LATEST_WITH_INITIALIZE)
    }
}
