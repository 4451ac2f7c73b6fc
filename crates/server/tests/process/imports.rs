//! Other chats' exports, brought in by the binary: whole, once, within bounds.

use crate::program::{Program, account, terminal, terminal_told};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

fn zip<Text: AsRef<[u8]>>(path: &Path, files: &[(&str, Text)]) {
    let mut zip = zip::ZipWriter::new(File::create(path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_ref()).unwrap();
    }
    zip.finish().unwrap();
}

/// A workspace of two and an app, with a room for all, one for few, and a direct one.
fn slack(folder: &Path) -> PathBuf {
    let users = json!([
        { "id": "U1", "name": "ada", "profile": { "display_name": "Ada" } },
        { "id": "U2", "name": "bob b.", "profile": { "real_name": "Bob" }, "deleted": true },
        { "id": "U3", "name": "cyd", "profile": {} },
    ]);
    let channels = json!([{ "id": "C1", "name": "tea", "created": 1_600_000_000, "creator": "U1",
        "members": ["U3", "U1"], "topic": { "value": "Leaves" } }]);
    let groups = json!([{ "id": "G1", "name": "general", "created": 1_600_000_000,
        "members": ["U1", "U3"] }]);
    let dms = json!([{ "id": "D1", "created": 1_600_000_000, "members": ["U1", "U3"] }]);
    let tea = json!([
        { "type": "message", "user": "U1", "ts": "1600000001.000100", "text": "*Tea* for <@U3>? &lt;3",
          "thread_ts": "1600000001.000100",
          "reactions": [{ "name": "tea", "users": ["U3", "U9"] }] },
        { "type": "message", "user": "U3", "ts": "1600000002.000100", "text": "Yes <https://a.example|please>",
          "thread_ts": "1600000001.000100", "edited": { "ts": "1600000003.000000" } },
        { "type": "message", "user": "U2", "ts": "1600000004.000100", "text": "I am gone",
          "files": [{ "name": "plan.pdf", "url_private": "https://files.example/x?t=secret" }] },
        { "type": "message", "subtype": "channel_join", "user": "U3", "ts": "1600000000.000100", "text": "joined" },
        { "type": "message", "subtype": "bot_message", "username": "Builder", "ts": "1600000005.000100", "text": "green" },
    ]);
    let path = folder.join("slack.zip");
    zip(
        &path,
        &[
            ("users.json", users.to_string()),
            ("channels.json", channels.to_string()),
            ("groups.json", groups.to_string()),
            ("dms.json", dms.to_string()),
            ("tea/2020-09-13.json", tea.to_string()),
            (
                "general/2020-09-13.json",
                json!([{ "user": "U1", "ts": "1600000009.0", "text": "among few" }]).to_string(),
            ),
            (
                "D1/2020-09-13.json",
                json!([{ "user": "U3", "ts": "1600000010.0", "text": "psst" }]).to_string(),
            ),
            ("../../evil.json", "[]".to_owned()),
        ],
    );
    path
}

fn mattermost(folder: &Path) -> PathBuf {
    let user = |name: &str| {
        json!({ "type": "user", "user": { "username": name, "nickname": name.to_uppercase(),
            "teams": [{ "name": "t", "channels": [{ "name": "tea" }] }] } })
    };
    let lines = [
        json!({ "type": "version", "version": 1 }),
        json!({ "type": "channel", "channel": { "team": "t", "name": "tea", "type": "P", "header": "Leaves" } }),
        user("ada"),
        user("bob"),
        json!({ "type": "post", "post": { "team": "t", "channel": "tea", "user": "ada", "message": "**Tea**?",
            "create_at": 1_600_000_001_000_u64, "reactions": [{ "user": "bob", "emoji_name": "+1" }],
            "replies": [{ "user": "bob", "message": "Yes", "create_at": 1_600_000_002_000_u64 }] } }),
        json!({ "type": "direct_channel", "direct_channel": { "members": ["ada", "bob"] } }),
        json!({ "type": "direct_post", "direct_post": { "channel_members": ["bob", "ada"], "user": "bob",
            "message": "psst", "create_at": 1_600_000_003_000_u64 } }),
        json!({ "type": "post", "post": "odd" }),
    ];
    let path = folder.join("export.jsonl");
    let lines: Vec<_> = lines.iter().map(Value::to_string).collect();
    std::fs::write(&path, lines.join("\n")).unwrap();
    path
}

