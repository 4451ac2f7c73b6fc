//! Which models there are: from the configuration, with the keys from the environment.

use crate::{
    AgentsError,
    model::{
        Cached, FairQueue, Fallback, Model, ModelLimits, Price, Queued, ToolMode,
        openai::{Api, Endpoint, EndpointConfig, OpenAi},
    },
    offline::OfflineModel,
    purse::Means,
};
use salon_protocol::{AgentSettings, ModelInfo};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// The base URL where only a key is given.
const BASE_URL_DEFAULT: &str = "https://api.openai.com/v1";
/// The model where none is named.
const MODEL_DEFAULT: &str = "gpt-4o-mini";

/// The model service of a server, or none: then the offline model answers.
#[derive(Clone, Debug, Default)]
pub struct ModelConfig {
    /// `OPENAI_BASE_URL`.
    pub base_url: Option<String>,
    /// `OPENAI_API_KEY`.
    pub key: Option<SecretString>,
    /// `OPENAI_MODEL`; several with commas between them are asked in turn where the first fails.
    pub model: Option<String>,
    /// How the model calls tools.
    pub tools: ToolMode,
    /// The bounds of a call.
    pub limits: ModelLimits,
    /// Calls at once; the rest waits in a fair queue.
    pub concurrency: Option<usize>,
    /// Further models, by name.
    pub more: Vec<NamedModel>,
}

/// A model of the configuration file. No secret stands there: only the name of the environment
/// variable that holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedModel {
    /// The name that agents' settings use.
    pub name: String,
    /// The service's own name for it, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The service; none: the one of `OPENAI_BASE_URL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// The environment variable that holds the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_env: Option<String>,
    /// `chat` or `responses`.
    #[serde(default)]
    pub api: Api,
    /// How it calls tools.
    #[serde(default)]
    pub tools: ToolMode,
    /// Money for a million tokens read.
    #[serde(default)]
    pub price_in: f64,
    /// Money for a million tokens written.
    #[serde(default)]
    pub price_out: f64,
    /// It is shown the pictures of messages.
    #[serde(default)]
    pub images: bool,
    /// Calls at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<usize>,
}

impl NamedModel {
    fn plain(name: &str, tools: ToolMode) -> Self {
        Self {
            name: name.to_owned(),
            model: None,
            base_url: None,
            key_env: None,
            api: Api::Chat,
            tools,
            price_in: 0.0,
            price_out: 0.0,
            images: false,
            concurrency: None,
        }
    }

    fn upstream(&self) -> &str {
        self.model.as_deref().unwrap_or(&self.name)
    }

    fn price(&self) -> Price {
        Price {
            read: self.price_in,
            written: self.price_out,
        }
    }
}

impl ModelConfig {
    /// From `OPENAI_API_KEY`, `OPENAI_BASE_URL` and `OPENAI_MODEL`.
    pub fn from_env() -> Self {
        let read = |name| {
            std::env::var(name)
                .ok()
                .filter(|value| !value.trim().is_empty())
        };
        Self {
            base_url: read("OPENAI_BASE_URL"),
            key: read("OPENAI_API_KEY").map(SecretString::from),
            model: read("OPENAI_MODEL"),
            ..Self::default()
        }
    }

    /// Whether there is a service at all.
    pub fn is_offline(&self) -> bool {
        self.base_url.is_none() && self.key.is_none()
    }

    /// Whether no model is configured at all: then the offline one answers.
    pub fn is_rules_only(&self) -> bool {
        self.is_offline() && self.more.is_empty()
    }
}

/// A model ready to be asked.
#[derive(Clone)]
pub struct Voice {
    /// The model with its queue, cache and fallbacks.
    pub model: Arc<dyn Model>,
    tools: ToolMode,
    /// Set by the first call that finds out that the service refuses tools.
    refuses_tools: Arc<AtomicBool>,
}

impl Voice {
    /// A model with the way in which it calls tools.
    pub fn of(model: Arc<dyn Model>, tools: ToolMode) -> Self {
        Self {
            model,
            tools,
            refuses_tools: Arc::default(),
        }
    }

