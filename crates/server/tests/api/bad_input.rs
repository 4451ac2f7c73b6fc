//! Bad input gets a clear error in the user's language and loses nothing.

use crate::harness::Server;
use serde_json::json;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{CloseCode, Data, OpCode},
    },
};

#[tokio::test]
async fn nonsense_over_the_socket_is_answered_and_the_session_lives() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let mut a = ada.connect().await;
    for (frame, says) in [
        ("not json", "JSON"),
        ("[]", "type"),
        ("42", "type"),
        ("null", "type"),
        ("{}", "type"),
        (r#"{"type":7}"#, "type"),
        (r#"{"type":"dance"}"#, "dance"),
        (r#"{"type":"send"}"#, "room"),
        (r#"{"type":"send","room":5,"text":"x"}"#, "string"),
        (r#"{"type":"send","room":"general","text":["x"]}"#, "string"),
        (r#"{"type":"edit","message_id":"nope","text":"x"}"#, "UUID"),
        (r#"{"type":"read","room":"general","seq":-1}"#, "u64"),
        (
            r#"{"type":"send","id":5,"room":"general","text":"x"}"#,
            "id",
        ),
        (r#"{"type":"send","room":"general","text":"   "}"#, "empty"),
        (
            r#"{"type":"send","room":"general","text":"a\u0000b"}"#,
            "NUL",
        ),
        (
            r#"{"type":"send","room":"general","text":"x","key":""}"#,
            "key",
        ),
        (
            r#"{"type":"react","message_id":"01a20a51-c511-76d5-8385-3fbb277f522d","emoji":""}"#,
            "emoji",
        ),
        (r#"{"type":"send","room":"general","text":"/"}"#, "slash"),
        (r#"{"type":"send","room":"general","text":"/t"}"#, "USER"),
        (
            r#"{"type":"send","room":"general","text":"/mute ada soon"}"#,
            "30s",
        ),
        (r#"{"type":"hello","token":"x"}"#, "hello"),
    ] {
        a.send_raw(Message::text(frame)).await;
        let error = a.expect("error").await;
        let code = error["code"].as_str().unwrap();
        assert!(
            code == "bad_arguments" || code == "conflict",
            "{frame}: {error}"
        );
        assert_eq!(error["retry"], false);
        assert!(
            error["message"].as_str().unwrap().contains(says),
            "{frame}: {error}"
        );
    }
    for (frame, code) in [
        (
            json!({ "type": "send", "room": "nowhere", "text": "x" }),
            "not_found",
        ),
        (
            json!({ "type": "send", "room": "@nobody", "text": "x" }),
            "user_not_found",
        ),
        (
            json!({ "type": "send", "room": "", "text": "x" }),
            "not_found",
        ),
        (
            json!({ "type": "send", "room": "general", "text": "x".repeat(16_001) }),
            "too_long",
        ),
        (
            json!({ "type": "send", "room": "general", "text": "/nonsense" }),
            "unknown_command",
        ),
    ] {
        let error = a.ask(frame).await;
        assert_eq!(error["code"], code, "{error}");
    }
    let ack = a
        .ask(json!({ "type": "send", "room": "general", "text": "still here" }))
        .await;
    assert_eq!(ack["type"], "ack");
}

#[tokio::test]
async fn errors_over_the_socket_come_in_chinese_once_chosen() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let mut a = ada.connect().await;
    a.ask(json!({ "type": "send", "room": "general", "text": "/lang zh" }))
        .await;
    a.send_raw(Message::text("{}")).await;
    let error = a.expect("error").await;
    assert!(error["message"].as_str().unwrap().contains('帧'), "{error}");
    let error = a
        .ask(json!({ "type": "send", "room": "general", "text": "" }))
        .await;
    assert!(error["message"].as_str().unwrap().contains("空"), "{error}");
}

#[tokio::test]
async fn too_big_a_frame_closes_with_1009_binary_with_1003_and_broken_text_with_1007() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let mut a = ada.connect().await;
    let text = "x".repeat(100_000);
    a.send(json!({ "type": "send", "room": "general", "text": text }))
        .await;
    assert_eq!(a.closed().await, u16::from(CloseCode::Size));
    let mut a = ada.connect().await;
    a.send_raw(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(a.closed().await, u16::from(CloseCode::Unsupported));
    let mut a = ada.connect().await;
    let broken = Frame::message(vec![b'{', 0xff, b'}'], OpCode::Data(Data::Text), true);
    a.send_raw(Message::Frame(broken)).await;
    assert_eq!(a.closed().await, u16::from(CloseCode::Invalid));
    ada.say("general", "still here").await;
}

#[tokio::test]
async fn a_hundred_thousand_characters_over_http_are_refused_clearly() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let text = "字".repeat(100_000);
    let (status, problem) = ada
        .post("/api/rooms/general/messages", json!({ "text": text }))
        .await;
    assert_eq!((status, &problem["code"]), (413, &json!("too_long")));
    assert!(
        problem["detail"].as_str().unwrap().contains("16000"),
        "{problem}"
    );
}

#[tokio::test]
async fn nonsense_over_http_is_a_problem_document() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    for (path, body) in [
        ("/api/rooms/general/messages", "{"),
        ("/api/rooms/general/messages", "[1]"),
        ("/api/rooms/general/messages", r#"{"text":5}"#),
        ("/api/rooms/general/messages", ""),
        ("/api/rooms", r#"{"name":"a b"}"#),
        ("/api/rooms", r#"{"name":""}"#),
        ("/api/rooms", r#"{"name":"x","kind":"secret"}"#),
        (
            "/api/commands/mute",
            r#"{"room":"general","args":{"user":"ada","colour":1}}"#,
        ),
        ("/api/commands/topic", r#"{"args":{"text":"x"}}"#),
        ("/api/commands/t", r#"{"args":{"user":["ada"],"text":"x"}}"#),
    ] {
        let request = server
            .http
            .post(server.url(path))
            .bearer_auth(&ada.token)
            .body(body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 400, "{path} {body}");
        let problem: serde_json::Value = response.json().await.unwrap();
        assert_eq!(problem["code"], "bad_arguments", "{path} {body}: {problem}");
    }
    assert_eq!(
        ada.get("/api/rooms/general/messages?limit=many").await.0,
        400
    );
    assert_eq!(ada.get("/api/search").await.0, 400);
    assert_eq!(ada.call("PUT", "/api/users", json!({})).await.0, 405);
    let bytes = server.http.post(server.url("/api/rooms/general/messages"));
    let bytes = bytes
        .bearer_auth(&ada.token)
        .body(vec![b'"', 0xFF, 0xFE, b'"'])
        .send()
        .await;
    assert_eq!(bytes.unwrap().status(), 400, "not UTF-8");
}

#[tokio::test]
async fn names_of_every_script_are_names() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    for name in [
        "研发",
        "ラボ",
        "연구실",
        "лаборатория",
        "عمل",
        "प्रयोग",
        "ห้อง",
        "Ångström",
    ] {
        let (status, room) = ada.post("/api/rooms", json!({ "name": name })).await;
        assert_eq!(status, 201, "{name}: {room}");
        assert_eq!(ada.say(name, "hello").await["room"], room["id"]);
    }
    let (status, _) = ada.post("/api/rooms", json!({ "name": "LAB" })).await;
    assert_eq!(status, 201);
    let (status, problem) = ada.post("/api/rooms", json!({ "name": "lab" })).await;
    assert_eq!((status, &problem["code"]), (409, &json!("conflict")));
}

#[tokio::test]
async fn a_flood_is_told_to_wait() {
    let server =
        Server::start_with(|config| config.rate_limits = salon_server::config::Switch::On).await;
    let ada = server.member("ada").await;
    let mut a = ada.connect().await;
    for _ in 0..600 {
        a.send(json!({ "type": "ping" })).await;
    }
    let error = a.expect("error").await;
    assert_eq!(
        (&error["code"], &error["retry"]),
        (&json!("too_fast"), &json!(true))
    );
    assert!(error["retry_after_ms"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn a_flood_of_nonsense_is_told_to_wait_and_then_ended() {
    let server =
        Server::start_with(|config| config.rate_limits = salon_server::config::Switch::On).await;
    let ada = server.member("ada").await;
    let mut a = ada.connect().await;
    let nonsense = || json!("nonsense");
    a.send_together((0..450).map(|_| nonsense())).await;
    a.expect_where(|frame| frame["code"] == "too_fast").await;
    a.send_together((0..1_500).map(|_| nonsense())).await;
    assert_eq!(a.closed().await, 4009);
}
