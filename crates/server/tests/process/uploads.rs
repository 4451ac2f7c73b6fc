//! A file that comes in pieces to a process that is killed in between.

use crate::program::{Program, terminal};
use salon_protocol::UploadState;
use serde_json::json;

#[tokio::test]
async fn what_was_acked_of_an_upload_is_there_after_a_kill_and_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let (code, said) = terminal(data, &["user", "add", "ada"]);
    assert_eq!(code, Some(0), "{said}");
    let (code, token) = terminal(data, &["token", "create", "ada"]);
    assert_eq!(code, Some(0), "{token}");
    let token = token.trim();
    let body: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    let mut server = Program::start(data).await;
    let request = json!({ "name": "film.bin", "size": body.len() }).to_string();
    let begun = server
        .post(token, "/api/rooms/general/uploads", request.into_bytes())
        .await;
    let mut state: UploadState = serde_json::from_value(begun).unwrap();
    let path = format!("/api/uploads/{}", state.id);
    let mut acked = 0;
    for end in [100_000, 200_000, 300_000] {
        let at = usize::try_from(state.offset).unwrap();
        assert_eq!(at, acked, "no more and no less than what was acked");
        let answer = server.piece(token, &path, at, &body[at..end]).await;
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        server = Program::start(data).await;
        if end == body.len() {
            assert_eq!(answer["size"], body.len(), "{answer}");
            break;
        }
        acked = usize::try_from(answer["offset"].as_u64().unwrap()).unwrap();
        assert_eq!(acked, end);
        state = serde_json::from_value(server.get(token, &path).await).unwrap();
    }
    let file = format!("/api/files/{}", state.id);
    assert_eq!(server.bytes(token, &file).await, body);
    let (code, said) = terminal(data, &["doctor", "--deep"]);
    assert_eq!(code, Some(0), "{said}");
}
