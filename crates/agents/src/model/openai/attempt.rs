//! One request: sent, read to its end, understood.

use super::{
    Endpoint,
    answer::Answer,
    refusal::Refusal,
    retry::{self, Retry},
    sse::{Event, SseParser},
};
use crate::model::{
    BadAnswer, Completion, DeltaSink, ModelFailure, Silence,
    limits::{REFUSAL_BYTES_MAX, STREAM_BYTES_MAX},
};
use http::header;
use serde_json::Value;
use tokio::time::Instant;

/// How a request failed.
pub(super) struct Failed {
    pub(super) failure: ModelFailure,
    pub(super) retry: Retry,
    /// It was the wish for token counts that the service refused.
    pub(super) about_usage: bool,
}

impl Failed {
    fn new(failure: ModelFailure, retry: Retry) -> Self {
        Self {
            failure,
            retry,
            about_usage: false,
        }
    }
}

/// When to give up.
#[derive(Clone, Copy)]
pub(super) struct Deadlines {
    /// Without a first delta by then.
    pub(super) first_delta: Instant,
    /// In any case.
    pub(super) total: Instant,
}

/// Sends one request and reads its answer.
pub(super) async fn attempt(
    endpoint: &Endpoint,
    url: &reqwest::Url,
    body: &Value,
    deadlines: Deadlines,
    deltas: &DeltaSink,
) -> Result<Completion, Failed> {
    let request = endpoint
        .http
        .post(url.clone())
        .headers(endpoint.headers.clone())
        .json(body);
    let first = deadlines.first_delta.min(deadlines.total);
    let response = match tokio::time::timeout_at(first, request.send()).await {
        Ok(Ok(response)) => response,
        Ok(Err(error)) => return Err(Failed::new(unsent(&error), Retry::Backoff)),
        Err(_) => return Err(timed_out(Silence::FirstDelta)),
    };
    if !response.status().is_success() {
        return Err(refused(endpoint, response, body.get("tools").is_some(), first).await);
    }
    let kind = response.headers().get(header::CONTENT_TYPE);
    let kind = kind
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default()
        .to_lowercase();
    if kind.starts_with("text/html") {
        return Err(Failed::new(
            ModelFailure::BadAnswer(BadAnswer::Html),
            Retry::Never,
        ));
    }
    let whole = kind.starts_with("application/json");
    Reading {
        endpoint,
        deadlines,
        deltas,
        answer: Answer::default(),
        heard: None,
    }
    .read(response, whole)
    .await
}

/// An error without an answer: reqwest's own words are left out, they repeat the address.
fn unsent(error: &reqwest::Error) -> ModelFailure {
    match error.is_timeout() {
        true => ModelFailure::TimedOut(Silence::Connect),
        false => ModelFailure::Unreachable,
    }
}

/// Silence has taken all the time that there was: no retry.
fn timed_out(silence: Silence) -> Failed {
    Failed::new(ModelFailure::TimedOut(silence), Retry::Never)
}

async fn refused(
    endpoint: &Endpoint,
    mut response: reqwest::Response,
    had_tools: bool,
    deadline: Instant,
) -> Failed {
    let (status, headers) = (response.status(), response.headers().clone());
    let mut text = Vec::new();
    while text.len() < REFUSAL_BYTES_MAX {
        match tokio::time::timeout_at(deadline, response.chunk()).await {
            Ok(Ok(Some(chunk))) => text.extend_from_slice(&chunk),
            _ => break,
        }
    }
    let refusal = Refusal::from_body(status, &text);
    let shown = String::from_utf8_lossy(&text);
    tracing::debug!(status = status.as_u16(), body = %endpoint.redact(&shown), "model service refused");
    let (mut failure, retry) = refusal.classify(had_tools);
    let retry = retry::advised(retry, &headers);
    if let (ModelFailure::RateLimited { retry_after }, Retry::After(wait)) = (&mut failure, retry) {
        *retry_after = Some(wait);
    }
    Failed {
        failure,
        retry,
        about_usage: refusal.is_about_usage(),
    }
}

/// An answer while it is read.
struct Reading<'a> {
    endpoint: &'a Endpoint,
    deadlines: Deadlines,
    deltas: &'a DeltaSink,
    answer: Answer,
    /// When the last delta came.
    heard: Option<Instant>,
}

