//! What is done while it is recorded: messages by several senders, as a server stores them.

use crate::process::general;
use salon_chat::{
    Caller, Chat, ChatConfig, Store, Workers, accounts,
    actions::{self, CreateUser, SendMessage},
};
use salon_protocol::{EventBody, Role, RoomName, Seq, UserKind};
use std::{collections::BTreeMap, io::Write, path::Path};
use tokio::runtime::{Builder, Runtime};

/// Enough for the write-ahead log to be moved into the database several times.
const ROUNDS: usize = 120;
const SENDERS: usize = 4;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// On one thread, so that the record has one order.
async fn start(folder: &Path) -> Chat {
    let config = ChatConfig {
        workers: Workers::InTurn(|| 1),
        ..ChatConfig::new(folder, false)
    };
    Chat::start(config).await.unwrap()
}

/// Makes a folder with somebody in it who can send.
pub(super) fn prepare(folder: &Path) {
    let runtime = runtime();
    runtime.block_on(async {
        let chat = start(folder).await;
        let new = CreateUser {
            handle: "ada".into(),
            display_name: None,
            kind: UserKind::Human,
            role: Role::Member,
            password_hash: None,
        };
        actions::create_user(&chat, new).await.unwrap();
    });
}

/// Sends, and says on standard output what was acked: the child's whole life. It ends as if it
/// were killed, with the files open.
pub fn load(folder: &Path) {
    runtime().block_on(async {
        let chat = start(folder).await;
        let mut users = chat.store().users().await.unwrap().into_iter();
        let ada = users.find(|user| user.handle.to_string() == "ada").unwrap();
        let caller = Caller::new(ada, None);
        let room = general(&chat).await.id.to_string();
        for round in 0..ROUNDS {
            let senders = (0..SENDERS).map(|sender| {
                let (chat, caller, room) = (chat.clone(), caller.clone(), room.clone());
                tokio::spawn(async move {
                    let text = format!("{round}-{sender}-{}", "x".repeat(round * 7 % 900));
                    let message = SendMessage {
                        key: Some(format!("{round}-{sender}")),
                        ..SendMessage::text(text.clone())
                    };
                    let done = actions::send_message(&chat, &caller, &room, message).await;
                    let seq = done.unwrap().seq.unwrap();
                    let ack = format!("ack {seq} {text}\n");
                    // One write, so that it stands in the record at one place.
                    std::io::stdout().write_all(ack.as_bytes()).unwrap();
                })
            });
            for sender in senders.collect::<Vec<_>>() {
                sender.await.unwrap();
            }
        }
        std::process::exit(0);
    });
}

/// The texts of all messages, by their numbers.
pub(super) async fn stored(store: &Store) -> BTreeMap<u64, String> {
    let name: RoomName = accounts::GENERAL_ROOM.parse().unwrap();
    let room = store.room_by_name(&name).await.unwrap().unwrap();
    let events = store.events_for_fan_out(room.id, Seq(0), 10_000).await;
    let posted = events.unwrap().into_iter().filter_map(|event| {
        let EventBody::MessagePosted { message } = event.body else {
            return None;
        };
        Some((event.seq.0, message.text))
    });
    posted.collect()
}
