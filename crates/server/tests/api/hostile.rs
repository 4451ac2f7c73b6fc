//! Clients that are slow on purpose: what they do costs themselves and nobody else.

use crate::harness::Server;
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

/// What the system keeps for a client that does not read: little, so that it is full soon.
const RECEIVE_BYTES: u32 = 4 * 1024;

/// A connection on which frames are written by hand.
async fn open(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(RECEIVE_BYTES).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let upgrade = format!(
        "GET /api/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(upgrade.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"));
    stream
}

/// A frame of up to 65,535 bytes, masked with zeroes.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match u8::try_from(payload.len()) {
        Ok(short @ 0..=125) => bytes.push(0x80 | short),
        _ => {
            bytes.push(0x80 | 126);
            bytes.extend((payload.len() as u16).to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

fn hello(token: &str) -> Vec<u8> {
    let hello = json!({ "type": "hello", "token": token });
    frame(0x81, hello.to_string().as_bytes())
}

/// Reads frames up to one with these words.
async fn until(stream: &mut TcpStream, words: &str) {
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains(words) {
        seen.push(stream.read_u8().await.unwrap());
    }
}

#[tokio::test]
async fn frames_that_come_byte_by_byte_are_answered_and_keep_nobody_waiting() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let mut b = bob.connect().await;
    let mut slow = open(server.address()).await;
    let send = json!({ "type": "send", "id": "1", "room": "general", "text": "slowly" });
    let mut bytes = hello(&ada.token);
    bytes.extend(frame(0x81, send.to_string().as_bytes()));
    for (n, byte) in bytes.iter().enumerate() {
        slow.write_all(&[*byte]).await.unwrap();
        // Whoever is in the middle of a frame holds nothing that others need.
        if n % 40 == 0 {
            let send = json!({ "type": "send", "room": "general", "text": format!("at {n}") });
            assert_eq!(b.ask(send).await["type"], "ack");
        }
    }
    until(&mut slow, "\"type\":\"ack\"").await;
    let said = |frame: &Value| frame["message"]["text"] == "slowly";
    b.expect_where(said).await;
}

#[tokio::test]
async fn who_floods_and_reads_nothing_is_ended_and_others_go_on() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let mut b = bob.connect().await;
    let mut flooding = open(server.address()).await;
    flooding.write_all(&hello(&ada.token)).await.unwrap();
    until(&mut flooding, "\"type\":\"ready\"").await;
    let is = |presence: &'static str| {
        move |frame: &Value| {
            let users = frame["users"].as_array();
            let mut users = users.into_iter().flatten();
            users.any(|user| user["handle"] == "ada" && user["presence"] == presence)
        }
    };
    b.expect_where(is("online")).await;
    // Every ping is to be answered with its bytes.
    let pings = frame(0x89, &[b'x'; 125]).repeat(1_000);
    let flood = tokio::spawn(async move {
        while flooding.write_all(&pings).await.is_ok() {}
        flooding
    });
    let mut said = 0;
    loop {
        said += 1;
        let send = json!({ "type": "send", "id": "b", "room": "general", "text": "on we go" });
        b.send(send).await;
        let (gone, mut ended) = (is("offline"), false);
        loop {
            let frame = b.next().await;
            ended |= gone(&frame);
            if frame["type"] == "ack" {
                break;
            }
        }
        if ended {
            break;
        }
        assert!(said < 20_000, "a flood that is not read goes on for ever");
    }
    flood.abort();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn who_reads_nothing_is_ended_before_the_system_has_taken_megabytes_for_them() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let mut b = bob.connect().await;
    let mut silent = open(server.address()).await;
    silent.write_all(&hello(&ada.token)).await.unwrap();
    until(&mut silent, "\"type\":\"ready\"").await;
    // 1.7 MB: more than a session's queue may hold, and less than the system would take besides.
    let text = "满".repeat(8_000);
    for _ in 0..70 {
        let send = json!({ "type": "send", "room": "general", "text": text });
        assert_eq!(b.ask(send).await["type"], "ack");
    }
    let ended = async {
        while bob
            .get("/api/users")
            .await
            .1
            .to_string()
            .contains("\"ada\"")
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), ended)
        .await
        .expect("a session that reads nothing goes on");
}
