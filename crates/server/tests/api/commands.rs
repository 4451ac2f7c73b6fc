//! Every command, the same over every door.

use crate::harness::Server;
use salon_protocol::Role;
use serde_json::json;

/// The public surface names these.
const PROMISED: &[&str] = &[
    "help", "t", "me", "users", "rooms", "create", "join", "leave", "topic", "invite", "nick",
    "away", "back", "search", "history", "kick", "ban", "unban", "mute", "agents", "stop", "ask",
    "lang", "about",
];

#[tokio::test]
async fn every_promised_command_has_help_in_both_languages() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    for lang in ["en", "zh"] {
        assert_eq!(ada.run("general", &format!("/lang {lang}")).await.0, 200);
        let (_, registry) = ada.get("/api/commands").await;
        for name in PROMISED {
            let command = registry["commands"]
                .as_array()
                .unwrap()
                .iter()
                .find(|c| c["name"] == *name);
            let command = command.unwrap_or_else(|| panic!("/{name} is missing"));
            let help = command["help"].as_str().unwrap();
            assert_eq!(
                help.chars().any(|c| c as u32 > 0x2E80),
                lang == "zh",
                "/{name}: {help}"
            );
            let (status, told) = ada.run("general", &format!("/help {name}")).await;
            assert_eq!(status, 200);
            assert!(
                told["notice"]["text"].as_str().unwrap().contains(help),
                "/{name}"
            );
        }
    }
}

#[tokio::test]
async fn a_command_has_the_same_effect_typed_and_over_http() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let bob = server.member("bob").await;
    let mut b = bob.connect().await;
    let typed = ada.run("general", "/topic  from   the line").await;
    assert_eq!(typed.0, 201);
    assert_eq!(b.event("room.changed").await["topic"], "from the line");
    let body = json!({ "room": "general", "args": { "text": "from json" } });
    assert_eq!(ada.post("/api/commands/topic", body).await.0, 201);
    assert_eq!(b.event("room.changed").await["topic"], "from json");
    let (_, typed) = ada.run("general", "/users").await;
    let (_, called) = ada.post("/api/commands/who", json!({})).await;
    assert_eq!(typed, called);
    assert_eq!(
        typed["notice"]["data"]["users"],
        json!(["assistant", "bob"])
    );
}

#[tokio::test]
async fn commands_do_what_they_say() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let bob = server.member("bob").await;
    let mut b = bob.connect().await;
    ada.run("general", "/me waves").await;
    let event = b.event("message.posted").await;
    assert_eq!(
        (&event["message"]["text"], &event["message"]["action"]),
        (&json!("waves"), &json!(true))
    );
    ada.run("general", "//not a command").await;
    assert_eq!(
        b.event("message.posted").await["message"]["text"],
        "/not a command"
    );
    ada.run("general", "/tell bob one").await;
    ada.run("general", "/w @bob two").await;
    ada.run("general", "/msg BOB three").await;
    for text in ["one", "two", "three"] {
        assert_eq!(b.event("message.posted").await["message"]["text"], text);
    }
    assert_eq!(ada.run("general", "/create lab private").await.0, 201);
    assert_eq!(ada.run("lab", "/invite bob").await.0, 201);
    assert_eq!(b.expect("room").await["room"]["name"], "lab");
    assert_eq!(bob.run("lab", "/leave").await.0, 201);
    assert_eq!(bob.get("/api/rooms/lab").await.0, 404);
    ada.run("general", "/nick Countess Lovelace").await;
    let (_, directory) = bob.get("/api/directory").await;
    let names = directory["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|u| u["display_name"].clone());
    assert!(
        names
            .collect::<Vec<_>>()
            .contains(&json!("Countess Lovelace"))
    );
    let (_, history) = ada.run("general", "/history 1").await;
    assert_eq!(
        history["notice"]["data"]["messages"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let (_, found) = ada.run("general", "/search waves").await;
    assert_eq!(found["notice"]["data"]["results"][0]["text"], "waves");
    let (_, agents) = ada.run("general", "/agents").await;
    assert_eq!(agents["notice"]["data"]["agents"][0]["handle"], "assistant");
    let (_, rooms) = bob.run("general", "/rooms").await;
    assert!(
        rooms["notice"]["text"]
            .as_str()
            .unwrap()
            .contains("#general")
    );
    let (_, about) = ada.run("general", "/about").await;
    assert_eq!(
        about["notice"]["data"]["version"],
        env!("CARGO_PKG_VERSION")
    );
}
