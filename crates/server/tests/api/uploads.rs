//! Files that come in pieces: what was acked is not sent again, and nobody else's is touched.

use crate::{
    files::{kept, png},
    harness::{Api, Server},
};
use salon_protocol::{Role, limits::UPLOADS_PER_USER_MAX};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::{io::AsyncWriteExt, net::TcpStream};

impl Api<'_> {
    async fn promise(&self, room: &str, name: &str, size: usize) -> (u16, Value) {
        let path = format!("/api/rooms/{room}/uploads");
        self.post(&path, json!({ "name": name, "size": size }))
            .await
    }

    async fn begun(&self, room: &str, size: usize) -> String {
        let (status, state) = self.promise(room, "../film &.png", size).await;
        assert_eq!(status, 201, "{state}");
        assert_eq!(
            (&state["offset"], &state["size"]),
            (&json!(0), &json!(size))
        );
        state["id"].as_str().unwrap().to_owned()
    }

    async fn piece(&self, id: &str, offset: usize, body: &[u8]) -> (u16, Value) {
        let url = self.server.url(&format!("/api/uploads/{id}"));
        let request = self.server.http.patch(url).body(body.to_vec());
        let request = request
            .bearer_auth(&self.token)
            .header("upload-offset", offset);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    async fn state(&self, id: &str) -> (u16, Value) {
        self.get(&format!("/api/uploads/{id}")).await
    }

    async fn give_up(&self, id: &str) -> u16 {
        let path = format!("/api/uploads/{id}");
        self.call("DELETE", &path, Value::Null).await.0
    }

    /// Promises more than it sends, and is left there.
    async fn half_a_piece(&self, id: &str, offset: usize, body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.server.address()).await.unwrap();
        let head = format!(
            "PATCH /api/uploads/{id} HTTP/1.1\r\nhost: salon\r\nauthorization: Bearer {}\r\n\
             upload-offset: {offset}\r\ncontent-length: {}\r\n\r\n",
            self.token,
            body.len() + 1,
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        stream
    }
}

#[tokio::test]
async fn a_file_in_pieces_is_the_file_that_one_request_brings() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let body = png(900, 600);
    let (_, at_once) = ada.upload("general", "../film &.png", body.clone()).await;
    let id = ada.begun("general", body.len()).await;
    let (first, second) = body.split_at(100);
    let (status, state) = ada.piece(&id, 0, first).await;
    assert_eq!((status, &state["offset"]), (200, &json!(100)), "{state}");
    let (status, file) = ada.piece(&id, 100, second).await;
    assert_eq!(status, 201, "{file}");
    let mut expected = at_once.clone();
    expected["id"] = json!(id);
    assert_eq!(file, expected, "type, size, sides and preview are the same");
    // Equal bytes lie there once, and nothing is left of the pieces.
    assert_eq!(kept(&server).len(), 3, "{:?}", kept(&server));
    // The answer may have been lost: whoever asks again is told the same.
    assert_eq!(ada.piece(&id, 100, second).await, (201, file.clone()));
    assert_eq!(ada.state(&id).await.1["file"], file);
    let sent = json!({ "text": "", "files": [id] });
    let (status, done) = ada.post("/api/rooms/general/messages", sent).await;
    assert_eq!(status, 201, "{done}");
    assert_eq!(ada.state(&id).await.0, 404, "it is a message's now");
    let url = server.url(&format!("/api/files/{id}"));
    let got = server.http.get(url).bearer_auth(&ada.token).send().await;
    assert_eq!(got.unwrap().bytes().await.unwrap(), body);
}

#[tokio::test]
async fn a_piece_that_begins_elsewhere_is_told_where_the_last_one_ended() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let id = ada.begun("general", 10).await;
    assert_eq!(ada.piece(&id, 0, b"0123").await.0, 200);
    for wrong in [0, 3, 5, 10] {
        let (status, problem) = ada.piece(&id, wrong, b"xx").await;
        assert_eq!((status, &problem["code"]), (409, &json!("conflict")));
        assert_eq!(problem["offset"], 4, "{problem}");
    }
    // More than was promised is refused, and what had come before stays.
    let (status, problem) = ada.piece(&id, 4, b"4567890").await;
    assert_eq!(status, 400, "{problem}");
    assert_eq!(ada.state(&id).await.1["offset"], 4);
    let (status, file) = ada.piece(&id, 4, b"456789").await;
    assert_eq!((status, &file["size"]), (201, &json!(10)));
}

