//! Killed with -9 in the middle of a thousand sends, some of which an agent answers: what was acked
//! is there, once, without a hole, and nothing is answered twice.

use crate::program::{Program, Socket, account, next};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;

/// As many as CI has time for; `SALON_KILLS` says another number.
const ROUNDS: usize = 20;
const SESSIONS: usize = 20;
const SENDS_PER_SESSION: usize = 50;
/// Every so many messages one asks the agent.
const ASKS_EVERY: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acked_is_stored_once_and_without_a_hole_however_often_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let tokens: Vec<String> = (0..SESSIONS)
        .map(|n| account(folder.path(), &format!("user{n}")))
        .collect();
    let rounds = std::env::var("SALON_KILLS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let mut read_to = 0;
    let mut answered = HashSet::new();
    let mut killed_in_the_middle = 0;
    for round in 0..rounds {
        // Spread over the whole burst; every round its own.
        let kill_after = 20 + (round * 367) % (SESSIONS * SENDS_PER_SESSION - 40);
        let acked = killed_burst(folder.path(), &tokens, round, kill_after).await;
        if acked.len() < SESSIONS * SENDS_PER_SESSION {
            killed_in_the_middle += 1;
        }
        let server = Program::start(folder.path()).await;
        let stored = stored_after(&server, &tokens[0], &mut read_to, &mut answered).await;
        let once: HashSet<&String> = stored.iter().collect();
        assert_eq!(
            once.len(),
            stored.len(),
            "round {round}: something is stored twice"
        );
        let lost: Vec<_> = acked.iter().filter(|text| !once.contains(text)).collect();
        assert!(lost.is_empty(), "round {round}: acked and lost: {lost:?}");
    }
    assert!(!answered.is_empty(), "the agent never answered");
    assert!(
        killed_in_the_middle > rounds / 2,
        "the kills came too late to show anything"
    );
}

/// Sends from all sessions at once, kills after so many acks; answers with what was acked.
async fn killed_burst(
    data: &Path,
    tokens: &[String],
    round: usize,
    kill_after: usize,
) -> Vec<String> {
    let mut server = Program::start(data).await;
    let acks = Arc::new(AtomicUsize::new(0));
    let enough = Arc::new(Notify::new());
    let mut sessions = Vec::new();
    for (n, token) in tokens.iter().enumerate() {
        let mut socket = server.connect(token).await;
        join(&mut socket).await;
        let (acks, enough) = (acks.clone(), enough.clone());
        sessions.push(tokio::spawn(async move {
            let (mut sink, mut stream) = socket.split();
            let sending = async {
                for at in 0..SENDS_PER_SESSION {
                    let mut text = format!("r{round} s{n} m{at}");
                    if at % ASKS_EVERY == 0 {
                        text.insert_str(0, "@assistant ");
                    }
                    let frame =
                        json!({ "type": "send", "id": text, "room": "general", "text": text });
                    if sink.send(Message::text(frame.to_string())).await.is_err() {
                        break;
                    }
                }
            };
            let receiving = async {
                let mut acked = Vec::new();
                while let Some(Ok(message)) = stream.next().await {
                    let Message::Text(text) = message else {
                        continue;
                    };
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    if frame["type"] == "ack" {
                        acked.push(frame["id"].as_str().unwrap().to_owned());
                        if acks.fetch_add(1, Ordering::Relaxed) + 1 >= kill_after {
                            enough.notify_one();
                        }
                    }
                }
                acked
            };
            futures::join!(sending, receiving).1
        }));
    }
    enough.notified().await;
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let mut acked = Vec::new();
    for session in sessions {
        acked.extend(session.await.unwrap());
    }
    acked
}

async fn join(socket: &mut Socket) {
    let frame = json!({ "type": "send", "id": "join", "room": "general", "text": "/join general" });
    socket.send(Message::text(frame.to_string())).await.unwrap();
    while next(socket).await.expect("closed")["id"] != "join" {}
}

/// The texts of all messages since the last look, whose numbers follow each other.
async fn stored_after(
    server: &Program,
    token: &str,
    read_to: &mut u64,
    answered: &mut HashSet<String>,
) -> Vec<String> {
    let mut texts = Vec::new();
    loop {
        let path = format!("/api/rooms/general/events?after={read_to}&limit=500");
        let page = server.get(token, &path).await;
        let events = page["events"].as_array().unwrap();
        if events.is_empty() {
            return texts;
        }
        for event in events {
            assert_eq!(
                event["seq"].as_u64(),
                Some(*read_to + 1),
                "a hole in the log"
            );
            *read_to += 1;
            if event["from"] == "assistant" && event["kind"] == "message.posted" {
                let question = event["message"]["reply_to"].to_string();
                assert!(answered.insert(question), "answered twice: {event}");
            } else if event["kind"] == "message.posted" {
                texts.push(event["message"]["text"].as_str().unwrap().to_owned());
            }
        }
    }
}