/// Somebody who came, with a token: they read what they read before.
fn token(data: &Path, handle: &str) -> String {
    let (code, said) = terminal(data, &["token", "create", handle]);
    assert_eq!(code, Some(0), "{said}");
    said.trim().to_owned()
}

async fn messages(server: &Program, token: &str, room: &str) -> Vec<Value> {
    let page = server
        .get(token, &format!("/api/rooms/{room}/messages"))
        .await;
    page["messages"]
        .as_array()
        .unwrap_or_else(|| panic!("{page}"))
        .clone()
}

fn texts(messages: &[Value]) -> Vec<&str> {
    messages
        .iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn slacks_people_rooms_and_messages_come_once_however_often_it_is_tried() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // Names that are taken stay whose they are.
    let stranger = account(&data, "ada");
    let file = slack(folder.path());
    let file = file.to_str().unwrap();
    let (code, said) = terminal(&data, &["import", "slack", file]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("4 people, 3 rooms, 6 messages came with 0 files; 0 messages were here"),
        "{said}"
    );
    assert!(
        said.contains("did not come: files, which are only named (1)"),
        "{said}"
    );
    let (code, said) = terminal(&data, &["import", "slack", file]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("0 messages came with 0 files; 6 messages were here already"),
        "{said}"
    );

    let server = Program::start(&data).await;
    let ada = token(&data, "ada-2");
    let tea = messages(&server, &ada, "tea").await;
    assert_eq!(
        texts(&tea),
        [
            "**Tea** for @cyd? <3",
            "Yes [please](https://a.example)",
            "I am gone\n[plan.pdf]",
            "green"
        ]
    );
    assert_eq!(tea[0]["at"], "2020-09-13T12:26:41.0001Z");
    assert_eq!(tea[1]["reply_to"], tea[0]["id"]);
    assert_eq!(tea[1]["edited_at"], "2020-09-13T12:26:43Z");
    assert_eq!(tea[0]["reactions"][0]["emoji"], "🍵");
    let froms: Vec<_> = tea
        .iter()
        .map(|one| one["from"].as_str().unwrap())
        .collect();
    assert_eq!(froms, ["ada-2", "cyd", "bob-b.", "Builder"]);
    // Private stays private, in a room of its own though the name is taken.
    assert_eq!(
        texts(&messages(&server, &ada, "general-2").await),
        ["among few"]
    );
    assert_eq!(texts(&messages(&server, &ada, "@cyd").await), ["psst"]);
    let of_stranger = server.get(&stranger, "/api/rooms").await.to_string();
    assert!(!of_stranger.contains("general-2") && !of_stranger.contains("among few"));
    let room = server.get(&ada, "/api/rooms/tea").await.to_string();
    assert!(
        !room.contains("bob-b."),
        "whoever had left is in the room: {room}"
    );
    let users = server.get(&ada, "/api/directory").await;
    let bob = users["users"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["handle"] == "bob-b.");
    assert_eq!(bob.unwrap()["disabled"], true);
    let (code, said) = terminal(&data, &["doctor"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!folder.path().join("evil.json").exists());
    // Whoever came signs in once they have a password.
    terminal_told(&data, &["user", "password", "cyd"], "correct horse");
    server.sign_in("cyd", "correct horse").await;
}

#[tokio::test]
async fn mattermosts_people_rooms_and_messages_come_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let _first = account(&data, "eve");
    let server = Program::start(&data).await;
    let file = mattermost(folder.path());
    let (code, said) = terminal(&data, &["import", "mattermost", file.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("2 people, 2 rooms, 3 messages came"),
        "{said}"
    );
    assert!(
        said.contains("not as expected (1)") && said.contains("line 8: "),
        "{said}"
    );
    let ada = token(&data, "ada");
    let tea = messages(&server, &ada, "tea").await;
    assert_eq!(texts(&tea), ["**Tea**?", "Yes"]);
    assert_eq!(tea[1]["reply_to"], tea[0]["id"]);
    assert_eq!(tea[0]["reactions"][0]["emoji"], "👍");
    assert_eq!(texts(&messages(&server, &ada, "@bob").await), ["psst"]);
}

#[test]
fn what_is_no_export_is_refused_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let path = folder.path().join("x.zip");
    for (name, text) in [("x.json", "[]"), ("users.json", "{")] {
        zip(&path, &[(name, text.to_owned())]);
        let (code, said) = terminal(&data, &["import", "slack", path.to_str().unwrap()]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("users.json"), "{said}");
    }
    std::fs::write(&path, "no zip").unwrap();
    for kind in ["slack", "mattermost"] {
        let (code, said) = terminal(&data, &["import", kind, path.to_str().unwrap()]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("no zip file"), "{said}");
    }
}

