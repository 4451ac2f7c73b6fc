//! Files: brought in, carried by messages, handed out to whoever may read the message now.

use crate::harness::{Api, Server};
use reqwest::Response;
use salon_protocol::Role;
use serde_json::{Value, json};
use std::{io::Cursor, time::Duration};

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let image = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 256) as u8, (y % 256) as u8, 40])
    });
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

impl Api<'_> {
    async fn bytes(&self, path: &str) -> Response {
        self.bytes_with(path, &[]).await
    }

    async fn bytes_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let mut request = self.server.http.get(self.server.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.bearer_auth(&self.token).send().await.unwrap()
    }

    pub(crate) async fn upload(&self, room: &str, name: &str, body: Vec<u8>) -> (u16, Value) {
        let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/api/rooms/{room}/files?name={name}");
        let request = self.server.http.post(self.server.url(&path)).body(body);
        let response = request.bearer_auth(&self.token).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    /// Uploads and sends; gives the file and the message.
    async fn send_file(&self, room: &str, name: &str, body: Vec<u8>) -> (Value, Value) {
        let (status, file) = self.upload(room, name, body).await;
        assert_eq!(status, 201, "{file}");
        let sent = json!({ "text": "", "files": [file["id"]] });
        let (status, done) = self
            .post(&format!("/api/rooms/{room}/messages"), sent)
            .await;
        assert_eq!(status, 201, "{done}");
        (file, done)
    }
}

fn path_of(file: &Value) -> String {
    format!("/api/files/{}", file["id"].as_str().unwrap())
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// Every file under the folder where bytes are kept.
pub(crate) fn kept(server: &Server) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![server.folder().join("files")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path().is_dir() {
                true => folders.push(entry.path()),
                false => found.push(entry.path()),
            }
        }
    }
    found
}

