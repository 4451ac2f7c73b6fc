//! Pictures of messages, and which models are shown which of them.

use super::{make, said_by};
use crate::agent::{World, room, says};
use crate::files::png;
use crate::harness::Api;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// A world whose model `seer` looks at pictures and whose model `reader` does not.
async fn world(api: &str) -> World {
    World::configured([says("A heron.")], |config| {
        config.models = [("seer", true), ("reader", false)]
            .map(|(name, images)| {
                serde_json::from_value(json!({ "name": name, "images": images, "api": api }))
                    .unwrap()
            })
            .into();
    })
    .await
}

async fn sends(ada: &Api<'_>, text: &str, name: &str, body: Vec<u8>) -> Value {
    let (status, file) = ada.upload("general", name, body).await;
    assert_eq!(status, 201, "{file}");
    let sent = json!({ "text": text, "files": [file["id"]] });
    let (status, done) = ada.post("/api/rooms/general/messages", sent).await;
    assert_eq!(status, 201, "{done}");
    file
}

async fn bytes_of(ada: &Api<'_>, file: &Value) -> Vec<u8> {
    let path = format!("/api/files/{}/view", file["id"].as_str().unwrap());
    let request = ada.server.http.get(ada.server.url(&path));
    let response = request.bearer_auth(&ada.token).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.bytes().await.unwrap().to_vec()
}

/// The pictures in what a model was sent, as bytes, in their order.
fn pictures(body: &Value) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let conversation = body.get("messages").or_else(|| body.get("input")).unwrap();
    for message in conversation.as_array().unwrap() {
        for part in message["content"].as_array().into_iter().flatten() {
            let url = match part["type"].as_str().unwrap() {
                "image_url" => &part["image_url"]["url"],
                "input_image" => &part["image_url"],
                _ => continue,
            };
            let (head, data) = url.as_str().unwrap().split_once(',').unwrap();
            assert_eq!(head, "data:image/jpeg;base64");
            found.push(STANDARD.decode(data).unwrap());
        }
    }
    found
}

/// What a model was sent last.
fn last(world: &World) -> Value {
    world.service.seen().last().unwrap().body.clone()
}

async fn a_seeing_model_gets_the_bytes(api: &str) {
    let world = world(api).await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(&ada, "heron", json!({ "model": "seer" })).await;
    let file = sends(&ada, "@heron which bird?", "bird.png", png(900, 600)).await;
    let answer = said_by(&mut socket, "heron").await;
    assert_eq!(answer["state"], "complete", "{answer}");
    let body = last(&world);
    assert_eq!(pictures(&body), [bytes_of(&ada, &file).await]);
    let told = body.to_string();
    assert!(
        told.contains("[📎 bird.png · image/png · 900×600]"),
        "{told}"
    );
    // The lens says that a picture was looked at.
    let path = format!("/api/messages/{}/turns", answer["id"].as_str().unwrap());
    let turn = ada.get(&path).await.1["turns"][0].clone();
    assert_eq!(turn["detail"]["images"], 1, "{turn}");
}

#[tokio::test]
async fn a_model_that_sees_is_sent_the_pictures_of_the_question() {
    a_seeing_model_gets_the_bytes("chat").await;
}

#[tokio::test]
async fn a_model_of_the_responses_api_is_sent_them_too() {
    a_seeing_model_gets_the_bytes("responses").await;
}

#[tokio::test]
async fn a_model_that_does_not_see_reads_a_files_name_and_kind() {
    let world = world("chat").await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(&ada, "heron", json!({ "model": "reader" })).await;
    sends(&ada, "@heron which bird?", "bird.png", png(90, 60)).await;
    said_by(&mut socket, "heron").await;
    let body = last(&world);
    let told = body.to_string();
    assert!(told.contains("[📎 bird.png · image/png · 90×60]"), "{told}");
    assert!(!told.contains("data:"), "{told}");
    assert!(
        body["messages"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["content"].is_string())
    );
}

#[tokio::test]
async fn no_model_sees_what_is_private_from_ai() {
    let world = world("chat").await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(&ada, "heron", json!({ "model": "seer" })).await;
    sends(
        &ada,
        "/private-from-ai for people",
        "secret.png",
        png(90, 60),
    )
    .await;
    ada.say("general", "@heron what was on the picture?").await;
    said_by(&mut socket, "heron").await;
    let body = last(&world);
    assert_eq!(pictures(&body), Vec::<Vec<u8>>::new());
    assert!(!body.to_string().contains("secret.png"));
}

#[tokio::test]
async fn the_newest_pictures_are_shown_and_no_more_than_the_bound() {
    let world = world("chat").await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(&ada, "heron", json!({ "model": "seer" })).await;
    let mut files = Vec::new();
    for n in 0..6 {
        files.push(sends(&ada, "", &format!("{n}.png"), png(80 + n, 60)).await);
    }
    // Not a picture, whatever its name says: its name is all that is told.
    sends(&ada, "", "fake.png", b"not a picture".to_vec()).await;
    ada.say("general", "@heron which birds?").await;
    said_by(&mut socket, "heron").await;
    let body = last(&world);
    let mut expected = Vec::new();
    for file in &files[2..] {
        expected.push(bytes_of(&ada, file).await);
    }
    assert_eq!(pictures(&body), expected);
    let told = body.to_string();
    assert!(
        told.contains("0.png") && told.contains("fake.png"),
        "{told}"
    );
}

#[tokio::test]
async fn a_picture_that_is_taken_back_is_not_looked_at_any_more() {
    let world = world("chat").await;
    let ada = world.server.member("ada").await;
    let mut socket = room(&ada).await;
    make(&ada, "heron", json!({ "model": "seer" })).await;
    sends(&ada, "", "bird.png", png(90, 60)).await;
    let sent = socket
        .expect_where(|frame| !frame["message"]["files"].is_null())
        .await;
    let path = format!("/api/messages/{}", sent["message"]["id"].as_str().unwrap());
    assert!(ada.call("DELETE", &path, Value::Null).await.0 < 300);
    ada.say("general", "@heron which bird?").await;
    said_by(&mut socket, "heron").await;
    let body = last(&world);
    assert_eq!(pictures(&body), Vec::<Vec<u8>>::new());
    assert!(!body.to_string().contains("bird.png"));
}
