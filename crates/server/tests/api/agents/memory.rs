//! What agents remember, what they must never read, and what one reader alone is told.

use super::{said_by, turns};
use crate::agent::{World, calls, reply, room, says};
use salon_protocol::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn a_fact_is_read_where_it_was_told_and_leaves_no_direct_room() {
    let world = World::new([
        calls("remember", &json!({ "text": "ada likes herons" })),
        says("Noted."),
        says("ok"),
    ])
    .await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("@assistant", "remember that I like herons").await;
    reply(&mut socket).await;
    ada.say("@assistant", "what do I like?").await;
    reply(&mut socket).await;
    let read = world.service.seen().pop().unwrap().body["messages"].to_string();
    assert!(read.contains("ada likes herons (ada)"), "{read}");
    ada.say("general", "@assistant what do I like?").await;
    reply(&mut socket).await;
    let read = world.service.seen().pop().unwrap().body["messages"].to_string();
    assert!(
        !read.contains("herons"),
        "a direct room's fact reached a public one: {read}"
    );
    let (_, listed) = ada.run("@assistant", "/memory").await;
    let number = listed["notice"]["data"]["facts"][0]["number"].clone();
    assert_eq!(
        ada.run("@assistant", &format!("/forget {number}")).await.0,
        200
    );
    ada.say("@assistant", "and now?").await;
    reply(&mut socket).await;
    let read = world.service.seen().pop().unwrap().body["messages"].to_string();
    assert!(!read.contains("[Remembered"), "{read}");
}

#[tokio::test]
async fn what_is_said_privately_from_ai_reaches_no_model_in_any_way() {
    let world = World::new([
        calls("search", &json!({ "text": "codename" })),
        calls("history", &json!({})),
        says("I see nothing."),
    ])
    .await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    let (status, _) = ada
        .run(
            "general",
            "/private-from-ai the codename is heron @assistant",
        )
        .await;
    assert_eq!(status, 201);
    let shown = socket.event("message.posted").await;
    assert_eq!(shown["message"]["private_from_ai"], true);
    ada.say("general", "@assistant what is the codename?").await;
    reply(&mut socket).await;
    for seen in world.service.seen() {
        assert!(!seen.body.to_string().contains("heron"), "{}", seen.body);
    }
}

#[tokio::test]
async fn a_room_that_is_private_from_ai_has_no_turns() {
    let world = World::new([says("hello")]).await;
    let owner = world.server.user("eve", Role::Owner).await;
    let mut socket = room(&owner).await;
    assert_eq!(
        owner.run("general", "/private-from-ai room on").await.0,
        201
    );
    assert_eq!(socket.event("room.changed").await["private_from_ai"], true);
    owner.say("general", "@assistant hello").await;
    assert!(turns(&owner, "general").await.is_empty());
    owner.run("general", "/private-from-ai room off").await;
    owner.say("general", "@assistant hello").await;
    let message = said_by(&mut socket, "assistant").await;
    assert_eq!(message["text"], "hello");
}

#[tokio::test]
async fn a_catch_up_cites_what_it_rests_on_and_is_for_one_reader() {
    let world = World::new([says("placeholder")]).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    let mut socket = room(&ada).await;
    let mut bobs = room(&bob).await;
    let seq = bob.say("general", "we ship on Friday").await["seq"].clone();
    bob.run("general", "/private-from-ai the budget is heron")
        .await;
    world.service.script([says(&format!(
        "- bob: the release is on Friday [#{seq}]\n- bob said something else\n- invented [#9999]\n- #{seq}, #1 [#{seq}]"
    ))]);
    ada.run("general", "/catchup").await;
    let told = socket
        .expect_where(|frame| frame["data"]["kind"] == "catchup")
        .await;
    let text = told["text"].as_str().unwrap();
    assert!(
        text.contains("on Friday") && text.contains(&format!("?m={seq}")),
        "{text}"
    );
    assert!(
        !text.contains("something else") && !text.contains("invented") && text.lines().count() == 2,
        "{text}"
    );
    assert_eq!(told["data"]["seqs"], json!([seq]));
    assert!(
        bobs.drain()
            .await
            .iter()
            .all(|frame| frame["type"] != "notice")
    );
    let read = world.service.seen().pop().unwrap().body.to_string();
    assert!(!read.contains("heron"), "{read}");
}

