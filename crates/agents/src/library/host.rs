//! The chat around a library agent.

use crate::AgentsError;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::time::Duration;

/// A request to the chat may take so long.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A chat that the agent can look at and act in.
#[async_trait::async_trait]
pub trait Host: Send + Sync {
    /// Names of those who are online, sorted.
    async fn users(&self) -> Result<Vec<String>, AgentsError>;

    /// Runs a typed line, slash included, as the agent; answers with what it said.
    async fn run(&self, line: &str) -> Result<String, AgentsError>;
}

/// A Salon server over HTTP.
pub struct HttpHost {
    http: reqwest::Client,
    base: Url,
    token: SecretString,
    room: String,
}

impl HttpHost {
    /// A server's address, the agent's bearer token, and the room that its commands act in.
    pub fn new(base: &str, token: SecretString, room: &str) -> Result<Self, AgentsError> {
        let base = Url::parse(base).map_err(|error| AgentsError::BadBaseUrl(error.to_string()))?;
        let http = crate::model::openai::client_builder(&base)
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| AgentsError::Client(error.to_string()))?;
        Ok(Self {
            http,
            base,
            token,
            room: room.to_owned(),
        })
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Result<Value, AgentsError> {
        let failed = |error: reqwest::Error| AgentsError::Host(error.without_url().to_string());
        let response = request
            .bearer_auth(self.token.expose_secret())
            .send()
            .await
            .map_err(failed)?;
        let refused = !response.status().is_success();
        let body: Value = response.json().await.map_err(failed)?;
        match refused {
            true => Err(AgentsError::Host(text(&body, "detail").to_owned())),
            false => Ok(body),
        }
    }

    fn url(&self, segments: &[&str]) -> Result<Url, AgentsError> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| AgentsError::BadBaseUrl("it cannot have a path".into()))?
            .pop_if_empty()
            .extend(segments);
        Ok(url)
    }
}

#[async_trait::async_trait]
impl Host for HttpHost {
    async fn users(&self) -> Result<Vec<String>, AgentsError> {
        let body = self
            .ask(self.http.get(self.url(&["api", "users"])?))
            .await?;
        let users = body
            .get("users")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        Ok(users
            .filter_map(|user| user.as_str().map(str::to_owned))
            .collect())
    }

    async fn run(&self, line: &str) -> Result<String, AgentsError> {
        let url = self.url(&["api", "rooms", &self.room, "messages"])?;
        let body = self
            .ask(
                self.http
                    .post(url)
                    .json(&serde_json::json!({ "text": line })),
            )
            .await?;
        Ok(body
            .get("notice")
            .map_or("", |notice| text(notice, "text"))
            .to_owned())
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
