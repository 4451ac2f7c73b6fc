//! A model that answers from a script: the tests' way to make a model do anything.

use super::{
    ChatRequest, Completion, Delta, DeltaSink, FinishReason, Model, ModelFailure, ToolCall, Usage,
};
use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

/// One answer of a script.
#[derive(Clone, Debug)]
pub struct ScriptedAnswer {
    pieces: Vec<String>,
    calls: Vec<ToolCall>,
    failure: Option<ModelFailure>,
    yields: bool,
    hangs: bool,
    usage: Usage,
}

impl ScriptedAnswer {
    /// Text in one piece.
    pub fn text(text: &str) -> Self {
        Self::pieces([text])
    }

    /// Text in several pieces.
    pub fn pieces<const N: usize>(pieces: [&str; N]) -> Self {
        let pieces = pieces.map(str::to_owned).to_vec();
        Self {
            pieces,
            calls: Vec::new(),
            failure: None,
            yields: false,
            hangs: false,
            usage: Usage::default(),
        }
    }

    /// Tool calls.
    pub fn calls(calls: Vec<ToolCall>) -> Self {
        Self {
            calls,
            ..Self::pieces([])
        }
    }

    /// A failure before any text.
    pub fn failure(failure: ModelFailure) -> Self {
        Self {
            failure: Some(failure),
            ..Self::pieces([])
        }
    }

    /// Fails after its pieces.
    #[must_use]
    pub fn then_fails(mut self, failure: ModelFailure) -> Self {
        self.failure = Some(failure);
        self
    }

    /// Never ends after its pieces.
    #[must_use]
    pub fn then_hangs(mut self) -> Self {
        self.hangs = true;
        self
    }

    /// Costs so many tokens.
    #[must_use]
    pub fn costing(mut self, prompt_tokens: u64, completion_tokens: u64) -> Self {
        self.usage = Usage {
            prompt_tokens,
            completion_tokens,
            requests: 1,
            ..Usage::default()
        };
        self
    }

    /// Lets others run before it answers.
    #[must_use]
    pub fn after_yielding(mut self) -> Self {
        self.yields = true;
        self
    }
}

/// Answers each question with the script's next line; after its end, with [`ModelFailure::Empty`].
#[derive(Debug, Default)]
pub struct ScriptedModel {
    /// Written by each call; never held across an await.
    script: Mutex<VecDeque<ScriptedAnswer>>,
    /// All that was asked, for assertions.
    asked: Mutex<Vec<ChatRequest>>,
}

impl ScriptedModel {
    /// A model with a script.
    pub fn new(script: impl IntoIterator<Item = ScriptedAnswer>) -> Self {
        Self {
            script: Mutex::new(script.into_iter().collect()),
            asked: Mutex::default(),
        }
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.requests().len()
    }

    /// All that it was asked.
    pub fn requests(&self) -> Vec<ChatRequest> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[async_trait::async_trait]
impl Model for ScriptedModel {
    fn name(&self) -> &str {
        "scripted"
    }

    fn endpoint(&self) -> &str {
        "script"
    }

    async fn stream(
        &self,
        request: ChatRequest,
        deltas: DeltaSink,
    ) -> Result<Completion, ModelFailure> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(request);
        let next = self
            .script
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let answer = next.ok_or(ModelFailure::Empty)?;
        if answer.yields {
            tokio::task::yield_now().await;
        }
        deltas.send(Delta::Started).await;
        for piece in &answer.pieces {
            deltas.send(Delta::Text(piece.clone())).await;
        }
        if answer.hangs {
            std::future::pending::<()>().await;
        }
        if let Some(failure) = answer.failure {
            return Err(failure);
        }
        let finish = match answer.calls.is_empty() {
            true => FinishReason::Stop,
            false => FinishReason::ToolCalls,
        };
        let text = answer.pieces.concat();
        Ok(Completion {
            text,
            tool_calls: answer.calls,
            finish,
            usage: answer.usage,
            model: "scripted".into(),
        })
    }
}
