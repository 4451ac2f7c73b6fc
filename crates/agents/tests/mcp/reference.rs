//! The client against the protocol's own reference servers, installed beside this file.

use crate::harness::{call, here, lives, names, object, server, text, until};
use salon_agents::mcp::{McpError, McpServer};
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

fn program(name: &str) -> String {
    let path = format!("tests/mcp/node_modules/@modelcontextprotocol/server-{name}/dist/index.js");
    here(&path).to_str().unwrap().to_owned()
}

fn everything() -> McpServer {
    server(json!({ "command": "node", "args": [program("everything")] }))
}

/// The reference server behind an address, on a given port.
async fn serve_http(port: u16) -> Child {
    let mut child = Command::new("node")
        .args([&program("everything"), "streamableHttp"])
        .env("PORT", port.to_string())
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    assert!(line.contains("listening"), "{line}");
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    child
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

async fn uses_everything(server: &McpServer) {
    let tools = server.tools().await.unwrap();
    let echo = tools.iter().find(|tool| tool.name == "echo").unwrap();
    assert_eq!(echo.server, "tested");
    assert_eq!(echo.title.as_deref(), Some("Echo Tool"));
    assert!(echo.read_only);
    assert!(echo.schema["properties"]["message"].is_object());
    // What needs a client that offers something is not offered to us.
    assert!(
        !names(&tools)
            .iter()
            .any(|name| name.contains("sampling") || name.contains("roots"))
    );

    assert_eq!(
        text(server, "echo", json!({ "message": "hé 你好" })).await,
        "Echo: hé 你好"
    );
    assert!(
        text(server, "get-sum", json!({ "a": 2, "b": 40 }))
            .await
            .contains("42")
    );
    let image = text(server, "get-tiny-image", json!({})).await;
    assert!(image.contains("[image image/png, "), "{image}");
    let links = text(server, "get-resource-links", json!({ "count": 2 })).await;
    assert!(links.contains("\ndemo://resource/dynamic/"), "{links}");
    let reference = json!({ "resourceType": "Text", "resourceId": 1 });
    let reference = text(server, "get-resource-reference", reference).await;
    assert!(
        reference.contains("[resource demo://resource/"),
        "{reference}"
    );
    let place = json!({ "location": "Chicago" });
    assert!(
        text(server, "get-structured-content", place)
            .await
            .contains("temperature")
    );

    let wrong = call(server, "get-sum", json!({ "a": "two" }))
        .await
        .unwrap();
    assert!(wrong.is_error, "{wrong:?}");
    let unknown = call(server, "no-such-tool", json!({})).await;
    assert!(
        matches!(&unknown, Ok(result) if result.is_error)
            || matches!(unknown, Err(McpError::Refused(_))),
        "{unknown:?}"
    );
}

async fn follows_progress(server: &McpServer) {
    let (sender, mut words) = mpsc::channel(16);
    let arguments = object(json!({ "duration": 1, "steps": 4 }));
    let name = "trigger-long-running-operation";
    let result = server.call(name, arguments, Some(sender)).await.unwrap();
    assert!(result.text.contains("completed"), "{result:?}");
    let mut heard = Vec::new();
    // The channel ends with the call.
    while let Some(word) = words.recv().await {
        heard.push(word);
    }
    // The last report races the answer.
    assert_eq!(heard[..3], ["1/4", "2/4", "3/4"]);
}

#[tokio::test]
async fn everything_works_over_pipes() {
    let server = everything();
    uses_everything(&server).await;
    follows_progress(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn everything_works_over_http() {
    let port = free_port();
    let _child = serve_http(port).await;
    let server = server(json!({ "url": format!("http://127.0.0.1:{port}/mcp") }));
    uses_everything(&server).await;
    follows_progress(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn a_restarted_http_server_is_greeted_anew() {
    let port = free_port();
    let mut child = serve_http(port).await;
    let server = server(json!({ "url": format!("http://127.0.0.1:{port}/mcp") }));
    text(&server, "echo", json!({ "message": "a" })).await;
    child.kill().await.unwrap();
    assert_eq!(
        call(&server, "echo", json!({ "message": "a" })).await,
        Err(McpError::Unreachable)
    );
    let mut child = serve_http(port).await;
    assert_eq!(
        text(&server, "echo", json!({ "message": "b" })).await,
        "Echo: b"
    );
    // Nobody calls while it is away.
    child.kill().await.unwrap();
    let _child = serve_http(port).await;
    assert_eq!(
        text(&server, "echo", json!({ "message": "c" })).await,
        "Echo: c"
    );
}

#[tokio::test]
async fn a_slow_call_times_out_and_the_server_serves_on() {
    let server = server(json!({
        "command": "node", "args": [program("everything")], "timeout_seconds": 1,
    }));
    let slow = json!({ "duration": 60, "steps": 2 });
    let answer = call(&server, "trigger-long-running-operation", slow).await;
    assert_eq!(answer, Err(McpError::Timeout));
    assert_eq!(
        text(&server, "echo", json!({ "message": "a" })).await,
        "Echo: a"
    );
}

#[tokio::test]
async fn the_file_system_stays_within_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("note.txt"), "remember the milk").unwrap();
    let outside = folder.path().parent().unwrap().join("etc");
    let server =
        server(json!({ "command": "node", "args": [program("filesystem"), folder.path()] }));
    let tools = server.tools().await.unwrap();
    assert!(names(&tools).contains(&"read_text_file"));
    assert!(
        tools
            .iter()
            .any(|tool| tool.name == "write_file" && !tool.read_only)
    );

    let listed = text(&server, "list_directory", json!({ "path": folder.path() })).await;
    assert!(listed.contains("[FILE] note.txt"), "{listed}");
    let note = json!({ "path": folder.path().join("note.txt") });
    assert_eq!(
        text(&server, "read_text_file", note).await,
        "remember the milk"
    );
    for path in [
        folder.path().join("../../etc/passwd"),
        "/etc/passwd".into(),
        outside,
    ] {
        let escape = call(&server, "read_text_file", json!({ "path": path }))
            .await
            .unwrap();
        assert!(escape.is_error, "{escape:?}");
    }
}

#[tokio::test]
async fn memory_is_kept_from_call_to_call() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(json!({
        "command": "node",
        "args": [program("memory")],
        "env": { "MEMORY_FILE_PATH": folder.path().join("memory.jsonl") },
    }));
    assert!(names(&server.tools().await.unwrap()).contains(&"create_entities"));
    let ada = json!({ "entities": [
        { "name": "Ada", "entityType": "person", "observations": ["writes programs"] },
    ] });
    text(&server, "create_entities", ada).await;
    let graph = text(&server, "read_graph", json!({})).await;
    let graph: Value = serde_json::from_str(&graph).unwrap();
    assert_eq!(graph["entities"][0]["name"], "Ada");
}

#[tokio::test]
async fn a_killed_server_is_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("number");
    let script = format!(
        "echo $$ > {}; exec node {}",
        file.display(),
        program("everything")
    );
    let server = server(json!({ "command": "sh", "args": ["-c", script] }));
    let number = || {
        std::fs::read_to_string(&file)
            .unwrap()
            .trim()
            .parse::<u32>()
            .unwrap()
    };
    text(&server, "echo", json!({ "message": "a" })).await;
    let first = number();
    assert!(
        Command::new("kill")
            .args(["-9", &first.to_string()])
            .status()
            .await
            .unwrap()
            .success()
    );
    until("it is dead", || !lives(first)).await;
    // The news of its death may take a moment longer than the call.
    let answer = match call(&server, "echo", json!({ "message": "b" })).await {
        Err(McpError::Ended) => call(&server, "echo", json!({ "message": "b" })).await,
        answer => answer,
    };
    assert_eq!(answer.unwrap().text, "Echo: b");
    let second = number();
    assert_ne!(first, second);
    server.stop().await;
    assert!(!lives(second));
}
