//! Emoji that people here made.

use crate::{
    files::png,
    harness::{Api, Server},
};
use salon_protocol::{Role, limits::OWN_EMOJI_BYTES_MAX};
use serde_json::{Value, json};

impl Api<'_> {
    async fn put_emoji(&self, name: &str, body: Vec<u8>) -> (u16, Value) {
        let url = self.server.url(&format!("/api/emoji/{name}"));
        let request = self.server.http.put(url).body(body);
        let response = request.bearer_auth(&self.token).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    async fn names(&self) -> Vec<String> {
        let (_, list) = self.get("/api/emoji").await;
        let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
        list["emoji"].as_array().unwrap().iter().map(name).collect()
    }
}

#[tokio::test]
async fn a_member_makes_an_emoji_that_everybody_sees_and_reacts_with() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Member).await;
    let guest = server.user("guest", Role::Guest).await;
    let (status, made) = ada.put_emoji("蒸汽-kettle", png(600, 400)).await;
    assert_eq!((status, &made["made_by"]), (201, &json!("ada")), "{made}");
    assert_eq!(guest.names().await, ["蒸汽-kettle"]);

    let url = server.url("/api/emoji/蒸汽-kettle");
    let request = server.http.get(url).bearer_auth(&guest.token);
    let response = request.send().await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/jpeg");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").starts_with("sandbox"));
    let bytes = response.bytes().await.unwrap();
    let picture = image::load_from_memory(&bytes).unwrap();
    assert_eq!((picture.width(), picture.height()), (128, 85));

    let text = json!({ "text": "tea is ready" });
    let (_, sent) = ada.post("/api/rooms/general/messages", text).await;
    let path = format!(
        "/api/messages/{}/reactions",
        sent["message_id"].as_str().unwrap()
    );
    let (status, told) = ada.post(&path, json!({ "emoji": ":蒸汽-kettle:" })).await;
    assert!(status < 300, "{told}");
}

#[tokio::test]
async fn what_is_no_small_picture_or_no_name_is_refused_and_nothing_is_kept() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Member).await;
    let guest = server.user("guest", Role::Guest).await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    assert_eq!(ada.put_emoji("drawing", svg).await.0, 400);
    assert_eq!(
        ada.put_emoji("half", png(64, 64)[..90].to_vec()).await.0,
        400
    );
    assert_eq!(ada.put_emoji("nothing", Vec::new()).await.0, 400);
    let large = vec![0; OWN_EMOJI_BYTES_MAX + 1];
    assert_eq!(ada.put_emoji("large", large).await.0, 413);
    for name in [
        "x",
        "LOUD",
        "two%20words",
        "a:b",
        "30",
        "..%2fup",
        "abcdefghijklmnopqrstuvwxy",
    ] {
        assert_eq!(ada.put_emoji(name, png(8, 8)).await.0, 400, "{name}");
    }
    assert_eq!(guest.put_emoji("guests", png(8, 8)).await.0, 403);
    assert_eq!(ada.names().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_name_is_taken_once_and_goes_with_its_maker_or_an_admin_alone() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Member).await;
    let bob = server.user("bob", Role::Member).await;
    let admin = server.user("boss", Role::Admin).await;
    assert_eq!(ada.put_emoji("parrot", png(8, 8)).await.0, 201);
    assert_eq!(bob.put_emoji("parrot", png(9, 9)).await.0, 409);
    assert_eq!(bob.put_emoji("heron", png(9, 9)).await.0, 201);
    let none = Value::Null;
    let drop = |api: &'static str| format!("/api/emoji/{api}");
    assert_eq!(
        bob.call("DELETE", &drop("parrot"), none.clone()).await.0,
        404
    );
    assert_eq!(
        ada.call("DELETE", &drop("parrot"), none.clone()).await.0,
        204
    );
    let because = drop("heron?reason=not%20a%20heron");
    assert_eq!(admin.call("DELETE", &because, none).await.0, 204);
    assert_eq!(ada.names().await, Vec::<String>::new());
    // One's own is no act of moderation.
    let (_, log) = admin.get("/api/admin/moderation").await;
    let acts = log["acts"].as_array().unwrap();
    assert_eq!(acts.len(), 1, "{log}");
    let told = ["by", "act", "user", "detail"].map(|name| acts[0][name].as_str().unwrap());
    let expected = ["boss", "remove_emoji", "bob", ":heron: · not a heron"];
    assert_eq!(told, expected);
    assert_eq!(bob.put_emoji("parrot", png(9, 9)).await.0, 201);
}
