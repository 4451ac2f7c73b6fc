//! The model: it does what the test planned for a turn, and remembers every byte that it was sent.

use salon_testkit::{ModelServer, Step, chunk, done, sse};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::{Notify, Semaphore};

/// A call as the model writes it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Written {
    pub(crate) name: String,
    pub(crate) arguments: String,
}

/// What one question makes the model do.
struct Plan {
    calls: Vec<Written>,
    /// Words that it would like to carry off, where it reads them.
    wanted: Vec<String>,
    loot: Arc<Mutex<String>>,
    /// The question has arrived, and waits for the gate.
    arrived: Arc<Notify>,
    gate: Arc<Semaphore>,
}

#[derive(Default)]
struct Shared {
    /// By the mark in the question; written by the test, taken by the request.
    plans: Mutex<HashMap<String, Plan>>,
    seen: Mutex<Vec<Value>>,
}

pub(crate) struct Model {
    pub(crate) service: ModelServer,
    shared: Arc<Shared>,
}

/// What the test holds while the model thinks.
pub(crate) struct Thinking {
    pub(crate) arrived: Arc<Notify>,
    pub(crate) gate: Arc<Semaphore>,
    /// What the model read that it then writes in place of [`LOOT`].
    pub(crate) loot: Arc<Mutex<String>>,
}

/// Stands in a call for a secret that the model has just read.
pub(crate) const LOOT: &str = "L00T";

impl Model {
    pub(crate) async fn start() -> Self {
        let shared = Arc::<Shared>::default();
        let answering = shared.clone();
        let service = ModelServer::answering(move |seen| {
            let shared = answering.clone();
            async move { answer(&shared, seen.body).await }
        })
        .await;
        Self { service, shared }
    }

    /// What the model is to call when it reads a mark.
    pub(crate) fn plan(&self, mark: &str, calls: Vec<Written>, wanted: Vec<String>) -> Thinking {
        let loot = Arc::new(Mutex::new("nothing".to_owned()));
        let (arrived, gate) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
        let plan = Plan {
            calls,
            wanted,
            loot: loot.clone(),
            arrived: arrived.clone(),
            gate: gate.clone(),
        };
        lock(&self.shared.plans).insert(mark.to_owned(), plan);
        Thinking {
            arrived,
            gate,
            loot,
        }
    }

    /// What it was not asked it does not do later.
    pub(crate) fn forget_plans(&self) {
        lock(&self.shared.plans).clear();
    }

    /// All that it was sent since the last time.
    pub(crate) fn take_seen(&self) -> Vec<Value> {
        std::mem::take(&mut *lock(&self.shared.seen))
    }
}

/// The question of a request: the last thing that a user said.
pub(crate) fn question(body: &Value) -> &str {
    let messages = body["messages"].as_array();
    let last = messages
        .into_iter()
        .flatten()
        .rfind(|message| message["role"] == "user");
    let content = last.map(|message| &message["content"]);
    // Where a picture stands beside it, the words are the first part.
    let words = content.and_then(|it| it.as_str().or_else(|| it[0]["text"].as_str()));
    words.unwrap_or_default()
}

/// The pictures of a request.
pub(crate) fn pictures(body: &Value) -> usize {
    let messages = body["messages"].as_array().into_iter().flatten();
    let parts = messages.filter_map(|message| message["content"].as_array());
    let shown = |part: &&Value| part["type"] == "image_url";
    parts.flatten().filter(shown).count()
}

async fn answer(shared: &Shared, body: Value) -> Vec<Step> {
    let question = question(&body).to_owned();
    let is_new = body["messages"]
        .as_array()
        .and_then(|messages| messages.last())
        .is_some_and(|last| last["role"] == "user");
    let text = body.to_string();
    lock(&shared.seen).push(body);
    let plan = {
        let mut plans = lock(&shared.plans);
        let mark = plans.keys().find(|mark| question.contains(*mark)).cloned();
        mark.filter(|_| is_new).and_then(|mark| plans.remove(&mark))
    };
    let Some(plan) = plan else {
        return sse([chunk("Well."), done()]);
    };
    let loot = plan.wanted.iter().rfind(|word| text.contains(*word));
    let loot = loot.map_or("nothing", String::as_str);
    loot.clone_into(&mut lock(&plan.loot));
    plan.arrived.notify_one();
    // Closed never: the test opens it, or has failed.
    drop(plan.gate.acquire().await);
    let calls: Vec<Value> = plan
        .calls
        .iter()
        .enumerate()
        .map(|(at, call)| {
            json!({ "index": at, "id": format!("c{at}"), "type": "function",
                "function": { "name": call.name, "arguments": call.arguments.replace(LOOT, loot) } })
        })
        .collect();
    let told = json!({ "choices": [{ "delta": { "tool_calls": calls },
        "finish_reason": "tool_calls" }] });
    sse([Step::Bytes(
        format!("data: {told}\n\ndata: [DONE]\n\n").into_bytes(),
    )])
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
