//! Agents are made, changed and retired by their users, and everybody sees it.

use super::{make, said_by};
use crate::agent::{World, room, says};
use salon_agents::{NamedModel, model::ToolMode};
use salon_protocol::{AgentRequest, AgentSettings, Role};
use serde_json::{Value, json};

fn named(name: &str) -> NamedModel {
    serde_json::from_value(json!({ "name": name, "tools": ToolMode::None })).unwrap()
}

#[tokio::test]
async fn an_agent_of_ones_own_answers_as_its_maker_wished_with_its_own_model() {
    let world = World::configured([says("frog jumps in")], |config| {
        config.models = vec![named("small")];
    })
    .await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    let settings =
        json!({ "persona": "You answer in haiku.", "model": "small", "temperature": 0.5 });
    make(&ada, "heron", settings).await;
    let made = socket.event("agent.changed").await;
    assert_eq!(
        (&made["agent"], &made["change"]),
        (&json!("heron"), &json!("made"))
    );
    ada.say("general", "@heron tell of ponds").await;
    let message = said_by(&mut socket, "heron").await;
    assert_eq!(
        (&message["text"], &message["reason"]),
        (&json!("frog jumps in"), &json!("mentioned"))
    );
    let asked = &world.service.seen()[0].body;
    assert_eq!(
        (&asked["model"], &asked["temperature"]),
        (&json!("small"), &json!(0.5))
    );
    assert!(
        asked["messages"][0]
            .to_string()
            .contains("You answer in haiku.")
    );
    // The one that was there before still has the first model.
    ada.say("general", "@assistant and you?").await;
    said_by(&mut socket, "assistant").await;
    assert_eq!(world.service.seen()[1].body["model"], "m");
}

#[tokio::test]
async fn a_change_is_told_to_its_rooms_and_only_its_maker_and_admins_make_it() {
    let world = World::new([says("hi")]).await;
    let (ada, bob) = (
        world.server.member("ada").await,
        world.server.member("bob").await,
    );
    let owner = world.server.user("eve", Role::Owner).await;
    let mut socket = room(&bob).await;
    let (status, told) = ada.run("general", "/agent create heron translator").await;
    assert_eq!(status, 200, "{told}");
    socket.event("agent.changed").await;
    for line in ["/agent set heron persona x", "/agent retire heron"] {
        let (status, body) = bob.run("general", line).await;
        assert_eq!(
            (status, &body["code"]),
            (403, &json!("forbidden")),
            "{line}"
        );
    }
    let (status, _) = ada.run("general", "/agent set heron temperature 0.3").await;
    assert_eq!(status, 200);
    let edited = socket.event("agent.changed").await;
    assert_eq!(
        (&edited["change"], &edited["fields"]),
        (&json!("edited"), &json!(["temperature"]))
    );
    let (status, body) = owner.call("DELETE", "/api/agents/heron", Value::Null).await;
    assert_eq!((status, &body["retired"]), (200, &json!(true)));
    assert_eq!(socket.event("agent.changed").await["change"], "retired");
    ada.say("general", "@heron are you there?").await;
    let online = ada.get("/api/users").await.1;
    assert!(
        !online["users"]
            .as_array()
            .unwrap()
            .contains(&json!("heron"))
    );
    let (status, _) = ada.post("/api/agents/heron/restore", json!({})).await;
    assert_eq!(status, 200);
    ada.say("general", "@heron welcome back").await;
    said_by(&mut socket, "heron").await;
}

