//! What an agent may not do alone is shown exactly, decided by who may, and done once.

use super::{ended, make, said_by, turns, until};
use crate::agent::{World, calls, reply, room, says};
use crate::harness::Api;
use salon_protocol::Role;
use serde_json::{Value, json};

/// A private room of ada's with the assistant in it.
async fn den(ada: &Api<'_>) {
    let body = json!({ "name": "den", "kind": "private", "members": ["assistant"] });
    assert_eq!(ada.post("/api/rooms", body).await.0, 201);
}

async fn decide(api: &Api<'_>, number: u64, approve: bool) -> (u16, Value) {
    api.post(
        &format!("/api/rooms/den/approvals/{number}"),
        json!({ "approve": approve }),
    )
    .await
}

#[tokio::test]
async fn telling_an_outsider_what_was_said_among_few_waits_for_the_asker() {
    let tell = calls(
        "t",
        &json!({ "user": "bob", "text": "the codename is heron" }),
    );
    let world = World::new([tell, says("I asked for your leave.")]).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    let mut bobs = bob.connect().await;
    den(&ada).await;
    let mut socket = ada.connect().await;
    ada.say("den", "@assistant tell bob the codename").await;
    let card = socket.event("approval.asked").await["approval"].clone();
    assert_eq!(card["act"], "/t bob the codename is heron");
    assert_eq!(
        (&card["asker"], &card["why"]),
        (&json!("ada"), &json!("outside_readers"))
    );
    reply(&mut socket).await;
    assert!(
        bobs.drain()
            .await
            .iter()
            .all(|frame| frame["kind"] != "message.posted")
    );
    assert_eq!(
        bob.get("/api/rooms/den/approvals").await.0,
        404,
        "an outsider sees cards"
    );
    assert_eq!(decide(&bob, 1, true).await.0, 404);
    assert_eq!(decide(&ada, 7, true).await.0, 404);
    let (status, _) = ada.run("den", "/approve 1").await;
    assert_eq!(status, 201);
    assert_eq!(socket.event("approval.settled").await["state"], "approved");
    assert_eq!(
        said_by(&mut bobs, "assistant").await["text"],
        "the codename is heron"
    );
    assert_eq!(socket.event("approval.settled").await["state"], "done");
    assert_eq!(decide(&ada, 1, true).await.0, 409, "it was approved twice");
    let told = bob.get("/api/rooms/@assistant/messages").await.1;
    assert_eq!(told["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_refused_is_not_done() {
    let tell = calls(
        "t",
        &json!({ "user": "bob", "text": "the codename is heron" }),
    );
    let world = World::new([tell, says("I asked.")]).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    den(&ada).await;
    let mut socket = ada.connect().await;
    ada.say("den", "@assistant tell bob").await;
    reply(&mut socket).await;
    assert_eq!(decide(&ada, 1, false).await.0, 200);
    assert_eq!(socket.event("approval.settled").await["state"], "denied");
    let cards = ada.get("/api/rooms/den/approvals").await.1;
    assert_eq!(
        (
            &cards["approvals"][0]["state"],
            &cards["approvals"][0]["by"]
        ),
        (&json!("denied"), &json!("ada"))
    );
    let rooms = bob.get("/api/rooms").await.1;
    assert!(
        !rooms.to_string().contains("assistant\",\"kind\":\"direct"),
        "{rooms}"
    );
    assert_eq!(turns(&ada, "den").await[0], ended("acted", "mentioned"));
}

#[tokio::test]
async fn in_a_public_room_a_member_is_told_at_once() {
    let tell = calls("t", &json!({ "user": "bob", "text": "lunch at noon" }));
    let world = World::new([tell, says("Told.")]).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    let mut bobs = bob.connect().await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant tell bob that lunch is at noon")
        .await;
    assert_eq!(
        said_by(&mut bobs, "assistant").await["text"],
        "lunch at noon"
    );
    reply(&mut socket).await;
}

#[tokio::test]
async fn moderating_always_waits_and_needs_the_right() {
    let kick = || calls("command", &json!({ "line": "/kick bob" }));
    let world = World::new([kick(), says("Asked.")]).await;
    let owner = world.server.user("eve", Role::Owner).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    let mut socket = room(&owner).await;
    for api in [&ada, &bob] {
        api.run("general", "/join general").await;
    }
    owner.say("general", "@assistant kick bob").await;
    let card = socket.event("approval.asked").await["approval"].clone();
    assert_eq!(
        (&card["act"], &card["why"]),
        (&json!("/kick bob"), &json!("moderates"))
    );
    reply(&mut socket).await;
    assert_eq!(
        ada.run("general", "/approve 1").await.0,
        403,
        "somebody without the right approved"
    );
    assert_eq!(owner.run("general", "/approve 1").await.0, 201);
    assert_eq!(socket.event("member.removed").await["user"], "bob");
    // Whoever may not kick gets no card, but a refusal.
    world.service.script([kick(), says("I may not.")]);
    ada.say("general", "@assistant kick bob").await;
    reply(&mut socket).await;
    let cards = ada.get("/api/rooms/general/approvals").await.1;
    assert_eq!(cards["approvals"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_agent_approves_nothing_whatever_the_model_says() {
    let script = [
        calls("t", &json!({ "user": "bob", "text": "secret" })),
        calls("approve", &json!({ "n": 1 })),
        calls("command", &json!({ "line": "/approve 1" })),
        says("done"),
    ];
    let world = World::new(script).await;
    let (ada, _bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    den(&ada).await;
    let mut socket = ada.connect().await;
    ada.say("den", "@assistant tell bob").await;
    reply(&mut socket).await;
    let cards = ada.get("/api/rooms/den/approvals").await.1;
    assert_eq!(cards["approvals"][0]["state"], "waiting");
}

#[tokio::test]
async fn another_members_secret_room_is_no_ones_to_hear_of() {
    // The asker may read both rooms; the audience may not.
    let search = || calls("search", &json!({ "text": "codename" }));
    let world = World::new([search(), says("I found nothing.")]).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    den(&ada).await;
    ada.say("den", "the codename is heron").await;
    bob.run("general", "/join general").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant what is the codename?").await;
    reply(&mut socket).await;
    for seen in world.service.seen() {
        assert!(
            !seen.body.to_string().contains("heron"),
            "a private room reached a model for the public"
        );
    }
    // In the direct room ada alone hears it.
    world.service.script([search(), says("It is heron.")]);
    ada.say("@assistant", "what is the codename?").await;
    until("the answer", async || world.service.seen().len() >= 4).await;
    assert!(
        world
            .service
            .seen()
            .pop()
            .unwrap()
            .body
            .to_string()
            .contains("heron")
    );
}

#[tokio::test]
async fn a_guest_in_the_room_narrows_what_may_be_told() {
    let search = calls("search", &json!({ "text": "codename" }));
    let world = World::new([search, says("nothing")]).await;
    let (ada, _gus) = (
        world.server.member("ada").await,
        world.server.user("gus", Role::Guest).await,
    );
    let body = json!({ "name": "lounge", "members": ["assistant", "gus"] });
    assert_eq!(ada.post("/api/rooms", body).await.0, 201);
    ada.run("general", "/join general").await;
    ada.say("general", "the codename is heron").await;
    let mut socket = ada.connect().await;
    ada.say("lounge", "@assistant what is the codename?").await;
    reply(&mut socket).await;
    for seen in world.service.seen() {
        assert!(
            !seen.body.to_string().contains("heron"),
            "a guest's room heard of a room that guests cannot read"
        );
    }
}

#[tokio::test]
async fn an_agents_tools_are_those_that_its_maker_allowed() {
    let world = World::new([calls("users", &json!({})), says("I may not look.")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(&ada, "heron", json!({ "tools": ["search"] })).await;
    ada.say("general", "@heron who is here?").await;
    said_by(&mut socket, "heron").await;
    let seen = world.service.seen();
    let offered: Vec<_> = seen[0].body["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["function"]["name"].clone())
        .collect();
    assert_eq!(offered, ["search"]);
    let last = seen[1].body["messages"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert!(
        last["content"].as_str().unwrap().contains("may not use"),
        "{last}"
    );
}

#[tokio::test]
async fn whoever_made_a_room_is_told_that_they_moderate_it_and_allows_what_others_asked() {
    let tell = calls("t", &json!({ "user": "zoe", "text": "we begin at noon" }));
    let world = World::new([tell, says("Asked.")]).await;
    let (ada, owner, _zoe) = (
        world.server.member("ada").await,
        world.server.user("eve", Role::Owner).await,
        world.server.member("zoe").await,
    );
    let body = json!({ "name": "lab", "kind": "private", "members": ["assistant", "eve"] });
    let made = ada.post("/api/rooms", body).await.1;
    assert_eq!(made["moderates"], true, "{made}");
    let moderates = async |api: &Api<'_>, room: &str| {
        api.get(&format!("/api/rooms/{room}")).await.1["moderates"].clone()
    };
    ada.run("general", "/join general").await;
    assert_eq!(moderates(&ada, "general").await, Value::Null);
    assert_eq!(moderates(&owner, "lab").await, true);
    assert_eq!(moderates(&owner, "@ada").await, Value::Null);
    let mut socket = ada.connect().await;
    let lab = socket.welcome["rooms"].as_array().unwrap().iter();
    let lab = lab.clone().find(|room| room["name"] == "lab").unwrap();
    assert_eq!(lab["moderates"], true);
    // The owner asks; whoever made the room is no admin and decides all the same.
    owner.say("lab", "@assistant tell zoe when we begin").await;
    let asked = socket.event("approval.asked").await;
    assert_eq!(ada.run("lab", "/approve 1").await.0, 201);
    assert_eq!(socket.event("approval.settled").await["state"], "approved");
    assert_eq!(socket.event("approval.settled").await["state"], "done");
    // What was decided keeps its place for whoever comes later.
    let card = ada.get("/api/rooms/lab/approvals").await.1["approvals"][0].clone();
    assert_eq!(
        (&card["state"], &card["seq"], &card["asked_at"]),
        (&json!("done"), &asked["seq"], &asked["at"])
    );
}
