//! A running call to a model as one source of events, for a loop that also listens elsewhere.

use super::{ChatRequest, Completion, Delta, DeltaSink, Model, ModelFailure};
use futures::{FutureExt, future::BoxFuture};
use std::sync::Arc;
use tokio::sync::mpsc;

/// What a running call tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallEvent {
    /// A delta.
    Delta(Delta),
    /// The end; nothing follows.
    Ended(Result<Completion, ModelFailure>),
}

/// A running call; dropping it cancels it.
pub struct ModelCall {
    answer: BoxFuture<'static, Result<Completion, ModelFailure>>,
    outcome: Option<Result<Completion, ModelFailure>>,
    deltas: mpsc::Receiver<Delta>,
}

impl ModelCall {
    /// Prepares the call; it runs while [`next`](Self::next) is awaited.
    pub fn start(model: Arc<dyn Model>, request: ChatRequest) -> Self {
        let (sink, deltas) = DeltaSink::channel();
        let answer = async move { model.stream(request, sink).await }.boxed();
        Self {
            answer,
            outcome: None,
            deltas,
        }
    }

    /// The next event. Every delta comes before the end. Cancel-safe; must not be called again
    /// after [`CallEvent::Ended`].
    pub async fn next(&mut self) -> CallEvent {
        if self.outcome.is_none() {
            tokio::select! {
                biased;
                Some(delta) = self.deltas.recv() => return CallEvent::Delta(delta),
                outcome = &mut self.answer => self.outcome = Some(outcome),
            }
        }
        // The sink may outlive the answer in a decorator's hands, so what is queued is taken
        // without waiting.
        match self.deltas.try_recv() {
            Ok(delta) => CallEvent::Delta(delta),
            Err(_) => CallEvent::Ended(self.outcome.take().unwrap_or(Err(ModelFailure::Cut))),
        }
    }
}