impl Reading<'_> {
    async fn read(
        mut self,
        mut response: reqwest::Response,
        whole: bool,
    ) -> Result<Completion, Failed> {
        let mut parser = SseParser::default();
        let (mut body, mut bytes) = (Vec::new(), 0);
        while !self.answer.is_done() {
            let (deadline, silence) = self.deadline();
            let chunk = match tokio::time::timeout_at(deadline, response.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => break,
                // The answer is whole; only the mark of the end is missing.
                Ok(Err(_)) | Err(_) if self.answer.has_finished() => break,
                Ok(Err(_)) => return Err(self.failed(ModelFailure::Cut)),
                Err(_) => return Err(self.failed(ModelFailure::TimedOut(silence))),
            };
            bytes += chunk.len();
            if bytes > STREAM_BYTES_MAX {
                return Err(self.failed(ModelFailure::BadAnswer(BadAnswer::TooBig)));
            }
            if whole {
                body.extend_from_slice(&chunk);
                continue;
            }
            let mut events = Vec::new();
            let pushed = parser.push(&chunk, &mut events);
            self = self.take_all(events).await?;
            if pushed.is_err() {
                return Err(self.failed(ModelFailure::BadAnswer(BadAnswer::TooBig)));
            }
        }
        let mut events = Vec::new();
        if whole {
            match serde_json::from_slice(&body) {
                Ok(value) => {
                    events.push(Event::Data(value));
                    self.answer.take_whole();
                }
                // A stream under the wrong name.
                Err(_) => drop(parser.push(&body, &mut events)),
            }
        }
        parser.finish(&mut events);
        self = self.take_all(events).await?;
        self.finish().await
    }

    /// Until when the next bytes must have come.
    fn deadline(&self) -> (Instant, Silence) {
        let (deadline, silence) = match self.heard {
            _ if self.answer.has_finished() => (
                Instant::now() + self.endpoint.limits.after_finish,
                Silence::Stall,
            ),
            Some(heard) => (heard + self.endpoint.limits.silence, Silence::Stall),
            None => (self.deadlines.first_delta, Silence::FirstDelta),
        };
        match deadline < self.deadlines.total {
            true => (deadline, silence),
            false => (self.deadlines.total, Silence::Total),
        }
    }

    async fn take_all(mut self, events: Vec<Event>) -> Result<Self, Failed> {
        for event in events {
            match event {
                Event::Done => self.answer.take_done(),
                Event::Malformed => self.answer.take_malformed(),
                Event::Data(chunk) => {
                    let deltas = match self.answer.take(&chunk) {
                        Ok(deltas) => deltas,
                        Err(failure) => return Err(self.failed(failure)),
                    };
                    // The arguments of a call are no text, but no silence either.
                    if !deltas.is_empty() || self.answer.has_calls() {
                        self.heard = Some(Instant::now());
                    }
                    for delta in deltas {
                        self.deltas.send(delta).await;
                    }
                }
            }
        }
        Ok(self)
    }

    async fn finish(self) -> Result<Completion, Failed> {
        let had_calls = self.answer.has_calls();
        let (last, outcome) = self.answer.finish();
        if let Some(delta) = last {
            self.deltas.send(delta).await;
        }
        outcome.map_err(|(failure, text)| failed(failure, text, had_calls))
    }

    fn failed(self, failure: ModelFailure) -> Failed {
        let (had_calls, has_text) = (self.answer.has_calls(), self.answer.has_text());
        let text = if has_text {
            self.answer.into_text()
        } else {
            String::new()
        };
        failed(failure, text, had_calls)
    }
}

/// What people have seen is kept, and nothing is asked again behind it.
fn failed(failure: ModelFailure, text: String, had_calls: bool) -> Failed {
    if !text.trim().is_empty() {
        let cause = Box::new(failure);
        return Failed::new(
            ModelFailure::Interrupted { kept: text, cause },
            Retry::Never,
        );
    }
    let retry = match &failure {
        _ if had_calls => Retry::Never,
        ModelFailure::Cut
        | ModelFailure::Unreachable
        | ModelFailure::RateLimited { .. }
        | ModelFailure::ServiceError { .. } => Retry::Backoff,
        _ => Retry::Never,
    };
    Failed::new(failure, retry)
}
