//! Out means out, and what one may not see looks like what is not there.

use crate::harness::Server;
use salon_protocol::Role;
use serde_json::json;

#[tokio::test]
async fn an_outsider_is_not_told_that_a_private_room_exists() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let eve = server.member("eve").await;
    ada.post("/api/rooms", json!({ "name": "lab", "kind": "private" }))
        .await;
    let id = ada.room_id("lab").await;
    let nowhere = uuid::Uuid::now_v7().to_string();
    for path in ["", "/events", "/messages", "/members"] {
        let missing = eve.get(&format!("/api/rooms/{nowhere}{path}")).await;
        assert_eq!(missing.0, 404);
        assert_eq!(
            eve.get(&format!("/api/rooms/lab{path}")).await,
            missing,
            "{path} by name"
        );
        assert_eq!(
            eve.get(&format!("/api/rooms/{id}{path}")).await,
            missing,
            "{path} by id"
        );
    }
    let text = json!({ "text": "let me in" });
    let missing = eve
        .post(&format!("/api/rooms/{nowhere}/messages"), text.clone())
        .await;
    assert_eq!(missing.0, 404);
    assert_eq!(
        eve.post("/api/rooms/lab/messages", text.clone()).await,
        missing
    );
    assert_eq!(
        eve.post(&format!("/api/rooms/{id}/messages"), text).await,
        missing
    );
    assert_eq!(
        eve.run("general", "/join lab").await,
        eve.run("general", "/join nope").await
    );
    let (_, rooms) = eve.get("/api/rooms").await;
    assert!(!rooms.to_string().contains("lab"));
    let secret = ada.say("lab", "secret").await["message_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let missing = eve
        .call(
            "PATCH",
            &format!("/api/messages/{nowhere}"),
            json!({ "text": "x" }),
        )
        .await;
    assert_eq!(missing.0, 404);
    let denied = eve
        .call(
            "PATCH",
            &format!("/api/messages/{secret}"),
            json!({ "text": "x" }),
        )
        .await;
    assert_eq!(denied, missing);
}

#[tokio::test]
async fn whoever_was_removed_gets_nothing_that_comes_after() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let bob = server.member("bob").await;
    let mut b = bob.connect().await;
    let id = ada.room_id("general").await;
    assert_eq!(ada.run("general", "/kick bob").await.0, 201);
    assert_eq!(b.event("member.removed").await["user"], "bob");
    ada.say("general", "bob is gone").await;
    assert!(
        b.drain()
            .await
            .iter()
            .all(|frame| !frame.to_string().contains("bob is gone"))
    );
    assert_eq!(bob.get(&format!("/api/rooms/{id}/events")).await.0, 404);
    assert_eq!(bob.get(&format!("/api/rooms/{id}/messages")).await.0, 404);
    assert_eq!(bob.get("/api/search?q=gone").await.1["results"], json!([]));
    assert_eq!(bob.run(&id, "still here").await.0, 404);
    // A kick can be undone by joining again, a ban cannot.
    assert_eq!(bob.run("@ada", "/join general").await.0, 201);
    assert_eq!(ada.run("general", "/ban bob").await.0, 201);
    let (status, problem) = bob.run("@ada", "/join general").await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
    // Its topic of now is not theirs to read, and the room looks like none.
    ada.run("general", "/topic bob is out").await;
    assert_eq!(
        bob.get("/api/rooms/general").await,
        bob.get("/api/rooms/nowhere").await
    );
    let (_, rooms) = bob.get("/api/rooms").await;
    assert!(!rooms.to_string().contains("bob is out"), "{rooms}");
    assert_eq!(ada.run("general", "/unban bob").await.0, 200);
    assert_eq!(bob.run("@ada", "/join general").await.0, 201);
}

