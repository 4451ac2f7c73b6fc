//! Pictures of people.

use crate::{
    files::png,
    harness::{Api, Server},
};
use salon_protocol::{Role, limits::AVATAR_BYTES_MAX};
use serde_json::Value;

impl Api<'_> {
    async fn put_avatar(&self, body: Vec<u8>) -> (u16, Value) {
        let request = self.server.http.put(self.server.url("/api/account/avatar"));
        let request = request.bearer_auth(&self.token).body(body);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }
}

#[tokio::test]
async fn a_person_s_picture_is_shown_to_everybody_at_once_and_goes_when_they_say() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let guest = server.user("guest", Role::Guest).await;
    let mut watching = guest.connect().await;
    let (status, info) = ada.put_avatar(png(600, 400)).await;
    assert_eq!(status, 200, "{info}");
    let path = info["avatar"].as_str().unwrap().to_owned();
    let is_hers = |user: &Value| user["avatar"] == path.as_str();
    watching
        .expect_where(|frame| {
            let users = frame["users"].as_array();
            frame["type"] == "presence" && users.is_some_and(|users| users.iter().any(is_hers))
        })
        .await;

    let picture = |path: String| {
        let request = server.http.get(server.url(&path));
        request.bearer_auth(&guest.token).send()
    };
    let response = picture(path.clone()).await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").starts_with("sandbox"));
    let bytes = response.bytes().await.unwrap();
    let read = image::load_from_memory(&bytes).unwrap();
    assert_eq!((read.width(), read.height()), (256, 256));

    let (_, other) = ada.put_avatar(png(40, 40)).await;
    assert_ne!(
        other["avatar"],
        path.as_str(),
        "browsers would keep the old one"
    );
    let (_, none) = ada.call("DELETE", "/api/account/avatar", Value::Null).await;
    assert_eq!(none["avatar"], Value::Null);
    assert_eq!(picture(path).await.unwrap().status(), 404);
    let nobody = format!("/api/avatars/{}", none["id"].as_str().unwrap());
    let stranger = server.http.get(server.url(&nobody)).send().await.unwrap();
    assert_eq!(stranger.status(), 401);
}

#[tokio::test]
async fn what_is_no_picture_or_too_large_leaves_the_one_before() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let (_, before) = ada.put_avatar(png(64, 64)).await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    for (what, body, status) in [
        ("a drawing", svg, 400),
        ("half of one", png(64, 64)[..90].to_vec(), 400),
        ("nothing", Vec::new(), 400),
        ("too much", vec![0; AVATAR_BYTES_MAX + 1], 413),
    ] {
        assert_eq!(ada.put_avatar(body).await.0, status, "{what}");
    }
    let (_, me) = ada.get("/api/me").await;
    assert_eq!(me["user"]["avatar"], before["avatar"]);
}

#[tokio::test]
async fn an_admin_takes_a_picture_away_and_that_is_written_down() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let (boss, olga) = (
        server.user("boss", Role::Admin).await,
        server.user("olga", Role::Owner).await,
    );
    for picture in [
        ada.put_avatar(png(40, 40)).await,
        olga.put_avatar(png(40, 40)).await,
    ] {
        assert_eq!(picture.0, 200, "{}", picture.1);
    }
    let of = |handle: &str| format!("/api/admin/users/{handle}/avatar?reason=rude");
    let mut watching = ada.connect().await;
    assert_eq!(
        ada.call("DELETE", &of("olga"), Value::Null).await.0,
        403,
        "a member"
    );
    assert_eq!(
        boss.call("DELETE", &of("olga"), Value::Null).await.0,
        403,
        "somebody above"
    );
    assert_eq!(boss.call("DELETE", &of("nobody"), Value::Null).await.0, 404);
    assert_eq!(boss.call("DELETE", &of("ada"), Value::Null).await.0, 204);
    let (_, me) = ada.get("/api/me").await;
    assert_eq!(me["user"].get("avatar"), None, "{me}");
    watching
        .expect_where(|frame| {
            let users = frame["users"].as_array();
            let is_bare = |user: &Value| user["handle"] == "ada" && user["avatar"].is_null();
            frame["type"] == "presence" && users.is_some_and(|users| users.iter().any(is_bare))
        })
        .await;
    // Where there is none, nothing is done and nothing written.
    assert_eq!(boss.call("DELETE", &of("ada"), Value::Null).await.0, 204);
    let (_, log) = boss.get("/api/admin/moderation").await;
    let acts = log["acts"].as_array().unwrap();
    assert_eq!(acts.len(), 1, "{log}");
    let told = ["by", "act", "user", "detail"].map(|name| acts[0][name].as_str().unwrap());
    assert_eq!(told, ["boss", "remove_avatar", "ada", "rude"]);
    assert_eq!(
        ada.put_avatar(png(40, 40)).await.0,
        200,
        "another may follow"
    );
}
