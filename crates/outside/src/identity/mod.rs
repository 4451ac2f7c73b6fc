//! Who somebody is, by the word of a provider that the operator has named: the authorization code
//! flow of OpenID Connect Core 1.0, with PKCE (RFC 7636).
//!
//! The provider's addresses are the operator's choice, so its own network may be asked here. All
//! else is bounded as everywhere in this crate: bytes, time, keys, and no redirect is followed. What
//! a provider says of somebody is believed only as its own signed token says it, for this client
//! and this very sign-in. Knows no account: who may come in is decided elsewhere.

mod documents;
mod keys;
mod token;

use documents::Documents;
pub use documents::Unsound;
use ring::digest;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
pub use token::Untrue;
use url::{Url, form_urlencoded};

/// One step, all its requests and waiting included, takes no longer.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);
/// What comes back in an address, in bytes: codes are short.
const CODE_BYTES_MAX: usize = 4_096;

/// What the operator has said of the provider.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Its name, to the letter as it calls itself: `https://id.example/realms/main`.
    pub issuer: String,
    /// The name by which it knows this server.
    pub client_id: String,
    /// What proves that name; none where the provider has registered a public client.
    pub client_secret: Option<SecretString>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
}

/// Why nobody was recognised. The words are for the operator's log and hold nothing secret.
#[derive(Debug, thiserror::Error)]
pub enum Unrecognised {
    /// The issuer of the configuration is no address that may be asked.
    #[error("the issuer “{0}” is not an address: write https://…, without ? and #")]
    BadIssuer(String),
    /// Nobody there, or trouble.
    #[error("the provider could not be asked for its {what}: {why}")]
    Unavailable {
        /// What it was asked for.
        what: &'static str,
        /// What went wrong.
        why: String,
    },
    /// It took too long.
    #[error("the provider took too long")]
    TooSlow,
    /// What it says of itself does not hold together.
    #[error("the provider's description is not sound: {0}")]
    Unsound(#[from] Unsound),
    /// It does not take the code: used before, too old, or somebody else's.
    #[error("the provider did not take the code: {0}")]
    CodeRefused(String),
    /// What it says of somebody is not to be believed.
    #[error("the provider's token is not to be believed: {0}")]
    Untrue(#[from] Untrue),
}

/// One sign-in on its way: what must come back with it, and never travels by the browser's address.
#[derive(Clone)]
pub struct Flow {
    /// Comes back in the address.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// Proves to the provider that whoever redeems the code has begun the sign-in: 43 to 128
    /// characters.
    pub verifier: String,
    /// Where the browser comes back to, as the provider has it registered.
    pub redirect: String,
}

/// Somebody, as their provider knows them.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// The name under which the provider never knows anybody else.
    pub subject: String,
    /// All that its token says.
    pub claims: Map<String, Value>,
}

impl Recognised {
    /// A claim that is text, and says something.
    pub fn text(&self, name: &str) -> Option<&str> {
        let text = self.claims.get(name)?.as_str()?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Whether a claim is this word, or a list that has it.
    pub fn has(&self, name: &str, word: &str) -> bool {
        match self.claims.get(name) {
            Some(Value::String(said)) => said == word,
            Some(Value::Bool(said)) => word == if *said { "true" } else { "false" },
            Some(Value::Array(list)) => list.iter().any(|said| said == word),
            _ => false,
        }
    }

    /// The address that the provider vouches for. One that somebody merely claims is none.
    pub fn verified_email(&self) -> Option<&str> {
        self.has("email_verified", "true").then_some(())?;
        self.text("email")
    }
}

/// A provider; asked for nothing before somebody signs in by it.
pub struct Provider {
    config: ProviderConfig,
    documents: Documents,
    patience: Duration,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: Option<String>,
}

#[derive(Default, Deserialize)]
struct TokenRefusal {
    #[serde(default)]
    error: String,
}

impl Provider {
    /// # Errors
    /// Where the issuer is no address, or the system offers no roots for TLS.
    pub fn new(config: ProviderConfig) -> Result<Self, Unrecognised> {
        let documents = Documents::new(&config.issuer)?;
        Ok(Self {
            config,
            documents,
            patience: STEP_TIMEOUT,
        })
    }

    /// Waits no longer than this for one step; for tests.
    #[must_use]
    pub fn patient_for(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The name of the provider, under which its subjects are kept.
    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }

