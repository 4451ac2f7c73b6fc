//! Polls: asked by a command, voted in by people, ended by whoever asked.

use crate::harness::{Api, Server};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use salon_protocol::Role;
use serde_json::{Value, json};

impl Api<'_> {
    /// Asks and answers with the message's path.
    async fn asks(&self, line: &str) -> String {
        let (status, done) = self.run("general", line).await;
        assert_eq!(status, 201, "{done}");
        format!("/api/messages/{}", done["message_id"].as_str().unwrap())
    }

    async fn votes(&self, poll: &str, choices: Value) -> (u16, Value) {
        let request = json!({ "choices": choices });
        self.call("PUT", &format!("{poll}/vote"), request).await
    }
}

#[tokio::test]
async fn a_vote_is_told_to_everybody_and_a_later_one_takes_its_place() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let mut watching = bob.connect().await;
    let poll = ada.asks("/poll Tea? | green | black").await;
    let posted = watching.event("message.posted").await;
    let asked = json!({ "question": "Tea?", "options": ["green", "black"] });
    assert_eq!(posted["message"]["poll"], asked);
    assert_eq!(posted["message"]["text"], "Tea?\n1. green\n2. black");

    assert_eq!(bob.votes(&poll, json!([2])).await.0, 200);
    let voted = watching.event("poll.voted").await;
    assert_eq!(
        (&voted["from"], &voted["choices"]),
        (&json!("bob"), &json!([2]))
    );
    assert_eq!(bob.run("general", "/vote 1").await.0, 201);
    assert_eq!(watching.event("poll.voted").await["choices"], json!([1]));
    assert_eq!(ada.votes(&poll, json!([1])).await.0, 200);
    let (_, view) = bob.get(&poll).await;
    let votes = json!([
        { "user": "bob", "choices": [1] },
        { "user": "ada", "choices": [1] }
    ]);
    assert_eq!(view["votes"], votes, "{view}");
    assert_eq!(bob.run("general", "/vote none").await.0, 201);
    assert_eq!(ada.get(&poll).await.1["votes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_poll_takes_what_it_offers_until_it_ends_and_keeps_its_words() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let admin = server.user("boss", Role::Admin).await;
    for line in [
        "/poll only a question",
        "/poll one | option",
        "/poll the | same | Same",
        "/poll 1|2|3|4|5|6|7|8|9|10|11|12|13|14",
    ] {
        assert_eq!(ada.run("general", line).await.0, 400, "{line}");
    }
    let one = ada.asks("/poll Tea? | green | black").await;
    assert_eq!(bob.votes(&one, json!([1, 2])).await.0, 409);
    assert_eq!(bob.votes(&one, json!([3])).await.0, 409);
    assert_eq!(bob.votes(&one, json!([0])).await.0, 409);
    let several = ada.asks("/投票 多选：喝什么？ | 绿茶 | 红茶").await;
    assert_eq!(bob.votes(&several, json!([2, 1, 2])).await.0, 200);
    let (_, view) = ada.get(&several).await;
    assert_eq!(view["votes"][0]["choices"], json!([1, 2]));

    let edit = json!({ "text": "Coffee?" });
    assert_eq!(ada.call("PATCH", &one, edit).await.0, 409);
    let end = format!("{one}/close");
    assert_eq!(bob.post(&end, Value::Null).await.0, 403);
    assert_eq!(admin.post(&end, Value::Null).await.0, 200);
    assert_eq!(bob.votes(&one, json!([1])).await.0, 409);
    assert_eq!(ada.get(&one).await.1["poll_closed_by"], "boss");
    assert_eq!(ada.run("general", "/poll close").await.0, 201);
    assert_eq!(ada.get(&several).await.1["poll_closed_by"], "ada");
    assert_eq!(bob.run("general", "/vote 1").await.0, 404);

    let said = ada.say("general", "no poll").await;
    let said = format!("/api/messages/{}", said["message_id"].as_str().unwrap());
    assert_eq!(bob.votes(&said, json!([1])).await.0, 409);
}

#[tokio::test]
async fn who_is_out_or_muted_has_no_vote() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let (bob, eve) = (server.member("bob").await, server.member("eve").await);
    ada.post("/api/rooms", json!({ "name": "tea", "kind": "private" }))
        .await;
    ada.run("tea", "/invite bob").await;
    let (_, asked) = ada.run("tea", "/poll Tea? | green | black").await;
    let poll = format!("/api/messages/{}", asked["message_id"].as_str().unwrap());
    assert_eq!(eve.votes(&poll, json!([1])).await.0, 404);
    assert_eq!(eve.post(&format!("{poll}/close"), Value::Null).await.0, 404);
    ada.run("tea", "/mute bob 1h").await;
    assert_eq!(bob.votes(&poll, json!([1])).await.0, 403);
    ada.run("tea", "/kick bob").await;
    assert_eq!(bob.votes(&poll, json!([1])).await.0, 404);
}

