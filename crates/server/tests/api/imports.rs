//! Exports of other chats, brought in from the page.

use crate::{
    files::png,
    harness::{Api, Server},
};
use salon_chat::accounts;
use salon_protocol::Role;
use serde_json::{Value, json};
use std::{
    io::{Cursor, Write},
    time::Duration,
};

/// An import comes to its end well within this, or never.
const PATIENCE: Duration = Duration::from_secs(60);

/// A zip as Mattermost makes it: so many posts, the first of them with files.
fn export(posts: usize, attached: &[&str], files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let channel = json!({ "team": "t", "name": "tea", "type": "O", "header": "Leaves" });
    let user =
        json!({ "username": "eve", "teams": [{ "name": "t", "channels": [{ "name": "tea" }] }] });
    let mut lines = vec![
        json!({ "type": "channel", "channel": channel }).to_string(),
        json!({ "type": "user", "user": user }).to_string(),
    ];
    for n in 0..posts {
        let attached: Vec<_> = attached.iter().filter(|_| n == 0).collect();
        let attached: Vec<_> = attached
            .iter()
            .map(|path| json!({ "path": path }))
            .collect();
        let post = json!({ "team": "t", "channel": "tea", "user": "eve", "message": format!("leaf {n}"),
            "create_at": 1_600_000_000_000_u64 + n as u64, "attachments": attached });
        lines.push(json!({ "type": "post", "post": post }).to_string());
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("import.jsonl", options).unwrap();
    zip.write_all(lines.join("\n").as_bytes()).unwrap();
    for (name, bytes) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.add_symlink("data/link.txt", "/etc/passwd", options)
        .unwrap();
    zip.finish().unwrap().into_inner()
}

impl Api<'_> {
    async fn bring(&self, name: &str, bytes: Vec<u8>) -> (u16, Value) {
        let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/api/admin/imports/archives?name={name}");
        let request = self.server.http.post(self.server.url(&path)).body(bytes);
        let response = request.bearer_auth(&self.token).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    async fn begin(&self, name: &str) -> (u16, Value) {
        self.post("/api/admin/imports", json!({ "archive": name }))
            .await
    }

    /// The newest import once it stands so.
    async fn stands(&self, state: &str) -> Value {
        self.once(state, |job| job["state"] == state).await
    }

    async fn once(&self, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        let stands = async {
            loop {
                let (_, imports) = self.get("/api/admin/imports").await;
                if is(&imports["job"]) {
                    return imports["job"].clone();
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, stands)
            .await
            .unwrap_or_else(|_| panic!("the import does not come to be {what}"))
    }
}

/// Whoever came, with a token.
async fn came<'a>(server: &'a Server, handle: &str) -> Api<'a> {
    let chat = &server.running.chat;
    let user = chat.store().user_by_handle(&handle.parse().unwrap()).await;
    let user = user.unwrap().unwrap();
    let token = accounts::create_token(chat, user.id).await.unwrap();
    Api { server, token }
}

#[tokio::test]
async fn an_export_comes_with_its_files_once_and_what_does_not_is_told() {
    let server = Server::start_with(|config| config.files.megabytes_max = 1).await;
    let ada = server.user("ada", Role::Admin).await;
    let picture = png(40, 30);
    let paths = [
        "x/tea.png",
        "x/gone.pdf",
        "x/big.bin",
        "x/empty.txt",
        "link.txt",
        "../../salon.db",
    ];
    let bytes = export(
        3,
        &paths,
        &[
            ("data/x/tea.png", picture.clone()),
            ("data/x/big.bin", vec![0; 3 * 1024 * 1024]),
            ("data/x/empty.txt", Vec::new()),
        ],
    );
    let size = bytes.len();
    let (status, archive) = ada.bring("mm.zip", bytes.clone()).await;
    assert_eq!((status, &archive["size"]), (201, &json!(size)));
    let (status, job) = ada.begin("mm.zip").await;
    assert_eq!((status, &job["state"]), (202, &json!("running")), "{job}");
    let job = ada.stands("done").await;
    assert_eq!(job["by"], "ada");
    assert_eq!((&job["messages"], &job["files"]), (&json!(3), &json!(1)));
    assert!(job["size"].as_u64() > Some(0));
    assert_eq!(job["read"], job["size"]);
    let lost: Vec<_> = job["lost"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lost| {
            (
                lost["why"].as_str().unwrap(),
                lost["times"].as_u64().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("file_missing", 2),
        ("file_too_large", 1),
        ("file_unreadable", 2),
    ];
    assert_eq!(lost, expected, "{job}");

    let eve = came(&server, "eve").await;
    let (_, page) = eve.get("/api/rooms/tea/messages").await;
    let first = &page["messages"][0];
    assert_eq!(
        first["text"],
        "leaf 0\n[gone.pdf]\n[big.bin]\n[empty.txt]\n[link.txt]\n[salon.db]"
    );
    let file = &first["files"][0];
    assert_eq!(
        (&file["name"], &file["type"], &file["width"]),
        (&json!("tea.png"), &json!("image/png"), &json!(40)),
        "{file}"
    );
    let path = format!("/api/files/{}", file["id"].as_str().unwrap());
    let download = server.http.get(server.url(&path)).bearer_auth(&eve.token);
    let download = download.send().await.unwrap().bytes().await.unwrap();
    assert_eq!(download, picture);
    // Whoever is not in the room gets nothing of it.
    let bob = server.member("bob").await;
    assert_eq!(bob.get(&path).await.0, 404);

    // The same once more brings nothing.
    assert_eq!(ada.begin("mm.zip").await.0, 202);
    let job = ada.stands("done").await;
    assert_eq!(
        (&job["messages"], &job["known"], &job["files"]),
        (&json!(0), &json!(3), &json!(0)),
        "{job}"
    );
    let (_, again) = eve.get("/api/rooms/tea/messages").await;
    assert_eq!(again["messages"], page["messages"]);
}

#[tokio::test]
async fn an_import_that_was_stopped_or_cut_off_goes_on_and_doubles_nothing() {
    const POSTS: usize = 5_000;
    let server = Server::start().await;
    let token = {
        let ada = server.user("ada", Role::Owner).await;
        assert_eq!(ada.bring("mm.zip", export(POSTS, &[], &[])).await.0, 201);
        assert_eq!(ada.begin("mm.zip").await.0, 202);
        assert_eq!(ada.begin("mm.zip").await.0, 409, "one at a time");
        let busy = "/api/admin/imports/archives/mm.zip";
        assert_eq!(ada.call("DELETE", busy, Value::Null).await.0, 409);
        // What came by then must not come again.
        ada.once("begun", |job| job["messages"].as_u64() > Some(0))
            .await;
        let stop = ada.call("DELETE", "/api/admin/imports", Value::Null);
        assert_eq!(stop.await.0, 204);
        let job = ada.stands("stopped").await;
        assert!(job["messages"].as_u64() < Some(POSTS as u64), "{job}");
        assert_eq!(ada.begin("mm.zip").await.0, 202);
        ada.token.clone()
    };
    // The server ends in the middle; the next one goes on by itself.
    let server = server.restart().await;
    let ada = Api {
        server: &server,
        token,
    };
    let job = ada.stands("done").await;
    let all = job["messages"].as_u64().unwrap() + job["known"].as_u64().unwrap();
    assert_eq!(all, POSTS as u64, "{job}");
    let eve = came(&server, "eve").await;
    let mut texts = Vec::new();
    let mut after = 0;
    loop {
        let path = format!("/api/rooms/tea/events?after={after}&limit=500");
        let (_, page) = eve.get(&path).await;
        let events = page["events"].as_array().unwrap().clone();
        let Some(last) = events.last() else { break };
        after = last["seq"].as_u64().unwrap();
        let posted = events.iter().filter(|one| one["kind"] == "message.posted");
        texts.extend(posted.map(|one| one["message"]["text"].as_str().unwrap().to_owned()));
    }
    let expected: Vec<_> = (0..POSTS).map(|n| format!("leaf {n}")).collect();
    assert_eq!(texts, expected);
    let gone = ada.call("DELETE", "/api/admin/imports/archives/mm.zip", Value::Null);
    assert_eq!(gone.await.0, 204);
    assert_eq!(ada.get("/api/admin/imports").await.1["archives"], json!([]));
    assert_eq!(ada.begin("mm.zip").await.0, 404);
}

#[tokio::test]
async fn no_archive_is_anything_but_a_file_of_its_folder() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let folder = server.folder().join("imports");
    for name in ["", "../up.zip", "a/b.zip", ".a.zip", "a.exe", "..\\a.zip"] {
        let (status, answer) = ada.bring(name, b"x".to_vec()).await;
        assert_eq!(status, 400, "{name}: {answer}");
    }
    assert!(!folder.exists() && !server.folder().join("up.zip").exists());
    assert_eq!(ada.bring("a.zip", b"no zip".to_vec()).await.0, 201);
    assert_eq!(ada.bring("a.zip", b"other".to_vec()).await.0, 409);
    assert_eq!(std::fs::read(folder.join("a.zip")).unwrap(), b"no zip");
    #[cfg(unix)]
    std::os::unix::fs::symlink(server.folder().join("salon.db"), folder.join("link.zip")).unwrap();
    std::fs::write(folder.join("notes.txt"), "x").unwrap();
    let (_, imports) = ada.get("/api/admin/imports").await;
    let names = imports["archives"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.zip"]);
    for name in ["link.zip", "notes.txt", "../salon.db", ".job.json"] {
        assert_eq!(ada.begin(name).await.0, 404, "{name}");
    }
    // What is no export says so.
    assert_eq!(ada.begin("a.zip").await.0, 202);
    let job = ada.stands("failed").await;
    assert!(
        job["error"].as_str().unwrap().contains("no zip file"),
        "{job}"
    );
    // A member changes nothing there.
    let bob = server.member("bob").await;
    assert_eq!(bob.bring("b.zip", b"x".to_vec()).await.0, 403);
    assert!(!folder.join("b.zip").exists());
}