#[tokio::test]
async fn what_came_before_a_line_broke_counts_and_the_next_request_need_not_wait() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let id = ada.begun("general", 10).await;
    // One line breaks, another one just falls silent: whoever comes next takes its place.
    for (wanted, breaks) in [(4, true), (6, false)] {
        let mut silent = Vec::new();
        let come = async {
            loop {
                let at = ada.state(&id).await.1["offset"].as_u64().unwrap() as usize;
                if at == wanted {
                    return;
                }
                // It may be overtaken before anything of it was read, and is sent again then.
                let stream = ada.half_a_piece(&id, at, &b"0123456789"[at..wanted]).await;
                if !breaks {
                    silent.push(stream);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let come = tokio::time::timeout(Duration::from_secs(20), come).await;
        assert!(
            come.is_ok(),
            "what came is lost, or a silent line keeps its place"
        );
    }
    let (status, file) = ada.piece(&id, 6, b"6789").await;
    assert_eq!(status, 201, "{file}");
}

#[tokio::test]
async fn an_upload_goes_on_after_a_restart() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    let (token, id) = (ada.token.clone(), ada.begun("general", 6).await);
    assert_eq!(ada.piece(&id, 0, b"abc").await.0, 200);
    let server = server.restart().await;
    let ada = Api {
        server: &server,
        token,
    };
    assert_eq!(ada.state(&id).await.1["offset"], 3);
    let (status, file) = ada.piece(&id, 3, b"def").await;
    assert_eq!(status, 201, "{file}");
    let url = server.url(&format!("/api/files/{id}"));
    let got = server.http.get(url).bearer_auth(&ada.token).send().await;
    assert_eq!(got.unwrap().bytes().await.unwrap(), "abcdef");
}

#[tokio::test]
async fn an_upload_is_its_owners_alone_and_ends_with_their_rights() {
    let server = Server::start().await;
    let ada = server.user("ada", Role::Admin).await;
    let (bob, eve) = (server.member("bob").await, server.member("eve").await);
    ada.post(
        "/api/rooms",
        json!({ "name": "tea", "kind": "private", "members": ["bob"] }),
    )
    .await;
    let id = bob.begun("tea", 6).await;
    assert_eq!(bob.piece(&id, 0, b"abc").await.0, 200);
    for other in [&ada, &eve] {
        assert_eq!(other.state(&id).await.0, 404);
        assert_eq!(other.piece(&id, 3, b"def").await.0, 404);
        assert_eq!(other.give_up(&id).await, 404);
    }
    assert_eq!(eve.promise("tea", "a", 3).await.0, 404);
    ada.run("tea", "/mute bob 1h").await;
    assert_eq!(bob.promise("tea", "a", 3).await.0, 403, "muted");
    assert_eq!(bob.piece(&id, 3, b"def").await.0, 403, "and at the end");
    ada.run("tea", "/unmute bob").await;
    ada.run("tea", "/kick bob").await;
    assert_eq!(bob.state(&id).await.0, 404, "out means out");
    assert_eq!(bob.piece(&id, 6, b"").await.0, 404);
    let mine = bob.begun("general", 6).await;
    assert_eq!(bob.piece(&mine, 0, b"abc").await.0, 200);
    let path = "/api/admin/users/bob";
    let closed = ada.call("PATCH", path, json!({ "disabled": true })).await;
    assert_eq!(closed.0, 204, "{}", closed.1);
    assert_eq!(bob.piece(&mine, 3, b"def").await.0, 401, "closed");
}

#[tokio::test]
async fn what_is_given_up_or_forgotten_leaves_nothing_on_the_disk() {
    let server = Server::start().await;
    let ada = server.member("ada").await;
    for size in [0, 1 << 40] {
        let (status, problem) = ada.promise("general", "a", size).await;
        assert_eq!(status, if size == 0 { 400 } else { 413 }, "{problem}");
    }
    let given_up = ada.begun("general", 6).await;
    assert_eq!(ada.piece(&given_up, 0, b"abc").await.0, 200);
    assert_eq!(kept(&server).len(), 1);
    assert_eq!(ada.give_up(&given_up).await, 204);
    assert_eq!(ada.state(&given_up).await.0, 404);
    assert_eq!(kept(&server).len(), 0);

    let forgotten = ada.begun("general", 6).await;
    assert_eq!(ada.piece(&forgotten, 0, b"abc").await.0, 200);
    // What a process that was killed in between has left behind.
    let orphan = salon_protocol::FileId::new().to_string();
    let orphan = server.folder().join("files/unfinished").join(orphan);
    std::fs::write(orphan, "abc").unwrap();
    let store = server.running.chat.store();
    let ago = salon_protocol::now() - jiff::SignedDuration::from_hours(1);
    assert_eq!(store.sweep_uploads(ago).await.unwrap(), 1, "the orphan");
    assert_eq!(ada.state(&forgotten).await.1["offset"], 3);
    let later = salon_protocol::now() + jiff::SignedDuration::from_hours(1);
    assert_eq!(store.sweep_uploads(later).await.unwrap(), 1);
    assert_eq!(ada.state(&forgotten).await.0, 404, "nothing came for long");
    assert_eq!(kept(&server).len(), 0);

    for _ in 0..UPLOADS_PER_USER_MAX {
        ada.begun("general", 6).await;
    }
    assert_eq!(
        ada.promise("general", "a", 6).await.0,
        409,
        "too many at once"
    );
}
