//! What the server is started with. Flags win over the environment, that over `salon.toml`, that
//! over the defaults.

use anyhow::{Context, bail};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use salon_agents::{ModelConfig, NamedModel, Pace, model::ToolMode};
use salon_chat::{
    Allowed, BucketConfig, Budgets,
    accounts::{ProviderRules, SignInProvider},
    identity::{Provider, ProviderConfig},
};
use salon_protocol::{AgentRequest, Budget, ToolServerConfig, limits::FILE_BYTES_MAX};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};

const MEGABYTE: u64 = 1024 * 1024;

/// The settings of a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
    /// Which log lines to write: a level, or filters by module.
    pub log: String,
    /// `text` or `json`.
    pub log_format: LogFormat,
    /// Whether requests, sessions and sign-ins are limited per user and address.
    pub rate_limits: Switch,
    /// The address that people use, where it is not the one listened on: `https://chat.example`.
    pub public_url: Option<String>,
    /// Other origins whose pages may use the API with a person's cookie.
    pub allowed_origins: Vec<String>,
    /// Take a client's address from `X-Forwarded-For`: only behind a proxy that sets it.
    pub trust_proxy: bool,
    /// How the model calls tools: `native`, `text` (written out, for models that cannot) or `none`.
    pub model_tools: ToolMode,
    /// Further models by name, each perhaps at a service of its own.
    pub models: Vec<NamedModel>,
    /// Agents that are there from the start; the file's word is applied at every start.
    pub agents: Vec<AgentRequest>,
    /// Servers of tools by name (MCP).
    pub tool_servers: BTreeMap<String, ToolServerConfig>,
    /// What may be spent by each agent, in each room, by each asker, and by all together.
    pub budgets: BudgetsConfig,
    /// Files of messages.
    pub files: FilesConfig,
    /// What is shown of the links in people's messages.
    pub link_previews: LinkPreviewsConfig,
    /// What is pushed to browsers whose page is closed.
    pub push: PushConfig,
    /// By whose word people sign in besides by a password (OpenID Connect).
    pub oidc: Option<OidcConfig>,
    /// The currency of the models' prices, by its ISO 4217 code.
    pub currency: String,
    /// How long agents wait for people; for tests.
    #[serde(skip)]
    pub pace: Pace,
    /// PostgreSQL, for several nodes.
    pub database_url: Option<String>,
    /// NATS, for several nodes.
    pub nats_url: Option<String>,
}

/// What may be spent where an agent's own settings say nothing stricter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetsConfig {
    /// By each agent.
    pub agent: Budget,
    /// In each room.
    pub room: Budget,
    /// In rooms by their names, beside what holds in each.
    pub rooms: BTreeMap<String, Budget>,
    /// By each person, through all agents.
    pub asker: Budget,
    /// By everybody together.
    pub server: Budget,
}

/// Files of messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FilesConfig {
    /// A file's size in megabytes.
    pub megabytes_max: u32,
    /// A bucket for their bytes; without it they lie in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3: Option<S3Config>,
}

/// A bucket of an S3-compatible service. Its key comes from the environment only:
/// `SALON_S3_KEY_ID` and `SALON_S3_SECRET`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Config {
    /// The bucket's name. It is there already.
    pub bucket: String,
    /// The service's address, where it is not Amazon's: `https://s3.example`.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Its region.
    #[serde(default = "first_region")]
    pub region: String,
    /// A folder in the bucket.
    #[serde(default)]
    pub prefix: String,
}

fn first_region() -> String {
    "us-east-1".to_owned()
}

impl std::fmt::Display for S3Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = self.endpoint.as_deref().unwrap_or("Amazon S3");
        write!(f, "bucket {} of {at}", self.bucket)
    }
}

/// What is shown of the links in people's messages: the server asks their pages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinkPreviewsConfig {
    /// Whether they are asked.
    pub enabled: bool,
    /// What of the operator's own network may be asked besides what is public: `10.1.0.0/16`,
    /// `10.1.2.3:8080`.
    pub allowed_addresses: Vec<Allowed>,
}

