//! Whom messages call, the inbox, what is unread, and of what one wants to be told.

use crate::harness::{Api, Server};
use salon_chat::notify::{self, Why};
use salon_protocol::{Event, Role, UserId};
use serde_json::{Value, json};

async fn standing(api: &Api<'_>, room: &str) -> (u64, u64) {
    let (_, summary) = api.get(&format!("/api/rooms/{room}")).await;
    let count = |key: &str| summary[key].as_u64().unwrap_or(0);
    (count("unread"), count("mentions"))
}

async fn inbox(api: &Api<'_>) -> Vec<String> {
    let (status, page) = api.get("/api/mentions").await;
    assert_eq!(status, 200, "{page}");
    let texts = page["mentions"].as_array().unwrap().iter();
    texts
        .map(|hit| hit["text"].as_str().unwrap().to_owned())
        .collect()
}

async fn id(api: &Api<'_>) -> UserId {
    api.get("/api/me").await.1["user"]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap()
}

/// Whom the room's newest event notifies, by id and why.
async fn whom(server: &Server, api: &Api<'_>, room: &str) -> Vec<(UserId, Why)> {
    let (_, page) = api
        .get(&format!("/api/rooms/{room}/events?limit=500"))
        .await;
    let last: Event =
        serde_json::from_value(page["events"].as_array().unwrap().last().unwrap().clone()).unwrap();
    notify::whom(&server.running.chat, &last).await.unwrap()
}

#[tokio::test]
async fn a_mention_reaches_its_member_alone_and_counts_until_it_is_read() {
    let server = Server::start().await;
    let (ada, bob, eve) = (
        server.member("ada").await,
        server.member("小波").await,
        server.member("eve").await,
    );
    assert_eq!(
        standing(&bob, "general").await,
        (0, 0),
        "nothing is unread yet"
    );
    let said = ada.say("general", "@小波你好，`@eve` is code").await;
    let event = ada.get("/api/rooms/general/messages?limit=1").await.1["messages"][0].clone();
    assert_eq!(event["mentions"], json!(["小波"]));
    assert_eq!(standing(&bob, "general").await, (1, 1));
    assert_eq!(standing(&eve, "general").await, (1, 0));
    assert_eq!(standing(&ada, "general").await, (0, 0));
    assert_eq!(inbox(&bob).await, ["@小波你好，`@eve` is code"]);
    assert_eq!(inbox(&eve).await, [""; 0]);
    assert_eq!(
        whom(&server, &ada, "general").await,
        [(id(&bob).await, Why::Mention)]
    );
    bob.post("/api/rooms/general/read", json!({ "seq": said["seq"] }))
        .await;
    assert_eq!(standing(&bob, "general").await, (0, 0));
    assert_eq!(
        inbox(&bob).await.len(),
        1,
        "what was read stays in the inbox"
    );
}

#[tokio::test]
async fn edits_and_deletions_change_who_is_called() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let said = ada.say("general", "hello").await;
    let path = format!("/api/messages/{}", said["message_id"].as_str().unwrap());
    assert_eq!(standing(&bob, "general").await, (1, 0));
    ada.call("PATCH", &path, json!({ "text": "hello @bob" }))
        .await;
    assert_eq!(standing(&bob, "general").await, (1, 1));
    ada.call("PATCH", &path, json!({ "text": "hello @room" }))
        .await;
    assert_eq!(standing(&bob, "general").await, (1, 1));
    ada.call("DELETE", &path, Value::Null).await;
    assert_eq!(standing(&bob, "general").await, (0, 0));
    assert_eq!(inbox(&bob).await, [""; 0]);
    let log = ada
        .get("/api/rooms/general/events?limit=500")
        .await
        .1
        .to_string();
    assert!(
        !log.contains("mentions"),
        "the log forgets whom a deleted message called: {log}"
    );
}

#[tokio::test]
async fn calls_reach_the_room_or_whoever_is_here_and_no_agent() {
    let server = Server::start().await;
    let (ada, bob, eve) = (
        server.member("ada").await,
        server.member("bob").await,
        server.member("eve").await,
    );
    ada.say("general", "@room tea is ready").await;
    assert_eq!(standing(&bob, "general").await, (1, 1));
    let mut called = whom(&server, &ada, "general").await;
    called.sort_by_key(|(user, _)| *user);
    let mut both = [(id(&bob).await, Why::Room), (id(&eve).await, Why::Room)];
    both.sort_by_key(|(user, _)| *user);
    assert_eq!(called, both);
    let _online = bob.connect().await;
    ada.say("general", "@here and now").await;
    assert_eq!(standing(&bob, "general").await, (2, 2));
    assert_eq!(standing(&eve, "general").await, (2, 1), "eve was not here");
    assert_eq!(
        whom(&server, &ada, "general").await,
        [(id(&bob).await, Why::Here)]
    );
    let turns = ada.get("/api/rooms/general/turns").await.1;
    let spoke: Vec<_> = turns["turns"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|turn| turn["outcome"] == "spoke")
        .collect();
    assert_eq!(spoke, [&Value::Null; 0], "nobody addressed the assistant");
}