#[tokio::test]
async fn what_does_not_fit_is_refused_with_what_would() {
    let world =
        World::configured([says("hi")], |config| config.models = vec![named("small")]).await;
    let ada = world.server.member("ada").await;
    let guest = world.server.user("gus", Role::Guest).await;
    let refused = async |body: Value| {
        let (status, body) = ada.post("/api/agents", body).await;
        (
            status,
            body["detail"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let (status, why) = refused(json!({ "handle": "x", "settings": { "model": "gpt-9" } })).await;
    assert_eq!(status, 400);
    assert!(why.contains("gpt-9") && why.contains("small"), "{why}");
    assert_eq!(refused(json!({ "handle": "assistant" })).await.0, 409);
    assert_eq!(
        refused(json!({ "handle": "x", "preset": "wizard" }))
            .await
            .0,
        400
    );
    assert_eq!(
        refused(json!({ "handle": "x", "settings": { "temperature": 3 } }))
            .await
            .0,
        400
    );
    assert_eq!(
        refused(json!({ "handle": "x", "rooms": ["nowhere"] }))
            .await
            .0,
        404
    );
    assert_eq!(
        refused(json!({ "handle": "x", "colour": "red" })).await.0,
        400
    );
    assert_eq!(
        guest.post("/api/agents", json!({ "handle": "x" })).await.0,
        403
    );
    for n in 0..20 {
        assert_eq!(
            ada.post("/api/agents", json!({ "handle": format!("a{n}") }))
                .await
                .0,
            201
        );
    }
    assert_eq!(refused(json!({ "handle": "one-more" })).await.0, 409);
}

#[tokio::test]
async fn agents_of_the_configuration_are_there_and_a_changed_file_changes_them() {
    let heron = |persona: &str| AgentRequest {
        handle: Some("heron".into()),
        rooms: Some(vec!["general".into()]),
        settings: Some(AgentSettings {
            persona: persona.into(),
            ..AgentSettings::default()
        }),
        ..AgentRequest::default()
    };
    let world =
        World::configured([says("hi")], |config| config.agents = vec![heron("first")]).await;
    let ada = world.server.member("ada").await;
    let (_, agents) = ada.get("/api/agents").await;
    let found = agents["agents"]
        .as_array()
        .unwrap()
        .iter()
        .find(|agent| agent["handle"] == "heron");
    assert_eq!(found.unwrap()["settings"]["persona"], "first");
    let chat = &world.server.running.chat;
    let again = salon_chat::actions::apply_agent(chat, "heron", heron("second"))
        .await
        .unwrap();
    assert_eq!(again.settings.persona, "second");
}

#[tokio::test]
async fn a_model_that_fails_is_followed_by_the_agents_own_fallback() {
    let script = [
        salon_testkit::answer(404, &[], r#"{"error":{"code":"model_not_found"}}"#),
        says("from the other"),
    ];
    let world = World::configured(script, |config| {
        config.models = vec![named("gone"), named("other")];
    })
    .await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(
        &ada,
        "heron",
        json!({ "model": "gone", "fallbacks": ["other"] }),
    )
    .await;
    let asked = ada.say("general", "@heron hello").await;
    let message = said_by(&mut socket, "heron").await;
    assert_eq!(
        (&message["text"], &message["state"]),
        (&json!("from the other"), &json!("complete"))
    );
    let id = message["id"].as_str().unwrap();
    let turns = ada.get(&format!("/api/messages/{id}/turns")).await.1;
    assert_eq!(turns["turns"][0]["model"], "other");
    assert_eq!(turns["turns"][0]["seq"], asked["seq"]);
}

#[tokio::test]
async fn a_model_may_be_asked_by_the_responses_api() {
    let events = |events: &[Value]| {
        let text: String = events
            .iter()
            .map(|event| format!("data: {event}\n\n"))
            .collect();
        salon_testkit::sse([salon_testkit::Step::Bytes(text.into_bytes())])
    };
    let call =
        json!({ "type": "function_call", "call_id": "c1", "name": "users", "arguments": "{}" });
    let end = json!({ "type": "response.completed", "response": { "usage": { "input_tokens": 9, "output_tokens": 2 } } });
    let script = [
        events(&[
            json!({ "type": "response.output_item.done", "output_index": 0, "item": call }),
            end.clone(),
        ]),
        events(&[
            json!({ "type": "response.output_text.delta", "delta": "Ada " }),
            json!({ "type": "response.output_text.delta", "delta": "is here." }),
            end,
        ]),
    ];
    let world = World::configured(script, |config| {
        let model = json!({ "name": "new", "api": "responses" });
        config.models = vec![serde_json::from_value(model).unwrap()];
    })
    .await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(&ada, "heron", json!({ "model": "new" })).await;
    ada.say("general", "@heron who is here?").await;
    let message = said_by(&mut socket, "heron").await;
    assert_eq!(message["text"], "Ada is here.");
    let seen = world.service.seen();
    assert!(
        seen[0].head.starts_with("POST /v1/responses "),
        "{}",
        seen[0].head
    );
    let input = seen[1].body["input"].as_array().unwrap().clone();
    assert_eq!(input.last().unwrap()["type"], "function_call_output");
    let path = format!("/api/messages/{}/turns", message["id"].as_str().unwrap());
    let turn = ada.get(&path).await.1["turns"][0].clone();
    assert_eq!(
        (&turn["tokens_in"], &turn["tokens_out"]),
        (&json!(18), &json!(4))
    );
}
