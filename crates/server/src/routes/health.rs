//! For whoever watches the server.

use crate::{app::App, problem::Refusal};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use salon_chat::queries;

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, body = String)))]
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers and takes what is written: requests can be served. Otherwise it says why
/// not.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, body = String), (status = 503, body = salon_protocol::Problem)
))]
pub(super) async fn readyz(State(app): State<App>) -> Response {
    match queries::ready(&app.chat).await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            let mut response = Refusal(error).into_response();
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response
        }
    }
}

/// Figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "health", responses((status = 200, body = String)))]
pub(super) async fn metrics(State(app): State<App>) -> String {
    app.metrics.render()
}
