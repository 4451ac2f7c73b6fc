//! For whoever watches the server.

use crate::{app::App, problem::Refusal};
use axum::extract::State;

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = String)))]
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers: requests can be served.
#[utoipa::path(get, path = "/readyz", tag = "health", responses((status = 200, body = String)))]
pub(super) async fn readyz(State(app): State<App>) -> Result<&'static str, Refusal> {
    app.chat.store().epoch().await?;
    Ok("ready\n")
}

/// Figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "health", responses((status = 200, body = String)))]
pub(super) async fn metrics(State(app): State<App>) -> String {
    app.metrics.render()
}
