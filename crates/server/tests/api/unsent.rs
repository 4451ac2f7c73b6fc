//! What one has begun to write and not sent.

use crate::harness::{Api, Server};
use salon_protocol::limits::{MESSAGE_CHARS_MAX, UNSENT_PER_USER_MAX};
use serde_json::{Value, json};

impl Api<'_> {
    async fn writes(&self, room: &str, text: &str) -> (u16, Value) {
        let path = format!("/api/rooms/{room}/unsent");
        self.call("PUT", &path, json!({ "text": text })).await
    }

    async fn unsent(&self) -> Vec<Value> {
        let (status, all) = self.get("/api/unsent").await;
        assert_eq!(status, 200, "{all}");
        all["unsent"].as_array().unwrap().clone()
    }

    async fn unsent_texts(&self) -> Vec<String> {
        let text = |one: &Value| one["text"].as_str().unwrap().to_owned();
        self.unsent().await.iter().map(text).collect()
    }
}

#[tokio::test]
async fn what_one_writes_is_told_to_one_s_own_sessions_alone_and_the_last_stays() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let (mut phone, mut others) = (ada.connect().await, bob.connect().await);
    let (status, first) = ada.writes("general", "half a").await;
    assert_eq!(status, 200, "{first}");
    assert_eq!(phone.expect("unsent").await["unsent"], first);
    let (_, second) = ada.writes("general", "half a sentence").await;
    assert_eq!(phone.expect("unsent").await["unsent"], second);
    assert!(second["version"].as_u64() > first["version"].as_u64());
    // The same again is news to nobody.
    assert_eq!(ada.writes("general", "half a sentence").await.1, second);
    assert_eq!(ada.unsent().await, std::slice::from_ref(&second));
    assert_eq!(bob.unsent().await, [] as [Value; 0]);
    let (_, gone) = ada.writes("general", "").await;
    assert!(gone["version"].as_u64() > second["version"].as_u64());
    assert_eq!(phone.expect("unsent").await["unsent"], gone);
    assert_eq!(ada.unsent().await, [] as [Value; 0]);
    let came = others.drain().await;
    assert!(
        came.iter().all(|frame| frame["type"] != "unsent"),
        "{came:?}"
    );
}

#[tokio::test]
async fn a_thread_has_a_text_of_its_own_beside_its_room_s() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let root = ada.say("general", "where it begins").await["message_id"].clone();
    let path = "/api/rooms/general/unsent";
    let reply = json!({ "thread": root, "text": "in the thread" });
    let (status, kept) = ada.call("PUT", path, reply).await;
    assert_eq!((status, &kept["thread"]), (200, &root), "{kept}");
    ada.writes("general", "in the room").await;
    assert_eq!(ada.unsent_texts().await, ["in the room", "in the thread"]);
    ada.writes("general", "").await;
    assert_eq!(ada.unsent().await, [kept]);
    // A thread of another room is none of this one.
    ada.post("/api/rooms", json!({ "name": "tea" })).await;
    let elsewhere = json!({ "thread": root, "text": "elsewhere" });
    let (status, refused) = ada.call("PUT", "/api/rooms/tea/unsent", elsewhere).await;
    assert_eq!(status, 404, "{refused}");
}

#[tokio::test]
async fn what_is_written_where_one_is_not_is_refused_and_whoever_is_put_out_has_begun_nothing() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    ada.post("/api/rooms", json!({ "name": "tea", "kind": "private" }))
        .await;
    assert_eq!(bob.writes("tea", "a word").await.0, 404);
    ada.run("tea", "/invite bob").await;
    assert_eq!(bob.writes("tea", "a word").await.0, 200);
    let long = "x".repeat(MESSAGE_CHARS_MAX + 1);
    assert_eq!(bob.writes("tea", &long).await.0, 413);
    assert_eq!(bob.unsent_texts().await, ["a word"]);
    ada.run("tea", "/kick bob").await;
    assert_eq!(bob.unsent().await, [] as [Value; 0]);
    assert_eq!(bob.writes("tea", "another").await.0, 404);
    ada.run("tea", "/invite bob").await;
    assert_eq!(bob.unsent().await, [] as [Value; 0]);
}

#[tokio::test]
async fn so_many_are_kept_and_one_more_is_refused_without_losing_another() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let path = "/api/rooms/general/unsent";
    for n in 0..UNSENT_PER_USER_MAX {
        let root = ada.say("general", &format!("root {n}")).await["message_id"].clone();
        let (status, kept) = ada
            .call("PUT", path, json!({ "thread": root, "text": "a reply" }))
            .await;
        assert_eq!(status, 200, "{kept}");
    }
    let (status, refused) = ada.writes("general", "one too many").await;
    assert_eq!((status, &refused["code"]), (409, &json!("conflict")));
    assert_eq!(ada.unsent().await.len(), UNSENT_PER_USER_MAX);
}
