//! The WebSocket surface.

use crate::harness::{Server, Socket};
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest};

#[tokio::test]
async fn everybody_in_the_room_gets_the_event_the_sender_too() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let room = ada.room_id("general").await;
    let mut a = ada.connect().await;
    let mut b = bob.connect().await;
    assert_eq!(a.welcome["user"]["handle"], "ada");
    assert_eq!(a.welcome["rooms"][0]["name"], "general");
    let ack = a
        .ask(json!({ "type": "send", "room": "general", "text": "hi **bob**" }))
        .await;
    assert_eq!(ack["type"], "ack", "{ack}");
    assert_eq!(ack["room"], room.as_str());
    let event = b.event("message.posted").await;
    assert_eq!(event["seq"], ack["seq"]);
    assert_eq!(event["message"]["id"], ack["message_id"]);
    assert_eq!(event["from"], "ada");
    assert_eq!(event["message"]["text"], "hi **bob**");
    assert_eq!(event["message"]["from_kind"], "human");
}

#[tokio::test]
async fn a_message_can_be_edited_reacted_to_and_deleted() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let mut a = ada.connect().await;
    let mut b = bob.connect().await;
    let ack = a
        .ask(json!({ "type": "send", "room": "general", "text": "secret" }))
        .await;
    let id = ack["message_id"].clone();
    b.event("message.posted").await;
    let refused = b
        .ask(json!({ "type": "edit", "message_id": id, "text": "mine" }))
        .await;
    assert_eq!(
        (&refused["type"], &refused["code"]),
        (&json!("error"), &json!("forbidden"))
    );
    a.ask(json!({ "type": "edit", "message_id": id, "text": "secret 2" }))
        .await;
    assert_eq!(b.event("message.edited").await["text"], "secret 2");
    b.ask(json!({ "type": "react", "message_id": id, "emoji": "👍" }))
        .await;
    let reaction = a.event("reaction.added").await;
    assert_eq!(
        (&reaction["emoji"], &reaction["from"]),
        (&json!("👍"), &json!("bob"))
    );
    let (_, page) = ada.get("/api/rooms/general/messages").await;
    assert_eq!(
        page["messages"][0]["reactions"],
        json!([{ "emoji": "👍", "users": ["bob"] }]),
        "{page}"
    );
    b.ask(json!({ "type": "react", "message_id": id, "emoji": "👍", "remove": true }))
        .await;
    a.event("reaction.removed").await;
    a.ask(json!({ "type": "delete", "message_id": id })).await;
    b.event("message.deleted").await;
    let (_, log) = bob.get("/api/rooms/general/events").await;
    assert!(
        !log.to_string().contains("secret"),
        "deleted words left the log: {log}"
    );
    let (_, found) = bob.get("/api/search?q=secret").await;
    assert_eq!(found["results"], json!([]));
}

#[tokio::test]
async fn a_reply_names_its_message_and_only_one_of_the_same_room() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    ada.post("/api/rooms", json!({ "name": "lab" })).await;
    let elsewhere = ada.say("lab", "elsewhere").await["message_id"].clone();
    let here = ada.say("general", "here").await["message_id"].clone();
    let mut a = ada.connect().await;
    a.send(json!({ "type": "send", "room": "general", "text": "yes", "reply_to": here }))
        .await;
    assert_eq!(a.event("message.posted").await["message"]["reply_to"], here);
    let refused = a
        .ask(json!({ "type": "send", "room": "general", "text": "no", "reply_to": elsewhere }))
        .await;
    assert_eq!(refused["code"], "not_found");
}

#[tokio::test]
async fn pipelined_sends_are_acked_and_numbered_in_order() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let mut a = ada.connect().await;
    let frames = (0..200).map(|n: u32| {
        let text = n.to_string();
        json!({ "type": "send", "id": text, "room": "general", "text": text })
    });
    // In one write, so that the server finds many of them waiting.
    a.send_together(frames).await;
    let mut acked: Vec<(u64, String)> = Vec::new();
    let mut events: Vec<(u64, String)> = Vec::new();
    while acked.len() < 200 || events.len() < 200 {
        let frame = a.next().await;
        let seq = frame["seq"].as_u64().unwrap_or_default();
        match frame["type"].as_str() {
            Some("ack") => acked.push((seq, frame["id"].as_str().unwrap().to_owned())),
            Some("event") => {
                events.push((seq, frame["message"]["text"].as_str().unwrap().to_owned()));
            }
            _ => {}
        }
    }
    assert_eq!(acked, events);
    let texts: Vec<_> = events.iter().map(|(_, text)| text.clone()).collect();
    let expected: Vec<_> = (0..200).map(|n: u32| n.to_string()).collect();
    assert_eq!(texts, expected);
    assert!(events.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1));
}

