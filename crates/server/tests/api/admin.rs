//! The house as its admins see it, and what they may change of others' accounts.

use crate::harness::Server;
use salon_protocol::Role;
use serde_json::{Value, json};

const PLACES: [&str; 3] = [
    "/api/admin/users",
    "/api/admin/storage",
    "/api/admin/health",
];

fn account<'a>(users: &'a Value, handle: &str) -> &'a Value {
    let users = users["users"].as_array().unwrap();
    users
        .iter()
        .find(|one| one["user"]["handle"] == handle)
        .unwrap()
}

#[tokio::test]
async fn members_and_guests_see_nothing_of_it() {
    let server = Server::start().await;
    let bob = server.member("bob").await;
    let guest = server.user("eve", Role::Guest).await;
    for who in [&bob, &guest] {
        for place in PLACES {
            assert_eq!(who.get(place).await.0, 403);
        }
        let role = json!({ "role": "guest" });
        assert_eq!(who.call("PATCH", "/api/admin/users/eve", role).await.0, 403);
        let place = "/api/admin/users/eve/second-factor";
        assert_eq!(who.call("DELETE", place, Value::Null).await.0, 403);
    }
}

#[tokio::test]
async fn roles_are_given_up_to_ones_own_and_taken_from_those_below() {
    let server = Server::start().await;
    let owner = server.user("ada", Role::Owner).await;
    let admin = server.user("bob", Role::Admin).await;
    server.user("cyd", Role::Admin).await;
    let dan = server.member("dan").await;
    let set = async |who: &crate::harness::Api<'_>, handle: &str, role: &str| {
        let path = format!("/api/admin/users/{handle}");
        who.call("PATCH", &path, json!({ "role": role })).await.0
    };
    assert_eq!(set(&admin, "dan", "admin").await, 204);
    assert_eq!(dan.get("/api/admin/users").await.0, 200);
    // Now no longer below.
    assert_eq!(set(&admin, "dan", "member").await, 403);
    assert_eq!(set(&owner, "dan", "guest").await, 204);
    assert_eq!(dan.get("/api/admin/users").await.0, 403);
    for (who, handle, role) in [
        (&admin, "dan", "owner"),
        (&admin, "cyd", "member"),
        (&admin, "ada", "member"),
        (&admin, "bob", "owner"),
        (&owner, "ada", "member"),
        (&owner, "assistant", "admin"),
    ] {
        assert_eq!(set(who, handle, role).await, 403, "{handle} as {role}");
    }
    assert_eq!(set(&owner, "nobody", "member").await, 404);
    let odd = json!({ "password": "x" });
    assert_eq!(
        owner.call("PATCH", "/api/admin/users/dan", odd).await.0,
        400
    );
    let users = admin.get("/api/admin/users").await.1;
    assert_eq!(account(&users, "dan")["user"]["role"], "guest");
    assert_eq!(account(&users, "dan")["changeable"], true);
    assert_eq!(account(&users, "cyd")["changeable"], false);
    assert_eq!(account(&users, "bob")["changeable"], false);
    assert!(!users.to_string().contains("hash"));
}

#[tokio::test]
async fn the_last_owner_stays_one_whoever_would_change_that() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Owner).await;
    let bob = server.user("bob", Role::Owner).await;
    let demote = json!({ "role": "member" });
    let path = "/api/admin/users/ada";
    assert_eq!(bob.call("PATCH", path, demote.clone()).await.0, 204);
    assert_eq!(ada.get("/api/admin/users").await.0, 403);
    let chat = &server.running.chat;
    let last = chat.store().user_by_handle(&"bob".parse().unwrap()).await;
    let refused = salon_chat::actions::disable_user(chat, &last.unwrap().unwrap()).await;
    assert_eq!(
        refused.unwrap_err().code(),
        salon_protocol::ErrorCode::Conflict
    );
}

#[tokio::test]
async fn a_closed_account_is_out_at_once_and_comes_back_with_what_it_wrote() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Owner).await;
    let bob = server.member("bob").await;
    bob.say("general", "before").await;
    let mut socket = bob.connect().await;
    let path = "/api/admin/users/bob";
    assert_eq!(
        ada.call("PATCH", path, json!({ "disabled": true })).await.0,
        204
    );
    assert_eq!(socket.closed().await, 4001);
    assert_eq!(bob.get("/api/me").await.0, 401);
    assert_eq!(
        ada.call("PATCH", path, json!({ "disabled": false }))
            .await
            .0,
        204
    );
    let users = ada.get("/api/admin/users").await.1;
    assert_eq!(account(&users, "bob")["user"]["disabled"], Value::Null);
    assert_eq!(account(&users, "bob")["sessions"], 0);
    let page = ada.get("/api/rooms/general/messages").await.1;
    assert!(page.to_string().contains("before"));
}

#[tokio::test]
async fn storage_tells_of_no_room_that_is_not_the_admins_to_see() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Owner).await;
    let bob = server.member("bob").await;
    let room = json!({ "name": "surprise", "kind": "private" });
    assert_eq!(bob.post("/api/rooms", room).await.0, 201);
    bob.say("surprise", "cake").await;
    let (_, file) = bob.upload("surprise", "cake.txt", b"flour".to_vec()).await;
    let sent = json!({ "text": "", "files": [file["id"]] });
    assert_eq!(bob.post("/api/rooms/surprise/messages", sent).await.0, 201);
    let (status, storage) = ada.get("/api/admin/storage").await;
    assert_eq!(status, 200);
    assert!(!storage.to_string().contains("surprise"), "{storage}");
    assert_eq!(storage["hidden_rooms"], 1);
    assert_eq!(storage["hidden"]["file_bytes"], 5);
    assert_eq!(
        (&storage["files"], &storage["file_bytes"]),
        (&json!(1), &json!(5))
    );
    assert_eq!(storage["rooms"][0]["name"], "general");
    assert!(storage["database_bytes"].as_u64().unwrap() > 0);
    let health = ada.get("/api/admin/health").await.1;
    assert_eq!(health["epoch"], server.running.chat.epoch());
    assert!(health["schema"].as_u64().unwrap() > 0);
}