    /// Where the browser goes to sign in.
    pub async fn way_there(&self, flow: &Flow) -> Result<Url, Unrecognised> {
        let known = self.in_time(self.documents.known()).await?;
        let challenge = digest::digest(&digest::SHA256, flow.verifier.as_bytes());
        let mut url = known.description.authorization_endpoint.clone();
        let mut scope = "openid".to_owned();
        for more in self.config.scopes.iter().filter(|it| *it != "openid") {
            scope.push(' ');
            scope.push_str(more);
        }
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", &flow.redirect)
            .append_pair("scope", &scope)
            .append_pair("state", &flow.state)
            .append_pair("nonce", &flow.nonce)
            .append_pair("code_challenge", &token::encode(challenge.as_ref()))
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Redeems the code with which somebody came back, and says who they are.
    pub async fn recognise(&self, flow: &Flow, code: &str) -> Result<Recognised, Unrecognised> {
        if code.is_empty() || code.len() > CODE_BYTES_MAX {
            return Err(Unrecognised::CodeRefused("no code at all".into()));
        }
        let recognising = async {
            let token = self.redeem(flow, code).await?;
            let token = token::Token::parse(&token)?;
            let known = self.documents.known().await?;
            let trusted = match token.verify(&known.keys) {
                // Providers change keys: ours may be of before. Asked anew once, and only for a
                // token that the provider has just handed out.
                Err(Untrue::UnknownKey) => {
                    let newer = self.documents.newer_than(&known).await?;
                    token.verify(&newer.keys)?
                }
                other => other?,
            };
            let wanted = token::Wanted {
                issuer: &self.config.issuer,
                client_id: &self.config.client_id,
                nonce: &flow.nonce,
                now: now(),
            };
            Ok(trusted.check(&wanted)?)
        };
        self.in_time(recognising).await
    }

    /// What redeems a code, and what proves the client's name in the head where it does so there.
    fn request(
        &self,
        flow: &Flow,
        code: &str,
        takes_basic: bool,
    ) -> (String, Option<(String, String)>) {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &flow.redirect)
            .append_pair("code_verifier", &flow.verifier);
        let id = self.config.client_id.as_str();
        let secret = self.config.client_secret.as_ref();
        let mut basic = None;
        match secret.map(ExposeSecret::expose_secret) {
            // RFC 6749, 2.3.1: both are written as in a form first.
            Some(secret) if takes_basic => {
                let written = |text: &str| {
                    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
                };
                basic = Some((written(id), written(secret)));
            }
            Some(secret) => {
                form.append_pair("client_id", id)
                    .append_pair("client_secret", secret);
            }
            None => {
                form.append_pair("client_id", id);
            }
        }
        (form.finish(), basic)
    }

    /// The token for a code.
    async fn redeem(&self, flow: &Flow, code: &str) -> Result<String, Unrecognised> {
        const WHAT: &str = "token";
        let known = self.documents.known().await?;
        let (form, basic) = self.request(flow, code, known.description.takes_basic());
        let endpoint = known.description.token_endpoint.clone();
        let (status, body) = self.documents.post(WHAT, endpoint, form, basic).await?;
        match status {
            200 => {}
            400 | 401 => {
                let said: TokenRefusal = serde_json::from_slice(&body).unwrap_or_default();
                return Err(match said.error.as_str() {
                    // What the operator has to mend, and no browser can.
                    "invalid_client" | "unauthorized_client" => Unrecognised::Unavailable {
                        what: WHAT,
                        why: format!("it answered {}", said.error),
                    },
                    _ => Unrecognised::CodeRefused(word(&said.error)),
                });
            }
            other => {
                return Err(Unrecognised::Unavailable {
                    what: WHAT,
                    why: format!("it answered {other}"),
                });
            }
        }
        let answer: Option<TokenAnswer> = serde_json::from_slice(&body).ok();
        answer
            .and_then(|answer| answer.id_token)
            .ok_or(Unrecognised::Untrue(Untrue::NoToken))
    }

    async fn in_time<T>(
        &self,
        step: impl Future<Output = Result<T, Unrecognised>>,
    ) -> Result<T, Unrecognised> {
        tokio::time::timeout(self.patience, step)
            .await
            .unwrap_or(Err(Unrecognised::TooSlow))
    }
}

/// What may stand in a log: a provider's error is one of a few short words.
fn word(said: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    said.chars().filter(plain).take(40).collect()
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}