impl Default for LinkPreviewsConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            allowed_addresses: Vec::new(),
        }
    }
}

/// What is pushed to browsers whose page is closed, by way of their makers' services.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PushConfig {
    /// Whether anything is.
    pub enabled: bool,
    /// Whom a service tells of trouble: `mailto:` or an https address. Without it, `public_url`.
    pub contact: Option<String>,
    /// Services in the operator's own network, besides those that are public: `10.1.2.3:8080`.
    pub allowed_addresses: Vec<Allowed>,
}

impl Default for PushConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            contact: None,
            allowed_addresses: Vec::new(),
        }
    }
}

/// A provider of identities that people sign in by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// Its name, to the letter as it calls itself: `https://id.example/realms/main`.
    pub issuer: String,
    /// The name by which it knows this server.
    pub client_id: String,
    /// The environment variable with the secret that proves that name, so that it is in no file.
    /// Left out where the provider has registered a public client.
    #[serde(default)]
    pub client_secret_env: Option<String>,
    /// What the button says behind “Sign in with”.
    pub label: String,
    /// Whether accounts are made for people who have none here.
    #[serde(default)]
    pub new_people: bool,
    /// The claim that becomes a new account's handle.
    #[serde(default = "default_handle_claim")]
    pub handle_claim: String,
    /// The domains of verified e-mail that are let in; all where none is named.
    #[serde(default)]
    pub email_domains: Vec<String>,
    /// A claim that everybody must have: `{ name = "groups", value = "chat" }`.
    #[serde(default)]
    pub required_claim: Option<RequiredClaim>,
    /// What is asked for besides `openid`.
    #[serde(default = "default_scopes")]
    pub scopes: Vec<String>,
}

/// A claim, and the word that it must be or hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequiredClaim {
    /// Which.
    pub name: String,
    /// The word.
    pub value: String,
}

fn default_handle_claim() -> String {
    "preferred_username".into()
}

fn default_scopes() -> Vec<String> {
    vec!["profile".into(), "email".into()]
}

impl OidcConfig {
    /// The provider, which nobody asks before somebody signs in by it.
    pub(crate) fn provider(&self) -> anyhow::Result<SignInProvider> {
        let secret = match &self.client_secret_env {
            Some(name) => Some(
                std::env::var(name)
                    .ok()
                    .filter(|it| !it.is_empty())
                    .with_context(|| {
                        format!("[oidc] names the environment variable {name}, and it says nothing")
                    })?,
            ),
            None => None,
        };
        let provider = Provider::new(ProviderConfig {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: secret.map(Into::into),
            scopes: self.scopes.clone(),
        })
        .context("[oidc] is not right")?;
        let required = self.required_claim.clone();
        let rules = ProviderRules {
            new_people: self.new_people,
            handle_claim: self.handle_claim.clone(),
            email_domains: self.email_domains.clone(),
            required: required.map(|it| (it.name, it.value)),
        };
        Ok(SignInProvider::new(provider, &self.label, rules))
    }
}

impl Default for FilesConfig {
    fn default() -> Self {
        Self {
            megabytes_max: (FILE_BYTES_MAX / MEGABYTE) as u32,
            s3: None,
        }
    }
}

impl FilesConfig {
    pub(crate) fn bytes_max(&self) -> u64 {
        u64::from(self.megabytes_max) * MEGABYTE
    }

    /// The bucket with its key.
    pub(crate) fn bucket(&self) -> anyhow::Result<Option<BucketConfig>> {
        let Some(s3) = &self.s3 else { return Ok(None) };
        let key = |name: &str| {
            let value = std::env::var(name).ok().filter(|value| !value.is_empty());
            value.with_context(|| format!("[files.s3] needs {name} in the environment"))
        };
        Ok(Some(BucketConfig {
            endpoint: s3.endpoint.clone(),
            region: s3.region.clone(),
            name: s3.bucket.clone(),
            prefix: s3.prefix.clone(),
            key_id: key("SALON_S3_KEY_ID")?,
            secret: key("SALON_S3_SECRET")?,
        }))
    }
}

