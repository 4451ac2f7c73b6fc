//! A server that we call: streamable HTTP.

use super::connection::CONNECT_TIMEOUT;
use super::error::McpError;
use super::listener::Listener;
use super::pipes::MESSAGE_BYTES_MAX;
use futures::StreamExt;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Url};
use rmcp::model::{ClientJsonRpcMessage, ClientNotification, ClientRequest, JsonRpcMessage};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::common::client_side_sse::{BoxedSseResponse, ExponentialBackoff};
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpClientTransportConfig, StreamableHttpError,
    StreamableHttpPostResponse, StreamableHttpResponseLimits,
};
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Once};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long a request may wait for its answer to begin; calls have a shorter patience of their own.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(600);
/// How often a broken stream of events is taken up again before it counts as ended.
const RESUMPTIONS_MAX: usize = 3;
/// How much is read of an answer that only explains a failure.
const EXPLANATION_BYTES_MAX: usize = 4 * 1024;

type Answer<T> = Result<T, StreamableHttpError<reqwest::Error>>;
type Headers = HashMap<HeaderName, HeaderValue>;

/// A transport to an address.
pub(super) fn transport(
    url: &Url,
    headers: &HeaderMap,
    listener: Listener,
) -> Result<StreamableHttpClientTransport<Caller>, McpError> {
    let client = client(url).map_err(|_| McpError::Unreachable)?;
    let mut resumption = ExponentialBackoff::default();
    resumption.max_times = Some(RESUMPTIONS_MAX);
    let headers = headers
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()));
    let mut config = StreamableHttpClientTransportConfig::with_uri(url.as_str())
        .custom_headers(headers.collect())
        .max_sse_event_size(MESSAGE_BYTES_MAX)
        .max_json_response_size(MESSAGE_BYTES_MAX)
        .max_error_response_size(EXPLANATION_BYTES_MAX);
    config.retry_config = Arc::new(resumption);
    Ok(StreamableHttpClientTransport::with_client(
        Caller { client, listener },
        config,
    ))
}

/// A client that goes where it is sent, and nowhere else.
fn client(url: &Url) -> reqwest::Result<Client> {
    static TLS: Once = Once::new();
    // The whole process uses one TLS provider; whoever came first chose it.
    TLS.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let client = Client::builder()
        // A redirect would carry our headers, and the secrets in them, to wherever it points.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        // A compressed stream arrives in blocks, and may be far larger than it looks.
        .no_gzip()
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("salon/", env!("CARGO_PKG_VERSION")));
    // A proxy from the environment cannot reach what listens on this machine.
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let address = host.parse::<std::net::IpAddr>();
    let local = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    if local { client.no_proxy() } else { client }.build()
}

/// The HTTP client, with what the library lets pass put right.
#[derive(Clone)]
pub(super) struct Caller {
    client: Client,
    listener: Listener,
}

impl Caller {
    /// Notes which event was too big: the library says only that the stream ended.
    fn watch(&self, events: BoxedSseResponse) -> BoxedSseResponse {
        let listener = self.listener.clone();
        let watched = events.inspect(move |event| {
            if let Err(SseError::Body(error)) = event
                && error.to_string().contains("exceeded the maximum size")
            {
                listener.blame(McpError::TooBig);
            }
        });
        watched.boxed()
    }
}

impl StreamableHttpClient for Caller {
    type Error = reqwest::Error;

    async fn post_message(
        &self,
        url: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        token: Option<String>,
        headers: Headers,
    ) -> Answer<StreamableHttpPostResponse> {
        let limits = StreamableHttpResponseLimits::default();
        self.post_message_with_response_limits(url, message, session, token, headers, limits)
            .await
    }

    async fn post_message_with_response_limits(
        &self,
        url: Arc<str>,
        message: ClientJsonRpcMessage,
        session: Option<Arc<str>>,
        token: Option<String>,
        headers: Headers,
        limits: StreamableHttpResponseLimits,
    ) -> Answer<StreamableHttpPostResponse> {
        let asked = match &message {
            JsonRpcMessage::Request(request) => Some(request.id.clone()),
            _ => None,
        };
        let greets = is_greeting(&message);
        let in_session = session.is_some();
        let client = &self.client;
        let posted =
            client.post_message_with_response_limits(url, message, session, token, headers, limits);
        // The library's own greeting cannot be cancelled, and would wait for ever.
        let patience = if greets {
            CONNECT_TIMEOUT
        } else {
            ANSWER_TIMEOUT
        };
        match (timeout(patience, posted).await.map_err(|_| late())??, asked) {
            // Whoever does not know the request has not done it. Servers that forgot our session,
            // restarted ones above all, speak like this; the library would wait for an answer.
            (
                StreamableHttpPostResponse::Json(JsonRpcMessage::Error(mut error), session),
                Some(id),
            ) if error.id.is_none() => {
                if in_session {
                    return Err(StreamableHttpError::SessionExpired);
                }
                error.id = Some(id);
                Ok(StreamableHttpPostResponse::Json(
                    JsonRpcMessage::Error(error),
                    session,
                ))
            }
            (StreamableHttpPostResponse::Sse(events, session), _) => {
                let events = self.watch(events);
                let events = if greets {
                    events.take_until(sleep(patience)).boxed()
                } else {
                    events
                };
                Ok(StreamableHttpPostResponse::Sse(events, session))
            }
            (answer, _) => Ok(answer),
        }
    }

    async fn delete_session(
        &self,
        url: Arc<str>,
        session: Arc<str>,
        token: Option<String>,
        headers: Headers,
    ) -> Answer<()> {
        self.client
            .delete_session(url, session, token, headers)
            .await
    }

    async fn get_stream(
        &self,
        url: Arc<str>,
        session: Option<Arc<str>>,
        last: Option<String>,
        token: Option<String>,
        headers: Headers,
    ) -> Answer<BoxedSseResponse> {
        let limit = MESSAGE_BYTES_MAX;
        self.get_stream_with_max_sse_event_size(url, session, last, token, headers, limit)
            .await
    }

    async fn get_stream_with_max_sse_event_size(
        &self,
        url: Arc<str>,
        session: Option<Arc<str>>,
        last: Option<String>,
        token: Option<String>,
        headers: Headers,
        limit: usize,
    ) -> Answer<BoxedSseResponse> {
        let client = &self.client;
        let events =
            client.get_stream_with_max_sse_event_size(url, session, last, token, headers, limit);
        Ok(self.watch(events.await?))
    }
}

/// Whether the message opens a connection.
fn is_greeting(message: &ClientJsonRpcMessage) -> bool {
    match message {
        JsonRpcMessage::Request(request) => matches!(
            request.request,
            ClientRequest::InitializeRequest(_) | ClientRequest::DiscoverRequest(_)
        ),
        JsonRpcMessage::Notification(notification) => matches!(
            notification.notification,
            ClientNotification::InitializedNotification(_)
        ),
        _ => false,
    }
}

fn late() -> StreamableHttpError<reqwest::Error> {
    StreamableHttpError::Io(io::ErrorKind::TimedOut.into())
}
