//! Threads: what goes back to a message, who follows it, and what of it is unread.

use crate::{
    agent::{World, reply, says},
    harness::{Api, Server},
};
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Says something, as a reply or not, and gives the message's id.
async fn said(api: &Api<'_>, room: &str, words: &str, to: Option<&str>) -> String {
    let body = json!({ "text": words, "reply_to": to });
    let (status, done) = api.post(&format!("/api/rooms/{room}/messages"), body).await;
    assert_eq!(status, 201, "{done}");
    text(&done["message_id"])
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| text(&one["text"])).collect()
}

/// The first words of the threads that somebody follows, with how much of each is unread.
async fn followed(api: &Api<'_>) -> Vec<(String, u64)> {
    let (_, page) = api.get("/api/threads").await;
    let threads = page["threads"].as_array().unwrap().iter();
    threads
        .map(|it| (text(&it["text"]), it["unread"].as_u64().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_reply_goes_back_to_where_what_it_answers_goes_back_to() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let mut watching = bob.connect().await;
    let root = said(&ada, "general", "cups?", None).await;
    let first = said(&bob, "general", "white ones", Some(&root)).await;
    let second = said(&ada, "general", "why white?", Some(&first)).await;
    said(&bob, "general", "something else", None).await;
    watching.event("message.posted").await;
    let event = watching.event("message.posted").await;
    assert_eq!(event["message"]["thread_id"], json!(root));
    let event = watching.event("message.posted").await;
    assert_eq!(
        event["message"]["thread_id"],
        json!(root),
        "through a reply"
    );
    for id in [&root, &first, &second] {
        let (_, thread) = bob.get(&format!("/api/messages/{id}/thread")).await;
        assert_eq!(thread["root"]["text"], "cups?");
        assert_eq!(texts(&thread["replies"]), ["white ones", "why white?"]);
    }
    let (_, page) = bob.get("/api/rooms/general/messages").await;
    let told = &page["messages"][0]["replies"];
    assert_eq!(
        (&told["count"], &told["last_seq"]),
        (&json!(2), &page["messages"][2]["seq"])
    );
    let path = format!("/api/messages/{root}/thread?limit=1");
    let (_, newest) = bob.get(&path).await;
    assert_eq!(texts(&newest["replies"]), ["why white?"]);
    assert_eq!(newest["more"], true);
    let path = format!("{path}&before={}", newest["replies"][0]["seq"]);
    let (_, older) = bob.get(&path).await;
    assert_eq!(texts(&older["replies"]), ["white ones"]);
    assert_eq!(older["more"], false);
}

#[tokio::test]
async fn who_takes_part_follows_a_thread_until_they_let_go_of_it() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let (eve, ida) = (server.member("eve").await, server.member("ida").await);
    let root = said(&ada, "general", "cups?", None).await;
    said(&bob, "general", "@eve knows", Some(&root)).await;
    assert_eq!(followed(&ada).await, [("cups?".into(), 1)], "who began it");
    assert_eq!(followed(&eve).await, [("cups?".into(), 1)], "who is called");
    assert_eq!(
        followed(&bob).await,
        [("cups?".into(), 0)],
        "who wrote in it"
    );
    assert_eq!(followed(&ida).await, [], "who did neither");

    let path = format!("/api/messages/{root}/thread");
    let let_go = eve.call("PUT", &path, json!({ "following": false }));
    assert_eq!(let_go.await.0, 204);
    said(&bob, "general", "@eve really", Some(&root)).await;
    assert_eq!(followed(&eve).await, [], "called again, and still not");
    let take_up = ida.call("PUT", &path, json!({ "following": true }));
    assert_eq!(take_up.await.0, 204);
    assert_eq!(followed(&ida).await, [("cups?".into(), 2)]);
    let (_, thread) = ida.get(&path).await;
    assert_eq!(thread["following"], true);
    let seen = thread["replies"][0]["seq"].clone();
    ida.call("PUT", &path, json!({ "read_seq": seen })).await;
    assert_eq!(followed(&ida).await, [("cups?".into(), 1)]);
    ida.call("PUT", &path, json!({ "read_seq": 1 })).await;
    assert_eq!(followed(&ida).await[0].1, 1, "it never moves back");
    ada.post("/api/read", Value::Null).await;
    assert_eq!(
        followed(&ada).await,
        [("cups?".into(), 0)],
        "what is read in the room is read"
    );
}

#[tokio::test]
async fn a_thread_is_read_through_its_room_alone() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    ada.post("/api/rooms", json!({ "name": "tea", "kind": "private" }))
        .await;
    ada.run("tea", "/invite bob").await;
    let root = said(&ada, "tea", "the recipe", None).await;
    said(&bob, "tea", "thanks", Some(&root)).await;
    let path = format!("/api/messages/{root}/thread");
    assert_eq!(bob.get(&path).await.0, 200);
    ada.run("tea", "/kick bob").await;
    assert_eq!(bob.get(&path).await.0, 404);
    assert_eq!(followed(&bob).await, []);
    let follow = bob.call("PUT", &path, json!({ "following": true }));
    assert_eq!(follow.await.0, 404);
}

#[tokio::test]
async fn an_agent_that_is_asked_in_a_thread_reads_it_and_answers_in_it() {
    let world = World::new([says("White ones.")]).await;
    let ada = world.server.member("ada").await;
    let root = said(&ada, "general", "the cups are for the herons", None).await;
    let first = said(&ada, "general", "five of them", Some(&root)).await;
    // More than an agent reads of a room lies between.
    for n in 0..50 {
        said(&ada, "general", &format!("other talk {n}"), None).await;
    }
    let mut socket = ada.connect().await;
    said(&ada, "general", "@assistant which cups?", Some(&first)).await;
    let answer = reply(&mut socket).await;
    assert_eq!(answer["thread_id"], json!(root));
    let read = world.service.seen()[0].body["messages"].to_string();
    for words in ["for the herons", "five of them", "other talk 49"] {
        assert!(read.contains(words), "{words} was not read: {read}");
    }
    let at = |words: &str| read.find(words).unwrap();
    assert!(
        at("other talk 49") < at("for the herons") && at("for the herons") < at("which cups?"),
        "the thread stands nearest to the question: {read}"
    );
}
