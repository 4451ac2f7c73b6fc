//! Agents made on the terminal, while the server runs.

use crate::program::{Program, account, terminal};
use serde_json::Value;
use std::time::Duration;

#[tokio::test]
async fn an_agent_made_on_the_terminal_comes_into_the_running_chat() {
    let folder = tempfile::tempdir().unwrap();
    let token = account(folder.path(), "ada");
    let server = Program::start(folder.path()).await;
    let add = [
        "agent", "add", "heron", "--preset", "helper", "--room", "general",
    ];
    assert_eq!(terminal(folder.path(), &add).0, Some(0));
    let (code, said) = terminal(folder.path(), &["agent", "add", "heron"]);
    assert!(code == Some(1) && said.contains("agent set"), "{said}");
    let (code, said) = terminal(
        folder.path(),
        &["agent", "set", "heron", "--model", "gpt-9"],
    );
    assert!(code == Some(1) && said.contains("offline"), "{said}");
    assert_eq!(
        terminal(
            folder.path(),
            &["agent", "set", "heron", "--mode", "mention"]
        )
        .0,
        Some(0)
    );
    assert!(
        terminal(folder.path(), &["agent", "list"])
            .1
            .contains("heron\tmention")
    );
    let is_online = async || {
        let users: Value = server.get(&token, "/api/users").await;
        users["users"]
            .as_array()
            .unwrap()
            .iter()
            .any(|user| user == "heron")
    };
    let mut waited = 0;
    while !is_online().await {
        waited += 1;
        assert!(waited < 100, "it never came online");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(
        terminal(folder.path(), &["agent", "retire", "heron"]).0,
        Some(0)
    );
    assert_eq!(
        terminal(folder.path(), &["agent", "retire", "nobody"]).0,
        Some(1)
    );
    assert_eq!(
        terminal(folder.path(), &["audit"]),
        (Some(0), String::new())
    );
}
