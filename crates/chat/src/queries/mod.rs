//! What can be asked, each only through whoever asks.

mod admin;
mod agents;
mod directory;
mod emoji;
mod export;
mod files;
mod history;
mod kept;
mod later;
mod mentions;
mod moderation;
mod notifying;
mod previews;
mod pushes;
mod ready;
mod rooms;
mod search;
mod threads;
mod turns;
mod unsent;
mod usage;

pub(crate) use admin::may_change;
pub use admin::{admin_health, admin_storage, admin_users};
pub use agents::{agent, agents, approvals, facts};
pub(crate) use directory::seen;
pub use directory::{directory, me, online_users};
pub use emoji::{emoji, emoji_picture};
pub use export::{Export, export};
pub use files::{file, room_files};
pub use history::{events, messages, said};
pub use kept::{message, pins, saved, versions};
pub use later::laters;
pub use mentions::mentions;
pub use moderation::{admin_reports, moderation, reports, restrictions};
pub use notifying::notifying;
pub use previews::preview_picture;
pub use pushes::pushes;
pub use ready::ready;
pub use rooms::{may_act, members, room, rooms};
pub use search::{Search, search};
pub use threads::{thread, threads};
pub use turns::{acts, feedback, require_admin, turns_in, turns_of, view as turn_view};
pub use unsent::unsent;
pub use usage::{budget_of, currency, today, usage};

use crate::{Caller, Chat, ChatError};
use salon_protocol::RoomId;
use std::collections::HashMap;

/// A room's name as the caller sees it, asked once a page.
async fn room_name(
    chat: &Chat,
    caller: &Caller,
    room: RoomId,
    names: &mut HashMap<RoomId, String>,
) -> Result<String, ChatError> {
    if let Some(name) = names.get(&room) {
        return Ok(name.clone());
    }
    let summary = chat.store().room_summary(room, caller.id()).await?;
    let name = summary.map(|summary| summary.name).unwrap_or_default();
    names.insert(room, name.clone());
    Ok(name)
}
