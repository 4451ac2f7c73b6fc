//! The socket's door: each frame that a client may send.

use crate::{
    cast::{Cast, EVERYBODY, KINDS, Place, Who, table},
    harness::{Server, Socket},
};
use salon_protocol::{ClientFrame, DraftId, MessageId, Seq};
use serde_json::{Value, json};
use uuid::Uuid;

/// The row of a frame. A new kind of frame does not compile here until it has one.
fn row(frame: &ClientFrame) -> &'static str {
    match frame {
        ClientFrame::Hello { .. } => "hello",
        ClientFrame::Send { .. } => "send",
        ClientFrame::Edit { .. } => "edit",
        ClientFrame::Delete { .. } => "delete",
        ClientFrame::React { .. } => "react",
        ClientFrame::Read { .. } => "read",
        ClientFrame::Typing { .. } => "typing",
        ClientFrame::Stop { .. } => "stop",
        ClientFrame::Retry { .. } => "retry",
        ClientFrame::Ping {} => "ping",
    }
}

/// Every frame but `hello`, about a room and a message.
fn frames(room: String, message: Uuid) -> Vec<ClientFrame> {
    let message_id = MessageId(message);
    vec![
        ClientFrame::Send {
            room: room.clone(),
            text: "words".into(),
            key: None,
            reply_to: None,
            files: Vec::new(),
        },
        ClientFrame::Edit {
            message_id,
            text: "other words".into(),
        },
        ClientFrame::React {
            message_id,
            emoji: "👍".into(),
            remove: false,
        },
        ClientFrame::Read {
            room: room.clone(),
            seq: Seq(1),
        },
        ClientFrame::Typing { room },
        ClientFrame::Stop {
            draft_id: DraftId::new(),
        },
        ClientFrame::Retry { message_id },
        ClientFrame::Delete {
            message_id,
            reason: None,
        },
        ClientFrame::Ping {},
    ]
}

/// The first word of what comes back to a frame, and its words.
async fn asked(socket: &mut Socket, frame: &ClientFrame, n: &mut u32) -> (String, Value) {
    *n += 1;
    let id = format!("q{n}");
    let mut value = serde_json::to_value(frame).unwrap();
    value["id"] = json!(id);
    socket.send(value).await;
    socket.send(json!({ "type": "ping", "id": "after" })).await;
    let mut came = (String::from("-"), Value::Null);
    loop {
        let frame = socket.next().await;
        if frame["id"] == "after" {
            return came;
        }
        if frame["id"] == id.as_str() {
            let word = match frame["type"].as_str() {
                Some("error") => frame["code"].as_str(),
                other => other,
            };
            came = (
                word.unwrap_or_default().to_owned(),
                frame["message"].clone(),
            );
        }
    }
}

#[tokio::test]
async fn every_frame_is_answered_to_everybody_as_it_should() {
    let server = Server::start().await;
    let cast = Cast::new(&server).await;
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let mut hellos = Vec::new();
    for kind in KINDS {
        let place = cast.place(kind).await;
        let first = rows.len();
        for frame in frames(String::new(), Uuid::nil()) {
            rows.push((format!("{} ({kind})", row(&frame)), Vec::new()));
        }
        for who in EVERYBODY {
            let mut socket = match who {
                Who::Disabled | Who::Nobody => None,
                _ => Some(cast.api(who).connect().await),
            };
            if kind == "public" {
                hellos.push(hello(&server, &cast, who).await);
            }
            let cells = cells(&cast, &place, socket.as_mut()).await;
            for (at, cell) in cells.into_iter().enumerate() {
                rows[first + at].1.push(cell);
            }
        }
    }
    rows.insert(0, ("hello".into(), hellos));
    insta::assert_snapshot!("frames", table(&rows));
}

async fn hello(server: &Server, cast: &Cast<'_>, who: Who) -> String {
    let mut socket = Socket::open(server).await;
    let token = &cast.api(who).token;
    socket
        .send(json!({ "type": "hello", "token": token }))
        .await;
    loop {
        match socket.next_or_close().await {
            Ok(frame) if frame["type"] == "welcome" => return "welcome".into(),
            Ok(_) => {}
            Err(code) => return code.to_string(),
        }
    }
}

async fn cells(cast: &Cast<'_>, place: &Place, socket: Option<&mut Socket>) -> Vec<String> {
    let message = cast.message(place).await.parse().unwrap();
    let there = frames(place.id.to_string(), message);
    let Some(socket) = socket else {
        return there.iter().map(|_| "closed".to_owned()).collect();
    };
    let nowhere = frames(Uuid::now_v7().to_string(), Uuid::now_v7());
    let (mut cells, mut n) = (Vec::new(), 0);
    for (frame, gone) in there.iter().zip(&nowhere) {
        let missing = asked(socket, gone, &mut n).await;
        let came = asked(socket, frame, &mut n).await;
        let word = match came.0.as_str() {
            "not_found" if missing.0 == "not_found" => {
                assert_eq!(came, missing, "{frame:?}");
                "none="
            }
            "not_found" => "none",
            "forbidden" => "no",
            "bad_arguments" => "bad",
            other => other,
        };
        cells.push(word.to_owned());
    }
    cells
}
