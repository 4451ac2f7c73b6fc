//! What every request can reach.

use crate::{
    config::Config,
    import::Desk,
    limits::Limits,
    uploads::{Growers, Uploads},
};
use metrics_exporter_prometheus::PrometheusHandle;
use salon_agents::ToolBox;
use salon_chat::Chat;
use std::{sync::Arc, time::Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Sockets at once; further ones are told to come back.
const SOCKETS_MAX: usize = 50_000;

/// Shared by all requests and sessions; clones are cheap.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) chat: Chat,
    pub(crate) config: Arc<Config>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) metrics: PrometheusHandle,
    pub(crate) tools: ToolBox,
    pub(crate) uploads: Uploads,
    pub(crate) growers: Growers,
    pub(crate) imports: Desk,
    /// Sessions: a stopping server waits for them.
    pub(crate) tasks: TaskTracker,
    /// Cancelled when the server ends.
    pub(crate) ending: CancellationToken,
    pub(crate) started: Instant,
    sockets: Arc<Semaphore>,
}

impl App {
    pub(crate) fn new(
        chat: Chat,
        config: Config,
        metrics: PrometheusHandle,
        tools: ToolBox,
    ) -> Self {
        Self {
            chat,
            limits: Arc::new(Limits::new(config.rate_limits)),
            imports: Desk::open(&config.data),
            config: Arc::new(config),
            metrics,
            tools,
            uploads: Uploads::default(),
            growers: Growers::default(),
            tasks: TaskTracker::new(),
            ending: CancellationToken::new(),
            started: Instant::now(),
            sockets: Arc::new(Semaphore::new(SOCKETS_MAX)),
        }
    }

    /// A place for one more socket, given back when dropped.
    pub(crate) fn take_connection(&self) -> Option<OwnedSemaphorePermit> {
        self.sockets.clone().try_acquire_owned().ok()
    }
}