impl BudgetsConfig {
    pub(crate) fn budgets(self) -> Budgets {
        Budgets {
            agent: self.agent,
            room: self.room,
            rooms: self.rooms,
            asker: self.asker,
            server: self.server,
        }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs, one object a line.
    Json,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("data"),
            log: "info".into(),
            log_format: LogFormat::Text,
            rate_limits: Switch::On,
            public_url: None,
            allowed_origins: Vec::new(),
            trust_proxy: false,
            model_tools: ToolMode::Native,
            models: Vec::new(),
            agents: Vec::new(),
            tool_servers: BTreeMap::new(),
            budgets: BudgetsConfig::default(),
            files: FilesConfig::default(),
            link_previews: LinkPreviewsConfig::default(),
            push: PushConfig::default(),
            oidc: None,
            currency: "USD".into(),
            pace: Pace::default(),
            database_url: None,
            nats_url: None,
        }
    }
}

/// What the command line says; what it leaves out is looked for elsewhere.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Flags {
    /// `--listen`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// `--data`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// `--config`
    #[serde(skip)]
    pub config: Option<PathBuf>,
}

impl Config {
    /// Reads all sources.
    pub fn load(flags: &Flags) -> anyhow::Result<Self> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        let named = flags
            .config
            .clone()
            .or_else(|| std::env::var_os("SALON_CONFIG").map(Into::into));
        match &named {
            Some(file) if !file.exists() => {
                bail!("there is no configuration file {}", file.display())
            }
            Some(file) => figment = figment.merge(Toml::file_exact(file)),
            None if Path::new("salon.toml").exists() => {
                figment = figment.merge(Toml::file_exact("salon.toml"));
            }
            None => {}
        }
        let config: Self = figment
            .merge(Env::prefixed("SALON_").only(&[
                "listen",
                "data",
                "log",
                "log_format",
                "rate_limits",
                "public_url",
                "model_tools",
                "database_url",
                "nats_url",
            ]))
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(|error| anyhow::anyhow!("{error}"))
            .context("the configuration is not right")?;
        config.check_money()?;
        if config.database_url.is_some() || config.nats_url.is_some() {
            bail!(
                "this build has no PostgreSQL and NATS backend; leave SALON_DATABASE_URL and \
                 SALON_NATS_URL unset to use the embedded database"
            );
        }
        Ok(config)
    }

    /// Refuses limits and a currency that nothing can be counted or shown with.
    fn check_money(&self) -> anyhow::Result<()> {
        let BudgetsConfig {
            agent,
            room,
            rooms,
            asker,
            server,
        } = &self.budgets;
        let each = [agent, room, asker, server].into_iter();
        if !each.chain(rooms.values()).all(Budget::is_sound) {
            bail!("a limit of [budgets] is not a number of zero or more");
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|c| c.is_ascii_uppercase()) {
            bail!("`currency` is no ISO 4217 code: write three capital letters, such as \"EUR\"");
        }
        Ok(())
    }

    /// The model service: from the environment, so that keys are in no file.
    pub fn models(&self) -> ModelConfig {
        ModelConfig {
            tools: self.model_tools,
            more: self.models.clone(),
            ..ModelConfig::from_env()
        }
    }

    /// Whether people reach the server over TLS, by what the configuration says.
    pub fn is_https(&self) -> bool {
        self.public_url
            .as_deref()
            .is_some_and(|url| url.starts_with("https://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("salon.toml");
        std::fs::write(&file, "lisen = \"127.0.0.1:1\"").unwrap();
        let flags = Flags {
            config: Some(file),
            ..Flags::default()
        };
        let error = format!("{:#}", Config::load(&flags).unwrap_err());
        assert!(error.contains("lisen"), "{error}");
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("salon.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:1\"\nlog = \"warn\"").unwrap();
        let listen = "127.0.0.1:2".parse().unwrap();
        let flags = Flags {
            config: Some(file),
            listen: Some(listen),
            data: None,
        };
        let config = Config::load(&flags).unwrap();
        let expected = Config {
            listen,
            log: "warn".into(),
            ..Config::default()
        };
        assert_eq!(config, expected);
    }
}
