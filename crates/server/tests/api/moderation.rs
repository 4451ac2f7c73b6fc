//! Slow rooms, removal with a reason, reports, and the log of moderation.

use crate::harness::{Api, Server};
use salon_protocol::Role;
use serde_json::{Value, json};

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Says something and gives the message's path.
async fn said(api: &Api<'_>, room: &str, words: &str) -> String {
    let done = api.say(room, words).await;
    format!("/api/messages/{}", text(&done["message_id"]))
}

async fn post(api: &Api<'_>, room: &str, body: Value) -> (u16, Value) {
    api.post(&format!("/api/rooms/{room}/messages"), body).await
}

#[tokio::test]
async fn a_slow_room_lets_each_member_write_once_in_a_while_and_says_when() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let (bob, eve) = (server.member("bob").await, server.member("eve").await);
    let mut watching = bob.connect().await;
    assert_eq!(bob.run("general", "/slow 5m").await.0, 403);
    let (status, done) = ada.run("general", "/slow 5m").await;
    assert_eq!(status, 201, "{done}");
    assert_eq!(watching.event("room.changed").await["slow_seconds"], 300);
    assert_eq!(ada.run("general", "/slow 7h").await.0, 400);

    let first = json!({ "text": "one", "key": "k" });
    assert_eq!(post(&bob, "general", first.clone()).await.0, 201);
    let (status, refused) = post(&bob, "general", json!({ "text": "two" })).await;
    assert_eq!((status, &refused["code"]), (429, &json!("too_fast")));
    let wait = refused["retry_after_ms"].as_u64().unwrap();
    assert!((200_000..=300_000).contains(&wait), "{refused}");
    assert!(
        text(&refused["detail"]).contains("every 300 s"),
        "{refused}"
    );
    assert_eq!(bob.run("general", "/me waits").await.0, 429, "by no verb");
    assert_eq!(
        post(&bob, "general", first).await.0,
        201,
        "a retry of what was taken is answered"
    );
    assert_eq!(post(&eve, "general", json!({ "text": "I" })).await.0, 201);
    for words in ["three", "four"] {
        let said = post(&ada, "general", json!({ "text": words })).await;
        assert_eq!(said.0, 201, "who moderates is not bound");
    }
    let (_, told) = bob.run("general", "/slow").await;
    assert_eq!(told["notice"]["data"]["slow_seconds"], 300);
    ada.run("general", "/slow off").await;
    assert_eq!(post(&bob, "general", json!({ "text": "two" })).await.0, 201);
}

#[tokio::test]
async fn an_agent_waits_in_a_slow_room_like_everybody_and_whoever_asked_is_told() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let mut socket = ada.connect().await;
    ada.run("general", "/slow 1h").await;
    ada.say("general", "@assistant hello").await;
    loop {
        let event = socket.event("message.posted").await;
        if event["from"] == "assistant" {
            break;
        }
    }
    ada.say("general", "@assistant and now?").await;
    let notice = socket.expect("notice").await;
    assert_eq!(notice["data"]["reason"], "slow", "{notice}");
}

#[tokio::test]
async fn who_moderates_removes_a_message_with_a_reason_that_everybody_reads() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let (bob, eve) = (server.member("bob").await, server.member("eve").await);
    let path = said(&bob, "general", "buy pills").await;
    let mut watching = eve.connect().await;
    let with = |reason: &str| format!("{path}?reason={reason}");
    let denied = eve.call("DELETE", &with("no"), Value::Null).await;
    assert_eq!(denied.0, 403);
    let long = with(&"x".repeat(501));
    assert_eq!(ada.call("DELETE", &long, Value::Null).await.0, 413);
    let removed = ada.call("DELETE", &with("spam"), Value::Null).await;
    assert_eq!(removed.0, 200);
    let why = json!({ "by": "ada", "reason": "spam" });
    assert_eq!(watching.event("message.deleted").await["removed"], why);
    let (_, page) = eve.get("/api/rooms/general/messages").await;
    assert_eq!(page["messages"][0]["removed"], why);
    let (_, log) = eve.get("/api/rooms/general/events?limit=500").await;
    assert!(!log.to_string().contains("pills"), "{log}");

    let own = said(&bob, "general", "mine").await;
    bob.call("DELETE", &format!("{own}?reason=oops"), Value::Null)
        .await;
    let (_, page) = eve.get("/api/rooms/general/messages").await;
    assert_eq!(
        page["messages"][1].get("removed"),
        None,
        "who takes their own words back owes nobody a reason"
    );
}

