//! What a provider says of itself (OpenID Connect Discovery 1.0) and its keys (RFC 7517), asked for
//! when they are needed and kept for a while.

use super::{
    Unrecognised,
    keys::{self, Key},
};
use crate::fetch::{self, Refused};
use reqwest::{Client, RequestBuilder, header};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;
use url::Url;

/// So long to be connected.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Of one answer, unpacked.
const ANSWER_BYTES_MAX: usize = 256 * 1024;
/// What a provider said is asked for anew after so long.
const KNOWN_FOR: Duration = Duration::from_secs(60 * 60);
/// Where it describes itself, behind its name.
const PLACE: &str = "/.well-known/openid-configuration";

/// Why a description is not used.
#[derive(Debug, thiserror::Error)]
pub enum Unsound {
    /// It speaks of somebody else.
    #[error("it calls itself “{0}”: write the issuer in the configuration exactly so")]
    OtherIssuer(String),
    /// An address that would give away what goes there.
    #[error("its {0} is not an address of the same safety as the issuer")]
    BadAddress(&'static str),
    /// Nothing that it signs with can be checked here.
    #[error("none of its keys is for RS256, ES256 or EdDSA")]
    NoKeys,
}

#[derive(Deserialize)]
pub(super) struct Description {
    issuer: String,
    #[serde(deserialize_with = "address")]
    pub(super) authorization_endpoint: Url,
    #[serde(deserialize_with = "address")]
    pub(super) token_endpoint: Url,
    #[serde(deserialize_with = "address")]
    jwks_uri: Url,
    /// How a client may prove its name; `client_secret_basic` where nothing is said.
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

fn address<'de, D: Deserializer<'de>>(from: D) -> Result<Url, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(D::Error::custom)
}

impl Description {
    pub(super) fn takes_basic(&self) -> bool {
        let said = self.token_endpoint_auth_methods_supported.as_ref();
        said.is_none_or(|ways| {
            let takes = |way: &str| ways.iter().any(|it| it == way);
            takes("client_secret_basic") || !takes("client_secret_post")
        })
    }

    fn check(&self, issuer: &str) -> Result<(), Unsound> {
        if self.issuer != issuer {
            let said = self.issuer.chars().take(200).collect();
            return Err(Unsound::OtherIssuer(said));
        }
        for (name, url) in [
            ("authorization_endpoint", &self.authorization_endpoint),
            ("token_endpoint", &self.token_endpoint),
            ("jwks_uri", &self.jwks_uri),
        ] {
            // Whom this guards: people of an issuer with TLS, from an address without it.
            let is_safe = url.scheme() == "https" || !issuer.starts_with("https:");
            if !is_safe || fetch::check(url).is_err() || url.fragment().is_some() {
                return Err(Unsound::BadAddress(name));
            }
        }
        Ok(())
    }
}

/// What is known of a provider at a time.
pub(super) struct Known {
    pub(super) description: Description,
    pub(super) keys: Vec<Key>,
    asked_at: Instant,
}

pub(super) struct Documents {
    client: Client,
    issuer: String,
    place: Url,
    /// Held while the provider is asked, on purpose: whoever comes meanwhile waits for the same
    /// answer, each no longer than a step may take.
    known: Mutex<Option<Arc<Known>>>,
}

impl Documents {
    pub(super) fn new(issuer: &str) -> Result<Self, Unrecognised> {
        let bad = || Unrecognised::BadIssuer(issuer.to_owned());
        let url: Url = issuer.parse().map_err(|_| bad())?;
        if fetch::check(&url).is_err() || url.query().is_some() || url.fragment().is_some() {
            return Err(bad());
        }
        let place = format!("{}{PLACE}", issuer.trim_end_matches('/'));
        let client = fetch::bare_client()
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("Salon/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| unavailable("name", &error))?;
        Ok(Self {
            client,
            issuer: issuer.to_owned(),
            place: place.parse().map_err(|_| bad())?,
            known: Mutex::default(),
        })
    }

    /// What is known, asked for where nothing is or where it is old.
    pub(super) async fn known(&self) -> Result<Arc<Known>, Unrecognised> {
        let mut known = self.known.lock().await;
        match known.as_ref() {
            Some(fresh) if fresh.asked_at.elapsed() < KNOWN_FOR => Ok(fresh.clone()),
            _ => Ok(known.insert(self.ask().await?).clone()),
        }
    }

    /// What is known by now, asked for anew unless somebody else has done so since.
    pub(super) async fn newer_than(&self, old: &Arc<Known>) -> Result<Arc<Known>, Unrecognised> {
        let mut known = self.known.lock().await;
        match known.as_ref() {
            Some(newer) if !Arc::ptr_eq(newer, old) => Ok(newer.clone()),
            _ => Ok(known.insert(self.ask().await?).clone()),
        }
    }

    async fn ask(&self) -> Result<Arc<Known>, Unrecognised> {
        let asked_at = Instant::now();
        let description: Description = self.get("description", self.place.clone()).await?;
        description.check(&self.issuer)?;
        let keys = self.get("keys", description.jwks_uri.clone()).await?;
        let keys = keys::usable(keys);
        if keys.is_empty() {
            return Err(Unsound::NoKeys.into());
        }
        Ok(Arc::new(Known {
            description,
            keys,
            asked_at,
        }))
    }

    async fn get<T: DeserializeOwned>(
        &self,
        what: &'static str,
        url: Url,
    ) -> Result<T, Unrecognised> {
        match self.send(what, self.client.get(url)).await? {
            (200, body) => serde_json::from_slice(&body).map_err(|error| unavailable(what, &error)),
            (status, _) => Err(unavailable(what, &format!("it answered {status}"))),
        }
    }

    pub(super) async fn post(
        &self,
        what: &'static str,
        url: Url,
        form: String,
        basic: Option<(String, String)>,
    ) -> Result<(u16, Vec<u8>), Unrecognised> {
        let mut request = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        if let Some((name, secret)) = basic {
            request = request.basic_auth(name, Some(secret));
        }
        self.send(what, request).await
    }

    async fn send(
        &self,
        what: &'static str,
        request: RequestBuilder,
    ) -> Result<(u16, Vec<u8>), Unrecognised> {
        let answer = request
            .header(header::ACCEPT, "application/json")
            .send()
            .await
            .map_err(|error| unavailable(what, &error.without_url()))?;
        let status = answer.status().as_u16();
        match fetch::body(answer, ANSWER_BYTES_MAX).await {
            Ok((body, true)) => Ok((status, body)),
            Ok((_, false)) => Err(unavailable(what, &Refused::TooLarge)),
            Err(refused) => Err(unavailable(what, &refused)),
        }
    }
}

fn unavailable(what: &'static str, why: &dyn std::fmt::Display) -> Unrecognised {
    Unrecognised::Unavailable {
        what,
        why: why.to_string(),
    }
}