async fn wait_for_kept(server: &Server, count: usize) {
    let wait = async {
        while kept(server).len() != count {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
    assert!(waited.is_ok(), "{:?}", kept(server));
}

#[tokio::test]
async fn a_file_is_carried_by_a_message_and_comes_back_as_it_was() {
    let server = Server::start().await;
    let (ada, bob) = (server.member("ada").await, server.member("bob").await);
    let mut socket = bob.connect().await;
    let body = png(900, 600);
    let (status, file) = ada.upload("general", "../茶 &.png", body.clone()).await;
    assert_eq!(status, 201, "{file}");
    assert_eq!(file["name"], "茶 &.png");
    assert_eq!(file["type"], "image/png");
    assert_eq!(file["size"], body.len());
    assert_eq!(
        (&file["width"], &file["height"]),
        (&json!(900), &json!(600))
    );
    let described = ada
        .call("PATCH", &path_of(&file), json!({ "alt": "a  cup" }))
        .await;
    assert_eq!(described.0, 204);
    // Nobody else knows of it before it is sent.
    assert_eq!(bob.bytes(&path_of(&file)).await.status(), 404);
    let sent = json!({ "text": "look", "files": [file["id"]], "key": "k" });
    let path = "/api/rooms/general/messages";
    let (status, done) = ada.post(path, sent.clone()).await;
    assert_eq!(status, 201, "{done}");
    // A retry is the same message; the same key with other files is another one.
    assert_eq!(ada.post(path, sent).await.1["seq"], done["seq"]);
    let other = ada.post(path, json!({ "text": "look", "key": "k" })).await;
    assert_eq!(other.0, 409);

    let event = socket.event("message.posted").await;
    let mut expected = file.clone();
    expected["alt"] = json!("a cup");
    assert_eq!(event["message"]["files"], json!([expected]));
    let page = bob.get("/api/rooms/general/messages").await.1;
    let last = page["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["files"], json!([expected]));

    let got = bob.bytes(&path_of(&file)).await;
    assert_eq!(got.status(), 200);
    assert_eq!(header(&got, "content-type"), "image/png");
    assert_eq!(
        header(&got, "content-disposition"),
        "attachment; filename=\"_ &.png\"; filename*=UTF-8''%E8%8C%B6%20&.png"
    );
    assert_eq!(header(&got, "x-content-type-options"), "nosniff");
    assert!(header(&got, "content-security-policy").starts_with("sandbox;"));
    assert_eq!(header(&got, "cache-control"), "private, no-cache");
    let tag = header(&got, "etag").to_owned();
    assert_eq!(got.bytes().await.unwrap(), body);
    let known = bob
        .bytes_with(&path_of(&file), &[("if-none-match", &tag)])
        .await;
    assert_eq!(known.status(), 304);
    let part = bob
        .bytes_with(&path_of(&file), &[("range", "bytes=1-3")])
        .await;
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.unwrap(), "PNG");

    let preview = bob.bytes(&format!("{}/preview", path_of(&file))).await;
    assert_eq!(header(&preview, "content-type"), "image/jpeg");
    assert!(header(&preview, "content-disposition").starts_with("inline"));
    let preview = image::load_from_memory(&preview.bytes().await.unwrap()).unwrap();
    assert_eq!((preview.width(), preview.height()), (640, 427));
    let view = bob.bytes(&format!("{}/view", path_of(&file))).await;
    let view = image::load_from_memory(&view.bytes().await.unwrap()).unwrap();
    assert_eq!((view.width(), view.height()), (900, 600));

    let found = bob.get("/api/search?q=%E8%8C%B6").await.1;
    assert_eq!(
        found["results"][0]["files"],
        json!([expected]),
        "found by its name"
    );
    let files = bob.get("/api/rooms/general/files?kind=image").await.1;
    assert_eq!(files["files"][0]["id"], file["id"]);
    assert_eq!(files["files"][0]["from"], "ada");
    assert_eq!(files["more"], false);
}

#[tokio::test]
async fn out_means_out_for_files_too() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let (bob, eve) = (server.member("bob").await, server.member("eve").await);
    ada.post(
        "/api/rooms",
        json!({ "name": "tea", "kind": "private", "members": ["bob"] }),
    )
    .await;
    let (file, _) = ada.send_file("tea", "plan.png", png(80, 80)).await;
    let path = path_of(&file);
    let tag = header(&bob.bytes(&path).await, "etag").to_owned();
    for path in [
        path.clone(),
        format!("{path}/preview"),
        format!("{path}/view"),
    ] {
        assert_eq!(bob.bytes(&path).await.status(), 200);
        assert_eq!(eve.bytes(&path).await.status(), 404);
        let nobody = server.http.get(server.url(&path)).send().await.unwrap();
        assert_eq!(nobody.status(), 401);
    }
    assert_eq!(eve.get("/api/rooms/tea/files").await.0, 404);
    ada.run("tea", "/kick bob").await;
    for path in [
        path.clone(),
        format!("{path}/preview"),
        format!("{path}/view"),
    ] {
        let known = bob.bytes_with(&path, &[("if-none-match", &tag)]).await;
        assert_eq!(known.status(), 404);
    }
    assert_eq!(bob.get("/api/rooms/tea/files").await.0, 404);
    // A file is sent by whoever brought it, where it was brought, once.
    let (_, mine) = eve.upload("general", "a.txt", b"words".to_vec()).await;
    let with = |file: &Value| json!({ "text": "x", "files": [file["id"]] });
    let path = "/api/rooms/general/messages";
    assert_eq!(ada.post(path, with(&mine)).await.0, 404);
    assert_eq!(ada.post(path, with(&file)).await.0, 404);
    assert_eq!(eve.post(path, with(&mine)).await.0, 201);
    assert_eq!(eve.post(path, with(&mine)).await.0, 404);
    let twice = ada.upload("general", "b.txt", b"words".to_vec()).await.1;
    let twice = json!({ "text": "x", "files": [twice["id"], twice["id"]] });
    assert_eq!(ada.post(path, twice).await.0, 404);
    assert_eq!(eve.upload("tea", "a.txt", b"words".to_vec()).await.0, 404);
}

#[tokio::test]
async fn a_deleted_message_takes_its_files_and_their_bytes_along() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let (file, first) = ada.send_file("general", "a.png", png(900, 900)).await;
    let (same, _) = ada.send_file("general", "b.png", png(900, 900)).await;
    // Equal bytes lie there once: the file, its preview, its view.
    assert_eq!(kept(&server).len(), 3, "{:?}", kept(&server));
    let delete = |done: &Value| format!("/api/messages/{}", done["message_id"].as_str().unwrap());
    assert_eq!(
        ada.call("DELETE", &delete(&first), Value::Null).await.0,
        200
    );
    assert_eq!(ada.bytes(&path_of(&file)).await.status(), 404);
    assert_eq!(ada.bytes(&path_of(&same)).await.status(), 200);
    let page = ada.get("/api/rooms/general/messages").await.1.to_string();
    let log = ada.get("/api/rooms/general/events").await.1.to_string();
    for told in [page, log] {
        assert!(!told.contains("a.png") && told.contains("b.png"), "{told}");
    }
    let (other, second) = ada.send_file("general", "c.bin", vec![7; 10]).await;
    assert_eq!(kept(&server).len(), 4);
    assert_eq!(
        ada.call("DELETE", &delete(&second), Value::Null).await.0,
        200
    );
    assert_eq!(ada.bytes(&path_of(&other)).await.status(), 404);
    wait_for_kept(&server, 3).await;
    // What was not sent can be taken back.
    let (_, loose) = ada.upload("general", "d.bin", vec![8; 10]).await;
    assert_eq!(kept(&server).len(), 4);
    assert_eq!(
        ada.call("DELETE", &path_of(&loose), Value::Null).await.0,
        204
    );
    wait_for_kept(&server, 3).await;
}

