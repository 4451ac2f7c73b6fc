//! A model's service whose answers, delays and failures the seed decides.

use crate::nature::chance;
use salon_agents::model::{
    ChatRequest, Completion, Delta, DeltaSink, FinishReason, Model, ModelFailure, ToolCall, Usage,
};
use std::time::Duration;

pub(crate) struct SimulatedModel;

#[async_trait::async_trait]
impl Model for SimulatedModel {
    fn name(&self) -> &str {
        "simulated"
    }

    fn endpoint(&self) -> &str {
        "simulation"
    }

    async fn stream(
        &self,
        request: ChatRequest,
        deltas: DeltaSink,
    ) -> Result<Completion, ModelFailure> {
        deltas.send(Delta::Started).await;
        wait().await;
        let may_call = !request.tools.is_empty();
        let mut text = String::new();
        for piece in 0..chance(|chance| 1 + chance.below(4)) {
            wait().await;
            let piece = format!("piece {piece} ");
            text.push_str(&piece);
            deltas.send(Delta::Text(piece)).await;
            if chance(|chance| chance.one_in(20)) {
                return Err(ModelFailure::Cut);
            }
        }
        let tool_calls = match may_call && chance(|chance| chance.one_in(4)) {
            true => vec![ToolCall {
                id: "call".into(),
                name: "users".into(),
                arguments: "{}".into(),
            }],
            false => Vec::new(),
        };
        let finish = match tool_calls.is_empty() {
            true => FinishReason::Stop,
            false => FinishReason::ToolCalls,
        };
        Ok(Completion {
            text,
            tool_calls,
            finish,
            usage: Usage::default(),
            model: "simulated".into(),
        })
    }
}

/// For a few turns of others, or for a while.
async fn wait() {
    match chance(|chance| chance.below(3)) {
        0 => {}
        1 => tokio::task::yield_now().await,
        _ => {
            let ms = chance(|chance| chance.below(3_000));
            tokio::time::sleep(Duration::from_millis(ms as u64)).await;
        }
    }
}
