//! The AI member, as people in the room see it.

use crate::harness::{Api, Server, Socket};
use salon_agents::{
    ModelConfig, Pace,
    model::{ModelLimits, ToolMode},
};
use salon_server::config::Config;
use salon_testkit::{ModelServer, Step, answer, chunk, done, sse};
use serde_json::{Value, json};
use std::time::Duration;

const KEY: &str = "sk-very-secret";

pub(crate) struct World {
    pub(crate) service: ModelServer,
    pub(crate) server: Server,
}

impl World {
    pub(crate) async fn new(script: impl IntoIterator<Item = Vec<Step>>) -> Self {
        Self::with_tools(script, ToolMode::Native).await
    }

    async fn with_tools(script: impl IntoIterator<Item = Vec<Step>>, tools: ToolMode) -> Self {
        Self::with(script, tools, |_| {}).await
    }

    /// With another configuration.
    pub(crate) async fn configured(
        script: impl IntoIterator<Item = Vec<Step>>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        Self::with(script, ToolMode::Native, change).await
    }

    async fn with(
        script: impl IntoIterator<Item = Vec<Step>>,
        tools: ToolMode,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let service = ModelServer::start(script).await;
        let models = ModelConfig {
            base_url: Some(service.base_url()),
            key: Some(KEY.to_owned().into()),
            model: Some("m".into()),
            tools,
            limits: ModelLimits {
                silence: Duration::from_millis(1_200),
                backoff_base: Duration::from_millis(4),
                ..ModelLimits::default()
            },
            ..ModelConfig::default()
        };
        let change = |config: &mut Config| {
            // Tests do not wait for people.
            config.pace = Pace {
                burst: Duration::from_millis(30),
                quiet: Duration::from_millis(30),
            };
            change(config);
        };
        Self {
            server: Server::start_with_models(change, models).await,
            service,
        }
    }
}

pub(crate) fn says(text: &str) -> Vec<Step> {
    sse([chunk(text), done()])
}

pub(crate) fn calls(name: &str, arguments: &Value) -> Vec<Step> {
    let call = json!({ "index": 0, "id": "c1", "type": "function",
        "function": { "name": name, "arguments": arguments.to_string() } });
    let chunk = json!({ "choices": [{ "delta": { "tool_calls": [call] }, "finish_reason": "tool_calls" }] });
    sse([Step::Bytes(
        format!("data: {chunk}\n\ndata: [DONE]\n\n").into_bytes(),
    )])
}

/// The agent's next message in a room of the socket.
pub(crate) async fn reply(socket: &mut Socket) -> Value {
    socket
        .expect_where(|frame| {
            frame["type"] == "event"
                && frame["kind"] == "message.posted"
                && frame["from"] == "assistant"
        })
        .await["message"]
        .clone()
}

pub(crate) async fn room(ada: &Api<'_>) -> Socket {
    ada.run("general", "/join general").await;
    ada.connect().await
}

