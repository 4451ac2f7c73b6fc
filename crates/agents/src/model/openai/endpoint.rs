//! One service: its address, its key, its connections.

use crate::{AgentsError, model::ModelLimits};
use http::{HeaderMap, HeaderValue, header};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use std::{
    fmt,
    sync::{
        Arc, Once,
        atomic::{AtomicBool, Ordering},
    },
};

/// How a service is reached.
#[derive(Clone)]
pub struct EndpointConfig {
    /// The base, as given to any OpenAI client: `https://api.openai.com/v1`.
    pub base_url: String,
    /// The key, where the service wants one.
    pub key: Option<SecretString>,
    /// The bounds of a call.
    pub limits: ModelLimits,
}

impl fmt::Debug for EndpointConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = Url::parse(&self.base_url)
            .map(|url| shown(&url))
            .unwrap_or_default();
        f.debug_struct("EndpointConfig")
            .field("url", &url)
            .finish_non_exhaustive()
    }
}

/// One service with its pooled connections; every model of it shares them.
pub struct Endpoint {
    pub(super) http: reqwest::Client,
    pub(super) url: Url,
    pub(super) responses_url: Url,
    pub(super) headers: HeaderMap,
    pub(super) limits: ModelLimits,
    key: Option<SecretString>,
    shown: String,
    /// Cleared when the service refuses `stream_options`; only costs the token counts.
    usage_in_stream: AtomicBool,
}

impl Endpoint {
    /// Prepares the client; connects to nothing yet.
    pub fn new(config: EndpointConfig) -> Result<Arc<Self>, AgentsError> {
        let url = completions_url(&config.base_url)?;
        let http = client_builder(&url).connect_timeout(config.limits.connect);
        let http = http
            .build()
            .map_err(|error| AgentsError::Client(error.to_string()))?;
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCEPT,
            HeaderValue::from_static("text/event-stream, application/json"),
        );
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        let key = config
            .key
            .filter(|key| !key.expose_secret().trim().is_empty());
        if let Some(key) = &key {
            let value = format!("Bearer {}", key.expose_secret().trim());
            let mut value = HeaderValue::from_str(&value).map_err(|_| AgentsError::BadKey)?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        let shown = shown(&url);
        let usage_in_stream = AtomicBool::new(true);
        let limits = config.limits;
        Ok(Arc::new(Self {
            http,
            responses_url: responses_url(&url),
            url,
            headers,
            limits,
            key,
            shown,
            usage_in_stream,
        }))
    }

    /// The address without credentials and query.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    pub(super) fn wants_usage(&self) -> bool {
        self.usage_in_stream.load(Ordering::Relaxed)
    }

    /// Returns whether this is news: only then is another request without it worth its while.
    pub(super) fn stop_wanting_usage(&self) -> bool {
        self.usage_in_stream.swap(false, Ordering::Relaxed)
    }

    /// A service's words with the key taken out: some repeat it in their refusals.
    pub(super) fn redact(&self, text: &str) -> String {
        match &self.key {
            Some(key) => text.replace(key.expose_secret().trim(), "[key]"),
            None => text.to_owned(),
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("url", &self.shown)
            .finish_non_exhaustive()
    }
}

/// A client that goes where it is sent, and nowhere else.
pub(crate) fn client_builder(url: &Url) -> reqwest::ClientBuilder {
    install_tls();
    let http = reqwest::Client::builder()
        // A redirect would carry the question, and perhaps the key, to wherever it points.
        .redirect(reqwest::redirect::Policy::none())
        // We count and space the retries ourselves.
        .retry(reqwest::retry::never())
        // A compressed stream arrives in blocks, not in words.
        .no_gzip()
        .user_agent(concat!("salon/", env!("CARGO_PKG_VERSION")));
    // A proxy from the environment cannot reach what listens on this machine.
    if is_loopback(url) {
        http.no_proxy()
    } else {
        http
    }
}

/// The whole process uses one TLS provider; whoever came first, perhaps the server, chose it.
fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        drop(rustls::crypto::ring::default_provider().install_default());
    });
}

/// `BASE/chat/completions`, whatever slashes the base ends in; a query stays where it is.
fn completions_url(base: &str) -> Result<Url, AgentsError> {
    let bad = |why: &str| AgentsError::BadBaseUrl(why.to_owned());
    let mut url = Url::parse(base.trim()).map_err(|error| bad(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("it must begin with http:// or https://"));
    }
    url.set_fragment(None);
    let path = url.path().trim_end_matches('/').to_owned();
    if !path.ends_with("/chat/completions") {
        url.set_path(&format!("{path}/chat/completions"));
    } else {
        url.set_path(&path);
    }
    Ok(url)
}

/// The other way's address, beside the first.
fn responses_url(completions: &Url) -> Url {
    let mut url = completions.clone();
    let base = completions
        .path()
        .trim_end_matches("/chat/completions")
        .to_owned();
    url.set_path(&format!("{base}/responses"));
    url
}

fn shown(url: &Url) -> String {
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = url.path().trim_end_matches("/chat/completions");
    format!(
        "{}://{}{port}{path}",
        url.scheme(),
        url.host_str().unwrap_or_default()
    )
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_taken_as_given_whatever_its_slashes() {
        let url = |base| completions_url(base).unwrap().to_string();
        assert_eq!(
            url("https://api.openai.com/v1"),
            "https://api.openai.com/v1/chat/completions"
        );
        assert_eq!(
            url("http://127.0.0.1:9101/v1//"),
            "http://127.0.0.1:9101/v1/chat/completions"
        );
        assert_eq!(url("http://host"), "http://host/chat/completions");
        assert_eq!(
            url("https://host/v1/chat/completions"),
            "https://host/v1/chat/completions"
        );
        assert_eq!(
            url("https://host/openai?api-version=1"),
            "https://host/openai/chat/completions?api-version=1"
        );
        assert!(completions_url("not a url").is_err());
        assert!(completions_url("file:///etc").is_err());
    }

    #[test]
    fn neither_credentials_nor_queries_nor_keys_are_shown() {
        let config = EndpointConfig {
            base_url: "https://ada:lovelace@host:8443/v1?sig=abc".into(),
            key: Some("sk-secret".into()),
            limits: ModelLimits::default(),
        };
        let configured = format!("{config:?}");
        let endpoint = Endpoint::new(config).unwrap();
        assert_eq!(endpoint.shown(), "https://host:8443/v1");
        let debug = format!("{configured} {endpoint:?} {:?}", endpoint.headers);
        for secret in ["lovelace", "abc", "sk-secret"] {
            assert!(!debug.contains(secret), "{debug}");
        }
        assert_eq!(endpoint.redact("bad key sk-secret!"), "bad key [key]!");
    }
}
