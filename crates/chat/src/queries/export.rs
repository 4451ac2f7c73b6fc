//! Everything that somebody may read, piece by piece.
//!
//! Each piece is asked for as the caller and anew: whoever is put out of a room in the middle gets
//! no more of it.

use super::{directory, events, rooms};
use crate::{Caller, Chat, ChatError, Words, accounts};
use jiff::Timestamp;
use salon_protocol::{RoomId, RoomSummary, Seq, UserKind, limits::EVENTS_PAGE_MAX};
use serde_json::{Value, json};
use std::collections::VecDeque;

/// An export that is going on.
pub struct Export {
    chat: Chat,
    caller: Caller,
    rooms: VecDeque<RoomSummary>,
    /// The room whose events are being told, and the last one that was.
    within: Option<(RoomId, Seq)>,
    events: u64,
    /// What is told before the rooms, until it was.
    beginning: Option<Vec<Value>>,
    is_over: bool,
}

/// Begins; what the caller may not have is refused here, not in the middle.
pub async fn export(chat: &Chat, caller: &Caller) -> Result<Export, ChatError> {
    if caller.user.kind == UserKind::Agent || caller.behalf.is_some() {
        return Err(ChatError::Forbidden(Words::new(
            "An agent reads messages, not the log.",
            "AI 只能读取消息，不能读取日志。",
        )));
    }
    let mut beginning = vec![
        json!({ "type": "salon", "version": env!("CARGO_PKG_VERSION"), "epoch": chat.epoch(),
            "made_at": Timestamp::now() }),
        json!({ "type": "account", "account": accounts::account(chat, caller).await? }),
    ];
    for user in directory(chat).await?.users {
        beginning.push(json!({ "type": "user", "user": user }));
    }
    let mut own = VecDeque::new();
    for room in rooms(chat, caller).await?.rooms {
        if chat.store().is_member(room.id, caller.id()).await? {
            own.push_back(room);
        }
    }
    Ok(Export {
        chat: chat.clone(),
        caller: caller.clone(),
        rooms: own,
        within: None,
        events: 0,
        beginning: Some(beginning),
        is_over: false,
    })
}

impl Export {
    /// The next lines; none when all is told.
    pub async fn next(&mut self) -> Result<Option<Vec<Value>>, ChatError> {
        if let Some(beginning) = self.beginning.take() {
            return Ok(Some(beginning));
        }
        if let Some((room, after)) = self.within {
            let which = room.to_string();
            let page = events(&self.chat, &self.caller, &which, after, EVENTS_PAGE_MAX).await;
            let events = match page {
                Ok(page) => page.events,
                // Out means out, in the middle of an export too.
                Err(ChatError::RoomNotFound) => Vec::new(),
                Err(error) => return Err(error),
            };
            if let Some(last) = events.last() {
                self.within = Some((room, last.seq));
                self.events += events.len() as u64;
                let lines = events.iter();
                return Ok(Some(
                    lines
                        .map(|event| json!({ "type": "event", "event": event }))
                        .collect(),
                ));
            }
            self.within = None;
        }
        if let Some(room) = self.rooms.pop_front() {
            self.within = Some((room.id, Seq(0)));
            return Ok(Some(vec![json!({ "type": "room", "room": room })]));
        }
        if self.is_over {
            return Ok(None);
        }
        self.is_over = true;
        Ok(Some(vec![json!({ "type": "end", "events": self.events })]))
    }
}