#[test]
fn a_zip_that_swells_is_refused_before_it_fills_anything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.zip");
    let mut zip = zip::ZipWriter::new(File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    zip.start_file("users.json", options.large_file(true))
        .unwrap();
    let zeros = vec![b' '; 1024 * 1024];
    for _ in 0..257 {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap();
    assert!(std::fs::metadata(&path).unwrap().len() < 2_000_000);
    let args = ["import", "slack", path.to_str().unwrap()];
    let (code, said) = terminal(&folder.path().join("data"), &args);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("too large"), "{said}");
}

#[tokio::test]
async fn slacks_files_come_from_the_archive_or_from_a_folder_beside_it_and_from_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    let beside = folder.path().join("beside");
    std::fs::create_dir_all(beside.join("F2")).unwrap();
    std::fs::write(beside.join("F2/notes.txt"), "from the folder").unwrap();
    let users = json!([{ "id": "U1", "name": "ada" }]);
    let channels = json!([{ "id": "C1", "name": "tea", "created": 1, "members": ["U1"] }]);
    let file = |id: &str, name: &str| json!({ "id": id, "name": name, "url_private": "http://127.0.0.1:9/x" });
    let tea = json!([
        { "user": "U1", "ts": "1600000001.0", "text": "", "files": [file("F1", "plan.txt")] },
        { "user": "U1", "ts": "1600000002.0", "text": "two", "files":
            [file("F2", "notes.txt"), file("..", "secret"), file("F3", "away.txt")] },
    ]);
    let path = folder.path().join("slack.zip");
    zip(
        &path,
        &[
            ("users.json", users.to_string()),
            ("channels.json", channels.to_string()),
            ("tea/2020-09-13.json", tea.to_string()),
            ("__uploads/F1/plan.txt", "from the archive".to_owned()),
        ],
    );
    let (path, beside) = (path.to_str().unwrap(), beside.to_str().unwrap());
    let (code, said) = terminal(&data, &["import", "slack", path, "--files", beside]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 messages came with 2 files"), "{said}");
    assert!(said.contains("files, which are only named (2)"), "{said}");

    let server = Program::start(&data).await;
    let ada = token(&data, "ada");
    let tea = messages(&server, &ada, "tea").await;
    assert_eq!(texts(&tea), ["", "two\n[secret]\n[away.txt]"]);
    let bytes = async |message: &Value| {
        let id = message["files"][0]["id"].as_str().unwrap();
        let bytes = server.bytes(&ada, &format!("/api/files/{id}")).await;
        String::from_utf8(bytes).unwrap()
    };
    assert_eq!(bytes(&tea[0]).await, "from the archive");
    assert_eq!(bytes(&tea[1]).await, "from the folder");
    let (code, said) = terminal(&data, &["doctor", "--deep"]);
    assert_eq!(code, Some(0), "{said}");
}

