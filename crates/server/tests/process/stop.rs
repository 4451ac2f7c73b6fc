//! Asked to stop: in good order and in time.

use crate::program::{Program, account, next};
use futures::{SinkExt, StreamExt};
use salon_testkit::{ModelServer, Step, chunk, done, sse};
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    process::{Command, ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};
use tokio::sync::{Notify, Semaphore};
use tokio_tungstenite::tungstenite::Message;

/// How long a server takes to end that was asked to, whatever goes on in it.
const STOP_TIME_MAX: Duration = Duration::from_secs(10);

fn ask_to_stop(server: &Program) {
    let pid = server.child.id().to_string();
    let asked = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(asked.unwrap().success());
}

async fn ended(mut server: Program) -> ExitStatus {
    let ended = tokio::task::spawn_blocking(move || server.child.wait());
    let ended = tokio::time::timeout(STOP_TIME_MAX, ended).await;
    ended.expect("still there").unwrap().unwrap()
}

#[tokio::test]
async fn a_stopping_server_tells_its_sessions_to_reconnect_and_exits_with_zero() {
    let folder = tempfile::tempdir().unwrap();
    let token = account(folder.path(), "ada");
    let server = Program::start(folder.path()).await;
    let mut socket = server.connect(&token).await;
    ask_to_stop(&server);
    let code = loop {
        match socket.next().await {
            Some(Ok(Message::Close(Some(frame)))) => break u16::from(frame.code),
            Some(Ok(_)) => {}
            other => panic!("the connection ended without a close frame: {other:?}"),
        }
    };
    assert_eq!(code, 1001);
    assert_eq!(ended(server).await.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_under_load_loses_nothing_and_answers_after_its_next_start() {
    const SESSIONS: usize = 10;
    const IN_FLIGHT: usize = 16;
    let folder = tempfile::tempdir().unwrap();
    let tokens: Vec<String> = (0..SESSIONS)
        .map(|n| account(folder.path(), &format!("user{n}")))
        .collect();
    let half = sse([chunk("Half"), Step::Hang]);
    let service = ModelServer::start([half, sse([chunk("Whole."), done()])]).await;
    let base = service.base_url();
    let env = [("OPENAI_BASE_URL", base.as_str()), ("OPENAI_MODEL", "m")];
    let server = Program::start_with(folder.path(), &env, Stdio::inherit()).await;
    let streaming = Arc::new(Notify::new());
    let mut sessions = Vec::new();
    for (n, token) in tokens.iter().enumerate() {
        let mut socket = server.connect(token).await;
        let send = |text: &str| {
            let frame = json!({ "type": "send", "id": text, "room": "general", "text": text });
            Message::text(frame.to_string())
        };
        socket.send(send("/join general")).await.unwrap();
        while next(&mut socket).await.expect("closed")["id"] != "/join general" {}
        if n == 0 {
            socket.send(send("@assistant hello")).await.unwrap();
        }
        let streaming = streaming.clone();
        sessions.push(tokio::spawn(async move {
            let (mut sink, mut stream) = socket.split();
            let may_send = Semaphore::new(IN_FLIGHT);
            // The first one has asked and listens; the others go on as long as they are heard.
            let sending = async {
                let mut at = 0;
                loop {
                    may_send.acquire().await.unwrap().forget();
                    if n == 0 || sink.send(send(&format!("s{n} m{at}"))).await.is_err() {
                        return std::future::pending::<()>().await;
                    }
                    at += 1;
                }
            };
            let receiving = async {
                let mut acked = Vec::new();
                loop {
                    let text = match stream.next().await {
                        Some(Ok(Message::Text(text))) => text,
                        Some(Ok(Message::Close(frame))) => {
                            break (acked, frame.map(|frame| u16::from(frame.code)));
                        }
                        Some(Ok(_)) => continue,
                        None | Some(Err(_)) => break (acked, None),
                    };
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    match frame["type"].as_str().unwrap() {
                        "ack" => {
                            acked.push(frame["id"].as_str().unwrap().to_owned());
                            may_send.add_permits(1);
                        }
                        "draft" if frame["text"] == "Half" => streaming.notify_one(),
                        _ => {}
                    }
                }
            };
            tokio::select! {
                told = receiving => told,
                () = sending => unreachable!("it goes on"),
            }
        }));
    }
    streaming.notified().await;
    ask_to_stop(&server);
    let mut acked = Vec::new();
    for session in sessions {
        let (of_session, code) = session.await.unwrap();
        assert_eq!(code, Some(1001), "ended without a word");
        acked.extend(of_session);
    }
    assert_eq!(ended(server).await.code(), Some(0));
    let server = Program::start_with(folder.path(), &env, Stdio::inherit()).await;
    let mut socket = server.connect(&tokens[0]).await;
    let (mut stored, mut answers, mut after) = (HashSet::new(), Vec::new(), 0);
    while answers.is_empty() {
        let path = format!("/api/rooms/general/events?after={after}&limit=500");
        let page = server.get(&tokens[0], &path).await;
        let events = page["events"].as_array().unwrap();
        for event in events {
            after = event["seq"].as_u64().unwrap();
            let text = event["message"]["text"].as_str().unwrap_or_default();
            match event["from"] == "assistant" && event["kind"] == "message.posted" {
                true => answers.push(text.to_owned()),
                false => drop(stored.insert(text.to_owned())),
            }
        }
        if events.is_empty() {
            next(&mut socket).await.expect("closed");
        }
    }
    assert_eq!(answers, ["Whole."]);
    let lost: Vec<_> = acked
        .iter()
        .filter(|text| !text.starts_with('/') && !stored.contains(*text))
        .collect();
    assert!(acked.len() > SESSIONS, "too little was sent: {acked:?}");
    assert!(lost.is_empty(), "acked and lost: {lost:?}");
}
