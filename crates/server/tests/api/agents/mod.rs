//! Agents as good members: made by users, knowing when to speak, bounded in rights and means.

mod approvals;
mod budgets;
mod images;
mod made_by_users;
mod means;
mod memory;
mod peers;
mod speaking;
mod tools;

use crate::harness::{Api, Socket};
use salon_agents::NamedModel;
use salon_testkit::{Step, done, sse};
use serde_json::{Value, json};
use std::time::Duration;

/// The next message of an agent in any room of the socket.
async fn said_by(socket: &mut Socket, agent: &str) -> Value {
    let event = socket
        .expect_where(|frame| {
            frame["kind"] == "message.posted" && frame["from"] == agent && frame["type"] == "event"
        })
        .await;
    event["message"].clone()
}

/// How the latest turns of a room ended, newest first, once none is open any more.
async fn turns(api: &Api<'_>, room: &str) -> Vec<(String, String)> {
    for _ in 0..200 {
        let (status, body) = api.get(&format!("/api/rooms/{room}/turns")).await;
        assert_eq!(status, 200, "{body}");
        let turns = body["turns"].as_array().unwrap();
        if turns.iter().all(|turn| !turn["outcome"].is_null()) {
            let word = |turn: &Value, key: &str| turn[key].as_str().unwrap().to_owned();
            return turns
                .iter()
                .map(|turn| (word(turn, "outcome"), word(turn, "reason")))
                .collect();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("a turn does not end");
}

/// Waits until a condition of the world holds.
async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    for _ in 0..250 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never came: {what}");
}

fn ended(outcome: &str, reason: &str) -> (String, String) {
    (outcome.to_owned(), reason.to_owned())
}

/// Makes an agent that is in `general`.
async fn make(api: &Api<'_>, handle: &str, settings: Value) {
    let body = json!({ "handle": handle, "rooms": ["general"], "settings": settings });
    let (status, made) = api.post("/api/agents", body).await;
    assert_eq!(status, 201, "{made}");
}

/// Says something that costs so many tokens.
fn costs(text: &str, read: u64, written: u64) -> Vec<Step> {
    let chunk = json!({ "choices": [{ "delta": { "content": text }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": read, "completion_tokens": written } });
    sse([
        Step::Bytes(format!("data: {chunk}\n\n").into_bytes()),
        done(),
    ])
}

fn priced(name: &str, price: f64) -> NamedModel {
    serde_json::from_value(json!({ "name": name, "price_in": price, "price_out": price })).unwrap()
}
