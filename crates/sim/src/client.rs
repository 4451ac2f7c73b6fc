//! A person's program, over the contract's words alone: it keeps what it saw, sends again what was
//! not acked, and comes back with the last number it saw.

use crate::{chance::Chance, line::ClientEnd};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Who makes the side room, and who is put out of it and brought in.
pub(crate) const MAKER: &str = "ada";
pub(crate) const OTHERS: [&str; 3] = ["bob", "eve", "assistant"];

pub(crate) struct Client {
    pub(crate) name: String,
    token: String,
    epoch: String,
    pub(crate) link: Option<ClientEnd>,
    received: Vec<u8>,
    pub(crate) is_ready: bool,
    /// The rooms that this person has been in.
    pub(crate) rooms: BTreeMap<String, Room>,
    /// The room that everybody is in, and the one that people are put out of.
    open: String,
    side: String,
    /// What was sent and not acked, by key: the room and the text.
    pub(crate) outbox: BTreeMap<usize, (String, String)>,
    /// What was refused; where it was sent twice it may have been taken the other time.
    refused: BTreeMap<usize, (String, String)>,
    /// The numbers under which things were acked, with their rooms and texts.
    pub(crate) acked: BTreeMap<usize, (u64, String, String)>,
    /// How long each draft is of which this session was told.
    drafts: BTreeMap<(String, String), u64>,
    sent: usize,
}

/// A room as somebody has seen it.
#[derive(Default)]
pub(crate) struct Room {
    /// Its events, as they came: number `n` is at `n` - 1.
    pub(crate) log: Vec<Value>,
    /// Numbers of those that came as they happened, not for having been missed.
    pub(crate) live: Vec<u64>,
}

impl Client {
    pub(crate) fn new(
        name: &str,
        token: String,
        epoch: String,
        open: String,
        side: String,
    ) -> Self {
        Self {
            name: name.to_owned(),
            token,
            epoch,
            rooms: BTreeMap::new(),
            open,
            side,
            link: None,
            received: Vec::new(),
            is_ready: false,
            outbox: BTreeMap::new(),
            refused: BTreeMap::new(),
            acked: BTreeMap::new(),
            drafts: BTreeMap::new(),
            sent: 0,
        }
    }

    /// Says hello on a new line.
    pub(crate) fn begin(&mut self, mut link: ClientEnd) {
        let seen = |(id, room): (&String, &Room)| (id.clone(), room.log.len());
        let mut rooms: BTreeMap<String, usize> = self.rooms.iter().map(seen).collect();
        for room in [&self.open, &self.side] {
            rooms.entry(room.clone()).or_default();
        }
        let resume = json!({ "epoch": self.epoch, "rooms": rooms });
        let hello = json!({ "type": "hello", "token": self.token, "resume": resume });
        link.send(&hello.to_string());
        self.link = Some(link);
    }

    /// The line is gone, whoever ended it.
    pub(crate) fn lose(&mut self) -> Option<ClientEnd> {
        self.is_ready = false;
        self.received.clear();
        self.drafts.clear();
        self.link.take()
    }

    fn send(&mut self, frame: &Value) {
        if let Some(link) = &mut self.link {
            link.send(&frame.to_string());
        }
    }

    fn post(&mut self, key: usize) {
        let (room, text) = self.outbox[&key].clone();
        let name = format!("{}-{key}", self.name);
        let frame = json!({ "type": "send", "id": name, "key": name, "room": room, "text": text });
        self.send(&frame);
    }

    /// Does something that a person would.
    pub(crate) fn act(&mut self, chance: &mut Chance) {
        if !self.is_ready {
            return;
        }
        let room = match chance.one_in(3) {
            true => self.side.clone(),
            false => self.open.clone(),
        };
        let log = self.rooms.get(&room).map_or(&[][..], |room| &room.log);
        match chance.below(14) {
            0..=5 => {
                let (name, n) = (&self.name, self.sent);
                let text = match chance.below(4) {
                    0 => format!("@assistant {name} asks {n}"),
                    // Long enough to fill a socket.
                    1 => format!("{name} tells {n} {}", "长".repeat(1 + chance.below(700))),
                    _ => format!("{name} says {n}"),
                };
                self.sent += 1;
                self.outbox.insert(n, (room, text));
                self.post(n);
            }
            6 => {
                // Impatient: the same again, on the same line.
                if let Some(&key) = self.outbox.keys().next() {
                    self.post(key);
                }
            }
            7 => {
                let topic = format!("/topic {} {}", self.name, chance.below(9));
                let frame = json!({ "type": "send", "room": room, "text": topic });
                self.send(&frame);
            }
            8 => {
                let frame = json!({ "type": "read", "room": room, "seq": log.len() });
                self.send(&frame);
            }
            // Whoever made the side room, and nobody else, can put people out of it.
            12 | 13 => {
                let line = match (self.name == MAKER, chance.below(5)) {
                    (true, 0 | 1) => format!("/kick {}", chance.of(&OTHERS)),
                    (true, _) => format!("/invite {}", chance.of(&OTHERS)),
                    (false, _) => "/leave".to_owned(),
                };
                let frame = json!({ "type": "send", "room": self.side, "text": line });
                self.send(&frame);
            }
            other => {
                let mine = other < 11;
                let posted = log.iter().filter(|event| {
                    event["kind"] == "message.posted" && (!mine || event["from"] == self.name)
                });
                let ids: Vec<Value> = posted.map(|event| event["message"]["id"].clone()).collect();
                if ids.is_empty() {
                    return;
                }
                let id = chance.of(&ids);
                let frame = match other {
                    9 => {
                        json!({ "type": "edit", "message_id": id, "text": format!("edited {}", chance.below(99)) })
                    }
                    10 => json!({ "type": "delete", "message_id": id }),
                    _ => {
                        let remove = chance.one_in(3);
                        json!({ "type": "react", "message_id": id, "emoji": "🍵", "remove": remove })
                    }
                };
                self.send(&frame);
            }
        }
    }

