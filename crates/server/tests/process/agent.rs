//! An agent in a process that is killed, and what its log says.

use crate::program::{Program, Socket, account, next};
use futures::SinkExt;
use salon_testkit::{ModelServer, Step, answer, chunk, done, sse};
use serde_json::{Value, json};
use std::{fs::File, process::Stdio};
use tokio_tungstenite::tungstenite::Message;

const KEY: &str = "sk-never-to-be-seen";

async fn say(socket: &mut Socket, text: &str) {
    let frame = json!({ "type": "send", "room": "general", "text": text });
    socket.send(Message::text(frame.to_string())).await.unwrap();
}

/// The next frame that fits.
async fn until(socket: &mut Socket, fits: impl Fn(&Value) -> bool) -> Value {
    loop {
        let frame = next(socket).await.expect("closed");
        if fits(&frame) {
            return frame;
        }
    }
}

fn is_reply(frame: &Value) -> bool {
    frame["kind"] == "message.posted" && frame["from"] == "assistant"
}

#[tokio::test]
async fn an_agent_killed_in_the_middle_of_its_answer_answers_once_after_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let token = account(folder.path(), "ada");
    let half = sse([chunk("Half"), Step::Hang]);
    let service = ModelServer::start([half, sse([chunk("Whole."), done()])]).await;
    let env = [
        ("OPENAI_BASE_URL", service.base_url()),
        ("OPENAI_MODEL", "m".into()),
    ];
    let env: Vec<_> = env
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    {
        let server = Program::start_with(folder.path(), &env, Stdio::inherit()).await;
        let mut socket = server.connect(&token).await;
        say(&mut socket, "/join general").await;
        say(&mut socket, "@assistant hello").await;
        until(&mut socket, |frame| {
            frame["type"] == "draft" && frame["text"] == "Half"
        })
        .await;
        // Dropping it kills it with -9.
    }
    let server = Program::start_with(folder.path(), &env, Stdio::inherit()).await;
    let replies = async || -> Vec<String> {
        let page = server.get(&token, "/api/rooms/general/messages").await;
        let messages = page["messages"].as_array().unwrap();
        let by_agent = messages
            .iter()
            .filter(|message| message["from"] == "assistant");
        by_agent
            .map(|message| message["text"].as_str().unwrap().to_owned())
            .collect()
    };
    let mut socket = server.connect(&token).await;
    if replies().await.is_empty() {
        until(&mut socket, is_reply).await;
    }
    // A second question and its answer: a second reply to the first would stand before it.
    say(&mut socket, "@assistant and now?").await;
    let asked = until(&mut socket, |frame| {
        frame["message"]["text"] == "@assistant and now?"
    })
    .await;
    let answers = |frame: &Value| frame["message"]["reply_to"] == asked["message"]["id"];
    until(&mut socket, |frame| is_reply(frame) && answers(frame)).await;
    assert_eq!(replies().await, ["Whole.", "Whole."]);
}

#[tokio::test]
async fn the_key_is_in_no_log_no_answer_and_no_file_even_where_the_service_repeats_it() {
    let folder = tempfile::tempdir().unwrap();
    let token = account(folder.path(), "ada");
    let echo = format!("{{\"error\":{{\"message\":\"bad key {KEY}\"}}}}");
    let service = ModelServer::start([answer(401, &[], &echo)]).await;
    let base = service.base_url();
    let log = folder.path().join("log");
    let env = [
        ("OPENAI_BASE_URL", base.as_str()),
        ("OPENAI_API_KEY", KEY),
        ("SALON_LOG", "trace"),
    ];
    {
        let server =
            Program::start_with(folder.path(), &env, File::create(&log).unwrap().into()).await;
        let mut socket = server.connect(&token).await;
        say(&mut socket, "/join general").await;
        say(&mut socket, "@assistant hello").await;
        let reply = until(&mut socket, is_reply).await;
        assert_eq!(reply["message"]["state"], "degraded");
        assert!(!reply.to_string().contains(KEY));
    }
    assert!(
        service.seen()[0].head.contains(KEY),
        "the service was not given its key"
    );
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let found = bytes
            .windows(KEY.len())
            .any(|window| window == KEY.as_bytes());
        assert!(!found, "the key is in {}", path.display());
    }
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(
        log.contains("model call"),
        "the log says nothing of the call"
    );
}
