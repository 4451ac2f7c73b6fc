//! Killed with -9 in the middle of a thousand sends, while an agent streams its answers to some of
//! them: what was acked is there, once, without a hole, and nothing is answered twice.

use crate::program::{Program, Socket, account, next};
use futures::{SinkExt, StreamExt};
use salon_testkit::{ModelServer, Step, chunk, done, sse};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;

/// As many as CI has time for; `SALON_KILLS` says another number.
const ROUNDS: usize = 20;
const SESSIONS: usize = 20;
const SENDS_PER_SESSION: usize = 50;
/// Every so many messages one asks the agent.
const ASKS_EVERY: usize = 10;
/// How long the model's service takes between two words, of which an answer has twenty.
const PAUSE: Duration = Duration::from_millis(5);

/// What came of a burst that was killed.
struct Burst {
    acked: Vec<String>,
    /// Somebody was being shown an answer that was still growing.
    was_streaming: bool,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acked_is_stored_once_and_without_a_hole_however_often_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let tokens: Vec<String> = (0..SESSIONS)
        .map(|n| account(folder.path(), &format!("user{n}")))
        .collect();
    let words = (0..20).flat_map(|n| [chunk(&format!("word {n} ")), Step::Pause(PAUSE)]);
    let service = ModelServer::start([sse(words.chain([done()]))]).await;
    let base = service.base_url();
    let env = [("OPENAI_BASE_URL", base.as_str()), ("OPENAI_MODEL", "m")];
    let rounds = std::env::var("SALON_KILLS").map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let mut read_to = 0;
    let mut answered = HashSet::new();
    let (mut killed_in_the_middle, mut killed_while_streaming) = (0, 0);
    for round in 0..rounds {
        // Spread over the whole burst; every round its own.
        let kill_after = 20 + (round * 367) % (SESSIONS * SENDS_PER_SESSION - 40);
        let server = Program::start_with(folder.path(), &env, Stdio::inherit()).await;
        let burst = killed_burst(server, &tokens, round, kill_after).await;
        let acked = burst.acked;
        killed_in_the_middle += usize::from(acked.len() < SESSIONS * SENDS_PER_SESSION);
        killed_while_streaming += usize::from(burst.was_streaming);
        let server = Program::start_with(folder.path(), &env, Stdio::inherit()).await;
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
    println!(
        "{rounds} kills, {killed_in_the_middle} in the middle of a burst, \
         {killed_while_streaming} of an answer, {read_to} events, {} answers",
        answered.len()
    );
    assert!(!answered.is_empty(), "the agent never answered");
    assert!(
        killed_in_the_middle > rounds / 2 && killed_while_streaming > 0,
        "the kills came too late to show anything"
    );
}

/// Sends from all sessions at once, kills after so many acks; answers with what was acked.
async fn killed_burst(
    mut server: Program,
    tokens: &[String],
    round: usize,
    kill_after: usize,
) -> Burst {
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
                let (mut acked, mut drafts) = (Vec::new(), HashSet::new());
                while let Some(Ok(message)) = stream.next().await {
                    let Message::Text(text) = message else {
                        continue;
                    };
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    let draft = frame["draft_id"].to_string();
                    match frame["type"].as_str().unwrap() {
                        "ack" => {
                            acked.push(frame["id"].as_str().unwrap().to_owned());
                            if acks.fetch_add(1, Ordering::Relaxed) + 1 >= kill_after {
                                enough.notify_one();
                            }
                        }
                        "draft" => drop(drafts.insert(draft)),
                        "draft.end" => drop(drafts.remove(&draft)),
                        _ => {}
                    }
                }
                (acked, !drafts.is_empty())
            };
            futures::join!(sending, receiving).1
        }));
    }
    enough.notified().await;
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let (mut acked, mut was_streaming) = (Vec::new(), false);
    for session in sessions {
        let (of_session, saw_a_draft) = session.await.unwrap();
        acked.extend(of_session);
        was_streaming |= saw_a_draft;
    }
    Burst {
        acked,
        was_streaming,
    }
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
