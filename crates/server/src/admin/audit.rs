//! `salon audit`: everything that agents did, as JSON Lines.

use super::{open_existing, say};
use crate::config::Config;
use jiff::Timestamp;
use salon_protocol::{Handle, UserId};
use serde_json::json;
use std::collections::HashMap;

/// Acts read at once.
const PAGE: usize = 500;

pub(crate) async fn audit(config: &Config) -> anyhow::Result<()> {
    let chat = open_existing(config).await?;
    let users = chat.store().users().await?;
    let handles: HashMap<UserId, Handle> = users
        .into_iter()
        .map(|user| (user.id, user.handle))
        .collect();
    let mut before = Timestamp::MAX;
    loop {
        let acts = chat.store().acts(before, None, PAGE).await?;
        let Some(last) = acts.last() else {
            return Ok(());
        };
        before = last.at;
        for act in &acts {
            say(json!({
                "at": act.at, "turn": act.turn, "agent": handles.get(&act.agent),
                "asker": handles.get(&act.asker), "room": act.room, "seq": act.seq,
                "name": act.name, "arguments": act.arguments, "outcome": act.outcome,
                "result": act.result,
            }));
        }
    }
}