#[tokio::test]
async fn a_report_reaches_the_moderators_and_its_writer_learns_what_became_of_it() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let (bob, eve) = (server.member("bob").await, server.member("eve").await);
    bob.post("/api/rooms", json!({ "name": "tea", "kind": "private" }))
        .await;
    bob.run("tea", "/invite eve").await;
    let path = said(&bob, "tea", "rude words").await;
    let reports = format!("{path}/reports");
    assert_eq!(
        ada.post(&reports, json!({ "reason": "x" })).await.0,
        404,
        "who is not there knows of nothing"
    );
    assert_eq!(eve.post(&reports, json!({ "reason": " " })).await.0, 400);
    let mut moderator = bob.connect().await;
    let mut reporter = eve.connect().await;
    let body = json!({ "reason": "rude" });
    assert_eq!(eve.post(&reports, body.clone()).await.0, 204);
    assert_eq!(eve.post(&reports, body).await.0, 409, "once is enough");
    assert_eq!(moderator.expect("reports").await["open"], 1);
    let (_, summary) = bob.get("/api/rooms/tea").await;
    assert_eq!(summary["reports"], 1);
    let (_, summary) = eve.get("/api/rooms/tea").await;
    assert_eq!(summary.get("reports"), None, "for moderators alone");
    let (_, listed) = bob.get("/api/rooms/tea/reports").await;
    let report = &listed["reports"][0];
    assert_eq!(
        (&report["by"], &report["reason"], &report["message"]["text"]),
        (&json!("eve"), &json!("rude"), &json!("rude words"))
    );
    let settle = format!("/api/reports/{}", report["number"]);
    let verdict = json!({ "remove": true, "reason": "be kind" });
    assert_eq!(ada.post(&settle, verdict.clone()).await.0, 404);
    assert_eq!(eve.post(&settle, verdict.clone()).await.0, 403);
    assert_eq!(bob.post(&settle, verdict.clone()).await.0, 204);
    assert_eq!(bob.post(&settle, verdict).await.0, 409);
    assert_eq!(moderator.expect("reports").await["open"], 0);
    let notice = reporter.expect("notice").await;
    assert_eq!(notice["data"]["state"], "removed", "{notice}");
    let (_, own) = eve.get("/api/rooms/tea/reports").await;
    assert_eq!(
        (
            &own["reports"][0]["state"],
            &own["reports"][0]["settled_by"]
        ),
        (&json!("removed"), &json!("bob"))
    );
    assert_eq!(
        bob.get("/api/rooms/tea/reports").await.1["reports"],
        json!([])
    );
    assert_eq!(bob.get("/api/admin/reports").await.0, 403);
}

#[tokio::test]
async fn a_reported_message_that_is_taken_away_in_the_room_is_settled_for_everybody() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let (bob, eve) = (server.member("bob").await, server.member("eve").await);
    let mut moderator = ada.connect().await;
    let mut reporter = eve.connect().await;
    for taker in [&ada, &bob] {
        let path = said(&bob, "general", "pills").await;
        let body = json!({ "reason": "spam" });
        assert_eq!(eve.post(&format!("{path}/reports"), body).await.0, 204);
        assert_eq!(moderator.expect("reports").await["open"], 1);
        assert!(taker.call("DELETE", &path, Value::Null).await.0 < 300);
        assert_eq!(moderator.expect("reports").await["open"], 0);
        let notice = reporter.expect("notice").await;
        assert_eq!(notice["data"]["state"], "removed", "{notice}");
    }
}

#[tokio::test]
async fn reports_are_bounded_by_the_hour() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    for n in 0..=10 {
        let path = said(&ada, "general", &format!("words {n}")).await;
        let path = format!("{path}/reports");
        let (status, answer) = bob.post(&path, json!({ "reason": "no" })).await;
        assert_eq!(status, if n < 10 { 204 } else { 429 }, "{n}: {answer}");
    }
    let agent = server.user("olga", Role::Owner).await;
    let (_, open) = agent.get("/api/admin/reports").await;
    assert_eq!(open["reports"].as_array().map(Vec::len), Some(10));
}