/// The newest import, as an admin sees it, once it is so.
async fn job(server: &Program, admin: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let so = async {
        loop {
            let imports = server.get(admin, "/api/admin/imports").await;
            if is_so(&imports["job"]) {
                return imports["job"].clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(90), so)
        .await
        .expect("the import does not come so far")
}

#[tokio::test]
async fn an_import_whose_server_is_killed_in_the_middle_loses_and_doubles_nothing() {
    const POSTS: usize = 6_000;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (code, said) = terminal(&data, &["user", "add", "boss", "--role", "owner"]);
    assert_eq!(code, Some(0), "{said}");
    let boss = token(&data, "boss");
    let channel = json!({ "team": "t", "name": "tea", "type": "O" });
    let user =
        json!({ "username": "ada", "teams": [{ "name": "t", "channels": [{ "name": "tea" }] }] });
    let mut lines = vec![
        json!({ "type": "channel", "channel": channel }).to_string(),
        json!({ "type": "user", "user": user }).to_string(),
    ];
    let mut files = Vec::new();
    for n in 0..POSTS {
        let mut attached = json!([]);
        if n % 100 == 0 {
            attached = json!([{ "path": format!("{n}.txt") }]);
            files.push((format!("data/{n}.txt"), format!("file {n}")));
        }
        let post = json!({ "team": "t", "channel": "tea", "user": "ada", "message": format!("leaf {n}"),
            "create_at": 1_600_000_000_000_u64 + n as u64, "attachments": attached });
        lines.push(json!({ "type": "post", "post": post }).to_string());
    }
    files.push(("import.jsonl".to_owned(), lines.join("\n")));
    // As an operator lays it there.
    std::fs::create_dir_all(data.join("imports")).unwrap();
    let files: Vec<_> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text))
        .collect();
    zip(&data.join("imports/mm.zip"), &files);

    let mut server = Program::start(&data).await;
    let begun = json!({ "archive": "mm.zip" }).to_string().into_bytes();
    let begun = server.post(&boss, "/api/admin/imports", begun).await;
    assert_eq!(begun["state"], "running", "{begun}");
    let middle = job(&server, &boss, |job| job["messages"].as_u64() > Some(0)).await;
    assert_eq!(middle["state"], "running", "it was in the middle: {middle}");
    server.child.kill().unwrap();
    server.child.wait().unwrap();

    let server = Program::start(&data).await;
    let after = job(&server, &boss, |_| true).await;
    assert!(after["read"].as_u64() >= middle["read"].as_u64(), "{after}");
    let done = job(&server, &boss, |job| job["state"] != "running").await;
    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(done["read"], done["size"]);
    let ada = token(&data, "ada");
    let (mut texts, mut after, mut with) = (Vec::new(), 0, 0);
    loop {
        let path = format!("/api/rooms/tea/events?after={after}&limit=500");
        let page = server.get(&ada, &path).await;
        let events = page["events"].as_array().unwrap().clone();
        let Some(last) = events.last() else { break };
        after = last["seq"].as_u64().unwrap();
        for event in events.iter().filter(|one| one["kind"] == "message.posted") {
            let message = &event["message"];
            if let Some(id) = message["files"][0]["id"].as_str() {
                let bytes = server.bytes(&ada, &format!("/api/files/{id}")).await;
                assert_eq!(bytes, format!("file {}", texts.len()).into_bytes());
                with += 1;
            }
            texts.push(message["text"].as_str().unwrap().to_owned());
        }
    }
    let expected: Vec<_> = (0..POSTS).map(|n| format!("leaf {n}")).collect();
    assert_eq!(texts, expected);
    assert_eq!(with, POSTS.div_ceil(100));
    let (code, said) = terminal(&data, &["doctor", "--deep"]);
    assert_eq!(code, Some(0), "{said}");
}
