//! A backup made while everybody writes, uploads and deletes: all that was acked before it began
//! is in it, and every file that it tells of has its bytes.

use crate::program::{Program, account, next, terminal};
use futures::SinkExt;
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::mpsc;
use tokio_tungstenite::{connect_async, tungstenite::Message};

const SESSIONS: usize = 4;
/// Sent by everybody before the backup begins.
const SENT_BEFORE: usize = 40;
/// A small house is copied in less time than a busy machine may take for one message.
const BACKUPS_MAX: usize = 50;

/// What a file holds is told by its name.
fn body_of(name: &str) -> Vec<u8> {
    name.bytes().cycle().take(20_000).collect()
}

/// Uploads, sends with the file, and takes every third message back, until told to stop.
async fn load(
    server: &Program,
    token: &str,
    who: usize,
    acked: mpsc::UnboundedSender<String>,
    stop: &AtomicBool,
) {
    let mut n = 0;
    while !stop.load(Ordering::Relaxed) {
        let name = format!("s{who}m{n}");
        let path = format!("/api/rooms/general/files?name={name}");
        let file = server.post(token, &path, body_of(&name)).await;
        let sent = json!({ "text": name, "files": [file["id"]] }).to_string();
        let sent = server
            .post(token, "/api/rooms/general/messages", sent.into_bytes())
            .await;
        let id = sent["message_id"].as_str().unwrap().to_owned();
        if n % 3 == 2 {
            server.delete(token, &format!("/api/messages/{id}")).await;
        } else {
            acked.send(name).unwrap();
        }
        n += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_all_that_was_acked_and_every_byte_of_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    let tokens: Vec<String> = (0..SESSIONS)
        .map(|n| account(&data, &format!("user{n}")))
        .collect();
    let server = Arc::new(Program::start(&data).await);
    let (acked, mut told_of) = mpsc::unbounded_channel();
    let stop = Arc::new(AtomicBool::new(false));
    let mut loads = Vec::new();
    for (who, token) in tokens.iter().cloned().enumerate() {
        server
            .post(
                &token,
                "/api/rooms/general/messages",
                br#"{"text":"/join general"}"#.to_vec(),
            )
            .await;
        let (server, acked, stop) = (server.clone(), acked.clone(), stop.clone());
        loads.push(tokio::spawn(async move {
            load(&server, &token, who, acked, &stop).await
        }));
    }
    let mut before = Vec::new();
    while before.len() < SENT_BEFORE {
        before.push(told_of.recv().await.unwrap());
    }
    // The one that counts is one during which somebody wrote.
    let mut archive = folder.path().join("backup-0.tar");
    for n in 1..=BACKUPS_MAX {
        while let Ok(name) = told_of.try_recv() {
            before.push(name);
        }
        let (to, from) = (archive.clone(), data.clone());
        let backed_up =
            tokio::task::spawn_blocking(move || terminal(&from, &["backup", to.to_str().unwrap()]));
        assert_eq!(backed_up.await.unwrap().0, Some(0));
        if !told_of.is_empty() {
            break;
        }
        assert!(n < BACKUPS_MAX, "nobody wrote while backups were made");
        archive = folder.path().join(format!("backup-{n}.tar"));
    }
    stop.store(true, Ordering::Relaxed);
    for load in loads {
        load.await.unwrap();
    }
    // What a client knows when its server is lost.
    let welcome = hello(&server, &tokens[0], Value::Null).await.remove(0);
    let (epoch, room) = (
        &welcome["epoch"],
        welcome["rooms"][0]["id"].as_str().unwrap(),
    );
    let told = terminal(&data, &["restore", archive.to_str().unwrap()]);
    assert_eq!(
        told.0,
        Some(1),
        "restored over a server that runs: {}",
        told.1
    );
    let told = terminal(&other, &["restore", archive.to_str().unwrap()]);
    assert_eq!(told.0, Some(0), "{}", told.1);

    let restored = Program::start(&other).await;
    let mut texts = HashSet::new();
    let mut seq = 0;
    loop {
        let path = format!("/api/rooms/general/events?after={seq}&limit=500");
        let page = restored.get(&tokens[0], &path).await;
        let events = page["events"].as_array().unwrap();
        if events.is_empty() {
            break;
        }
        for event in events {
            seq += 1;
            assert_eq!(event["seq"].as_u64(), Some(seq), "a hole in the log");
            let message = &event["message"];
            for file in message["files"].as_array().into_iter().flatten() {
                let path = format!("/api/files/{}", file["id"].as_str().unwrap());
                let bytes = restored.bytes(&tokens[0], &path).await;
                assert_eq!(bytes, body_of(file["name"].as_str().unwrap()));
            }
            texts.extend(message["text"].as_str().map(str::to_owned));
        }
    }
    let lost: Vec<_> = before
        .iter()
        .filter(|text| !texts.contains(*text))
        .collect();
    assert!(
        lost.is_empty(),
        "acked before the backup and lost: {lost:?}"
    );
    let resume = json!({ "epoch": epoch, "rooms": { room: 1 } });
    let frames = hello(&restored, &tokens[0], resume).await;
    assert_ne!(frames[0]["epoch"], *epoch);
    assert!(
        frames
            .iter()
            .any(|frame| frame["type"] == "reset" && frame["room"] == room),
        "{frames:?}"
    );
    let (code, said) = terminal(&other, &["doctor", "--deep"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, exported) = terminal(&other, &["export"]);
    assert_eq!(code, Some(0), "{exported}");
    let tables: HashSet<_> = exported
        .lines()
        .filter_map(|line| {
            serde_json::from_str::<Value>(line).ok()?["table"]
                .as_str()
                .map(str::to_owned)
        })
        .collect();
    assert!(
        tables.contains("files") && tables.contains("users"),
        "{tables:?}"
    );
}

/// Everything up to `ready`.
async fn hello(server: &Program, token: &str, resume: Value) -> Vec<Value> {
    let (mut socket, _) = connect_async(format!("ws://{}/api/ws", server.address))
        .await
        .unwrap();
    let mut hello = json!({ "type": "hello", "token": token });
    if !resume.is_null() {
        hello["resume"] = resume;
    }
    socket.send(Message::text(hello.to_string())).await.unwrap();
    let mut frames = Vec::new();
    loop {
        let frame = next(&mut socket).await.expect("closed before ready");
        if frame["type"] == "ready" {
            return frames;
        }
        frames.push(frame);
    }
}