#[tokio::test]
async fn in_a_large_room_only_moderators_call_everybody() {
    let server = Server::start().await;
    let owner = server.user("olga", Role::Admin).await;
    let mut members = Vec::new();
    for n in 0..salon_protocol::limits::CALL_MEMBERS_MAX {
        members.push(server.member(&format!("m{n}")).await);
    }
    let (status, refused) = members[0].run("general", "@room hello").await;
    assert_eq!(status, 201, "the message itself is kept: {refused}");
    assert!(
        refused["notice"]["text"]
            .as_str()
            .unwrap()
            .contains("moderators"),
        "{refused}"
    );
    assert_eq!(standing(&members[1], "general").await, (1, 0));
    let (_, done) = owner.run("general", "@room hello").await;
    assert_eq!(done["notice"], Value::Null);
    assert_eq!(standing(&members[1], "general").await, (2, 1));
}

#[tokio::test]
async fn levels_are_ones_own_on_all_sessions_and_decide_of_what_one_is_told() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let mut other = bob.connect().await;
    let path = "/api/rooms/general/notifications";
    let (status, told) = bob
        .call("PUT", path, json!({ "level": "everything" }))
        .await;
    assert_eq!((status, &told["level"]), (200, &json!("everything")));
    let frame = other.expect("standing").await;
    assert_eq!(frame["level"], "everything");
    ada.say("general", "plain").await;
    assert_eq!(
        whom(&server, &ada, "general").await,
        [(id(&bob).await, Why::Everything)]
    );
    bob.run("general", "/notify nothing").await;
    ada.say("general", "@bob").await;
    assert_eq!(whom(&server, &ada, "general").await, []);
    bob.run("general", "/notify default").await;
    bob.run("general", "/notify mute 2h").await;
    ada.say("general", "@bob").await;
    assert_eq!(whom(&server, &ada, "general").await, [], "muted");
    let summary = bob.get("/api/rooms/general").await.1;
    assert!(summary["muted_until"].is_string(), "{summary}");
    bob.run("general", "/notify mute 0").await;
    ada.say("general", "@bob").await;
    assert_eq!(
        whom(&server, &ada, "general").await,
        [(id(&bob).await, Why::Mention)]
    );
    ada.say("@bob", "you alone").await;
    assert_eq!(
        whom(&server, &ada, "@bob").await,
        [(id(&bob).await, Why::Direct)]
    );
    let (status, _) = bob
        .call(
            "PUT",
            path,
            json!({ "muted_until": "2999-01-01T00:00:00Z" }),
        )
        .await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn unread_again_and_all_read() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    ada.post("/api/rooms", json!({ "name": "tea" })).await;
    bob.run("general", "/join tea").await;
    let first = ada.say("general", "one").await["seq"].as_u64().unwrap();
    let second = ada.say("general", "two @bob").await["seq"]
        .as_u64()
        .unwrap();
    ada.say("tea", "three").await;
    let mut other = bob.connect().await;
    bob.post("/api/rooms/general/read", json!({ "seq": second }))
        .await;
    assert_eq!(standing(&bob, "general").await, (0, 0));
    let (_, told) = bob
        .post("/api/rooms/general/unread", json!({ "seq": first }))
        .await;
    assert_eq!(
        told,
        json!({ "seq": second, "read_seq": first - 1, "unread": 2, "mentions": 1 })
    );
    let frame = other.expect("standing").await;
    assert_eq!(frame["read_seq"], first - 1);
    let (_, all) = bob.post("/api/read", Value::Null).await;
    assert!(all["rooms"].as_array().unwrap().len() >= 2, "{all}");
    assert_eq!(standing(&bob, "general").await, (0, 0));
    assert_eq!(standing(&bob, "tea").await, (0, 0));
    let (_, again) = bob.post("/api/read", Value::Null).await;
    assert_eq!(again, json!({ "rooms": [] }));
}

#[tokio::test]
async fn the_inbox_is_paged_and_forgets_rooms_that_one_has_left() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    ada.post(
        "/api/rooms",
        json!({ "name": "lab", "kind": "private", "members": ["bob"] }),
    )
    .await;
    for n in 0..5 {
        ada.say("general", &format!("@bob {n}")).await;
    }
    ada.say("lab", "@bob secret").await;
    let (_, page) = bob.get("/api/mentions?limit=4").await;
    assert_eq!(page["mentions"][0]["room_name"], "lab");
    assert_eq!(page["mentions"][0]["unread"], true);
    let next = page["next"].as_u64().unwrap();
    let (_, rest) = bob
        .get(&format!("/api/mentions?limit=4&before={next}"))
        .await;
    assert_eq!(rest["mentions"].as_array().unwrap().len(), 2);
    assert_eq!(rest["next"], Value::Null);
    ada.run("lab", "/kick bob").await;
    assert!(!inbox(&bob).await.contains(&"@bob secret".to_owned()));
}
