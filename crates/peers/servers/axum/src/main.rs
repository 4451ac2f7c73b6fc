//! The room that one writes with axum in an afternoon: a broadcast channel between all sockets, and
//! nothing is kept.

use axum::{
    Router,
    extract::{
        State,
        ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    routing::any,
};
use tokio::sync::broadcast;

/// Messages that a socket may be behind before it loses some.
const BEHIND_MAX: usize = 4_096;

type Room = broadcast::Sender<Utf8Bytes>;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::args().nth(1).unwrap_or_default();
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let room = Room::new(BEHIND_MAX);
    let upgrade = |upgrade: WebSocketUpgrade, State(room): State<Room>| async move {
        upgrade.on_upgrade(move |socket| member(socket, room))
    };
    let app = Router::new().route("/room", any(upgrade)).with_state(room);
    axum::serve(listener, app).await
}

async fn member(mut socket: WebSocket, room: Room) {
    let mut said = room.subscribe();
    loop {
        tokio::select! {
            text = said.recv() => {
                let Ok(text) = text else { return };
                if socket.send(Message::Text(text)).await.is_err() {
                    return;
                }
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => drop(room.send(text)),
                Some(Ok(_)) => {}
                _ => return,
            },
        }
    }
}
