//! One model of one service: asked, retried before its first delta, logged.

use super::{
    Endpoint,
    attempt::{Deadlines, attempt},
    body::body,
    responses,
    retry::{Retry, backoff},
};
use crate::model::{ChatRequest, Completion, DeltaSink, Model, ModelFailure, Price, Usage};
use rand::RngExt;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::time::Instant;

/// In which of its two ways a service is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Api {
    /// `POST /chat/completions`: every service has it.
    #[default]
    Chat,
    /// `POST /responses`.
    Responses,
}

/// A model of an OpenAI-compatible service.
pub struct OpenAi {
    endpoint: Arc<Endpoint>,
    model: String,
    api: Api,
    price: Price,
    sees: bool,
}

impl OpenAi {
    /// A model; those of one endpoint share its connections.
    pub fn new(endpoint: Arc<Endpoint>, model: impl Into<String>) -> Self {
        Self {
            endpoint,
            model: model.into(),
            api: Api::Chat,
            price: Price::default(),
            sees: false,
        }
    }

    /// Asks in this way.
    #[must_use]
    pub fn by(mut self, api: Api) -> Self {
        self.api = api;
        self
    }

    /// Costs this.
    #[must_use]
    pub fn at(mut self, price: Price) -> Self {
        self.price = price;
        self
    }

    /// Is shown pictures.
    #[must_use]
    pub fn seeing(mut self, sees: bool) -> Self {
        self.sees = sees;
        self
    }

    async fn ask(
        &self,
        request: &ChatRequest,
        deltas: &DeltaSink,
        requests: &mut u32,
    ) -> Result<Completion, ModelFailure> {
        let limits = &self.endpoint.limits;
        let now = Instant::now();
        let total = now + limits.total;
        let deadlines = Deadlines {
            // Retries share it: whoever asked waits no longer because we tried more often.
            first_delta: now + limits.silence,
            total: request.deadline.map_or(total, |asked| asked.min(total)),
        };
        let mut failures = 0;
        loop {
            let (url, body) = match self.api {
                Api::Chat => {
                    let body = body(&self.model, request, self.endpoint.wants_usage(), self.sees);
                    (&self.endpoint.url, body)
                }
                Api::Responses => (
                    &self.endpoint.responses_url,
                    responses::body(&self.model, request, self.sees),
                ),
            };
            *requests += 1;
            let failed = match attempt(&self.endpoint, url, &body, deadlines, deltas).await {
                Ok(completion) => return Ok(completion),
                Err(failed) => failed,
            };
            if failed.about_usage && self.endpoint.stop_wanting_usage() {
                continue;
            }
            failures += 1;
            let wait = match failed.retry {
                Retry::Never => return Err(failed.failure),
                Retry::Backoff => backoff(limits, failures, rand::rng().random()),
                Retry::After(wait) => wait,
            };
            let latest = deadlines.first_delta.min(deadlines.total);
            let fits = Instant::now()
                .checked_add(wait)
                .is_some_and(|then| then < latest);
            if failures >= limits.attempts || !fits {
                return Err(failed.failure);
            }
            tracing::info!(
                turn = request.origin.turn.map(tracing::field::display),
                model = self.model,
                cause = failed.failure.kind(),
                wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
                "model call will be tried again"
            );
            tokio::time::sleep(wait).await;
        }
    }

    fn log(
        &self,
        request: &ChatRequest,
        began: Instant,
        requests: u32,
        outcome: &Result<Completion, ModelFailure>,
    ) {
        let took = began.elapsed();
        let (word, usage) = match outcome {
            Ok(completion) => ("complete", completion.usage),
            Err(failure) => (failure.kind(), Usage::default()),
        };
        tracing::info!(
            turn = request.origin.turn.map(tracing::field::display),
            model = self.model,
            endpoint = self.endpoint.shown(),
            duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            requests,
            tokens_in = usage.prompt_tokens,
            tokens_out = usage.completion_tokens,
            outcome = word,
            cause = outcome.as_ref().err().map(|failure| failure.cause().kind()),
            "model call"
        );
        metrics::counter!("salon_model_calls_total", "outcome" => word).increment(1);
        metrics::counter!("salon_model_requests_total").increment(requests.into());
        metrics::histogram!("salon_model_call_seconds").record(took.as_secs_f64());
        metrics::counter!("salon_model_tokens_total", "direction" => "in")
            .increment(usage.prompt_tokens);
        metrics::counter!("salon_model_tokens_total", "direction" => "out")
            .increment(usage.completion_tokens);
    }
}

#[async_trait::async_trait]
impl Model for OpenAi {
    fn name(&self) -> &str {
        &self.model
    }

    fn endpoint(&self) -> &str {
        self.endpoint.shown()
    }

    fn price(&self) -> Price {
        self.price
    }

    fn sees(&self) -> bool {
        self.sees
    }

    async fn stream(
        &self,
        request: ChatRequest,
        deltas: DeltaSink,
    ) -> Result<Completion, ModelFailure> {
        let began = Instant::now();
        let mut requests = 0;
        let mut outcome = self.ask(&request, &deltas, &mut requests).await;
        if let Ok(completion) = &mut outcome {
            completion.model = self.model.clone();
            let usage = &mut completion.usage;
            if usage.tokens() == 0 {
                *usage = Usage::estimate(&request, &completion.text, self.price);
            }
            usage.requests = requests.into();
            usage.retries = requests.saturating_sub(1).into();
            usage.cost = self.price.of(usage.prompt_tokens, usage.completion_tokens);
        }
        self.log(&request, began, requests, &outcome);
        outcome
    }
}
