//! Coming in and going out.

use crate::harness::Server;
use salon_protocol::Role;
use serde_json::{Value, json};

async fn post(server: &Server, path: &str, body: Value) -> (u16, Option<String>, Value) {
    let response = server
        .http
        .post(server.url(path))
        .json(&body)
        .send()
        .await
        .unwrap();
    let status = response.status().as_u16();
    let cookie = response.headers().get("set-cookie");
    let cookie = cookie.map(|cookie| cookie.to_str().unwrap().to_owned());
    (status, cookie, response.json().await.unwrap_or(Value::Null))
}

#[tokio::test]
async fn the_first_visitor_with_the_link_becomes_the_owner_and_the_link_dies() {
    let server = Server::start().await;
    let code = server.running.setup_code.clone().unwrap();
    let body = json!({ "code": code, "handle": "Ada", "password": "correct horse" });
    let (status, cookie, me) = post(&server, "/api/setup", body).await;
    assert_eq!(status, 200, "{me}");
    assert_eq!(me["user"]["role"], "owner");
    let cookie = cookie.unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    let body = json!({ "code": code, "handle": "eve", "password": "correct horse" });
    let (status, _, problem) = post(&server, "/api/setup", body).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));
    let needed = server
        .http
        .get(server.url("/api/setup"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        needed.json::<Value>().await.unwrap(),
        json!({ "needed": false })
    );
}

