//! Answers to identical visible contexts, for a minute, asked for once however many want them.
//!
//! Only a whole answer that called no tool is kept: a degraded one would be repeated for a
//! minute, a tool's result is of its moment.

use super::{ChatRequest, Completion, Delta, DeltaSink, FinishReason, Model, ModelFailure};
use moka::future::Cache;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// How long an answer is good.
const ANSWER_LIFETIME: Duration = Duration::from_secs(60);
/// Answers kept.
const ANSWERS_MAX: u64 = 1_000;

/// A model with a short memory.
pub struct Cached<M> {
    inner: M,
    answers: Cache<[u8; 32], Completion>,
}

/// The leader's answer is its own: whoever waited for it asks for themselves.
struct NotShared;

impl<M: Model> Cached<M> {
    /// Puts the cache in front of a model.
    pub fn new(inner: M) -> Self {
        let answers = Cache::builder()
            .max_capacity(ANSWERS_MAX)
            .time_to_live(ANSWER_LIFETIME)
            .build();
        Self { inner, answers }
    }
}

#[async_trait::async_trait]
impl<M: Model> Model for Cached<M> {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn endpoint(&self) -> &str {
        self.inner.endpoint()
    }

    fn price(&self) -> super::Price {
        self.inner.price()
    }

    fn sees(&self) -> bool {
        self.inner.sees()
    }

    async fn stream(
        &self,
        request: ChatRequest,
        deltas: DeltaSink,
    ) -> Result<Completion, ModelFailure> {
        let key = key(self.name(), &request);
        let mut own = None;
        let shared = self
            .answers
            .try_get_with(key, async {
                let outcome = self.inner.stream(request.clone(), deltas.clone()).await;
                let shared = match &outcome {
                    Ok(completion) if is_shareable(&request, completion) => Ok(completion.clone()),
                    _ => Err(NotShared),
                };
                own = Some(outcome);
                shared
            })
            .await;
        if let Some(outcome) = own {
            metrics::counter!("salon_model_cache_total", "result" => "miss").increment(1);
            return outcome;
        }
        match shared {
            Ok(completion) => {
                metrics::counter!("salon_model_cache_total", "result" => "hit").increment(1);
                tracing::info!(
                    turn = request.origin.turn.map(tracing::field::display),
                    model = self.name(),
                    outcome = "cached",
                    "model call"
                );
                deltas.send(Delta::Started).await;
                deltas.send(Delta::Text(completion.text.clone())).await;
                // Nobody pays twice.
                Ok(Completion {
                    usage: super::Usage::default(),
                    ..completion
                })
            }
            Err(_) => {
                metrics::counter!("salon_model_cache_total", "result" => "unshared").increment(1);
                self.inner.stream(request, deltas).await
            }
        }
    }
}

fn is_shareable(request: &ChatRequest, completion: &Completion) -> bool {
    let used_a_tool = request
        .messages
        .iter()
        .any(|message| message.role == super::Speaker::Tool || !message.tool_calls.is_empty());
    completion.finish == FinishReason::Stop
        && completion.tool_calls.is_empty()
        && !completion.text.trim().is_empty()
        && !used_a_tool
        && !crate::text_calls::may_call(&completion.text)
}

/// A hash of all that the model sees and of who will see the answer.
fn key(model: &str, request: &ChatRequest) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    part(model.as_bytes());
    part(request.origin.audience.as_bytes());
    part(request.origin.lang.as_str().as_bytes());
    part(&request.origin.again.to_le_bytes());
    part(&request.temperature.unwrap_or(-1.0).to_le_bytes());
    part(&request.max_tokens.unwrap_or(0).to_le_bytes());
    // Neither can fail: both are plain data with text keys.
    part(&serde_json::to_vec(&request.messages).unwrap_or_default());
    part(&serde_json::to_vec(&request.tools).unwrap_or_default());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::super::{ChatMessage, ScriptedAnswer, ScriptedModel, ToolCall};
    use super::*;

    fn question(text: &str, audience: &str) -> ChatRequest {
        let mut request = ChatRequest {
            messages: vec![ChatMessage::user(text)],
            ..ChatRequest::default()
        };
        request.origin.audience = audience.into();
        request
    }

    async fn ask(
        model: &impl Model,
        request: ChatRequest,
    ) -> (Result<Completion, ModelFailure>, Vec<Delta>) {
        let (sink, mut deltas) = DeltaSink::channel();
        let outcome = model.stream(request, sink).await;
        let mut seen = Vec::new();
        while let Ok(delta) = deltas.try_recv() {
            seen.push(delta);
        }
        (outcome, seen)
    }

    #[tokio::test]
    async fn the_same_question_is_asked_once_and_its_answer_comes_as_one_delta() {
        let model = Cached::new(ScriptedModel::new([ScriptedAnswer::text("hello")]));
        let (first, _) = ask(&model, question("hi", "general")).await;
        let (second, deltas) = ask(&model, question("hi", "general")).await;
        assert_eq!(first.unwrap().text, "hello");
        assert_eq!(second.unwrap().text, "hello");
        assert_eq!(deltas, [Delta::Started, Delta::Text("hello".into())]);
        assert_eq!(model.inner.asked(), 1);
    }

    #[tokio::test]
    async fn another_audience_gets_its_own_answer() {
        let answers = [ScriptedAnswer::text("one"), ScriptedAnswer::text("two")];
        let model = Cached::new(ScriptedModel::new(answers));
        ask(&model, question("hi", "general")).await.0.unwrap();
        assert_eq!(
            ask(&model, question("hi", "secret")).await.0.unwrap().text,
            "two"
        );
    }

    #[tokio::test]
    async fn failures_and_tool_calls_are_not_kept() {
        let call = ToolCall {
            id: "1".into(),
            name: "users".into(),
            arguments: "{}".into(),
        };
        let model = Cached::new(ScriptedModel::new([
            ScriptedAnswer::failure(ModelFailure::Cut),
            ScriptedAnswer::calls(vec![call]),
            ScriptedAnswer::text("/users"),
            ScriptedAnswer::text("at last"),
        ]));
        for _ in 0..4 {
            ask(&model, question("hi", "general")).await.0.ok();
        }
        assert_eq!(model.inner.asked(), 4);
    }

    #[tokio::test]
    async fn a_follower_whose_leader_failed_asks_for_itself() {
        let model = Cached::new(ScriptedModel::new([
            ScriptedAnswer::failure(ModelFailure::Cut).after_yielding(),
            ScriptedAnswer::text("hello"),
        ]));
        let (leader, follower) = tokio::join!(
            ask(&model, question("hi", "general")),
            ask(&model, question("hi", "general"))
        );
        assert_eq!(leader.0, Err(ModelFailure::Cut));
        assert_eq!(follower.0.unwrap().text, "hello");
    }

    #[tokio::test]
    async fn many_at_once_lead_to_one_call() {
        let model = Cached::new(ScriptedModel::new([
            ScriptedAnswer::text("hello").after_yielding()
        ]));
        let all = (0..10).map(|_| ask(&model, question("hi", "general")));
        let all = futures::future::join_all(all).await;
        assert!(
            all.iter()
                .all(|(outcome, _)| outcome.as_ref().unwrap().text == "hello")
        );
        assert_eq!(model.inner.asked(), 1);
    }
}
