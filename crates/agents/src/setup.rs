//! Which models there are: from the configuration, with the keys from the environment.

use crate::{
    AgentsError,
    model::{
        Cached, FairQueue, Fallback, Model, ModelLimits, Queued, ToolMode,
        openai::{Endpoint, EndpointConfig, OpenAi},
    },
    offline::OfflineModel,
};
use secrecy::SecretString;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
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

    /// Prepares the model; connects to nothing yet.
    pub fn new(config: &ModelConfig) -> Result<Self, AgentsError> {
        if config.is_offline() {
            return Ok(Self::of(Arc::new(OfflineModel), ToolMode::Native));
        }
        let endpoint = Endpoint::new(EndpointConfig {
            base_url: config
                .base_url
                .clone()
                .unwrap_or_else(|| BASE_URL_DEFAULT.into()),
            key: config.key.clone(),
            limits: config.limits.clone(),
        })?;
        let running = config.concurrency.unwrap_or(FairQueue::RUNNING_DEFAULT);
        let queue = FairQueue::new(
            running,
            FairQueue::WAITING_DEFAULT,
            FairQueue::WAITING_PER_ASKER_DEFAULT,
        );
        let names = config.model.as_deref().unwrap_or(MODEL_DEFAULT);
        let names = names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let models = names.map(|name| {
            let model = OpenAi::new(Arc::clone(&endpoint), name);
            Arc::new(Cached::new(Queued::new(model, Arc::clone(&queue)))) as Arc<dyn Model>
        });
        let model = Fallback::new(models.collect(), config.limits.total);
        let model = Arc::new(model.ok_or(AgentsError::NoModel)?);
        Ok(Self::of(model, config.tools))
    }
}
