//! `salon export`: everything but secrets, as JSON Lines. Each line says by `type` what it is.

use super::{open_existing, say};
use crate::config::Config;
use salon_protocol::{Presence, Seq};
use serde_json::json;
use tokio::sync::mpsc;

/// Events read at once.
const PAGE: usize = 500;
/// Rows that wait to be written.
const ROWS_WAITING_MAX: usize = 256;

pub(crate) async fn export(config: &Config) -> anyhow::Result<()> {
    let chat = open_existing(config).await?;
    let store = chat.store();
    say(json!({ "type": "salon", "version": env!("CARGO_PKG_VERSION"), "epoch": chat.epoch() }));
    for user in store.users().await? {
        say(json!({ "type": "user", "user": user.info(Presence::Offline) }));
    }
    for (room, _, members) in store.membership().await? {
        if let Some(room) = store.room(room).await? {
            say(json!({
                "type": "room", "id": room.id, "name": room.name, "kind": room.kind,
                "topic": room.topic, "members": members,
            }));
        }
        let mut after = Seq(0);
        loop {
            let events = store.events_for_fan_out(room, after, PAGE).await?;
            let Some(last) = events.last() else { break };
            after = last.seq;
            for event in &events {
                say(json!({ "type": "event", "event": event }));
            }
        }
    }
    let (rows, mut written) = mpsc::channel(ROWS_WAITING_MAX);
    let told = store.export(rows);
    let writing = async {
        while let Some(row) = written.recv().await {
            say(row);
        }
    };
    let (told, ()) = tokio::join!(told, writing);
    Ok(told?)
}
