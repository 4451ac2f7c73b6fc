//! Asked to stop: in good order and in time.

use crate::program::{Program, account};
use futures::StreamExt;
use std::{process::Command, time::Duration};
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn a_stopping_server_tells_its_sessions_to_reconnect_and_exits_with_zero() {
    let folder = tempfile::tempdir().unwrap();
    let token = account(folder.path(), "ada");
    let mut server = Program::start(folder.path()).await;
    let mut socket = server.connect(&token).await;
    let pid = server.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let code = loop {
        match socket.next().await {
            Some(Ok(Message::Close(Some(frame)))) => break u16::from(frame.code),
            Some(Ok(_)) => {}
            other => panic!("the connection ended without a close frame: {other:?}"),
        }
    };
    assert_eq!(code, 1001);
    let exited =
        tokio::task::spawn_blocking(move || server.child.wait().map(|status| (server, status)));
    let (_server, status) = tokio::time::timeout(Duration::from_secs(10), exited)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}