    /// How it calls tools. One whose service refuses them writes its calls from then on.
    pub fn tools(&self) -> ToolMode {
        match self.tools {
            ToolMode::Native if self.refuses_tools.load(Ordering::Relaxed) => ToolMode::Text,
            tools => tools,
        }
    }

    pub(crate) fn service_refuses_tools(&self) {
        if !self.refuses_tools.swap(true, Ordering::Relaxed) {
            tracing::info!(
                model = self.model.name(),
                "the service refuses tools: this model writes its calls as text from now on"
            );
        }
    }

    /// Prepares the model that answers where nothing else is said; connects to nothing yet.
    pub fn new(config: &ModelConfig) -> Result<Self, AgentsError> {
        Ok(Voices::new(config)?.first())
    }
}

/// One model by the name that agents' settings use.
struct Entry {
    name: String,
    model: Arc<dyn Model>,
    tools: ToolMode,
    refuses_tools: Arc<AtomicBool>,
    price: Price,
}

/// Every model of a server.
pub struct Voices {
    entries: Vec<Entry>,
    /// How many of the first entries make the chain that answers where nothing else is said.
    first: usize,
    total: Duration,
}

impl Voices {
    /// Prepares all models; connects to nothing yet.
    pub fn new(config: &ModelConfig) -> Result<Self, AgentsError> {
        let total = config.limits.total;
        let mut entries = Vec::new();
        let main = match config.is_offline() {
            true => None,
            false => Some(Service::new(
                config.base_url.as_deref().unwrap_or(BASE_URL_DEFAULT),
                config.key.clone(),
                config.concurrency,
                config,
            )?),
        };
        if let Some(service) = &main {
            let names = config.model.as_deref().unwrap_or(MODEL_DEFAULT);
            for name in names
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
            {
                // A named entry of the same name says more about it.
                if !config.more.iter().any(|more| more.name == name) {
                    entries.push(service.entry(&NamedModel::plain(name, config.tools)));
                    continue;
                }
                let more = config.more.iter().filter(|more| more.name == name);
                for more in more.take(1) {
                    entries.push(service_of(more, &main, config)?.entry(more));
                }
            }
        }
        let mut first = entries.len();
        for more in &config.more {
            if !entries.iter().any(|entry| entry.name == more.name) {
                entries.push(service_of(more, &main, config)?.entry(more));
            }
        }
        if entries.is_empty() {
            entries.push(Entry::of(
                "offline",
                Arc::new(OfflineModel),
                ToolMode::Native,
            ));
        }
        first = first.max(1);
        Ok(Self {
            entries,
            first,
            total,
        })
    }

    /// Models from somewhere else, for tests and for whoever brings their own.
    pub fn of(models: impl IntoIterator<Item = (String, Arc<dyn Model>)>) -> Self {
        let entries = models.into_iter();
        let entries: Vec<Entry> = entries
            .map(|(name, model)| Entry::of(&name, model, ToolMode::Native))
            .collect();
        Self {
            first: 1,
            total: ModelLimits::default().total,
            entries,
        }
    }

    /// What there is, as people see it.
    pub fn infos(&self) -> Vec<ModelInfo> {
        let infos = self.entries.iter().map(|entry| {
            let is_priced = entry.price != Price::default();
            ModelInfo {
                name: entry.name.clone(),
                price_in: is_priced.then_some(entry.price.read),
                price_out: is_priced.then_some(entry.price.written),
            }
        });
        infos.collect()
    }

    /// The one that answers where nothing else is said.
    pub(crate) fn first(&self) -> Voice {
        self.chain((0..self.first.min(self.entries.len())).collect())
    }

