//! Accepts connections, and stops in good order.

use crate::{app::App, auth::PeerAddress, config::Config, metrics, routes};
use anyhow::Context;
use axum::{Router, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use salon_agents::{Agents, AgentsConfig, ModelConfig};
use salon_chat::{
    Chat, ChatConfig, Fetcher, Offered, accounts, actions, previews, pushes, system_lookup,
};
use salon_protocol::Lang;
use std::{net::SocketAddr, time::Duration};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;
use tracing::{debug, info, warn};

/// A request's head must have come within so long.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(10);
/// Sessions and requests are given so long to end when the server stops: less than the 10 s that
/// are promised in all.
const STOP_TIMEOUT: Duration = Duration::from_secs(7);
/// HTTP connections at once; further ones wait to be accepted.
const CONNECTIONS_MAX: usize = 60_000;
/// Bytes of one connection that the system may take before it has sent them. Most of what waits is
/// shared by all sessions as long as it is with us; the system copies it for each.
#[cfg(target_os = "linux")]
const UNSENT_BYTES_MAX: u32 = 64 * 1024;

/// A server that runs.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// The set-up link's secret, while nobody owns the place.
    pub setup_code: Option<String>,
    /// The chat.
    pub chat: Chat,
    stop: CancellationToken,
    accepting: tokio::task::JoinHandle<()>,
    app: App,
    agents: Agents,
    connections: TaskTracker,
}

/// Starts a server with the configuration; the model service comes from the environment.
pub async fn start(config: Config) -> anyhow::Result<Running> {
    let models = config.models();
    start_with(config, &models).await
}

/// Starts a server with the configuration and a model service.
pub async fn start_with(config: Config, models: &ModelConfig) -> anyhow::Result<Running> {
    let chat = Chat::start(ChatConfig {
        file_bytes_max: config.files.bytes_max(),
        bucket: config.files.bucket()?,
        ..ChatConfig::new(config.data.clone(), true)
    })
    .await
    .with_context(|| format!("cannot open the data folder {}", config.data.display()))?;
    let listener = TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let address = listener.local_addr()?;
    let setup_code = accounts::setup_link(&chat).await?;
    let mut with = AgentsConfig::new(models)?;
    with.tool_servers = config.tool_servers.clone();
    with.pace = config.pace;
    chat.offer(Offered {
        models: with.voices.infos(),
        budgets: config.budgets.clone().budgets(),
        currency: config.currency.clone(),
    });
    if let Some(oidc) = &config.oidc {
        chat.offer_provider(oidc.provider()?);
    }
    apply_agents(&chat, &config).await?;
    let agents = Agents::start(chat.clone(), with).await?;
    let app = App::new(chat.clone(), config, metrics::handle(), agents.tools());
    let router = routes::router(app.clone());
    let stop = app.ending.clone();
    let connections = TaskTracker::new();
    let (planner, stopped) = (salon_chat::later::run(chat.clone()), stop.clone());
    app.tasks
        .spawn(async move { stopped.run_until_cancelled(planner).await });
    app.imports.resume(&app.chat, &app.tasks, &stop);
    look_at_links(&app, &stop);
    push(&app, &stop).await?;
    let accepting = tokio::spawn(accept(listener, router, stop.clone(), connections.clone()));
    Ok(Running {
        address,
        setup_code,
        chat,
        stop,
        accepting,
        app,
        agents,
        connections,
    })
}

/// Shows what people's links lead to, unless the operator does not want it.
fn look_at_links(app: &App, stop: &CancellationToken) {
    let config = &app.config.link_previews;
    if !config.enabled {
        return;
    }
    let fetcher = match Fetcher::new(config.allowed_addresses.clone(), system_lookup()) {
        Ok(fetcher) => fetcher,
        Err(error) => {
            warn!(%error, "links are not looked at: TLS has no roots here");
            return;
        }
    };
    let own = app.config.public_url.as_deref();
    let own = own.and_then(|url| url.parse().ok());
    let (looking, stopped) = (previews::run(app.chat.clone(), fetcher, own), stop.clone());
    app.tasks
        .spawn(async move { stopped.run_until_cancelled(looking).await });
}

/// Tells closed pages, unless the operator does not want it.
async fn push(app: &App, stop: &CancellationToken) -> anyhow::Result<()> {
    let config = &app.config.push;
    if !config.enabled {
        return Ok(());
    }
    let own = || {
        app.config
            .public_url
            .clone()
            .filter(|url| url.starts_with("https:"))
    };
    let contact = config.contact.clone().or_else(own);
    let (pushing, stopped) = (
        pushes::start(&app.chat, config.allowed_addresses.clone(), contact).await?,
        stop.clone(),
    );
    app.tasks
        .spawn(async move { stopped.run_until_cancelled(pushing).await });
    Ok(())
}

/// The agents of the configuration file: made where they are missing, changed where they differ.
async fn apply_agents(chat: &Chat, config: &Config) -> anyhow::Result<()> {
    for request in &config.agents {
        let handle = request.handle.clone().unwrap_or_default();
        actions::apply_agent(chat, &handle, request.clone())
            .await
            .map_err(|error| anyhow::anyhow!("{}", error.message(Lang::En)))
            .with_context(|| format!("the agent “{handle}” of the configuration is not right"))?;
    }
    Ok(())
}

impl Running {
    /// Stops accepting, finishes what was asked for, tells sessions to reconnect. Answers when all
    /// is done or the time is up.
    pub async fn stop(self) {
        info!("stopping");
        self.stop.cancel();
        self.accepting.await.ok();
        self.agents.stop().await;
        self.chat.hub().shutdown().await;
        self.app.tasks.close();
        self.connections.close();
        let ended = async {
            self.app.tasks.wait().await;
            self.connections.wait().await;
        };
        if tokio::time::timeout(STOP_TIMEOUT, ended).await.is_err() {
            warn!("some connections did not end in time");
        }
    }
}

async fn accept(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    connections: TaskTracker,
) {
    let places = std::sync::Arc::new(tokio::sync::Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: others may end meanwhile.
                    warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let connection = serve_connection(stream, peer, router.clone(), stop.clone());
        connections.spawn(async move {
            connection.await;
            drop(place);
        });
        // Whoever is in goes first: between two who come in everything else has its turn.
        tokio::task::yield_now().await;
    }
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    stop: CancellationToken,
) {
    // Small frames must not wait for each other.
    stream.set_nodelay(true).ok();
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(&stream)
        .set_tcp_notsent_lowat(UNSENT_BYTES_MAX)
        .ok();
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(PeerAddress(peer.ip()));
        router
            .clone()
            .oneshot(request.map(axum::body::Body::new) as Request)
    });
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIMEOUT);
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => {
            if let Err(error) = ended {
                debug!(%error, "a connection ended");
            }
            return;
        }
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    connection.await.ok();
}
