//! When agents speak, when they yield, and that each turn keeps its reason.

use super::{ended, make, said_by, turns, until};
use crate::agent::{World, reply, room, says};
use salon_protocol::Role;
use salon_testkit::{Step, chunk, done, sse};
use serde_json::json;

/// Says nothing until the test lets it.
fn waits_then_says(text: &str) -> Vec<Step> {
    sse([Step::Wait, chunk(text), done()])
}

#[tokio::test]
async fn a_burst_by_one_person_is_one_turn() {
    let world = World::new([waits_then_says("too early"), says("Berlin and Paris.")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    let first = ada.say("general", "@assistant capital of Germany?").await;
    until("the first request", async || {
        world.service.seen().len() == 1
    })
    .await;
    ada.say("general", "@assistant and of France?").await;
    let message = reply(&mut socket).await;
    assert_eq!(message["text"], "Berlin and Paris.");
    assert_eq!(message["reply_to"], first["message_id"]);
    let read = world.service.seen().pop().unwrap().body["messages"].to_string();
    assert!(
        read.contains("of Germany?") && read.contains("of France?"),
        "{read}"
    );
    assert_eq!(
        turns(&ada, "general").await[..2],
        [ended("silent", "merged"), ended("spoke", "mentioned")]
    );
}

#[tokio::test]
async fn an_edited_question_is_answered_as_it_stands_now() {
    let world = World::new([waits_then_says("old"), says("new")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    let asked = ada.say("general", "@assistant capital of Gremany?").await;
    until("the first request", async || {
        world.service.seen().len() == 1
    })
    .await;
    let path = format!("/api/messages/{}", asked["message_id"].as_str().unwrap());
    ada.call(
        "PATCH",
        &path,
        json!({ "text": "@assistant capital of Germany?" }),
    )
    .await;
    assert_eq!(reply(&mut socket).await["text"], "new");
    let read = world.service.seen().pop().unwrap().body["messages"].to_string();
    assert!(
        read.contains("Germany") && !read.contains("Gremany"),
        "{read}"
    );
}

#[tokio::test]
async fn it_yields_to_a_person_who_answers_and_says_so() {
    let world = World::new([waits_then_says("never seen")]).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    let mut socket = room(&ada).await;
    bob.run("general", "/join general").await;
    let asked = ada.say("general", "@assistant when is lunch?").await;
    until("the request", async || world.service.seen().len() == 1).await;
    let answer = json!({ "text": "at noon", "reply_to": asked["message_id"] });
    bob.post("/api/rooms/general/messages", answer).await;
    let told = socket.expect("notice").await;
    assert_eq!(told["data"]["reason"], "answered_by_person");
    world.service.go_on();
    let all = turns(&ada, "general").await;
    assert!(
        all.contains(&ended("silent", "answered_by_person")),
        "{all:?}"
    );
    let page = ada.get("/api/rooms/general/messages").await.1;
    assert!(!page.to_string().contains("never seen"));
}

#[tokio::test]
async fn a_room_that_is_off_tells_whoever_mentions_an_agent() {
    let world = World::new([says("hello")]).await;
    let owner = world.server.user("eve", Role::Owner).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    owner.run("general", "/join general").await;
    assert_eq!(ada.run("general", "/mode off").await.0, 403);
    assert_eq!(owner.run("general", "/mode off").await.0, 201);
    let changed = socket.event("room.changed").await;
    assert_eq!(changed["mode"], "off");
    ada.say("general", "@assistant hello?").await;
    let told = socket.expect("notice").await;
    assert!(
        told["text"].as_str().unwrap().contains("switched off"),
        "{told}"
    );
    assert_eq!(world.service.seen().len(), 0);
    owner.run("general", "/mode mention").await;
    ada.say("general", "@assistant hello?").await;
    reply(&mut socket).await;
}

#[tokio::test]
async fn an_ambient_agent_speaks_unasked_only_after_a_plain_yes() {
    let world = World::new([says("YES"), says("`journalctl --rotate` does it.")]).await;
    let owner = world.server.user("eve", Role::Owner).await;
    let mut socket = room(&owner).await;
    owner.run("general", "/mode ambient").await;
    owner.say("general", "nice weather").await;
    owner
        .say("general", "does anyone know how to rotate the journal?")
        .await;
    let message = reply(&mut socket).await;
    assert_eq!(
        (&message["reason"], &message["reply_to"].is_null()),
        (&json!("ambient"), &false)
    );
    let check = world.service.seen()[0].body.clone();
    assert!(
        check["messages"].to_string().contains("YES or NO"),
        "{check}"
    );
    for (answer, reason) in [
        ("no", "model_said_no"),
        ("Yes, I could perhaps", "model_said_no"),
    ] {
        world.service.script([says(answer)]);
        owner
            .say(
                "general",
                &format!("does anyone know why {answer} is here?"),
            )
            .await;
        assert_eq!(turns(&owner, "general").await[0], ended("silent", reason));
    }
    world.service.script([salon_testkit::answer(
        500,
        &[("x-should-retry", "false")],
        "oops",
    )]);
    owner
        .say("general", "does anyone know why it is broken?")
        .await;
    assert_eq!(
        turns(&owner, "general").await[0],
        ended("silent", "model_said_no")
    );
}

#[tokio::test]
async fn an_ambient_agent_leaves_talk_and_answered_questions_alone() {
    let world = World::configured([says("YES"), says("mine")], |config| {
        config.pace.quiet = std::time::Duration::from_millis(400);
    })
    .await;
    let owner = world.server.user("eve", Role::Owner).await;
    let ada = world.server.member("ada").await;
    ada.run("general", "/join general").await;
    room(&owner).await;
    owner.run("general", "/mode ambient").await;
    ada.say("general", "@eve how do you do that?").await;
    let asked = ada
        .say("general", "does anyone know how to rotate the journal?")
        .await;
    let answer = json!({ "text": "I do, wait", "reply_to": asked["message_id"] });
    owner.post("/api/rooms/general/messages", answer).await;
    let all = turns(&ada, "general").await;
    assert_eq!(
        all[..3],
        [
            ended("silent", "unlikely"),
            ended("silent", "answered_by_person"),
            ended("silent", "unlikely")
        ]
    );
    assert_eq!(world.service.seen().len(), 0, "a model was asked");
}

#[tokio::test]
async fn why_tells_the_reason_in_words() {
    let world = World::new([says("hello")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    let said = ada.say("general", "@assistant hello").await;
    reply(&mut socket).await;
    let (_, told) = ada.run("general", "/why").await;
    let text = told["notice"]["text"].as_str().unwrap();
    assert!(text.contains("@ada mentioned it"), "{text}");
    ada.say("general", "just talking").await;
    turns(&ada, "general").await;
    let (_, told) = ada.run("general", "/why").await;
    assert!(
        told["notice"]["text"]
            .as_str()
            .unwrap()
            .contains("stayed silent"),
        "{told}"
    );
    let (_, told) = ada.run("general", &format!("/why {}", said["seq"])).await;
    assert!(
        told["notice"]["text"].as_str().unwrap().contains("spoke"),
        "{told}"
    );
}

#[tokio::test]
async fn agents_answer_each_other_by_mention_and_not_for_ever() {
    // Whoever is asked calls the other one.
    let world = World::new([says("@heron what do you think?\n@assistant and you?")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(&ada, "heron", json!({})).await;
    ada.say("general", "@assistant begin").await;
    said_by(&mut socket, "assistant").await;
    let count = async || {
        let page = ada.get("/api/rooms/general/messages?limit=200").await.1;
        let messages = page["messages"].as_array().unwrap().clone();
        messages
            .iter()
            .filter(|message| message["from_kind"] == "agent")
            .count()
    };
    let all = turns(&ada, "general").await;
    assert!(
        all.iter()
            .any(|(_, reason)| reason == "hop_limit" || reason == "chain_spent"),
        "{all:?}"
    );
    let spoken = count().await;
    assert!((2..=8).contains(&spoken), "{spoken} messages of agents");
    // And people are heard at once.
    ada.say("general", "@heron enough?").await;
    said_by(&mut socket, "heron").await;
}

#[tokio::test]
async fn stop_all_ends_a_conversation_of_agents() {
    let world = World::new([says("@heron go on"), waits_then_says("@assistant go on")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(&ada, "heron", json!({})).await;
    ada.say("general", "@assistant begin").await;
    until("heron's turn", async || world.service.seen().len() == 2).await;
    let (status, _) = ada.run("general", "/stop all").await;
    assert_eq!(status, 200);
    world.service.go_on();
    let all = turns(&ada, "general").await;
    assert!(
        all.iter().any(|(outcome, _)| outcome == "stopped"),
        "{all:?}"
    );
    assert_eq!(world.service.seen().len(), 2);
    world.service.script([says("I am back")]);
    ada.say("general", "@heron hello").await;
    assert_eq!(said_by(&mut socket, "heron").await["text"], "I am back");
}