#[tokio::test]
async fn members_do_not_moderate_but_whoever_made_the_room_does() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let (status, problem) = ada.run("general", "/kick bob").await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
    ada.post("/api/rooms", json!({ "name": "lab", "members": ["bob"] }))
        .await;
    assert_eq!(ada.run("lab", "/mute bob 10m").await.0, 200);
    let (status, problem) = bob.run("lab", "hello").await;
    assert_eq!(
        (status, &problem["code"]),
        (403, &json!("forbidden")),
        "muted"
    );
    for words in ["/topic hello", "/remember hello", "/me says hello"] {
        assert_eq!(bob.run("lab", words).await.0, 403, "muted: {words}");
    }
    assert_eq!(
        bob.get("/api/rooms/lab/messages").await.0,
        200,
        "but may read"
    );
    assert_eq!(ada.run("lab", "/mute bob 0").await.0, 200);
    assert_eq!(bob.run("lab", "hello").await.0, 201);
}

#[tokio::test]
async fn whoever_is_muted_does_not_lift_it_themselves_in_the_room_that_they_made() {
    let server = Server::start().await;
    let maker = server.member("bob").await;
    let admin = server.user("ada", Role::Admin).await;
    maker
        .post("/api/rooms", json!({ "name": "lab", "members": ["ada"] }))
        .await;
    assert_eq!(admin.run("lab", "/mute bob 1h").await.0, 200);
    let (status, problem) = maker.run("lab", "/mute bob 0").await;
    assert_eq!(status, 403, "{problem}");
    assert_eq!(maker.run("lab", "hello").await.0, 403, "muted still");
    assert_eq!(admin.run("lab", "/mute bob 0").await.0, 200);
    assert_eq!(maker.run("lab", "hello").await.0, 201);
}

#[tokio::test]
async fn nobody_moderates_upwards() {
    let server = Server::start().await;
    let owner = server.user("olga", Role::Owner).await;
    let admin = server.user("ada", Role::Admin).await;
    assert_eq!(admin.run("general", "/kick olga").await.0, 403);
    assert_eq!(owner.run("general", "/kick ada").await.0, 201);
}

#[tokio::test]
async fn a_guest_sees_only_where_they_were_brought() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let guest = server.user("gus", Role::Guest).await;
    assert_eq!(guest.get("/api/rooms").await.1, json!({ "rooms": [] }));
    assert_eq!(guest.get("/api/rooms/general").await.0, 404);
    assert_eq!(guest.run("@ada", "hello").await.0, 404, "a stranger");
    assert_eq!(
        guest.post("/api/rooms", json!({ "name": "mine" })).await.0,
        403
    );
    assert_eq!(ada.run("general", "/invite gus").await.0, 201);
    assert_eq!(guest.run("general", "hello").await.0, 201);
    assert_eq!(
        guest.run("@ada", "hello").await.0,
        201,
        "somebody they share a room with"
    );
}

#[tokio::test]
async fn nobody_but_the_agent_edits_its_words() {
    let server = Server::start().await;
    let owner = server.user("olga", Role::Owner).await;
    let chat = &server.running.chat;
    let agent = chat
        .store()
        .user_by_handle(&"assistant".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let caller = salon_chat::Caller::new(agent, None);
    let said = salon_chat::actions::SendMessage::text("my words");
    let done = salon_chat::actions::send_message(chat, &caller, "general", said)
        .await
        .unwrap();
    let path = format!("/api/messages/{}", done.message_id.unwrap());
    let (status, problem) = owner
        .call("PATCH", &path, json!({ "text": "others" }))
        .await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
    assert_eq!(
        owner.call("DELETE", &path, serde_json::Value::Null).await.0,
        200,
        "moderation"
    );
}

#[tokio::test]
async fn a_question_that_cannot_be_asked_brings_no_agent_in() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    ada.post("/api/rooms", json!({ "name": "plaza", "kind": "public" }))
        .await;
    assert_eq!(bob.run("plaza", "/join plaza").await.0, 201);
    let long = format!("/ask assistant {}", "x".repeat(16_000));
    assert_eq!(bob.run("plaza", &long).await.0, 413);
    assert_eq!(ada.run("plaza", "/mute bob").await.0, 200);
    assert_eq!(bob.run("plaza", "/ask assistant who is here?").await.0, 403);
    let members = bob.get("/api/rooms/plaza/members").await.1.to_string();
    assert!(!members.contains("assistant"), "{members}");
}