#[tokio::test]
async fn a_model_that_cites_nothing_is_replaced_by_what_was_said() {
    let world = World::new([says("Lots happened, trust me.")]).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    let mut socket = room(&ada).await;
    bob.run("general", "/join general").await;
    bob.say("general", "we must ship on Friday").await;
    ada.run("general", "/catchup").await;
    let told = socket
        .expect_where(|frame| frame["data"]["kind"] == "catchup")
        .await;
    assert!(
        told["text"]
            .as_str()
            .unwrap()
            .contains("we must ship on Friday"),
        "{told}"
    );
}

#[tokio::test]
async fn what_was_said_long_ago_is_summed_up_and_a_deletion_takes_it_away() {
    let world = World::new([says("hello")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    let first = ada.say("general", "the codename is heron").await;
    for n in 0..80 {
        ada.say("general", &format!("talk {n}")).await;
    }
    world.service.script([
        says("hello"),
        says("- ada (#3): the codename is heron"),
        says("heron"),
    ]);
    ada.say("general", "@assistant hello").await;
    reply(&mut socket).await;
    let store = world.server.running.chat.store().clone();
    let id = ada.room_id("general").await.parse().unwrap();
    super::until("a summary", async || {
        store.summary(id).await.unwrap().is_some()
    })
    .await;
    ada.say("general", "@assistant what is the codename?").await;
    assert_eq!(reply(&mut socket).await["text"], "heron");
    let read = world.service.seen().pop().unwrap().body["messages"].to_string();
    assert!(read.contains("the codename is heron"), "{read}");
    let path = format!("/api/messages/{}", first["message_id"].as_str().unwrap());
    ada.call("DELETE", &path, json!(null)).await;
    assert_eq!(store.summary(id).await.unwrap(), None);
}

#[tokio::test]
async fn a_search_tells_who_said_it_when_where_and_what_it_answers() {
    let search = calls("search", &json!({ "text": "heron" }));
    let world = World::new([search, says("It is heron.")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    let answer = async |text: &str, to: &Value| {
        let body = json!({ "text": text, "reply_to": to["message_id"] });
        ada.post("/api/rooms/general/messages", body).await.1
    };
    let root = ada.say("general", "Which bird do we name it after?").await;
    let middle = answer("A wader, I think", &root).await;
    let last = answer("then heron it is", &middle).await;
    let secret = ada
        .run("general", "/private-from-ai our rival says crane")
        .await
        .1;
    answer("heron is better", &secret).await;
    ada.say("general", "@assistant what is the bird?").await;
    reply(&mut socket).await;
    let seen = world.service.seen().pop().unwrap();
    let told = seen.body["messages"].as_array().unwrap().last().unwrap()["content"]
        .as_str()
        .unwrap()
        .to_owned();
    let id = ada.room_id("general").await;
    let place = |it: &Value| format!("[ada](/room/{id}?m={})", it["seq"]);
    let hit = told
        .lines()
        .find(|line| line.contains("then heron"))
        .unwrap();
    let expected = format!(
        "](/room/{id}?m={}) **ada**: then heron it is (#general) ↳ to {}: “A wader, I think” · thread by {}: “Which bird do we name it after?”",
        last["seq"],
        place(&middle),
        place(&root)
    );
    assert!(hit.ends_with(&expected), "{hit}\n{expected}");
    assert!(
        told.contains("heron is better") && !told.contains("crane"),
        "{told}"
    );
}