    /// Reads what has come. Answers whether the line is over.
    pub(crate) fn read(&mut self, bytes: &[u8], trace: &mut Sha256) -> bool {
        self.received.extend_from_slice(bytes);
        while let Some((opcode, payload)) = next_frame(&mut self.received) {
            match opcode {
                0x1 => {
                    trace.update(self.name.as_bytes());
                    trace.update(&payload);
                    if self.take(&serde_json::from_slice(&payload).unwrap()) {
                        return true;
                    }
                }
                0x8 => return true,
                0x9 => {
                    // A pong has no payload here.
                    if let Some(link) = &mut self.link {
                        link.pong();
                    }
                }
                _ => {}
            }
        }
        false
    }

    /// Answers whether a new line is wanted.
    fn take(&mut self, frame: &Value) -> bool {
        match frame["type"].as_str().unwrap() {
            "welcome" => assert_eq!(frame["epoch"], self.epoch, "another life of the log"),
            "ready" => {
                self.is_ready = true;
                for key in self.outbox.keys().copied().collect::<Vec<_>>() {
                    self.post(key);
                }
            }
            "event" => {
                let id = frame["room"].as_str().unwrap().to_owned();
                let room = self.rooms.entry(id.clone()).or_default();
                let (seq, next) = (frame["seq"].as_u64().unwrap(), room.log.len() as u64 + 1);
                // What was said while somebody was out is asked for on a new line.
                if id == self.side && seq > next && is_coming_in(frame, &self.name) {
                    return true;
                }
                assert_eq!(seq, next, "{}: not the next number: {frame}", self.name);
                if self.is_ready {
                    room.live.push(seq);
                }
                let goes = frame["kind"] == "member.left" || frame["kind"] == "member.removed";
                if goes && frame["user"] == self.name.as_str() {
                    self.drafts.retain(|(room, _), _| *room != id);
                }
                let mut event = frame.clone();
                event.as_object_mut().unwrap().remove("type");
                room.log.push(event);
            }
            "ack" => self.acked(frame),
            "error" => {
                let id = frame["id"].as_str().unwrap_or_default();
                let of_a_message = id.starts_with(&self.name);
                let key = id.rsplit_once('-').and_then(|(_, key)| key.parse().ok());
                if let Some(key) = key.filter(|_| of_a_message) {
                    // Whoever was put out meanwhile may not speak there.
                    if let Some(refused) = self.outbox.remove(&key) {
                        assert_eq!(refused.0, self.side, "{}: refused: {frame}", self.name);
                        self.refused.insert(key, refused);
                    }
                }
            }
            "draft" => {
                let offset = frame["offset"].as_u64();
                let text = frame["text"].as_str().unwrap_or_default();
                let known = self.drafts.entry(draft_of(frame)).or_default();
                assert_eq!(offset, Some(*known), "a hole in a draft: {frame}");
                *known += text.chars().count() as u64;
            }
            "draft.end" => drop(self.drafts.remove(&draft_of(frame))),
            // Put out again while it was being given what it had missed: it asks again.
            "reset" => {
                assert_eq!(frame["room"], self.side, "{}: all can be given", self.name);
                return true;
            }
            _ => {}
        }
        false
    }

    fn acked(&mut self, frame: &Value) {
        let Some(key) = frame["id"]
            .as_str()
            .and_then(|id| id.rsplit_once('-')?.1.parse().ok())
        else {
            return;
        };
        let seq = frame["seq"].as_u64().unwrap();
        let sent = self.outbox.remove(&key);
        let sent = sent.or_else(|| self.refused.remove(&key));
        match (sent, self.acked.get(&key)) {
            (Some((room, text)), None) => drop(self.acked.insert(key, (seq, room, text))),
            (_, Some((before, ..))) => assert_eq!(*before, seq, "acked as two events"),
            (None, None) => panic!("an ack of what was never sent: {frame}"),
        }
    }
}

/// The room of a draft, and which it is.
fn draft_of(frame: &Value) -> (String, String) {
    let word = |name: &str| frame[name].as_str().unwrap_or_default().to_owned();
    (word("room"), word("draft_id"))
}

/// Whether somebody comes into a room by this event.
fn is_coming_in(event: &Value, who: &str) -> bool {
    event["kind"] == "member.joined" && event["user"] == who
}

/// Takes a whole frame off the front.
fn next_frame(received: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let (length, head) = match *received.get(1)? {
        126 => (
            usize::from(u16::from_be_bytes([*received.get(2)?, *received.get(3)?])),
            4,
        ),
        127 => {
            let long = received.get(2..10)?;
            (u64::from_be_bytes(long.try_into().ok()?) as usize, 10)
        }
        short => (usize::from(short), 2),
    };
    if received.len() < head + length {
        return None;
    }
    let opcode = received[0] & 0x0F;
    let payload = received[head..head + length].to_vec();
    received.drain(..head + length);
    Some((opcode, payload))
}