#[tokio::test]
async fn an_invitation_makes_one_account_in_the_room_it_names() {
    let server = Server::start().await;
    let admin = server.user("ada", Role::Admin).await;
    let (status, _) = admin
        .post("/api/rooms", json!({ "name": "lab", "kind": "private" }))
        .await;
    assert_eq!(status, 201);
    let (status, link) = admin.post("/api/invites", json!({ "room": "lab" })).await;
    assert_eq!(status, 201, "{link}");
    let code = link["code"].as_str().unwrap();
    assert_eq!(link["path"], format!("/join#{code}"));
    let info = server
        .http
        .get(server.url(&format!("/api/invites/{code}")))
        .send()
        .await
        .unwrap();
    let info: Value = info.json().await.unwrap();
    assert_eq!(
        info,
        json!({ "role": "member", "invited_by": "ada", "room": "lab" })
    );
    let body = json!({ "code": code, "handle": "小明", "password": "correct horse" });
    let (status, _, me) = post(&server, "/api/join", body.clone()).await;
    assert_eq!((status, &me["user"]["role"]), (200, &json!("member")));
    let (_, members) = admin.get("/api/rooms/lab/members").await;
    let handles: Vec<_> = members["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["handle"].clone())
        .collect();
    assert_eq!(handles, [json!("ada"), json!("小明")]);
    let (status, ..) = post(&server, "/api/join", body).await;
    assert_eq!(status, 404, "the link is used up");
}

#[tokio::test]
async fn links_are_listed_with_what_is_left_and_revoked_by_admins_alone() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let eve = server.user("eve", Role::Admin).await;
    let bob = server.member("bob").await;
    let room = json!({ "name": "lab", "kind": "private" });
    assert_eq!(ada.post("/api/rooms", room).await.0, 201);
    let wish = json!({ "room": "lab", "uses": 2, "hours": 1, "role": "guest" });
    let (_, link) = ada.post("/api/invites", wish).await;
    let code = link["code"].as_str().unwrap().to_owned();
    let join =
        |handle: &str| json!({ "code": code, "handle": handle, "password": "correct horse" });
    assert_eq!(post(&server, "/api/join", join("gil")).await.0, 200);

    let (_, list) = ada.get("/api/invites").await;
    let shown = &list["invites"][0];
    assert_eq!(
        list["invites"].as_array().unwrap().len(),
        1,
        "the set-up link is none of them"
    );
    assert_eq!(
        (
            &shown["room"],
            &shown["uses_left"],
            &shown["role"],
            &shown["invited_by"]
        ),
        (&json!("lab"), &json!(1), &json!("guest"), &json!("ada"))
    );
    assert!(
        shown["expires_at"].is_string() && !list.to_string().contains(&code),
        "{list}"
    );
    let (_, hers) = eve.get("/api/invites").await;
    assert_eq!(
        hers["invites"][0]["room"],
        Value::Null,
        "a private room is not told of"
    );

    let path = format!("/api/invites/{}", shown["id"].as_str().unwrap());
    assert_eq!(bob.get("/api/invites").await.0, 403);
    assert_eq!(bob.call("DELETE", &path, Value::Null).await.0, 403);
    assert_eq!(eve.call("DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(eve.call("DELETE", &path, Value::Null).await.0, 404);
    assert_eq!(post(&server, "/api/join", join("hal")).await.0, 404);
}

#[tokio::test]
async fn a_link_ends_with_the_account_that_made_it() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let (_, link) = ada.post("/api/invites", json!({ "uses": 5 })).await;
    let chat = &server.running.chat;
    let user = chat.store().user_by_handle(&"ada".parse().unwrap()).await;
    let disabled = salon_chat::actions::disable_user(chat, &user.unwrap().unwrap()).await;
    assert!(disabled.is_ok());
    let body = json!({ "code": link["code"], "handle": "gil", "password": "correct horse" });
    assert_eq!(post(&server, "/api/join", body).await.0, 404);
}

#[tokio::test]
async fn a_member_invites_nobody() {
    let server = Server::start().await;
    let bob = server.member("bob").await;
    let (status, problem) = bob.post("/api/invites", json!({})).await;
    assert_eq!((status, &problem["code"]), (403, &json!("forbidden")));
}

#[tokio::test]
async fn signing_in_says_the_same_of_a_wrong_handle_and_a_wrong_password() {
    let server = Server::start().await;
    let code = server.running.setup_code.clone().unwrap();
    let body = json!({ "code": code, "handle": "ada", "password": "correct horse" });
    let (status, ..) = post(&server, "/api/setup", body).await;
    assert_eq!(status, 200);
    let (status, cookie, _) = post(
        &server,
        "/api/login",
        json!({ "handle": "ADA", "password": "correct horse" }),
    )
    .await;
    assert_eq!(status, 200);
    let wrong = post(
        &server,
        "/api/login",
        json!({ "handle": "ada", "password": "wrong" }),
    )
    .await;
    let nobody = post(
        &server,
        "/api/login",
        json!({ "handle": "eve", "password": "wrong" }),
    )
    .await;
    assert_eq!((wrong.0, &wrong.2), (nobody.0, &nobody.2));
    assert_eq!(wrong.0, 401);

    // The cookie opens doors until it is signed out, and only from our own pages.
    let cookie = cookie.unwrap().split(';').next().unwrap().to_owned();
    let me = |cookie: String| {
        server
            .http
            .get(server.url("/api/me"))
            .header("cookie", cookie)
            .send()
    };
    assert_eq!(me(cookie.clone()).await.unwrap().status(), 200);
    let foreign = server
        .http
        .post(server.url("/api/logout"))
        .header("cookie", &cookie);
    let foreign = foreign
        .header("origin", "http://evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403);
    let own = server
        .http
        .post(server.url("/api/logout"))
        .header("cookie", &cookie);
    let own = own.header("origin", server.url("")).send().await.unwrap();
    assert_eq!(own.status(), 204);
    assert_eq!(me(cookie).await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_closed_account_loses_its_sockets_at_once() {
    let server = Server::start().await;
    let bob = server.member("bob").await;
    let mut socket = bob.connect().await;
    let chat = &server.running.chat;
    let user = chat
        .store()
        .user_by_handle(&"bob".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    salon_chat::actions::disable_user(chat, &user)
        .await
        .unwrap();
    assert_eq!(socket.closed().await, 4001);
    assert_eq!(bob.get("/api/me").await.0, 401);
}
