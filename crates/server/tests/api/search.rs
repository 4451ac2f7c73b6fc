//! Search from outside: every operator in both languages, pages, and what is nobody else's.

use crate::{
    agent::{World, calls, reply, room, says},
    harness::{Api, Server},
};
use salon_protocol::Role;
use serde_json::{Value, json};

async fn answer(api: &Api<'_>, query: &[(&str, &str)]) -> (u16, Value) {
    let request = api.server.http.get(api.server.url("/api/search"));
    let response = request.query(query).bearer_auth(&api.token).send().await;
    let response = response.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The texts of what is found, sorted.
async fn found(api: &Api<'_>, text: &str) -> Vec<String> {
    let (status, body) = answer(api, &[("q", text)]).await;
    assert_eq!(status, 200, "{text}: {body}");
    let mut texts: Vec<String> = body["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["text"].as_str().unwrap().to_owned())
        .collect();
    texts.sort_unstable();
    texts
}

#[tokio::test]
async fn operators_narrow_in_both_languages() {
    let server = Server::start().await;
    let (ada, bo) = (server.member("ada").await, server.member("小波").await);
    let den = json!({ "name": "den", "kind": "private", "members": ["小波"] });
    assert_eq!(ada.post("/api/rooms", den).await.0, 201);
    ada.say("general", "tea one").await;
    bo.say("general", "tea two https://example.org").await;
    bo.say("den", "tea three `code` 茶").await;
    ada.say("@小波", "tea four").await;
    let upload = server
        .http
        .post(server.url("/api/rooms/general/files?name=kettle.txt"));
    let file: Value = upload
        .bearer_auth(&ada.token)
        .body("steam")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let sent = json!({ "text": "tea five", "files": [file["id"]] });
    assert_eq!(ada.post("/api/rooms/general/messages", sent).await.0, 201);
    let (one, two, three) = (
        "tea one",
        "tea two https://example.org",
        "tea three `code` 茶",
    );
    let (four, five) = ("tea four", "tea five");
    for (asked, expected) in [
        ("tea", vec![five, four, one, three, two]),
        ("tea from:小波", vec![three, two]),
        ("tea 来自：@ada", vec![five, four, one]),
        ("tea from:me", vec![five, four, one]),
        ("from:小波 from:ada in:den", vec![three]),
        ("tea in:#general", vec![five, one, two]),
        ("tea 在:den", vec![three]),
        ("tea in:@小波", vec![four]),
        ("has:link", vec![two]),
        ("tea 包含:链接", vec![two]),
        ("包含：代码", vec![three]),
        ("has:file", vec![five]),
        ("has:image", vec![]),
        ("kettle", vec![five]),
        ("tea after:today", vec![five, four, one, three, two]),
        ("tea before:today", vec![]),
        ("tea 之前:昨天", vec![]),
        ("tea 之后:7天", vec![five, four, one, three, two]),
        ("茶 在:den 来自:小波 之后:昨天 包含:代码", vec![three]),
    ] {
        assert_eq!(found(&ada, asked).await, expected, "{asked}");
    }
    for (asked, status, code) in [
        ("has:poem", 400, "bad_arguments"),
        ("after:soon", 400, "bad_arguments"),
        ("from:nobody", 404, "user_not_found"),
        ("in:nowhere", 404, "not_found"),
        ("from:", 400, "bad_arguments"),
    ] {
        let (is, problem) = answer(&ada, &[("q", asked)]).await;
        assert_eq!((is, &problem["code"]), (status, &json!(code)), "{asked}");
    }
    let (status, problem) = answer(&ada, &[("q", "tea"), ("next", "x")]).await;
    assert_eq!((status, &problem["code"]), (400, &json!("bad_arguments")));
}

#[tokio::test]
async fn what_was_found_is_marked_and_told_with_its_place() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let said = ada.say("general", "昨天\n升级了数据库").await;
    let (_, body) = answer(&ada, &[("q", "数据")]).await;
    let hit = &body["results"][0];
    assert_eq!(
        hit["passage"],
        json!([{ "text": "昨天 升级了" }, { "text": "数据", "found": true }, { "text": "库" }])
    );
    assert_eq!(
        (&hit["seq"], &hit["room_name"]),
        (&said["seq"], &json!("general"))
    );
    assert_eq!(body["next"], Value::Null);
    for text in ["数据 一", "数据 二"] {
        ada.say("general", text).await;
    }
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let (_, page) = answer(&ada, &[("q", "数据"), ("limit", "1"), ("next", &next)]).await;
        seen.push(page["results"][0]["seq"].as_u64().unwrap());
        match page["next"].as_str() {
            Some(more) => next = more.to_owned(),
            None => break,
        }
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn whoever_may_not_read_it_finds_nothing_by_any_operator() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let (outsider, removed) = (server.member("eve").await, server.member("rem").await);
    let banned = server.member("ban").await;
    let guest = server.user("gus", Role::Guest).await;
    let den = json!({ "name": "den", "kind": "private", "members": ["rem", "ban"] });
    assert_eq!(ada.post("/api/rooms", den).await.0, 201);
    assert_eq!(
        ada.post("/api/rooms", json!({ "name": "open" })).await.0,
        201
    );
    ada.say("den", "the codename is heron `x`").await;
    ada.say("open", "the codename is heron too").await;
    ada.say("@eve", "not for others: heron").await;
    assert_eq!(found(&removed, "codename").await.len(), 1, "while in it");
    ada.run("den", "/kick rem").await;
    ada.run("den", "/ban ban").await;
    let id = ada.room_id("den").await;
    for who in [&outsider, &removed, &banned, &guest] {
        for asked in ["codename", "heron from:ada has:code", "码", "has:code"] {
            assert_eq!(found(who, asked).await, [""; 0].to_vec(), "{asked}");
        }
        for asked in ["heron in:den", "在:den", &format!("in:{id}"), "in:nowhere"] {
            let (status, problem) = answer(who, &[("q", asked)]).await;
            assert_eq!(
                (status, &problem["code"]),
                (404, &json!("not_found")),
                "{asked}"
            );
        }
    }
    // A term of the index that names a room is nobody's to type.
    let term = format!("间{}", id.replace('-', ""));
    assert_eq!(found(&outsider, &term).await, [""; 0]);
    assert_eq!(found(&ada, "codename").await.len(), 2);
    let nobody = server.http.get(server.url("/api/search?q=codename"));
    assert_eq!(nobody.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn an_agents_search_with_operators_stays_within_its_audience() {
    let search = |text: &str| calls("search", &json!({ "text": text }));
    let script = [
        search("heron in:secret"),
        search("from:ada heron"),
        says("Nothing."),
        search("heron 在:secret 来自:ada"),
        says("Found."),
    ];
    let world = World::new(script).await;
    let ada = world.server.member("ada").await;
    let secret = json!({ "name": "secret", "kind": "private", "members": ["assistant"] });
    ada.post("/api/rooms", secret).await;
    ada.say("secret", "the codename is heron").await;
    let mut socket = room(&ada).await;
    ada.say("general", "@assistant what is the codename?").await;
    assert_eq!(reply(&mut socket).await["text"], "Nothing.");
    let read = world.service.seen()[2].body["messages"].to_string();
    assert!(!read.contains("codename is heron"), "{read}");
    // Alone with Ada it may tell what she may read.
    ada.say("@assistant", "what is the codename?").await;
    assert_eq!(reply(&mut socket).await["text"], "Found.");
    let read = world.service.seen()[4].body["messages"].to_string();
    assert!(read.contains("codename is heron"), "{read}");
}
