//! The HTTP door: each route that its own description lists.

use crate::{
    cast::{Cast, EVERYBODY, KINDS, Place, Who, cell, table},
    harness::Server,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a row's path is about.
#[derive(Clone, Copy, PartialEq)]
enum About {
    /// Nothing that anybody could be in.
    Nothing,
    /// A room; with `Fresh` each cell has its own.
    Room,
    Fresh,
    /// The maker's message, the agent's, a file, or a file that the maker has begun to bring.
    Message,
    Answer,
    File,
    Upload,
}
use About::{Answer, File, Fresh, Message, Nothing, Room, Upload};

/// Every route: what it is about, and what is sent. `X` in a path is the thing.
fn rows() -> Vec<(&'static str, &'static str, About, Value)> {
    let text = || json!({ "text": "words" });
    let none = || Value::Null;
    vec![
        ("get", "/api/account", Nothing, none()),
        (
            "patch",
            "/api/account",
            Nothing,
            json!({ "about": "words" }),
        ),
        (
            "post",
            "/api/account/password",
            Nothing,
            json!({ "old": "no", "new": "long enough" }),
        ),
        (
            "post",
            "/api/account/second-factor",
            Nothing,
            json!({ "password": "no" }),
        ),
        (
            "delete",
            "/api/account/second-factor",
            Nothing,
            json!({ "password": "no" }),
        ),
        (
            "post",
            "/api/account/second-factor/codes",
            Nothing,
            json!({ "password": "no" }),
        ),
        (
            "post",
            "/api/account/second-factor/confirm",
            Nothing,
            json!({ "code": "000000" }),
        ),
        ("get", "/api/account/sessions", Nothing, none()),
        ("delete", "/api/account/sessions", Nothing, none()),
        ("delete", "/api/account/sessions/{id}", Nothing, none()),
        ("get", "/api/admin/health", Nothing, none()),
        ("get", "/api/admin/imports", Nothing, none()),
        // No such archive: whoever may is told so, whoever may not is refused before.
        (
            "post",
            "/api/admin/imports",
            Nothing,
            json!({ "archive": "no.zip" }),
        ),
        ("delete", "/api/admin/imports", Nothing, none()),
        (
            "post",
            "/api/admin/imports/archives",
            Nothing,
            json!({ "no": "name" }),
        ),
        (
            "delete",
            "/api/admin/imports/archives/{name}",
            Nothing,
            none(),
        ),
        ("get", "/api/admin/moderation", Nothing, none()),
        ("get", "/api/admin/moderation/export", Nothing, none()),
        ("get", "/api/admin/reports", Nothing, none()),
        ("get", "/api/admin/storage", Nothing, none()),
        ("get", "/api/admin/users", Nothing, none()),
        (
            "patch",
            "/api/admin/users/{handle}",
            Nothing,
            json!({ "role": "owner" }),
        ),
        (
            "delete",
            "/api/admin/users/{handle}/second-factor",
            Nothing,
            none(),
        ),
        (
            "delete",
            "/api/admin/users/{handle}/passkeys",
            Nothing,
            none(),
        ),
        (
            "delete",
            "/api/admin/users/{handle}/avatar",
            Nothing,
            none(),
        ),
        ("get", "/api/agents", Nothing, none()),
        ("post", "/api/agents", Nothing, json!({ "handle": "FRESH" })),
        ("get", "/api/agents/{handle}", Nothing, none()),
        (
            "patch",
            "/api/agents/{handle}",
            Nothing,
            json!({ "display_name": "Spare" }),
        ),
        ("delete", "/api/agents/{handle}", Nothing, none()),
        ("post", "/api/agents/{handle}/restore", Nothing, none()),
        ("get", "/api/audit", Nothing, none()),
        ("get", "/api/audit/export", Nothing, none()),
        ("get", "/api/commands", Nothing, none()),
        (
            "post",
            "/api/commands/{name}",
            Nothing,
            json!({ "args": {} }),
        ),
        ("get", "/api/directory", Nothing, none()),
        (
            "put",
            "/api/account/avatar",
            Nothing,
            json!({ "no": "picture" }),
        ),
        ("delete", "/api/account/avatar", Nothing, none()),
        ("get", "/api/avatars/{user}", Nothing, none()),
        ("get", "/api/unsent", Nothing, none()),
        ("put", "/api/rooms/{room}/unsent", Room, text()),
        ("get", "/api/push", Nothing, none()),
        (
            "put",
            "/api/push",
            Nothing,
            json!({ "endpoint": "no", "keys": { "p256dh": "", "auth": "" } }),
        ),
        ("delete", "/api/push", Nothing, none()),
        ("get", "/api/notifications", Nothing, none()),
        (
            "put",
            "/api/notifications",
            Nothing,
            json!({ "hide_text": true }),
        ),
        ("get", "/api/emoji", Nothing, none()),
        ("get", "/api/emoji/{name}", Nothing, none()),
        // No picture: whoever may is told so, whoever may not is refused before.
        (
            "put",
            "/api/emoji/{name}",
            Nothing,
            json!({ "no": "picture" }),
        ),
        ("delete", "/api/emoji/{name}", Nothing, none()),
        ("get", "/api/export", Nothing, none()),
        ("get", "/api/files/{file}", File, none()),
        (
            "patch",
            "/api/files/{file}",
            File,
            json!({ "alt": "words" }),
        ),
        ("delete", "/api/files/{file}", File, none()),
        ("get", "/api/files/{file}/preview", File, none()),
        ("get", "/api/files/{file}/view", File, none()),
        ("get", "/api/invites", Nothing, none()),
        ("post", "/api/invites", Nothing, json!({})),
        ("get", "/api/invites/{code}", Nothing, none()),
        ("delete", "/api/invites/{code}", Nothing, none()),
        (
            "post",
            "/api/join",
            Nothing,
            json!({ "code": "no", "handle": "new", "password": "long enough" }),
        ),
        ("get", "/api/later", Nothing, none()),
        (
            "post",
            "/api/later",
            Nothing,
            json!({ "kind": "message", "room": "general", "text": "words", "due_at": "2020-01-01T00:00:00Z" }),
        ),
        (
            "patch",
            "/api/later/{id}",
            Nothing,
            json!({ "text": "words" }),
        ),
        ("delete", "/api/later/{id}", Nothing, none()),
        (
            "post",
            "/api/login",
            Nothing,
            json!({ "handle": "nobody", "password": "long enough" }),
        ),
        ("post", "/api/logout", Nothing, none()),
        ("get", "/api/me", Nothing, none()),
        ("get", "/api/mentions", Nothing, none()),
        ("get", "/api/messages/{message_id}", Message, none()),
        ("patch", "/api/messages/{message_id}", Message, text()),
        ("delete", "/api/messages/{message_id}", Message, none()),
        (
            "put",
            "/api/messages/{message_id}/vote",
            Message,
            json!({ "choices": [] }),
        ),
        ("post", "/api/messages/{message_id}/close", Message, none()),
        (
            "delete",
            "/api/messages/{message_id}/previews",
            Message,
            none(),
        ),
        (
            "get",
            "/api/messages/{message_id}/previews/{name}",
            Message,
            none(),
        ),
        (
            "post",
            "/api/messages/{message_id}/reactions",
            Message,
            json!({ "emoji": "👍" }),
        ),
        (
            "delete",
            "/api/messages/{message_id}/reactions",
            Message,
            json!({ "emoji": "👍" }),
        ),
        (
            "post",
            "/api/messages/{message_id}/forward",
            Message,
            json!({ "room": "@member" }),
        ),
        ("put", "/api/messages/{message_id}/pin", Message, none()),
        ("delete", "/api/messages/{message_id}/pin", Message, none()),
        (
            "post",
            "/api/messages/{message_id}/reports",
            Message,
            json!({ "reason": "words" }),
        ),
        ("put", "/api/messages/{message_id}/saved", Message, none()),
        (
            "delete",
            "/api/messages/{message_id}/saved",
            Message,
            none(),
        ),
        (
            "get",
            "/api/messages/{message_id}/versions",
            Message,
            none(),
        ),
        ("get", "/api/messages/{message_id}/thread", Message, none()),
        (
            "put",
            "/api/messages/{message_id}/thread",
            Message,
            json!({ "following": true }),
        ),
        ("get", "/api/messages/{message}/turns", Answer, none()),
        ("post", "/api/messages/{message}/again", Answer, none()),
        ("get", "/api/messages/{message}/feedback", Answer, none()),
        (
            "put",
            "/api/messages/{message}/feedback",
            Answer,
            json!({ "good": true }),
        ),
        ("post", "/api/read", Nothing, none()),
        ("get", "/api/rooms", Nothing, none()),
        (
            "post",
            "/api/rooms",
            Nothing,
            json!({ "name": "FRESH", "kind": "private" }),
        ),
        ("get", "/api/rooms/{room}", Room, none()),
        ("get", "/api/rooms/{room}/approvals", Room, none()),
        (
            "post",
            "/api/rooms/{room}/approvals/{number}",
            Room,
            json!({ "approve": true }),
        ),
        ("get", "/api/rooms/{room}/events", Room, none()),
        ("get", "/api/rooms/{room}/files", Room, none()),
        ("post", "/api/rooms/{room}/files", Room, none()),
        (
            "post",
            "/api/rooms/{room}/uploads",
            Room,
            json!({ "name": "film.mp4", "size": 9 }),
        ),
        ("get", "/api/rooms/{room}/members", Room, none()),
        ("get", "/api/rooms/{room}/messages", Room, none()),
        ("post", "/api/rooms/{room}/messages", Fresh, text()),
        (
            "put",
            "/api/rooms/{room}/notifications",
            Room,
            json!({ "level": "nothing" }),
        ),
        ("get", "/api/rooms/{room}/pins", Room, none()),
        ("post", "/api/rooms/{room}/read", Room, json!({ "seq": 1 })),
        ("get", "/api/rooms/{room}/reports", Room, none()),
        ("get", "/api/rooms/{room}/restrictions", Room, none()),
        ("get", "/api/rooms/{room}/turns", Room, none()),
        (
            "post",
            "/api/rooms/{room}/unread",
            Room,
            json!({ "seq": 1 }),
        ),
        (
            "post",
            "/api/reports/{number}",
            Nothing,
            json!({ "remove": false }),
        ),
        ("get", "/api/saved", Nothing, none()),
        ("get", "/api/search", Nothing, none()),
        ("get", "/api/setup", Nothing, none()),
        (
            "post",
            "/api/setup",
            Nothing,
            json!({ "code": "no", "handle": "new", "password": "long enough" }),
        ),
        ("get", "/api/sign-in", Nothing, none()),
        ("post", "/api/sign-in", Nothing, none()),
        ("get", "/api/sign-in/callback", Nothing, none()),
        (
            "post",
            "/api/account/provider",
            Nothing,
            json!({ "password": "no" }),
        ),
        (
            "delete",
            "/api/account/provider",
            Nothing,
            json!({ "password": "no" }),
        ),
        ("get", "/api/account/passkeys", Nothing, none()),
        // Browsers make keys for names alone, and this house stands at a number.
        (
            "post",
            "/api/account/passkeys/options",
            Nothing,
            json!({ "password": "no" }),
        ),
        (
            "post",
            "/api/account/passkeys",
            Nothing,
            json!({ "name": "k", "client_data": "", "authenticator_data": "" }),
        ),
        (
            "delete",
            "/api/account/passkeys/{id}",
            Nothing,
            json!({ "password": "no" }),
        ),
        ("post", "/api/sign-in/passkey/options", Nothing, none()),
        (
            "post",
            "/api/sign-in/passkey",
            Nothing,
            json!({ "id": "", "client_data": "", "authenticator_data": "", "signature": "" }),
        ),
        ("get", "/api/threads", Nothing, none()),
        ("get", "/api/tool-servers", Nothing, none()),
        (
            "put",
            "/api/tool-servers/{name}",
            Nothing,
            json!({ "url": "http://127.0.0.1:9/mcp" }),
        ),
        ("delete", "/api/tool-servers/{name}", Nothing, none()),
        ("post", "/api/tool-servers/{name}/agree", Nothing, none()),
        ("get", "/api/uploads/{upload}", Upload, none()),
        // Its maker is told that the header is missing, others nothing.
        ("patch", "/api/uploads/{upload}", Upload, none()),
        ("delete", "/api/uploads/{upload}", Upload, none()),
        ("get", "/api/usage", Nothing, none()),
        ("get", "/api/users", Nothing, none()),
        ("get", "/healthz", Nothing, none()),
        ("get", "/metrics", Nothing, none()),
        ("get", "/readyz", Nothing, none()),
    ]
}

/// The path with the thing in it; `thing` is none where nothing is there.
fn filled(path: &str, thing: &str) -> String {
    let mut filled = path.to_owned();
    for name in ["{room}", "{file}", "{upload}", "{message_id}", "{message}"] {
        filled = filled.replace(name, thing);
    }
    let filled = filled
        .replace("{number}", "99")
        .replace("{handle}", "spare")
        .replace("{id}", "no-such-session")
        .replace("{code}", "no-such-code");
    let filled = match filled.contains("/commands/") {
        true => filled.replace("{name}", "users"),
        false => filled.replace("{name}", "probe"),
    };
    match filled.as_str() {
        "/api/search" => "/api/search?q=words".into(),
        _ => filled,
    }
}

async fn thing(cast: &Cast<'_>, about: About, shared: &Place) -> String {
    match about {
        Nothing => String::new(),
        Room => shared.id.to_string(),
        Fresh => cast.place(shared.kind).await.id.to_string(),
        Message => cast.message(shared).await,
        Answer => cast.answer(shared).await,
        File => cast.file(shared).await,
        Upload => cast.upload(shared).await,
    }
}

#[tokio::test]
async fn every_route_answers_everybody_as_it_should() {
    let server = Server::start().await;
    let cast = Cast::new(&server).await;
    let description = cast.api(Who::Member).get("/api/openapi.json").await.1;
    let mut described = BTreeSet::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            described.insert(format!("{method} {path}"));
        }
    }
    let listed: BTreeSet<String> = rows()
        .iter()
        .map(|row| format!("{} {}", row.0, row.1))
        .collect();
    assert_eq!(
        described, listed,
        "each route has a row, and each row a route"
    );
    let mut table_rows = Vec::new();
    for (method, path, about, body) in rows() {
        let kinds: &[&str] = if about == Nothing {
            &["public"]
        } else {
            &KINDS
        };
        for kind in kinds {
            let shared = cast.place(kind).await;
            let mut cells = Vec::new();
            for (n, who) in EVERYBODY.into_iter().enumerate() {
                let api = cast.api(who);
                let named = |body: &Value| -> Value {
                    let fresh = format!("x{n}{}", path.len());
                    serde_json::from_str(&body.to_string().replace("FRESH", &fresh)).unwrap()
                };
                let method = method.to_uppercase();
                let missing = match about {
                    Nothing => None,
                    _ => {
                        let gone = filled(path, &Uuid::now_v7().to_string());
                        Some(api.call(&method, &gone, named(&body)).await)
                    }
                };
                if method == "POST" && path == "/api/logout" {
                    // Whoever signs out is nobody afterwards.
                    cells.push("-".into());
                    continue;
                }
                let thing = thing(&cast, about, &shared).await;
                let (status, answer) = api.call(&method, &filled(path, &thing), named(&body)).await;
                cells.push(cell(who, kind, (status, &answer), missing.as_ref()));
            }
            let name = match about {
                Nothing => format!("{method} {path}"),
                _ => format!("{method} {path} ({kind})"),
            };
            table_rows.push((name, cells));
        }
    }
    insta::assert_snapshot!("routes", table(&table_rows));
}

#[tokio::test]
async fn an_agent_has_no_token_to_come_in_by() {
    let server = Server::start().await;
    let chat = &server.running.chat;
    let handle = "assistant".parse().unwrap();
    let agent = chat.store().user_by_handle(&handle);
    let agent = agent.await.unwrap().unwrap();
    assert!(
        salon_chat::accounts::create_token(chat, agent.id)
            .await
            .is_err()
    );
}