#[tokio::test]
async fn a_poll_is_found_exported_forwarded_as_words_and_deleted_with_its_votes() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let poll = ada.asks("/poll Which kestrel? | 红隼 | hobby").await;
    bob.votes(&poll, json!([1])).await;
    for words in ["kestrel", "红隼"] {
        let (_, found) = bob.get(&format!("/api/search?q={words}")).await;
        let hit = &found["results"][0];
        assert_eq!(hit["poll"]["question"], "Which kestrel?", "{found}");
        assert_eq!(hit["votes"][0]["user"], "bob", "{found}");
    }
    let url = server.url("/api/export");
    let request = server.http.get(url).bearer_auth(&bob.token);
    let lines = request.send().await.unwrap().text().await.unwrap();
    assert!(lines.contains("poll.voted") && lines.contains("Which kestrel?"));

    let forward = json!({ "room": "general" });
    let (_, copy) = bob.post(&format!("{poll}/forward"), forward).await;
    let copy = format!("/api/messages/{}", copy["message_id"].as_str().unwrap());
    let (_, copy) = bob.get(&copy).await;
    assert_eq!(copy["poll"], Value::Null);
    assert_eq!(copy["text"], "Which kestrel?\n1. 红隼\n2. hobby");

    assert_eq!(ada.call("DELETE", &poll, Value::Null).await.0, 200);
    let (_, gone) = bob.get(&poll).await;
    assert_eq!(
        (&gone["poll"], &gone["votes"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(bob.votes(&poll, json!([2])).await.0, 404);
}

#[tokio::test]
async fn a_retried_poll_is_asked_once() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let send = |text: &str| json!({ "text": text, "key": "k" });
    let path = "/api/rooms/general/messages";
    let (_, first) = ada.post(path, send("/poll Tea? | green | black")).await;
    let (_, again) = ada.post(path, send("/poll Tea? | green | black")).await;
    assert_eq!(first["seq"], again["seq"]);
    let several = send("/poll several: Tea? | green | black");
    assert_eq!(ada.post(path, several).await.0, 409);
    assert_eq!(
        ada.post(path, send("Tea?\n1. green\n2. black")).await.0,
        409
    );
}

#[tokio::test]
async fn a_poll_says_when_it_ends_in_words_of_either_language_and_by_the_askers_clock() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let zone = json!({ "time_zone": "Asia/Shanghai" });
    assert_eq!(ada.call("PATCH", "/api/account", zone).await.0, 200);
    for (line, hour) in [
        ("/poll until tomorrow at 6pm: Tea? | green | black", 10),
        ("/投票 多选：截止明天下午六点：喝什么？ | 绿茶 | 红茶", 10),
    ] {
        let poll = ada.asks(line).await;
        let (_, view) = ada.get(&poll).await;
        let end: Timestamp = view["poll"]["ends_at"].as_str().unwrap().parse().unwrap();
        let from_now = end.duration_since(Timestamp::now());
        assert!(
            from_now.is_positive() && from_now < SignedDuration::from_hours(48),
            "{view}"
        );
        let end = end.to_zoned(TimeZone::UTC);
        assert_eq!((end.hour(), end.minute()), (hour, 0), "{view}");
        assert_eq!(
            ada.votes(&poll, json!([1])).await.0,
            200,
            "it is open until then"
        );
    }
    for line in [
        "/poll until 2020-01-01T00:00:00Z: Tea? | green | black",
        "/poll until 2999-01-01T00:00:00Z: Tea? | green | black",
    ] {
        let (status, refused) = ada.run("general", line).await;
        assert_eq!(status, 400, "{refused}");
        assert!(
            refused["detail"]
                .as_str()
                .unwrap()
                .contains("within a year")
        );
    }
}

#[tokio::test]
async fn a_retried_poll_is_one_poll_though_its_end_is_said_from_now() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let path = "/api/rooms/general/messages";
    let asked = json!({ "text": "/poll until in 2h: Tea? | green | black", "key": "k1" });
    let (status, first) = ada.post(path, asked.clone()).await;
    assert_eq!(status, 201, "{first}");
    let (_, again) = ada.post(path, asked).await;
    assert_eq!(again["message_id"], first["message_id"], "{again}");
}

#[tokio::test]
async fn the_end_of_a_poll_is_the_same_behind_a_restart() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let poll = ada.asks("/poll until in 2h: Tea? | green | black").await;
    let before = ada.get(&poll).await.1["poll"].clone();
    assert!(before["ends_at"].is_string(), "{before}");
    let token = ada.token.clone();
    let server = server.restart().await;
    let ada = Api {
        server: &server,
        token,
    };
    assert_eq!(ada.get(&poll).await.1["poll"], before);
}
