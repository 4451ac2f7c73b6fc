//! One model of one service: asked, retried before its first delta, logged.

use super::{
    Endpoint,
    attempt::{Deadlines, attempt},
    body::body,
    retry::{Retry, backoff},
};
use crate::model::{ChatRequest, Completion, DeltaSink, Model, ModelFailure, Usage};
use rand::RngExt;
use std::sync::Arc;
use tokio::time::Instant;

/// A model of an OpenAI-compatible service.
pub struct OpenAi {
    endpoint: Arc<Endpoint>,
    model: String,
}

impl OpenAi {
    /// A model; those of one endpoint share its connections.
    pub fn new(endpoint: Arc<Endpoint>, model: impl Into<String>) -> Self {
        Self {
            endpoint,
            model: model.into(),
        }
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
            let body = body(&self.model, request, self.endpoint.wants_usage());
            *requests += 1;
            let failed = match attempt(&self.endpoint, &body, deadlines, deltas).await {
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

    async fn stream(
        &self,
        request: ChatRequest,
        deltas: DeltaSink,
    ) -> Result<Completion, ModelFailure> {
        let began = Instant::now();
        let mut requests = 0;
        let outcome = self.ask(&request, &deltas, &mut requests).await;
        self.log(&request, began, requests, &outcome);
        outcome
    }
}
