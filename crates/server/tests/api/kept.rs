//! What is pinned, saved, passed on, and what a message said before.

use crate::harness::{Api, Server};
use salon_protocol::Role;
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Says something and gives the message's path.
async fn said(api: &Api<'_>, room: &str, words: &str) -> String {
    let done = api.say(room, words).await;
    format!("/api/messages/{}", text(&done["message_id"]))
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| text(&one["text"])).collect()
}

#[tokio::test]
async fn whoever_may_write_pins_and_the_last_pin_comes_first() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let (bob, guest) = (
        server.member("bob").await,
        server.user("gus", Role::Guest).await,
    );
    let mut watching = bob.connect().await;
    let one = said(&ada, "general", "one").await;
    let two = ada.say("general", "two").await;
    assert_eq!(
        bob.call("PUT", &format!("{one}/pin"), Value::Null).await.0,
        200
    );
    let event = watching.event("message.pinned").await;
    assert_eq!(
        (
            text(&event["from"]),
            format!("/api/messages/{}", text(&event["message_id"]))
        ),
        ("bob".into(), one.clone())
    );
    let path = format!("/api/messages/{}/pin", text(&two["message_id"]));
    assert_eq!(bob.call("PUT", &path, Value::Null).await.0, 200);
    let (_, pins) = ada.get("/api/rooms/general/pins").await;
    assert_eq!(texts(&pins["pins"]), ["two", "one"]);
    assert_eq!(pins["pins"][0]["pinned_by"], "bob");
    let (_, listed) = bob.run("general", "/pins").await;
    assert!(text(&listed["notice"]["text"]).contains("two"), "{listed}");

    // Who may not write may not pin, and who is not there finds nothing.
    ada.run("general", "/mute bob 1h").await;
    assert_eq!(
        bob.call("DELETE", &format!("{one}/pin"), Value::Null)
            .await
            .0,
        403
    );
    assert_eq!(
        guest
            .call("PUT", &format!("{one}/pin"), Value::Null)
            .await
            .0,
        404
    );
    assert_eq!(guest.get("/api/rooms/general/pins").await.0, 404);

    // What is deleted is pinned no more.
    ada.call("DELETE", &one, Value::Null).await;
    let (_, pins) = ada.get("/api/rooms/general/pins").await;
    assert_eq!(texts(&pins["pins"]), ["two"]);
    assert_eq!(
        ada.call("PUT", &format!("{one}/pin"), Value::Null).await.0,
        404
    );
}

