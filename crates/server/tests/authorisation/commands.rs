//! The commands, as anybody may run them over HTTP; what agents make of them is the adversary's.

use crate::{
    cast::{Cast, EVERYBODY, KINDS, cell, table},
    harness::Server,
};
use salon_chat::commands::Registry;
use serde_json::{Value, json};
use uuid::Uuid;

/// What each command is run with, and whether it leaves the room another one.
fn arguments(name: &str, n: usize) -> (Value, bool) {
    match name {
        "about" | "agents" | "back" | "catchup" | "help" | "history" | "memory" | "missed"
        | "pins" | "rooms" | "stop" | "usage" | "users" | "why" => (json!({}), false),
        "agent" => (json!({ "action": "show", "agent": "assistant" }), false),
        "approve" | "deny" | "forget" => (json!({ "n": 99 }), false),
        "ask" => (json!({ "agent": "assistant", "text": "words" }), true),
        "away" | "me" | "remember" => (json!({ "text": "words" }), false),
        "poll" => (json!({ "text": "Tea? | green | black" }), false),
        "vote" => (json!({ "choices": "1" }), false),
        "remind" => (json!({ "text": "in 2h words" }), false),
        "topic" => (json!({ "text": format!("topic {n}") }), true),
        "ban" | "kick" | "mute" => (json!({ "user": "member" }), true),
        "unban" => (json!({ "user": "banned" }), true),
        "invite" => (json!({ "user": "outsider" }), true),
        "budget" => (json!({ "limit": "tokens_day", "amount": "900000" }), true),
        "keep" => (json!({ "days": "30" }), true),
        "slow" => (json!({ "duration": "30s" }), true),
        "mode" => (json!({ "mode": "ambient" }), true),
        "private-from-ai" => (json!({ "text": "room off" }), true),
        "create" => (
            json!({ "room": format!("made{n}{}", Uuid::now_v7().simple())[..24] }),
            false,
        ),
        "join" => (json!({ "room": "ROOM" }), true),
        "leave" => (json!({}), true),
        "lang" => (json!({ "language": "en" }), false),
        "nick" => (json!({ "name": format!("Name {n}") }), false),
        "notify" => (json!({ "level": "nothing" }), false),
        "search" => (json!({ "text": "words" }), false),
        "t" => (json!({ "user": "member", "text": "words" }), false),
        other => panic!("/{other} has no row: say with what it is run"),
    }
}

#[tokio::test]
async fn every_command_answers_everybody_as_it_should() {
    let server = Server::start().await;
    let cast = Cast::new(&server).await;
    let mut rows = Vec::new();
    for command in Registry::new().all() {
        for kind in KINDS {
            let shared = cast.place(kind).await;
            let mut cells = Vec::new();
            for (n, who) in EVERYBODY.into_iter().enumerate() {
                let (_, changes) = arguments(command.name, n);
                let place = match changes && !who.is_out(kind) {
                    true => cast.place(kind).await,
                    false => shared.clone(),
                };
                let path = format!("/api/commands/{}", command.name);
                let body = |room: String| -> Value {
                    let (args, _) = arguments(command.name, n);
                    let args = args.to_string().replace("ROOM", &room);
                    json!({ "room": room, "args": serde_json::from_str::<Value>(&args).unwrap() })
                };
                let api = cast.api(who);
                let missing = api.post(&path, body(Uuid::now_v7().to_string())).await;
                let (status, answer) = api.post(&path, body(place.id.to_string())).await;
                let words = |answer: &Value, id: &str| -> Value {
                    serde_json::from_str(&answer.to_string().replace(id, "")).unwrap()
                };
                let answer = words(&answer, &place.id.to_string());
                cells.push(cell(who, kind, (status, &answer), Some(&missing)));
            }
            rows.push((format!("/{} ({kind})", command.name), cells));
        }
    }
    insta::assert_snapshot!("commands", table(&rows));
}