#[tokio::test]
async fn whoever_moderates_a_room_sees_who_is_muted_and_banned_there_and_nobody_else_does() {
    let server = Server::start().await;
    let maker = server.member("ada").await;
    let (bob, eve) = (server.member("bob").await, server.member("eve").await);
    let room = json!({ "name": "tea", "kind": "public", "members": ["bob", "eve"] });
    assert_eq!(maker.post("/api/rooms", room).await.0, 201);
    let path = "/api/rooms/tea/restrictions";
    let nothing = json!({ "silenced": [], "banned": [] });
    assert_eq!(maker.get(path).await, (200, nothing.clone()));
    maker.run("tea", "/mute bob 1h").await;
    maker.run("tea", "/ban eve").await;
    let (_, told) = maker.get(path).await;
    assert_eq!(told["silenced"][0]["user"], "bob", "{told}");
    let banned = &told["banned"][0];
    assert_eq!(
        (&banned["user"], &banned["by"]),
        (&json!("eve"), &json!("ada"))
    );
    assert!(banned["at"].is_string(), "{told}");
    assert_eq!(bob.get(path).await.0, 403);
    let out = eve.get(path).await;
    assert_eq!(
        out,
        eve.get("/api/rooms/nowhere/restrictions").await,
        "whoever is out"
    );
    let admin = server.user("olga", Role::Admin).await;
    assert_eq!(admin.get(path).await.0, 404, "an admin who is not there");
    assert_eq!(bob.get("/api/rooms/@ada/restrictions").await.0, 404);

    // Whoever is muted may leave, and is muted still when they come back.
    bob.run("tea", "/leave").await;
    assert_eq!(maker.get(path).await.1["silenced"], json!([]));
    bob.run("general", "/join tea").await;
    assert_eq!(maker.get(path).await.1["silenced"][0]["user"], "bob");
    maker.run("tea", "/mute bob 0").await;
    maker.run("tea", "/unban eve").await;
    assert_eq!(maker.get(path).await, (200, nothing));
}

#[tokio::test]
async fn whoever_is_muted_removed_or_banned_reads_why_and_nobody_else_does() {
    let server = Server::start().await;
    let maker = server.member("ada").await;
    let (bob, eve) = (server.member("bob").await, server.member("eve").await);
    let room = json!({ "name": "tea", "members": ["bob", "eve"] });
    assert_eq!(maker.post("/api/rooms", room).await.0, 201);
    let (mut moderator, mut his) = (maker.connect().await, bob.connect().await);
    let mut other = eve.connect().await;
    for (line, again) in [
        ("/mute bob 1h shouting", "/mute bob off"),
        ("/kick bob still shouting", "/invite bob"),
        ("/ban bob 再次喧哗", "/unban bob"),
    ] {
        let (status, done) = maker.run("tea", line).await;
        assert!(status < 300, "{line}: {done}");
        let why = line
            .rsplit("bob ")
            .next()
            .unwrap()
            .trim_start_matches("1h ");
        loop {
            let told = his.expect("restricted").await;
            if told["reason"] == why {
                break;
            }
            assert_eq!(told.get("reason"), None, "{told}");
        }
        assert_eq!(moderator.expect("restricted").await.get("reason"), None);
        assert!(maker.run("tea", again).await.0 < 300, "{again}");
    }
    // What the others were told comes before this, and nothing of that was among it.
    maker.run("tea", "the last word").await;
    loop {
        let frame = other.next().await;
        assert_ne!(frame["type"], "restricted", "{frame}");
        assert!(!frame.to_string().contains("shouting"), "{frame}");
        if frame["message"]["text"] == "the last word" {
            break;
        }
    }
}

