//! For every action: *what a client knew, with the action's events = what it would fetch afresh*.
//!
//! The client here is an independent one: `salon_testkit::RoomState`.

use crate::harness::{Api, Server};
use salon_protocol::Role;
use salon_testkit::RoomState;
use serde_json::{Value, json};

/// A room as the caller sees it now.
async fn fetch(api: &Api<'_>, room: &str) -> RoomState {
    let (status, summary) = api.get(&format!("/api/rooms/{room}")).await;
    assert_eq!(status, 200, "{summary}");
    let page = api
        .get(&format!("/api/rooms/{room}/messages?limit=100"))
        .await
        .1;
    RoomState::fetched(&summary, page["messages"].as_array().unwrap().clone())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Runs an action and holds what a watcher makes of its events against what it fetches afresh.
async fn verify_action(
    watcher: &Api<'_>,
    name: &str,
    events: usize,
    action: impl Future<Output = (u16, Value)>,
) -> Value {
    let mut state = fetch(watcher, "tea").await;
    let (status, body) = action.await;
    assert!((200..300).contains(&status), "{name}: {status} {body}");
    let path = format!("/api/rooms/tea/events?after={}", state.seq);
    let page = watcher.get(&path).await.1;
    let log = page["events"].as_array().unwrap();
    assert_eq!(log.len(), events, "{name} wrote {log:?}");
    for event in log {
        state.apply(event);
    }
    assert_eq!(state, fetch(watcher, "tea").await, "{name}");
    body
}

#[tokio::test]
async fn every_action_tells_in_its_events_all_that_it_changed() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let (bob, eve) = (server.member("bob").await, server.member("eve").await);
    ada.post("/api/rooms", json!({ "name": "tea", "topic": "leaves" }))
        .await;
    eve.run("general", "/join tea").await;
    let messages = "/api/rooms/tea/messages";

    let posted = verify_action(
        &eve,
        "send",
        1,
        ada.post(messages, json!({ "text": "one" })),
    )
    .await;
    let id = text(&posted["message_id"]);
    let message = format!("/api/messages/{id}");
    let reactions = format!("{message}/reactions");
    let reply = json!({ "text": "two", "reply_to": id, "key": "k" });
    verify_action(&eve, "reply", 1, ada.post(messages, reply.clone())).await;
    verify_action(&eve, "the same again", 0, ada.post(messages, reply)).await;
    verify_action(
        &eve,
        "edit",
        1,
        ada.call("PATCH", &message, json!({ "text": "uno" })),
    )
    .await;
    verify_action(
        &eve,
        "react",
        1,
        ada.post(&reactions, json!({ "emoji": "🎉" })),
    )
    .await;
    verify_action(
        &eve,
        "react too",
        1,
        eve.post(&reactions, json!({ "emoji": "🎉" })),
    )
    .await;
    verify_action(
        &eve,
        "react twice",
        0,
        eve.post(&reactions, json!({ "emoji": "🎉" })),
    )
    .await;
    verify_action(
        &eve,
        "take back",
        1,
        ada.call("DELETE", &reactions, json!({ "emoji": "🎉" })),
    )
    .await;
    verify_action(
        &eve,
        "take back the last",
        1,
        eve.call("DELETE", &reactions, json!({ "emoji": "🎉" })),
    )
    .await;
    verify_action(
        &eve,
        "react once more",
        1,
        ada.post(&reactions, json!({ "emoji": "👀" })),
    )
    .await;
    let pin = format!("{message}/pin");
    for (name, method, events) in [
        ("pin", "PUT", 1),
        ("pin twice", "PUT", 0),
        ("unpin", "DELETE", 1),
        ("unpin twice", "DELETE", 0),
        ("pin again", "PUT", 1),
    ] {
        verify_action(&eve, name, events, ada.call(method, &pin, Value::Null)).await;
    }
    let asked = ada.run("tea", "/poll Which? | green | black");
    let asked = verify_action(&eve, "/poll", 1, asked).await;
    let asked = format!("/api/messages/{}", text(&asked["message_id"]));
    let (ballot, end) = (format!("{asked}/vote"), format!("{asked}/close"));
    for (name, choices, events) in [
        ("take back no vote", json!([]), 0),
        ("vote", json!([1]), 1),
        ("vote twice", json!([1]), 0),
        ("vote otherwise", json!([2]), 1),
        ("take the vote back", json!([]), 1),
        ("vote again", json!([1]), 1),
    ] {
        let choices = json!({ "choices": choices });
        verify_action(&eve, name, events, ada.call("PUT", &ballot, choices)).await;
    }
    verify_action(&eve, "/vote", 1, eve.run("tea", "/vote 1")).await;
    verify_action(&eve, "close", 1, ada.post(&end, Value::Null)).await;
    verify_action(&eve, "close twice", 0, ada.post(&end, Value::Null)).await;
    verify_action(
        &eve,
        "delete it",
        1,
        ada.call("DELETE", &asked, Value::Null),
    )
    .await;
    let saved = format!("{message}/saved");
    verify_action(&eve, "save", 0, ada.call("PUT", &saved, Value::Null)).await;
    let forward = format!("{message}/forward");
    let to_tea = ada.post(&forward, json!({ "room": "tea" }));
    verify_action(&eve, "forward", 1, to_tea).await;
    verify_action(&eve, "delete", 1, ada.call("DELETE", &message, Value::Null)).await;
    let called = verify_action(
        &eve,
        "mention",
        1,
        ada.post(messages, json!({ "text": "@eve and @room" })),
    )
    .await;
    let called = format!("/api/messages/{}", text(&called["message_id"]));
    for (name, words) in [("mention others", "@ada @here"), ("mention nobody", "tea")] {
        let edit = json!({ "text": words });
        verify_action(&eve, name, 1, ada.call("PATCH", &called, edit)).await;
    }
    let edit = json!({ "text": "@eve" });
    verify_action(&eve, "mention again", 1, ada.call("PATCH", &called, edit)).await;
    verify_action(&eve, "delete", 1, ada.call("DELETE", &called, Value::Null)).await;
    verify_action(&eve, "/notify", 0, ada.run("tea", "/notify nothing")).await;
    let unread = json!({ "seq": 2 });
    verify_action(&eve, "unread", 0, ada.post("/api/rooms/tea/unread", unread)).await;
    verify_action(&eve, "all read", 0, ada.post("/api/read", Value::Null)).await;
    verify_action(&eve, "/me", 1, ada.run("tea", "/me pours")).await;
    verify_action(&eve, "/topic", 1, ada.run("tea", "/topic cups")).await;
    verify_action(&eve, "the same topic", 0, ada.run("tea", "/topic cups")).await;
    verify_action(&eve, "/join", 1, bob.run("general", "/join tea")).await;
    verify_action(&eve, "/join twice", 0, bob.run("general", "/join tea")).await;
    verify_action(&eve, "/leave", 1, bob.run("tea", "/leave")).await;
    verify_action(&eve, "/invite", 1, ada.run("tea", "/invite bob")).await;
    verify_action(&eve, "/kick", 1, ada.run("tea", "/kick bob")).await;
    verify_action(&eve, "come back", 1, bob.run("general", "/join tea")).await;
    verify_action(&eve, "/ban", 1, ada.run("tea", "/ban bob")).await;
    verify_action(&eve, "/unban", 0, ada.run("tea", "/unban bob")).await;
    verify_action(&eve, "/mute", 0, ada.run("tea", "/mute eve 0")).await;
    verify_action(&eve, "/slow", 1, ada.run("tea", "/slow 1h")).await;
    verify_action(&eve, "/slow again", 0, ada.run("tea", "/slow 1h")).await;
    let said = json!({ "text": "to be removed" });
    let said = verify_action(&eve, "in its time", 1, eve.post(messages, said)).await;
    let path = format!("/api/messages/{}", text(&said["message_id"]));
    let report = json!({ "reason": "dull" });
    let reports = format!("{path}/reports");
    verify_action(&eve, "report", 0, ada.post(&reports, report)).await;
    let removal = format!("{path}?reason=dull");
    let remove = ada.call("DELETE", &removal, Value::Null);
    verify_action(&eve, "remove with a reason", 1, remove).await;
    verify_action(&eve, "/slow off", 1, ada.run("tea", "/slow off")).await;
}
