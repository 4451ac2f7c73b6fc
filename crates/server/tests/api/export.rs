//! Exports: what one may read, and nothing else; the whole server, and no secret.

use crate::harness::Server;
use salon_protocol::Role;
use serde_json::{Value, json};

fn lines(text: &Value) -> Vec<Value> {
    let text = text.as_str().unwrap().lines();
    text.map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn an_export_has_what_its_reader_may_read_whole_and_nothing_else() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let bob = server.member("bob").await;
    for (name, members) in [("tea", json!(["bob"])), ("secret-room", json!([]))] {
        let room = json!({ "name": name, "kind": "private", "members": members });
        assert_eq!(ada.post("/api/rooms", room).await.0, 201);
        ada.say(name, &format!("words in {name}")).await;
    }
    // More than a page of the log.
    for n in 0..520 {
        bob.say("tea", &format!("leaf {n}")).await;
    }
    let (status, text) = bob.get("/api/export").await;
    assert_eq!(status, 200);
    assert!(!text.as_str().unwrap().contains("secret-room"));
    let lines = lines(&text);
    assert_eq!(lines[0]["type"], "salon");
    assert_eq!(lines[1]["account"]["user"]["handle"], "bob");
    let tea = bob.room_id("tea").await;
    let of_tea = |line: &&Value| line["event"]["room"] == tea.as_str();
    let told: Vec<_> = lines
        .iter()
        .filter(of_tea)
        .map(|line| &line["event"])
        .collect();
    let mut log = Vec::new();
    while let Some(page) = Some(
        bob.get(&format!("/api/rooms/tea/events?after={}", log.len()))
            .await
            .1,
    )
    .filter(|page| !page["events"].as_array().unwrap().is_empty())
    {
        log.extend(page["events"].as_array().unwrap().clone());
    }
    assert_eq!(told, log.iter().collect::<Vec<_>>());
    assert!(told.len() > 520);
    let events = lines.iter().filter(|line| line["type"] == "event").count();
    assert_eq!(
        lines.last().unwrap(),
        &json!({ "type": "end", "events": events })
    );
    // Out means out.
    ada.run("tea", "/kick bob").await;
    let (_, text) = bob.get("/api/export").await;
    assert!(!text.as_str().unwrap().contains("words in tea"));
    let nobody = server.http.get(server.url("/api/export")).send().await;
    assert_eq!(nobody.unwrap().status(), 401);
}