#[tokio::test]
async fn it_answers_a_mention_with_a_reply_and_stays_out_of_other_talk() {
    let world = World::new([says("Hello, Ada.")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("general", "I like herons").await;
    let asked = ada.say("general", "@assistant hello").await;
    let message = reply(&mut socket).await;
    assert_eq!(message["text"], "Hello, Ada.");
    assert_eq!(message["state"], "complete");
    assert_eq!(message["from_kind"], "agent");
    assert_eq!(message["reply_to"], asked["message_id"]);
    let seen = world.service.seen();
    assert_eq!(seen.len(), 1, "it was asked about what was not for it");
    let read = seen[0].body["messages"].to_string();
    assert!(
        read.contains("ada: I like herons") && read.contains("ada: @assistant hello"),
        "{read}"
    );
    let system = &seen[0].body["messages"][0];
    assert!(
        !system.to_string().contains("heron"),
        "members' words are in the system role: {system}"
    );
}

#[tokio::test]
async fn a_reply_to_something_it_said_long_ago_is_for_it() {
    let world = World::new([says("Herons."), says("Because they wait.")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant your favourite bird?").await;
    let said = reply(&mut socket).await;
    for n in 0..50 {
        ada.say("general", &format!("talk {n}")).await;
    }
    let why = json!({ "text": "why?", "reply_to": said["id"] });
    ada.post("/api/rooms/general/messages", why).await;
    assert_eq!(reply(&mut socket).await["text"], "Because they wait.");
}

#[tokio::test]
async fn its_words_grow_in_a_draft_and_end_as_one_event() {
    let world = World::new([sse([chunk("One "), Step::Wait, chunk("two."), done()])]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant count").await;
    let first = socket
        .expect_where(|frame| frame["type"] == "draft" && frame["text"] != "")
        .await;
    assert_eq!(
        (&first["text"], &first["offset"]),
        (&json!("One "), &json!(0))
    );
    // Who comes in the middle gets all so far.
    let mut late = ada.connect().await;
    let so_far = late
        .before_ready
        .iter()
        .find(|frame| frame["type"] == "draft")
        .unwrap()
        .clone();
    assert_eq!(
        (&so_far["text"], &so_far["draft_id"]),
        (&json!("One "), &first["draft_id"])
    );
    world.service.go_on();
    let second = late.expect_where(|frame| frame["type"] == "draft").await;
    assert_eq!(
        (&second["text"], &second["offset"]),
        (&json!("two."), &json!(4))
    );
    let message = reply(&mut socket).await;
    assert_eq!(
        (&message["text"], &message["draft_id"]),
        (&json!("One two."), &first["draft_id"])
    );
    let end = socket
        .expect_where(|frame| frame["type"] == "draft.end")
        .await;
    assert_eq!(end["state"], "posted");
}

#[tokio::test]
async fn stopping_keeps_what_was_written() {
    let world = World::new([sse([chunk("Once upon"), Step::Hang])]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant a story").await;
    let draft = socket
        .expect_where(|frame| frame["type"] == "draft" && frame["text"] != "")
        .await;
    socket
        .send(json!({ "type": "stop", "id": "s", "draft_id": draft["draft_id"] }))
        .await;
    let message = reply(&mut socket).await;
    assert_eq!(
        (&message["text"], &message["state"]),
        (&json!("Once upon"), &json!("stopped"))
    );
}

#[tokio::test]
async fn the_stop_command_stops_whatever_is_written_in_the_room() {
    let world = World::new([sse([chunk("Once upon"), Step::Hang])]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant a story").await;
    socket
        .expect_where(|frame| frame["type"] == "draft" && frame["text"] != "")
        .await;
    ada.run("general", "/stop").await;
    assert_eq!(reply(&mut socket).await["state"], "stopped");
}

#[tokio::test]
async fn a_service_without_tools_is_found_out_once_and_its_calls_are_read_as_text() {
    let refusal = r#"{"error":"registry/m does not support tools"}"#;
    let world = World::new([
        answer(400, &[], refusal),
        says("/topic Tea"),
        says("The topic is set."),
        says("Hello."),
    ])
    .await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant set the topic to Tea").await;
    assert_eq!(reply(&mut socket).await["text"], "The topic is set.");
    assert_eq!(ada.get("/api/rooms/general").await.1["topic"], "Tea");
    ada.say("general", "@assistant hello").await;
    assert_eq!(reply(&mut socket).await["text"], "Hello.");
    let offered = world
        .service
        .seen()
        .iter()
        .map(|seen| seen.body.get("tools").is_some())
        .collect::<Vec<_>>();
    assert_eq!(offered, [true, false, false, false]);
}

#[tokio::test]
async fn a_failure_is_a_state_with_plain_words_and_can_be_retried() {
    let quota = r#"{"error":{"code":"insufficient_quota"}}"#;
    let world = World::new([answer(429, &[], quota), says("Now it works.")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant 你好").await;
    let failed = reply(&mut socket).await;
    assert_eq!(failed["state"], "degraded");
    assert!(
        failed["text"].as_str().unwrap().contains("额度"),
        "{failed}"
    );
    // Nobody but the agent may change its words.
    socket
        .send(json!({ "type": "edit", "id": "e", "message_id": failed["id"], "text": "I am Ada" }))
        .await;
    let refused = socket.expect_where(|frame| frame["id"] == "e").await;
    assert_eq!(refused["code"], "forbidden");
    socket
        .send(json!({ "type": "retry", "id": "r", "message_id": failed["id"] }))
        .await;
    assert_eq!(reply(&mut socket).await["text"], "Now it works.");
    // The failure is nothing that was said.
    let read = world.service.seen()[1].body.to_string();
    assert!(!read.contains("额度"), "{read}");
    let page = ada.get("/api/rooms/general/messages").await.1;
    let kept: Vec<_> = page["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["text"])
        .collect();
    assert_eq!(kept, ["@assistant 你好", "", "Now it works."]);
}

#[tokio::test]
async fn every_fault_of_the_service_is_told_and_keeps_what_was_written() {
    for (script, requests, words) in [
        (answer(401, &[], "{}"), 1, "refused the key"),
        (answer(500, &[], "{}"), 4, "has a problem"),
        (vec![Step::Hang], 1, "did not answer in time"),
        (
            sse([chunk("Half"), Step::Cut]),
            1,
            "Half\n\n⚠ The answer broke off here.",
        ),
        (
            sse([chunk("Half"), Step::Hang]),
            1,
            "Half\n\n⚠ The answer broke off here.",
        ),
        (sse([done()]), 1, "empty answer"),
        (
            answer(200, &[("content-type", "text/html")], "<html>"),
            1,
            "does not lead to one",
        ),
    ] {
        let world = World::new([script]).await;
        let ada = world.server.member("ada").await;
        let mut socket = room(&ada).await;
        ada.say("general", "@assistant hello").await;
        let message = reply(&mut socket).await;
        let text = message["text"].as_str().unwrap();
        assert_eq!(message["state"], "degraded", "{text}");
        assert!(text.contains(words), "{text} does not say {words:?}");
        assert!(!text.contains(KEY));
        assert_eq!(world.service.seen().len(), requests, "{text}");
    }
}

#[tokio::test]
async fn a_native_call_runs_a_command_as_the_agent() {
    let call = calls("t", &json!({ "user": "bob", "text": "Lunch at noon" }));
    let world = World::new([call, says("I told Bob.")]).await;
    let ada = world.server.member("ada").await;
    let bob = world.server.member("bob").await;
    let mut hers = room(&ada).await;
    let mut his = bob.connect().await;
    ada.say("general", "@assistant tell bob: lunch at noon")
        .await;
    assert_eq!(reply(&mut his).await["text"], "Lunch at noon");
    assert_eq!(reply(&mut hers).await["text"], "I told Bob.");
    let tool = &world.service.seen()[1].body["messages"];
    assert_eq!(tool.as_array().unwrap().last().unwrap()["role"], "tool");
}

#[tokio::test]
async fn a_reply_that_begins_with_a_command_is_run_and_not_shown() {
    for written in [
        "/t bob Lunch at noon",
        "```json\n{\"name\":\"t\",\"arguments\":{\"user\":\"bob\",\"text\":\"Lunch at noon\"}}\n```",
        "{\"name\":\"t\",\"arguments\":{\"user\":\"bob\",\"text\":\"Lunch at noon\"}}",
    ] {
        let world = World::with_tools([says(written), says("Done, Ada.")], ToolMode::Text).await;
        let ada = world.server.member("ada").await;
        let bob = world.server.member("bob").await;
        let mut hers = room(&ada).await;
        let mut his = bob.connect().await;
        ada.say("general", "@assistant tell bob: lunch at noon")
            .await;
        assert_eq!(reply(&mut his).await["text"], "Lunch at noon", "{written}");
        assert_eq!(reply(&mut hers).await["text"], "Done, Ada.");
        assert!(world.service.seen()[0].body.get("tools").is_none());
    }
}

#[tokio::test]
async fn a_model_that_only_repeats_its_command_runs_it_once() {
    let world = World::with_tools([says("/t bob hi")], ToolMode::Text).await;
    let ada = world.server.member("ada").await;
    world.server.member("bob").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant say hi to bob").await;
    // Bob is not online: what the command said is the answer, and calls nobody.
    let text = reply(&mut socket).await["text"].clone();
    assert_eq!(text, "bob is not online. Your message is kept for them.");
    assert!(world.service.seen().len() <= 4);
}

#[tokio::test]
async fn a_mode_without_tools_runs_nothing() {
    let world = World::with_tools([says("/topic Hacked")], ToolMode::None).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant what is the topic command?")
        .await;
    assert_eq!(reply(&mut socket).await["text"], "/topic Hacked");
    assert_eq!(ada.get("/api/rooms/general").await.1["topic"], "");
}

#[tokio::test]
async fn an_agent_has_no_more_rights_than_its_asker() {
    let call = calls("command", &json!({ "line": "/kick bob" }));
    let world = World::new([call, says("It was refused.")]).await;
    let ada = world.server.member("ada").await;
    let bob = world.server.member("bob").await;
    bob.run("general", "/join general").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant kick bob").await;
    assert_eq!(reply(&mut socket).await["text"], "It was refused.");
    let result = world.service.seen()[1].body["messages"].to_string();
    assert!(result.contains("Only moderators"), "{result}");
    assert_eq!(
        bob.get("/api/rooms/general/messages").await.0,
        200,
        "bob was removed"
    );
}

#[tokio::test]
async fn an_agent_tells_a_room_nothing_that_the_room_may_not_read() {
    let search = || calls("search", &json!({ "text": "heron" }));
    let rooms = || calls("command", &json!({ "line": "/rooms" }));
    let script = [
        search(),
        rooms(),
        says("Nothing."),
        search(),
        rooms(),
        says("Found."),
    ];
    let world = World::new(script).await;
    let ada = world.server.member("ada").await;
    let bob = world.server.member("bob").await;
    bob.post(
        "/api/rooms",
        json!({ "name": "bobs", "kind": "private", "members": ["assistant"] }),
    )
    .await;
    ada.post(
        "/api/rooms",
        json!({ "name": "secret", "kind": "private", "members": ["assistant"] }),
    )
    .await;
    ada.say("secret", "the codename is heron").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant what is the codename?").await;
    assert_eq!(reply(&mut socket).await["text"], "Nothing.");
    let read = world.service.seen()[2].body["messages"].to_string();
    assert!(
        !read.contains("the codename is heron") && !read.contains("secret"),
        "{read}"
    );
    // Alone with Ada it may tell what she may read, and nothing of Bob's.
    ada.say("@assistant", "what is the codename?").await;
    assert_eq!(reply(&mut socket).await["text"], "Found.");
    let read = world.service.seen()[5].body["messages"].to_string();
    assert!(
        read.contains("the codename is heron") && read.contains("secret"),
        "{read}"
    );
    assert!(!read.contains("bobs"), "{read}");
}

#[tokio::test]
async fn a_direct_room_needs_no_mention_and_other_rooms_are_not_read_there() {
    let world = World::new([says("Just between us.")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    ada.say("general", "the codename is heron").await;
    ada.say("@assistant", "hello").await;
    let message = reply(&mut socket).await;
    assert_eq!(message["text"], "Just between us.");
    assert!(message.get("reply_to").is_none_or(Value::is_null));
    assert!(!world.service.seen()[0].body.to_string().contains("heron"));
}

#[tokio::test]
async fn a_deleted_question_is_not_answered() {
    let world = World::new([sse([chunk("Half"), Step::Hang]), says("Second.")]).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    let asked = ada.say("general", "@assistant first").await;
    socket
        .expect_where(|frame| frame["type"] == "draft" && frame["text"] != "")
        .await;
    socket
        .send(json!({ "type": "delete", "id": "d", "message_id": asked["message_id"] }))
        .await;
    let end = socket
        .expect_where(|frame| frame["type"] == "draft.end")
        .await;
    assert_eq!(end["state"], "dropped");
    ada.say("general", "@assistant second").await;
    assert_eq!(reply(&mut socket).await["text"], "Second.");
}

#[tokio::test]
async fn a_stopped_server_answers_after_its_next_start_once() {
    let world = World::new([sse([chunk("Half"), Step::Hang]), says("Whole.")]).await;
    let token = {
        let ada = world.server.member("ada").await;
        let mut socket = room(&ada).await;
        ada.say("general", "@assistant hello").await;
        socket
            .expect_where(|frame| frame["type"] == "draft" && frame["text"] != "")
            .await;
        ada.token.clone()
    };
    let server = world.server.restart().await;
    let ada = Api {
        server: &server,
        token,
    };
    let mut socket = ada.connect().await;
    ada.say("@assistant", "and here").await;
    let text = |page: Value| -> Vec<Value> {
        page["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["text"].clone())
            .collect()
    };
    // The second answer comes behind the first in the same queue of turns.
    reply(&mut socket).await;
    reply_or_kept(&ada, &mut socket).await;
    let page = ada.get("/api/rooms/general/messages").await.1;
    assert_eq!(text(page), ["@assistant hello", "Whole."]);
}

/// Waits for the answer in `general` unless it is there already.
async fn reply_or_kept(ada: &Api<'_>, socket: &mut Socket) {
    let page = ada.get("/api/rooms/general/messages").await.1;
    if page["messages"].as_array().unwrap().len() < 2 {
        reply(socket).await;
    }
}

#[tokio::test]
async fn the_offline_model_says_what_it_is_and_helps() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    bob.run("general", "/join general").await;
    bob.say("general", "the release is on Friday").await;
    let mut socket = room(&ada).await;
    let mut ask = async |text: &str| {
        ada.say("general", text).await;
        reply(&mut socket).await["text"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(
        ask("@assistant are you an AI?")
            .await
            .contains("not a language model")
    );
    assert!(ask("@assistant who is online?").await.contains("@ada"));
    assert!(
        ask("@assistant search for release")
            .await
            .contains("Friday")
    );
    assert!(ask("@assistant 帮助").await.contains("/help"));
    bob.say("general", "and lunch is at noon").await;
    let missed = ask("@assistant what did I miss?").await;
    assert!(
        missed.contains("lunch is at noon") && missed.contains("](/room/"),
        "{missed}"
    );
    assert!(!missed.contains("Friday"), "{missed}");
}