#[tokio::test]
async fn read_markers_reach_the_users_other_sessions_and_never_go_back() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let seq = ada.say("general", "hello").await["seq"].as_u64().unwrap();
    let room = ada.room_id("general").await;
    let mut one = ada.connect().await;
    let mut two = ada.connect().await;
    one.send(json!({ "type": "read", "room": room, "seq": seq }))
        .await;
    let read = two.expect("read").await;
    assert_eq!(read, json!({ "type": "read", "room": room, "seq": seq }));
    one.send(json!({ "type": "read", "room": room, "seq": 1 }))
        .await;
    one.send(json!({ "type": "read", "room": room, "seq": 999_999 }))
        .await;
    assert_eq!(one.ask(json!({ "type": "ping" })).await["type"], "pong");
    let (_, room) = ada.get("/api/rooms/general").await;
    assert_eq!(
        room["read_seq"], room["seq"],
        "clamped to the end of the log"
    );
}

#[tokio::test]
async fn typing_reaches_the_others_only() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let mut a = ada.connect().await;
    let mut b = bob.connect().await;
    a.send(json!({ "type": "typing", "room": "general" })).await;
    assert_eq!(b.expect("typing").await["user"], "ada");
    assert!(
        a.drain()
            .await
            .iter()
            .all(|frame| frame["type"] != "typing")
    );
}

#[tokio::test]
async fn presence_is_told_when_somebody_comes_and_goes() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let mut a = ada.connect().await;
    let is = |presence: &'static str| {
        move |frame: &Value| {
            frame["type"] == "presence"
                && frame["users"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|user| user["handle"] == "bob" && user["presence"] == presence)
        }
    };
    let mut b = bob.connect().await;
    a.expect_where(is("online")).await;
    b.ask(json!({ "type": "send", "room": "general", "text": "/away lunch" }))
        .await;
    a.expect_where(is("away")).await;
    drop(b);
    a.expect_where(is("offline")).await;
}

#[tokio::test]
async fn somebody_who_joins_gets_the_room_and_then_its_events() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let mut b = bob.connect().await;
    ada.post(
        "/api/rooms",
        json!({ "name": "lab", "kind": "private", "members": ["bob"] }),
    )
    .await;
    let room = b.expect("room").await;
    assert_eq!(room["room"]["name"], "lab");
    assert_eq!(b.event("member.joined").await["user"], "bob");
    ada.say("lab", "welcome").await;
    assert_eq!(
        b.event("message.posted").await["message"]["text"],
        "welcome"
    );
}

#[tokio::test]
async fn a_private_word_opens_the_direct_room_for_both() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let eve = server.member("eve").await;
    let mut a = ada.connect().await;
    let mut b = bob.connect().await;
    let mut e = eve.connect().await;
    let ack = a
        .ask(json!({ "type": "send", "room": "general", "text": "/t bob psst" }))
        .await;
    assert_eq!(ack["type"], "ack", "{ack}");
    let event = b.event("message.posted").await;
    assert_eq!(
        (&event["room"], &event["message"]["text"]),
        (&ack["room"], &json!("psst"))
    );
    assert!(
        e.drain()
            .await
            .iter()
            .all(|frame| !frame.to_string().contains("psst"))
    );
    let again = b
        .ask(json!({ "type": "send", "room": "@ada", "text": "yes?" }))
        .await;
    assert_eq!(again["room"], ack["room"], "the same room from both sides");
}

#[tokio::test]
async fn a_private_word_to_somebody_offline_is_kept_and_the_sender_told() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let mut a = ada.connect().await;
    let told = a
        .ask(json!({ "type": "send", "room": "general", "text": "/t bob later" }))
        .await;
    assert_eq!(
        (&told["type"], &told["code"]),
        (&json!("error"), &json!("user_offline"))
    );
    let (_, page) = bob.get("/api/rooms/@ada/messages").await;
    assert_eq!(page["messages"][0]["text"], "later");
    let told = a
        .ask(json!({ "type": "send", "room": "general", "text": "/t bbo later" }))
        .await;
    assert_eq!(told["code"], "user_not_found");
    assert!(told["message"].as_str().unwrap().contains("@bob"), "{told}");
}

#[tokio::test]
async fn a_page_of_another_site_cannot_connect() {
    let server = Server::start().await;
    let mut request = format!("ws://{}/api/ws", server.address())
        .into_client_request()
        .unwrap();
    request
        .headers_mut()
        .insert("origin", "http://evil.example".parse().unwrap());
    let refused = connect_async(request).await.unwrap_err();
    assert!(refused.to_string().contains("403"), "{refused}");
}

#[tokio::test]
async fn who_does_not_sign_in_is_closed_with_4001() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server).await;
    socket
        .send(json!({ "type": "hello", "token": "nonsense" }))
        .await;
    assert_eq!(socket.next().await["code"], "not_signed_in");
    assert_eq!(socket.closed().await, 4001);
    let mut socket = Socket::open(&server).await;
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.closed().await, 4001);
}

#[tokio::test]
async fn a_stopping_server_tells_its_sessions_to_reconnect() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let mut a = ada.connect().await;
    let Server { running, .. } = server;
    let (code, ()) = tokio::join!(a.closed(), running.stop());
    assert_eq!(code, 1001);
}