#[tokio::test]
async fn what_is_saved_is_ones_own_and_goes_with_the_right_to_read_it() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    ada.post("/api/rooms", json!({ "name": "tea", "kind": "private" }))
        .await;
    ada.run("tea", "/invite bob").await;
    let secret = said(&ada, "tea", "the recipe").await;
    let open = said(&ada, "general", "hello").await;
    let mut other_device = bob.connect().await;
    for path in [&secret, &open] {
        let (status, body) = bob.call("PUT", &format!("{path}/saved"), Value::Null).await;
        assert_eq!(status, 204, "{body}");
    }
    let frame = other_device.expect("saved").await;
    assert_eq!(
        (
            &frame["on"],
            format!("/api/messages/{}", text(&frame["message_id"]))
        ),
        (&json!(true), secret.clone())
    );
    let (_, saved) = bob.get("/api/saved").await;
    assert_eq!(texts(&saved["messages"]), ["hello", "the recipe"]);
    assert_eq!(saved["messages"][1]["room_name"], "tea");
    assert_eq!(saved["ids"].as_array().unwrap().len(), 2);
    let (_, first) = bob.get("/api/saved?limit=1").await;
    let (_, second) = bob
        .get(&format!("/api/saved?limit=1&before={}", first["next"]))
        .await;
    assert_eq!(
        (texts(&first["messages"]), texts(&second["messages"])),
        (vec!["hello".into()], vec!["the recipe".into()])
    );
    assert_eq!(second["next"], Value::Null);
    assert_eq!(ada.get("/api/saved").await.1["messages"], json!([]));

    ada.run("tea", "/kick bob").await;
    let (_, saved) = bob.get("/api/saved").await;
    assert_eq!(texts(&saved["messages"]), ["hello"]);
    let (status, _) = bob
        .call("PUT", &format!("{secret}/saved"), Value::Null)
        .await;
    assert_eq!(status, 404, "what one may not read looks like nothing");
    let (status, _) = bob
        .call("DELETE", &format!("{secret}/saved"), Value::Null)
        .await;
    assert_eq!(status, 204, "one lets go of it all the same");
    assert_eq!(
        bob.get("/api/saved").await.1["ids"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn every_earlier_text_is_kept_for_readers_until_the_message_is_deleted() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    ada.post("/api/rooms", json!({ "name": "tea", "kind": "private" }))
        .await;
    let path = said(&ada, "tea", "first").await;
    for words in ["second", "third"] {
        ada.call("PATCH", &path, json!({ "text": words })).await;
    }
    let versions = format!("{path}/versions");
    let (_, told) = ada.get(&versions).await;
    assert_eq!(texts(&told["versions"]), ["first", "second", "third"]);
    assert_eq!(bob.get(&versions).await.0, 404);
    ada.run("tea", "/invite bob").await;
    assert_eq!(texts(&bob.get(&versions).await.1["versions"]).len(), 3);
    ada.call("DELETE", &path, Value::Null).await;
    assert_eq!(ada.get(&versions).await.0, 404);
    let log = ada
        .get("/api/rooms/tea/events?limit=500")
        .await
        .1
        .to_string();
    assert!(
        !["first", "second", "third"]
            .iter()
            .any(|words| log.contains(words)),
        "{log}"
    );
    let page = ada.get("/api/rooms/tea/messages").await.1;
    assert_eq!(
        page["messages"][0]["deleted"], true,
        "a tombstone stays: {page}"
    );
}

#[tokio::test]
async fn a_message_is_passed_on_with_its_files_and_tells_only_readers_where_it_comes_from() {
    let server = Server::start().await;
    let (ada, bob, eve) = (
        server.member("ada").await,
        server.member("bob").await,
        server.member("eve").await,
    );
    ada.post("/api/rooms", json!({ "name": "tea", "kind": "private" }))
        .await;
    ada.run("tea", "/invite bob").await;
    let (_, file) = ada.upload("tea", "leaf.txt", b"green".to_vec()).await;
    let done = ada
        .post(
            "/api/rooms/tea/messages",
            json!({ "text": "@eve look", "files": [file["id"]] }),
        )
        .await
        .1;
    let source = text(&done["message_id"]);
    let forward = format!("/api/messages/{source}/forward");
    let request = json!({ "room": "general", "key": "once" });
    let (status, copy) = bob.post(&forward, request.clone()).await;
    assert_eq!(status, 201, "{copy}");
    assert_eq!(
        bob.post(&forward, request).await.1["seq"],
        copy["seq"],
        "a retry is one copy"
    );
    let other = json!({ "room": "general", "key": "once" });
    let again = format!("/api/messages/{}/forward", text(&copy["message_id"]));
    assert_eq!(
        bob.post(&again, other).await.0,
        409,
        "another message under the same key"
    );

    let page = eve.get("/api/rooms/general/messages").await.1;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1);
    let view = &page["messages"][0];
    assert_eq!(
        (&view["text"], &view["from"], &view["forwarded"]),
        (&json!("@eve look"), &json!("bob"), &json!(source))
    );
    assert_eq!(view.get("mentions"), None, "nobody is called a second time");
    let (status, bytes) = eve
        .get(&format!("/api/files/{}", text(&view["files"][0]["id"])))
        .await;
    assert_eq!((status, bytes), (200, json!("green")));
    assert_ne!(
        view["files"][0]["id"], file["id"],
        "a copy has its own rights"
    );
    assert_eq!(
        eve.get(&format!("/api/files/{}", text(&file["id"])))
            .await
            .0,
        404
    );
    // Who may read the source is told where it stands; others learn nothing of it.
    let (_, told) = bob.get(&format!("/api/messages/{source}")).await;
    assert_eq!(
        (&told["room_name"], &told["from"]),
        (&json!("tea"), &json!("ada"))
    );
    assert_eq!(eve.get(&format!("/api/messages/{source}")).await.0, 404);
    assert_eq!(
        eve.post(&forward, json!({ "room": "general" })).await.0,
        404
    );

    // Nobody puts words into somebody else's mouth.
    let path = format!("/api/messages/{}", text(&copy["message_id"]));
    assert_eq!(
        bob.call("PATCH", &path, json!({ "text": "forged" }))
            .await
            .0,
        403
    );
    // The copy stands by itself.
    ada.call("DELETE", &format!("/api/messages/{source}"), Value::Null)
        .await;
    assert_eq!(
        eve.get(&format!("/api/files/{}", text(&view["files"][0]["id"])))
            .await
            .0,
        200
    );
    // A copy of a copy names the first one.
    let (status, second) = eve.post(&again, json!({ "room": "@bob" })).await;
    assert_eq!(status, 201, "{second}");
    let (_, told) = eve
        .get(&format!("/api/messages/{}", text(&second["message_id"])))
        .await;
    assert_eq!(told["forwarded"], json!(source));
}

#[tokio::test]
async fn what_was_hidden_from_agents_stays_hidden_when_it_is_passed_on() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let (_, done) = ada.run("general", "/private-from-ai the secret").await;
    let forward = format!("/api/messages/{}/forward", text(&done["message_id"]));
    ada.post("/api/rooms", json!({ "name": "tea" })).await;
    assert_eq!(ada.post(&forward, json!({ "room": "tea" })).await.0, 201);
    let page = ada.get("/api/rooms/tea/messages").await.1;
    assert_eq!(page["messages"][0]["private_from_ai"], true, "{page}");
}