#[tokio::test]
async fn nothing_that_a_browser_could_run_is_shown_in_place() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    for (name, body, told, served) in [
        (
            "a.png",
            &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..],
            "image/svg+xml",
            "application/octet-stream",
        ),
        (
            "a.jpg",
            b"<!DOCTYPE html><script>alert(1)</script>",
            "text/html",
            "application/octet-stream",
        ),
        (
            "a.txt",
            b"<?xml version='1.0'?><x/>",
            "text/xml",
            "application/octet-stream",
        ),
        (
            "a.mp4",
            b"%PDF-1.7 ...",
            "application/pdf",
            "application/pdf",
        ),
        (
            "a.png",
            b"just words",
            "text/plain",
            "text/plain; charset=utf-8",
        ),
    ] {
        let (file, _) = ada.send_file("general", name, body.to_vec()).await;
        assert_eq!(file["type"], told);
        assert_eq!(file.get("tiny"), None);
        let got = ada.bytes(&path_of(&file)).await;
        assert_eq!(header(&got, "content-type"), served);
        assert!(header(&got, "content-disposition").starts_with("attachment"));
        let preview = ada.bytes(&format!("{}/preview", path_of(&file))).await;
        assert_eq!(preview.status(), 404);
    }
    let (song, _) = ada
        .send_file("general", "a.exe", b"ID3\x03\0\0\0\0\0\0".to_vec())
        .await;
    assert_eq!(song["type"], "audio/mpeg");
    let got = ada.bytes(&path_of(&song)).await;
    assert!(header(&got, "content-disposition").starts_with("inline"));
}

#[tokio::test]
async fn what_is_too_large_empty_or_too_many_is_refused() {
    let server = Server::start_with(|config| config.files.megabytes_max = 1).await;
    let ada = server.member("ada").await;
    let (status, problem) = ada.upload("general", "a", vec![1; 1_048_577]).await;
    assert_eq!(
        (status, &problem["code"]),
        (413, &json!("too_long")),
        "{problem}"
    );
    assert_eq!(ada.upload("general", "a", Vec::new()).await.0, 400);
    let files: Vec<_> = (0..11).map(|_| json!(uuid::Uuid::now_v7())).collect();
    let many = json!({ "text": "x", "files": files });
    let (status, problem) = ada.post("/api/rooms/general/messages", many).await;
    assert_eq!((status, &problem["code"]), (400, &json!("bad_arguments")));
    let with = json!({ "text": "/topic tea", "files": [files[0]] });
    assert_eq!(ada.post("/api/rooms/general/messages", with).await.0, 400);
    let (status, _) = ada.upload("general", "a", vec![1; 1_048_576]).await;
    assert_eq!(status, 201);
    for n in 0..49 {
        assert_eq!(ada.upload("general", "a", vec![1; n + 1]).await.0, 201);
    }
    assert_eq!(
        ada.upload("general", "a", vec![1; 3]).await.0,
        409,
        "too many unsent"
    );
}