#[tokio::test]
async fn who_is_muted_is_told_until_when_and_so_are_the_moderators() {
    let server = Server::start().await;
    let maker = server.member("ada").await;
    let (bob, eve) = (server.member("bob").await, server.member("eve").await);
    let room = json!({ "name": "tea", "members": ["bob", "eve"] });
    assert_eq!(maker.post("/api/rooms", room).await.0, 201);
    let (mut moderator, mut muted) = (maker.connect().await, bob.connect().await);
    let mut other = eve.connect().await;
    let now = async |api: &Api| api.get("/api/rooms/tea").await.1["silenced_until"].clone();
    assert_eq!(now(&bob).await, Value::Null);

    maker.run("tea", "/mute bob 1h").await;
    let told = muted.expect("restricted").await;
    assert_eq!(told["user"], "bob");
    assert!(told["silenced_until"].is_string(), "{told}");
    assert_eq!(moderator.expect("restricted").await, told);
    assert_eq!(now(&bob).await, told["silenced_until"]);
    assert_eq!(now(&eve).await, Value::Null, "another's is another's");

    maker.run("tea", "/mute bob off").await;
    let told = muted.expect("restricted").await;
    assert_eq!(told.get("silenced_until"), None, "{told}");
    assert_eq!(now(&bob).await, Value::Null);

    maker.run("tea", "/ban bob").await;
    assert_eq!(moderator.expect("restricted").await, told);
    assert_eq!(moderator.expect("restricted").await["banned"], true);
    maker.run("tea", "/unban bob").await;
    assert_eq!(moderator.expect("restricted").await.get("banned"), None);

    // What all the others were told comes before this, and nothing of that was among it.
    maker.run("tea", "the last word").await;
    loop {
        let frame = other.next().await;
        assert_ne!(frame["type"], "restricted", "{frame}");
        if frame["message"]["text"] == "the last word" {
            break;
        }
    }
}

#[tokio::test]
async fn every_act_of_moderation_is_written_down_for_admins() {
    let server = Server::start().await;
    let olga = server.user("olga", Role::Owner).await;
    let ada = server.user("ada", Role::Admin).await;
    let bob = server.member("bob").await;
    bob.post("/api/rooms", json!({ "name": "tea", "kind": "private" }))
        .await;
    let path = said(&bob, "general", "pills").await;
    bob.run("tea", "/slow 30s").await;
    bob.run("tea", "/slow 30s").await;
    for line in [
        "/mute bob 10m too loud",
        "/mute bob off",
        "/kick bob",
        "/ban bob sells pills",
    ] {
        assert!(ada.run("general", line).await.0 < 300, "{line}");
    }
    let long = format!("/kick bob {}", "x".repeat(501));
    assert_eq!(ada.run("general", &long).await.0, 413);
    ada.run("general", "/unban bob").await;
    ada.call("DELETE", &format!("{path}?reason=spam"), Value::Null)
        .await;
    for body in [json!({ "role": "admin" }), json!({ "disabled": true })] {
        olga.call("PATCH", "/api/admin/users/bob", body).await;
    }
    assert_eq!(bob.get("/api/admin/moderation").await.0, 401);
    let (status, log) = ada.get("/api/admin/moderation").await;
    assert_eq!(status, 200, "{log}");
    let acts: Vec<String> = log["acts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|act| {
            let (by, kind, user) = (text(&act["by"]), text(&act["act"]), text(&act["user"]));
            format!(
                "{by} {kind} {user} {} {}",
                text(&act["room_name"]),
                text(&act["detail"])
            )
        })
        .collect();
    assert_eq!(
        acts,
        [
            "olga close_account bob  ",
            "olga set_role bob  member → admin",
            "ada remove_message bob general spam",
            "ada unban bob general ",
            "ada ban bob general sells pills",
            "ada kick bob general ",
            "ada unmute bob general ",
            "ada mute bob general 600 s · too loud",
            "bob slow   30 s",
        ],
        "the newest first; the name of a private room is not told"
    );
    let (_, first) = ada.get("/api/admin/moderation?limit=2").await;
    assert_eq!(first["more"], true);
    let next = format!(
        "/api/admin/moderation?limit=2&before={}",
        first["acts"][1]["number"]
    );
    assert_eq!(ada.get(&next).await.1["acts"][0]["act"], "remove_message");
    let url = server.url("/api/admin/moderation/export");
    let request = server.http.get(url).bearer_auth(&ada.token);
    let lines = request.send().await.unwrap().text().await.unwrap();
    assert_eq!(lines.lines().count(), 9);
}
