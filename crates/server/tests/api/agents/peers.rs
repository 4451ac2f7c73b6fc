//! Faults that were seen in other chats with AI members and are shown nowhere else here not to be
//! ours. `docs/agents/peers.md` lists all of them with their tests.

use super::said_by;
use crate::agent::{World, calls, reply, room, says};
use serde_json::{Value, json};

/// Bytes of the tools that ride on every question: a peer sends 21,500.
const TOOL_BYTES_MAX: usize = 4_000;

#[tokio::test]
async fn what_was_just_said_is_read_with_everybodys_name_and_few_tools_ride_along() {
    let world = World::new([says("Heron.")]).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    let mut socket = room(&ada).await;
    bob.run("general", "/join general").await;
    bob.say("general", "The codename is heron.").await;
    ada.say("general", "@assistant what is the codename?").await;
    assert_eq!(reply(&mut socket).await["text"], "Heron.");
    let body = world.service.seen()[0].body.clone();
    let read = body["messages"].to_string();
    let line = read.find("bob: The codename is heron.");
    let question = read.find("ada: @assistant what is the codename?");
    assert!(line.is_some() && line < question, "{read}");
    let tools = body["tools"].to_string().len();
    assert!((100..TOOL_BYTES_MAX).contains(&tools), "{tools} bytes");
}

#[tokio::test]
async fn no_agent_enters_a_strangers_direct_room_by_its_id() {
    let world = World::new([]).await;
    let (ada, bob, eve) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
        world.server.member("eve").await,
    );
    let (status, _) = ada.run("general", "/t bob the codename is heron").await;
    assert_eq!(status, 201);
    let direct = bob.get("/api/rooms/@ada").await.1["id"].clone();
    let direct = direct.as_str().unwrap();
    let before = bob.get("/api/rooms/@ada").await.1["members"].clone();
    world.service.script([
        calls("command", &json!({ "line": format!("/join {direct}") })),
        calls("history", &json!({ "room": direct })),
        says("I can't."),
    ]);
    let mut socket = room(&eve).await;
    eve.say("general", "@assistant go and look").await;
    let answer = said_by(&mut socket, "assistant").await;
    assert_eq!(answer["text"], "I can't.", "{answer}");
    let seen = world.service.seen();
    let read = seen.last().unwrap().body["messages"].to_string();
    assert!(!read.contains("heron"), "{read}");
    let path = format!("/api/messages/{}/turns", answer["id"].as_str().unwrap());
    let turn = eve.get(&path).await.1["turns"][0].clone();
    assert_eq!(turn["calls"][0]["outcome"], "refused", "{turn}");
    let after: Value = bob.get("/api/rooms/@ada").await.1["members"].clone();
    assert_eq!(after, before);
}
