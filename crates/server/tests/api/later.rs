//! Messages that are sent later, and reminders: each happens once, whatever happens between.

use crate::harness::{Api, Server};
use jiff::{SignedDuration, Timestamp};
use salon_protocol::Role;
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn from_now(milliseconds: i64) -> String {
    (Timestamp::now() + SignedDuration::from_millis(milliseconds)).to_string()
}

async fn plan(api: &Api<'_>, kind: &str, words: &str, milliseconds: i64) -> Value {
    let body =
        json!({ "kind": kind, "room": "general", "text": words, "due_at": from_now(milliseconds) });
    let (status, later) = api.post("/api/later", body).await;
    assert_eq!(status, 201, "{later}");
    later
}

async fn planned(api: &Api<'_>) -> Vec<Value> {
    let (status, list) = api.get("/api/later").await;
    assert_eq!(status, 200, "{list}");
    list["later"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_planned_message_is_sent_once_and_calls_whom_it_names() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let mut watching = bob.connect().await;
    let mut own = ada.connect().await;
    plan(&ada, "message", "tea is ready, @bob", 300).await;
    assert_eq!(
        planned(&bob).await,
        [] as [Value; 0],
        "one's plans are one's own"
    );
    let event = watching.event("message.posted").await;
    assert_eq!(event["from"], "ada");
    assert_eq!(event["message"]["mentions"], json!(["bob"]));
    own.expect_where(|frame| frame["type"] == "later" && frame["gone"] == true)
        .await;
    assert_eq!(planned(&ada).await, [] as [Value; 0]);
    let page = bob.get("/api/rooms/general/messages").await.1;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1, "{page}");
}

#[tokio::test]
async fn what_was_due_while_nobody_served_happens_at_the_start_and_once() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let token = ada.token.clone();
    plan(&ada, "message", "while you slept", 900).await;
    plan(&ada, "reminder", "wake up", 900).await;
    plan(&ada, "reminder", "not yet", 3_600_000).await;
    let server = server.restart().await;
    let ada = Api {
        server: &server,
        token: token.clone(),
    };
    let mut own = ada.connect().await;
    let done = |list: &[Value]| {
        list.len() == 2
            && list
                .iter()
                .filter(|one| one["fired_at"].is_string())
                .count()
                == 1
    };
    // Each change is told to one's own sessions; what happened before this one came is in the list.
    while !done(&planned(&ada).await) {
        own.expect("later").await;
    }
    let again = server.restart().await;
    let ada = Api {
        server: &again,
        token,
    };
    let page = ada.get("/api/rooms/general/messages").await.1;
    assert_eq!(page["messages"].as_array().unwrap().len(), 1, "{page}");
    assert!(done(&planned(&ada).await));
}

#[tokio::test]
async fn what_cannot_be_sent_waits_with_its_reason_and_can_be_planned_anew() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let bob = server.member("bob").await;
    let mut own = bob.connect().await;
    ada.run("general", "/mute bob 1h").await;
    let later = plan(&bob, "message", "muffled", 200).await;
    let failed = own
        .expect_where(|frame| frame["type"] == "later" && frame["later"]["failed"].is_string())
        .await;
    assert_eq!(failed["later"]["failed"], "muted");
    let path = format!("/api/later/{}", text(&later["id"]));
    assert_eq!(
        ada.call("DELETE", &path, Value::Null).await.0,
        404,
        "nobody else's"
    );
    let change = json!({ "text": "clear", "due_at": from_now(3_600_000) });
    let (status, changed) = bob.call("PATCH", &path, change).await;
    assert_eq!(
        (status, &changed["text"], &changed["failed"]),
        (200, &json!("clear"), &Value::Null)
    );
    ada.run("general", "/kick bob").await;
    let (status, _) = bob
        .call("PATCH", &path, json!({ "due_at": from_now(200) }))
        .await;
    assert_eq!(status, 200);
    let failed = own
        .expect_where(|frame| frame["later"]["failed"] == "not_in_room")
        .await;
    assert_eq!(failed["later"]["text"], "clear");
    assert_eq!(bob.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(planned(&bob).await, [] as [Value; 0]);
    let page = ada.get("/api/rooms/general/messages").await.1;
    assert_eq!(page["messages"], json!([]), "{page}");
}

#[tokio::test]
async fn a_reminder_is_set_as_people_say_it_in_ones_own_time_zone() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    ada.call(
        "PATCH",
        "/api/account",
        json!({ "time_zone": "Asia/Shanghai" }),
    )
    .await;
    let (status, told) = ada.run("general", "/提醒 明天上午九点 买茶").await;
    assert_eq!(status, 200, "{told}");
    assert!(
        text(&told["notice"]["text"]).contains("09:00 CST"),
        "{told}"
    );
    let (_, told) = ada.run("general", "/remind me to call Bo in 2h").await;
    let later = &told["notice"]["data"]["later"];
    assert_eq!(
        (&later["text"], &later["kind"]),
        (&json!("call Bo"), &json!("reminder"))
    );
    assert_eq!(planned(&ada).await.len(), 2);
    let (status, refused) = ada.run("general", "/remind me to be happy").await;
    assert_eq!(status, 400);
    assert!(
        text(&refused["detail"]).contains("/remind in 2h"),
        "{refused}"
    );
}

#[tokio::test]
async fn plans_are_refused_for_what_has_passed_for_commands_and_where_one_is_not() {
    let server = Server::start().await;
    let (ada, guest) = (
        server.member("ada").await,
        server.user("gus", Role::Guest).await,
    );
    let body = |kind: &str, words: &str, at: String| json!({ "kind": kind, "room": "general", "text": words, "due_at": at });
    for (status, request) in [
        (400, body("message", "late", from_now(-1))),
        (400, body("message", "far", from_now(400 * 86_400_000))),
        (400, body("message", "/topic tea", from_now(60_000))),
        (413, body("reminder", &"x".repeat(1_001), from_now(60_000))),
        (400, body("message", " ", from_now(60_000))),
        (400, body("song", "la", from_now(60_000))),
    ] {
        let (got, refused) = ada.post("/api/later", request).await;
        assert_eq!(got, status, "{refused}");
    }
    let (status, _) = guest
        .post("/api/later", body("message", "hello", from_now(60_000)))
        .await;
    assert_eq!(status, 404);
    assert_eq!(planned(&ada).await, [] as [Value; 0]);
}
