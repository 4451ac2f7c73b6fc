//! The HTTP surface.

use crate::harness::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn who_is_online_has_exactly_the_promised_shape() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let _a = ada.connect().await;
    let mut b = bob.connect().await;
    let (status, body) = ada.get("/api/users").await;
    assert_eq!(status, 200);
    assert_eq!(
        body,
        json!({ "users": ["ada", "assistant", "bob"], "success": true })
    );
    b.send_raw(tokio_tungstenite::tungstenite::Message::Close(None))
        .await;
    assert_eq!(b.closed().await, 1000);
    // The socket's task ends just after its close frame: wait for that, not for a time.
    while ada.get("/api/users").await.1["users"]
        .as_array()
        .unwrap()
        .len()
        > 2
    {
        tokio::task::yield_now().await;
    }
    let (_, body) = ada.get("/api/users").await;
    assert_eq!(
        body,
        json!({ "users": ["ada", "assistant"], "success": true })
    );
}

#[tokio::test]
async fn without_signing_in_every_answer_is_a_problem_document() {
    let server = Server::start().await;
    for path in [
        "/api/users",
        "/api/me",
        "/api/rooms",
        "/api/search?q=x",
        "/api/commands",
    ] {
        let response = server.http.get(server.url(path)).send().await.unwrap();
        assert_eq!(response.status(), 401, "{path}");
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let problem: Value = response.json().await.unwrap();
        assert_eq!(problem["type"], "urn:salon:error:not_signed_in");
        assert_eq!(problem["status"], 401);
        assert_eq!(problem["code"], "not_signed_in");
        assert!(problem["title"].is_string() && problem["detail"].is_string());
    }
}

#[tokio::test]
async fn errors_come_in_the_askers_language() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let ask = || {
        server
            .http
            .get(server.url("/api/rooms/nowhere"))
            .bearer_auth(&ada.token)
            .header("accept-language", "zh-CN,zh;q=0.9,en;q=0.5")
            .send()
    };
    let problem: Value = ask().await.unwrap().json().await.unwrap();
    assert!(
        problem["detail"].as_str().unwrap().contains("聊天室"),
        "{problem}"
    );
    // What somebody chose comes before what their browser says.
    assert_eq!(ada.run("general", "/lang en").await.0, 200);
    let problem: Value = ask().await.unwrap().json().await.unwrap();
    assert!(
        problem["detail"].as_str().unwrap().contains("no such room"),
        "{problem}"
    );
}

#[tokio::test]
async fn a_retry_with_the_same_key_has_one_effect() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let path = "/api/rooms/general/messages";
    let (_, before) = ada.get("/api/rooms/general").await;
    let first = ada.post(path, json!({ "text": "hello", "key": "k" })).await;
    let second = ada.post(path, json!({ "text": "hello", "key": "k" })).await;
    assert_eq!(first.0, 201);
    assert_eq!(first, second);
    let (status, problem) = ada.post(path, json!({ "text": "other", "key": "k" })).await;
    assert_eq!((status, &problem["code"]), (409, &json!("conflict")));
    let (_, after) = ada.get("/api/rooms/general").await;
    assert_eq!(
        after["seq"].as_u64(),
        before["seq"].as_u64().map(|seq| seq + 1)
    );
    // Another user's key is another key.
    let bob = server.member("bob").await;
    assert_eq!(
        bob.post(path, json!({ "text": "other", "key": "k" }))
            .await
            .0,
        201
    );
}

#[tokio::test]
async fn history_comes_by_pages_in_time_order() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    for n in 0..7 {
        ada.say("general", &format!("message {n}")).await;
    }
    let page = |query: &'static str| {
        let ada = ada.clone();
        async move {
            let (status, page) = ada
                .get(&format!("/api/rooms/general/messages?{query}"))
                .await;
            assert_eq!(status, 200, "{page}");
            let texts: Vec<_> = page["messages"]
                .as_array()
                .unwrap()
                .iter()
                .map(|message| message["text"].as_str().unwrap().to_owned())
                .collect();
            (texts, page)
        }
    };
    let (texts, newest) = page("limit=3").await;
    assert_eq!(texts, ["message 4", "message 5", "message 6"]);
    assert_eq!(newest["more"], true);
    let before = newest["messages"][0]["seq"].as_u64().unwrap();
    let path = format!("/api/rooms/general/messages?limit=100&before={before}");
    let (_, older) = ada.get(&path).await;
    assert_eq!(older["messages"].as_array().unwrap().len(), 4);
    assert_eq!(older["more"], false);
}

#[tokio::test]
async fn search_finds_chinese_inside_a_sentence_and_nothing_of_others() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let eve = server.member("eve").await;
    ada.say("general", "我们今天升级了数据库，PostgreSQL 很稳定")
        .await;
    ada.say("general", "データベースを更新しました").await;
    ada.post("/api/rooms", json!({ "name": "lab", "kind": "private" }))
        .await;
    ada.say("lab", "数据库的密码是 swordfish").await;
    let found = |who: crate::harness::Api<'_>, query: &str| {
        let (who, query) = (who.token.clone(), query.to_owned());
        let request = server
            .http
            .get(server.url("/api/search"))
            .query(&[("q", &query)]);
        async move {
            let body: Value = request
                .bearer_auth(who)
                .send()
                .await
                .unwrap()
                .json()
                .await
                .unwrap();
            body["results"].as_array().unwrap().len()
        }
    };
    assert_eq!(found(ada.clone(), "数据库").await, 2);
    assert_eq!(
        found(ada.clone(), "据库").await,
        2,
        "two characters inside a word"
    );
    assert_eq!(found(ada.clone(), "稳").await, 1, "one character");
    assert_eq!(found(ada.clone(), "ベース").await, 1);
    assert_eq!(
        found(ada.clone(), "postgres 升级").await,
        1,
        "a word's beginning, and Chinese"
    );
    assert_eq!(found(ada.clone(), "swordfish").await, 1);
    assert_eq!(found(eve.clone(), "数据库").await, 1, "what eve may read");
    assert_eq!(found(eve.clone(), "swordfish").await, 0);
    assert_eq!(found(ada, "库数").await, 0);
}

#[tokio::test]
async fn the_description_of_the_api_names_every_promised_route() {
    let server = Server::start().await;
    let response = server
        .http
        .get(server.url("/api/openapi.json"))
        .send()
        .await
        .unwrap();
    let description: Value = response.json().await.unwrap();
    assert!(description["openapi"].as_str().unwrap().starts_with("3.1"));
    for (method, path) in [
        ("get", "/api/users"),
        ("get", "/api/directory"),
        ("post", "/api/login"),
        ("post", "/api/logout"),
        ("get", "/api/me"),
        ("get", "/api/rooms"),
        ("post", "/api/rooms"),
        ("get", "/api/rooms/{room}"),
        ("get", "/api/rooms/{room}/events"),
        ("get", "/api/rooms/{room}/messages"),
        ("post", "/api/rooms/{room}/messages"),
        ("get", "/api/commands"),
        ("post", "/api/commands/{name}"),
        ("get", "/api/search"),
        ("get", "/healthz"),
        ("get", "/readyz"),
        ("get", "/metrics"),
    ] {
        assert!(
            description["paths"][path][method].is_object(),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn health_and_figures_need_no_sign_in() {
    let server = Server::start().await;
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(
            server
                .http
                .get(server.url(path))
                .send()
                .await
                .unwrap()
                .status(),
            200,
            "{path}"
        );
    }
}
