//! What agents cost, what they may, the lens that shows it, and another answer.

use super::{costs, make, priced, said_by, turns};
use crate::agent::{World, calls, reply, room, says};
use salon_protocol::{Budget, Role};
use salon_testkit::{Step, sse};
use serde_json::{Value, json};

#[tokio::test]
async fn a_spent_budget_declines_politely_and_warns_before() {
    let world = World::new([costs("one", 70, 15)]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(&ada, "heron", json!({ "budget": { "tokens_day": 100 } })).await;
    ada.say("general", "@heron one").await;
    assert_eq!(said_by(&mut socket, "heron").await["text"], "one");
    ada.say("general", "@heron two").await;
    let warned = socket.expect("notice").await;
    assert!(warned["text"].as_str().unwrap().contains("80"), "{warned}");
    assert_eq!(
        said_by(&mut socket, "heron").await["state"],
        "complete",
        "the one that reaches the limit is let in"
    );
    ada.say("general", "@heron three").await;
    let declined = said_by(&mut socket, "heron").await;
    assert_eq!(declined["state"], "degraded");
    assert!(
        declined["text"].as_str().unwrap().contains("budget"),
        "{declined}"
    );
    assert_eq!(world.service.seen().len(), 2);
    // Others are not concerned.
    ada.say("general", "@assistant four").await;
    assert_eq!(reply(&mut socket).await["state"], "complete");
    let usage = ada.get("/api/usage").await.1;
    let heron = usage["spending"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "heron")
        .unwrap()
        .clone();
    assert_eq!(
        (&heron["days"][0]["tokens_in"], &heron["days"][0]["calls"]),
        (&json!(140), &json!(2))
    );
    let (_, told) = ada.run("general", "/usage").await;
    assert!(
        told["notice"]["text"]
            .as_str()
            .unwrap()
            .contains("170 / 100"),
        "{told}"
    );
}

#[tokio::test]
async fn money_that_runs_out_leads_to_a_model_that_costs_nothing() {
    let world = World::configured([costs("dear", 1_000, 0)], |config| {
        config.models = vec![priced("dear", 1_000.0), priced("free", 0.0)];
        config.budgets.asker = Budget {
            money_day: Some(1.0),
            ..Budget::default()
        };
    })
    .await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(
        &ada,
        "heron",
        json!({ "model": "dear", "fallbacks": ["free"] }),
    )
    .await;
    for expected in ["dear", "free"] {
        ada.say("general", "@heron hello").await;
        let message = said_by(&mut socket, "heron").await;
        assert_eq!(message["state"], "complete");
        assert_eq!(world.service.seen().pop().unwrap().body["model"], expected);
    }
    let usage = ada.get("/api/usage").await.1;
    assert_eq!(usage["spending"][0]["days"][0]["cost_micros"], 1_005_000);
}

#[tokio::test]
async fn what_is_stopped_or_cut_is_counted_all_the_same() {
    let world = World::new([sse([salon_testkit::chunk("half an answer "), Step::Hang])]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant go").await;
    let draft = socket
        .expect_where(|frame| frame["type"] == "draft" && frame["text"] != "")
        .await;
    socket
        .send(json!({ "type": "stop", "draft_id": draft["draft_id"] }))
        .await;
    let stopped = reply(&mut socket).await;
    assert_eq!(stopped["state"], "stopped");
    let id = stopped["id"].as_str().unwrap();
    let turn = ada.get(&format!("/api/messages/{id}/turns")).await.1["turns"][0].clone();
    assert!(
        turn["tokens_in"].as_u64() > Some(20) && turn["tokens_out"].as_u64() >= Some(3),
        "{turn}"
    );
    assert_eq!(turn["detail"]["estimated"], true);
    super::until("the service to see the close", async || {
        world.service.closed() == 1
    })
    .await;
}

#[tokio::test]
async fn the_lens_shows_what_was_read_and_run_to_whoever_is_in_the_room() {
    let world = World::new([calls("users", &json!({})), costs("Ada and I.", 50, 4)]).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    let mut socket = room(&ada).await;
    let body = json!({ "name": "den", "kind": "private", "members": ["assistant"] });
    ada.post("/api/rooms", body).await;
    let before = ada.say("den", "herons nest in March").await;
    let asked = ada.say("den", "@assistant who is here?").await;
    let message = reply(&mut socket).await;
    let path = format!("/api/messages/{}/turns", message["id"].as_str().unwrap());
    let turn = ada.get(&path).await.1["turns"][0].clone();
    assert_eq!(
        (&turn["outcome"], &turn["reason"], &turn["model"]),
        (&json!("acted"), &json!("mentioned"), &json!("m"))
    );
    assert_eq!(turn["because"], "@ada mentioned it");
    let read: Vec<_> = turn["detail"]["read"].as_array().unwrap().clone();
    assert!(
        read.contains(&before["seq"]) && read.contains(&asked["seq"]),
        "{read:?}"
    );
    assert_eq!(
        (&turn["calls"][0]["name"], &turn["calls"][0]["outcome"]),
        (&json!("users"), &json!("told"))
    );
    assert!(
        turn["detail"]["first_word_ms"].is_u64() && turn["detail"]["requests"] == 2,
        "{turn}"
    );
    assert_eq!(
        bob.get(&path).await.0,
        404,
        "an outsider looks through the lens"
    );
}

#[tokio::test]
async fn another_answer_says_which_it_replaces_and_the_first_stays() {
    let world = World::new([says("first"), says("second")]).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    let mut socket = room(&ada).await;
    bob.run("general", "/join general").await;
    ada.say("general", "@assistant say something").await;
    let first = reply(&mut socket).await;
    let again = format!("/api/messages/{}/again", first["id"].as_str().unwrap());
    assert_eq!(bob.post(&again, json!({})).await.0, 403);
    assert_eq!(ada.post(&again, json!({})).await.0, 200);
    let second = reply(&mut socket).await;
    assert_eq!(
        (&second["text"], &second["replaces"]),
        (&json!("second"), &first["id"])
    );
    assert_eq!(second["reason"], "asked_again");
    let read = world.service.seen().pop().unwrap().body["messages"].to_string();
    assert!(
        !read.contains("first"),
        "it read the answer that was not wanted"
    );
    assert_eq!(turns(&ada, "general").await.len(), 2);
}

#[tokio::test]
async fn people_rate_answers_and_agents_do_not() {
    let world = World::new([says("hello")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    let own = ada.say("general", "@assistant hello").await;
    let message = reply(&mut socket).await;
    let path = |id: &Value| format!("/api/messages/{}/feedback", id.as_str().unwrap());
    let rate = async |good: Value| {
        ada.call("PUT", &path(&message["id"]), json!({ "good": good }))
            .await
    };
    assert_eq!(
        rate(json!(true)).await.1,
        json!({ "up": 1, "down": 0, "mine": true })
    );
    assert_eq!(
        rate(json!(false)).await.1,
        json!({ "up": 0, "down": 1, "mine": false })
    );
    assert_eq!(
        rate(Value::Null).await.1,
        json!({ "up": 0, "down": 0, "mine": null })
    );
    let (status, _) = ada
        .call("PUT", &path(&own["message_id"]), json!({ "good": true }))
        .await;
    assert_eq!(status, 400, "a person was rated");
}

#[tokio::test]
async fn the_audit_log_holds_every_act_and_is_for_admins() {
    let world = World::new([calls("users", &json!({})), says("Ada.")]).await;
    let owner = world.server.user("eve", Role::Owner).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant who is here?").await;
    reply(&mut socket).await;
    turns(&ada, "general").await;
    assert_eq!(ada.get("/api/audit").await.0, 403);
    assert_eq!(ada.get("/api/audit/export").await.0, 403);
    let acts = owner.get("/api/audit").await.1["acts"]
        .as_array()
        .unwrap()
        .clone();
    let names: Vec<_> = acts
        .iter()
        .map(|act| act["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["reply", "users"]);
    assert_eq!(
        (&acts[1]["agent"], &acts[1]["asker"], &acts[1]["outcome"]),
        (&json!("assistant"), &json!("ada"), &json!("told"))
    );
    let lines = owner.get("/api/audit/export").await.1;
    assert_eq!(lines.as_str().unwrap().lines().count(), 2);
}
