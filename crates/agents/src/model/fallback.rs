//! A chain of models: the next one is asked where the first fails before it wrote anything.

use super::{ChatRequest, Completion, DeltaSink, Model, ModelFailure};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// Models in the order in which they are asked.
pub struct Fallback {
    models: Vec<Arc<dyn Model>>,
    total: Duration,
}

impl Fallback {
    /// A chain that answers within `total`, all of its models together. `None` without a model.
    pub fn new(models: Vec<Arc<dyn Model>>, total: Duration) -> Option<Self> {
        (!models.is_empty()).then_some(Self { models, total })
    }
}

#[async_trait::async_trait]
impl Model for Fallback {
    fn name(&self) -> &str {
        self.models[0].name()
    }

    fn endpoint(&self) -> &str {
        self.models[0].endpoint()
    }

    fn price(&self) -> super::Price {
        self.models[0].price()
    }

    fn sees(&self) -> bool {
        self.models.iter().any(|model| model.sees())
    }

    async fn stream(
        &self,
        mut request: ChatRequest,
        deltas: DeltaSink,
    ) -> Result<Completion, ModelFailure> {
        let latest = Instant::now() + self.total;
        let deadline = request.deadline.map_or(latest, |asked| asked.min(latest));
        request.deadline = Some(deadline);
        let mut condemned: Vec<&str> = Vec::new();
        let mut first_failure = None;
        for model in &self.models {
            if condemned.contains(&model.endpoint()) || Instant::now() >= deadline {
                continue;
            }
            match model.stream(request.clone(), deltas.clone()).await {
                Ok(completion) => return Ok(completion),
                // People have seen its beginning: another model's answer would contradict it.
                Err(failure @ ModelFailure::Interrupted { .. }) => return Err(failure),
                Err(failure) => {
                    if failure.condemns_endpoint() {
                        condemned.push(model.endpoint());
                    }
                    if self.models.len() > 1 {
                        tracing::warn!(
                            model = model.name(),
                            turn = request.origin.turn.map(tracing::field::display),
                            outcome = failure.kind(),
                            "a model of the chain failed"
                        );
                    }
                    first_failure.get_or_insert(failure);
                }
            }
        }
        Err(first_failure.unwrap_or(ModelFailure::Unreachable))
    }
}