    /// The one for an agent, by its settings and what it may still spend.
    pub(crate) fn voice(&self, settings: &AgentSettings, means: Means) -> Voice {
        let find = |name: &String| self.entries.iter().position(|entry| entry.name == *name);
        let mut chain: Vec<usize> = match &settings.model {
            // A model that the configuration no longer names: the first answers instead.
            Some(name) => find(name).map_or_else(|| (0..self.first).collect(), |at| vec![at]),
            None => (0..self.first).collect(),
        };
        chain.extend(settings.fallbacks.iter().filter_map(find));
        let mut seen = HashSet::new();
        chain.retain(|at| seen.insert(*at));
        let cost = |at: &usize| {
            let price = self.entries[*at].price;
            price.read + price.written
        };
        match means {
            Means::Plenty => {}
            Means::Scarce => chain.sort_by(|a, b| cost(a).total_cmp(&cost(b))),
            Means::Free => {
                let mut free: Vec<usize> =
                    chain.iter().copied().filter(|at| cost(at) == 0.0).collect();
                if free.is_empty() {
                    free.extend((0..self.entries.len()).filter(|at| cost(at) == 0.0).take(1));
                }
                if !free.is_empty() {
                    chain = free;
                }
            }
        }
        self.chain(chain)
    }

    fn chain(&self, chain: Vec<usize>) -> Voice {
        let lead = &self.entries[chain.first().copied().unwrap_or(0)];
        let models: Vec<Arc<dyn Model>> = chain
            .iter()
            .map(|at| Arc::clone(&self.entries[*at].model))
            .collect();
        let model = match models.len() {
            0 | 1 => Arc::clone(&lead.model),
            _ => match Fallback::new(models, self.total) {
                Some(chain) => Arc::new(chain),
                None => Arc::clone(&lead.model),
            },
        };
        Voice {
            model,
            tools: lead.tools,
            refuses_tools: Arc::clone(&lead.refuses_tools),
        }
    }
}

impl Entry {
    fn of(name: &str, model: Arc<dyn Model>, tools: ToolMode) -> Self {
        Self {
            name: name.to_owned(),
            price: model.price(),
            model,
            tools,
            refuses_tools: Arc::default(),
        }
    }
}

/// One service with its queue; its models share both.
struct Service {
    endpoint: Arc<Endpoint>,
    queue: Arc<FairQueue>,
}

impl Service {
    fn new(
        base_url: &str,
        key: Option<SecretString>,
        concurrency: Option<usize>,
        config: &ModelConfig,
    ) -> Result<Self, AgentsError> {
        let endpoint = Endpoint::new(EndpointConfig {
            base_url: base_url.to_owned(),
            key,
            limits: config.limits.clone(),
        })?;
        let queue = FairQueue::new(
            concurrency.unwrap_or(FairQueue::RUNNING_DEFAULT),
            FairQueue::WAITING_DEFAULT,
            FairQueue::WAITING_PER_ASKER_DEFAULT,
        );
        Ok(Self { endpoint, queue })
    }

    fn entry(&self, named: &NamedModel) -> Entry {
        let model = OpenAi::new(Arc::clone(&self.endpoint), named.upstream())
            .by(named.api)
            .at(named.price())
            .seeing(named.images);
        let model = Cached::new(Queued::new(model, Arc::clone(&self.queue)));
        Entry::of(&named.name, Arc::new(model), named.tools)
    }
}

/// The service that a named model lives at: its own, or the server's first.
fn service_of(
    named: &NamedModel,
    main: &Option<Service>,
    config: &ModelConfig,
) -> Result<Service, AgentsError> {
    let key = named
        .key_env
        .as_deref()
        .and_then(|name| std::env::var(name).ok());
    let key = key
        .filter(|key| !key.trim().is_empty())
        .map(SecretString::from);
    match (&named.base_url, main) {
        (None, Some(main)) if named.key_env.is_none() && named.concurrency.is_none() => {
            Ok(Service {
                endpoint: Arc::clone(&main.endpoint),
                queue: Arc::clone(&main.queue),
            })
        }
        (Some(base_url), _) => Service::new(base_url, key, named.concurrency, config),
        (None, _) => {
            let base_url = config.base_url.as_deref().unwrap_or(BASE_URL_DEFAULT);
            let key = key.or_else(|| config.key.clone());
            Service::new(base_url, key, named.concurrency, config)
        }
    }
}
