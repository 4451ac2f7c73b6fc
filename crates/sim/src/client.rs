//! A person's program, over the contract's words alone: it keeps what it saw, sends again what was
//! not acked, and comes back with the last number it saw.

use crate::{chance::Chance, line::ClientEnd};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

pub(crate) struct Client {
    pub(crate) name: String,
    token: String,
    epoch: String,
    room: String,
    pub(crate) link: Option<ClientEnd>,
    received: Vec<u8>,
    pub(crate) is_ready: bool,
    /// The room's events, as they came: number `n` is at `n` - 1.
    pub(crate) log: Vec<Value>,
    /// What was sent and not acked, by key.
    pub(crate) outbox: BTreeMap<usize, String>,
    /// The numbers under which things were acked, with their texts.
    pub(crate) acked: BTreeMap<usize, (u64, String)>,
    /// How long each draft is of which this session was told.
    drafts: BTreeMap<String, u64>,
    sent: usize,
}

impl Client {
    pub(crate) fn new(name: &str, token: String, epoch: String, room: String) -> Self {
        Self {
            name: name.to_owned(),
            token,
            epoch,
            room,
            link: None,
            received: Vec::new(),
            is_ready: false,
            log: Vec::new(),
            outbox: BTreeMap::new(),
            acked: BTreeMap::new(),
            drafts: BTreeMap::new(),
            sent: 0,
        }
    }

    /// Says hello on a new line.
    pub(crate) fn begin(&mut self, mut link: ClientEnd) {
        let resume = json!({ "epoch": self.epoch, "rooms": { &self.room: self.log.len() } });
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
        let text = self.outbox[&key].clone();
        let name = format!("{}-{key}", self.name);
        let frame =
            json!({ "type": "send", "id": name, "key": name, "room": self.room, "text": text });
        self.send(&frame);
    }

    /// Does something that a person would.
    pub(crate) fn act(&mut self, chance: &mut Chance) {
        if !self.is_ready {
            return;
        }
        match chance.below(12) {
            0..=5 => {
                let (name, n) = (&self.name, self.sent);
                let text = match chance.below(4) {
                    0 => format!("@assistant {name} asks {n}"),
                    // Long enough to fill a socket.
                    1 => format!("{name} tells {n} {}", "长".repeat(1 + chance.below(700))),
                    _ => format!("{name} says {n}"),
                };
                self.sent += 1;
                self.outbox.insert(n, text);
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
                let frame = json!({ "type": "send", "room": self.room, "text": topic });
                self.send(&frame);
            }
            8 => {
                let frame = json!({ "type": "read", "room": self.room, "seq": self.log.len() });
                self.send(&frame);
            }
            other => {
                let mine = other < 11;
                let posted = self.log.iter().filter(|event| {
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

    /// Reads what has come. Answers whether the server said goodbye.
    pub(crate) fn read(&mut self, bytes: &[u8], trace: &mut Sha256) -> bool {
        self.received.extend_from_slice(bytes);
        while let Some((opcode, payload)) = next_frame(&mut self.received) {
            match opcode {
                0x1 => {
                    trace.update(self.name.as_bytes());
                    trace.update(&payload);
                    self.take(&serde_json::from_slice(&payload).unwrap());
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

    fn take(&mut self, frame: &Value) {
        match frame["type"].as_str().unwrap() {
            "welcome" => assert_eq!(frame["epoch"], self.epoch, "another life of the log"),
            "ready" => {
                self.is_ready = true;
                for key in self.outbox.keys().copied().collect::<Vec<_>>() {
                    self.post(key);
                }
            }
            "event" => {
                let next = self.log.len() as u64 + 1;
                assert_eq!(
                    frame["seq"].as_u64(),
                    Some(next),
                    "{}: not the next number: {frame}",
                    self.name
                );
                let mut event = frame.clone();
                event.as_object_mut().unwrap().remove("type");
                self.log.push(event);
            }
            "ack" => self.acked(frame),
            "error" => {
                let id = frame["id"].as_str().unwrap_or_default();
                let of_a_message = id.starts_with(&self.name);
                assert!(!of_a_message, "{}: refused: {frame}", self.name);
            }
            "draft" => {
                let (id, offset) = (frame["draft_id"].to_string(), frame["offset"].as_u64());
                let text = frame["text"].as_str().unwrap_or_default();
                let known = self.drafts.entry(id).or_default();
                assert_eq!(offset, Some(*known), "a hole in a draft: {frame}");
                *known += text.chars().count() as u64;
            }
            "draft.end" => drop(self.drafts.remove(&frame["draft_id"].to_string())),
            "reset" => panic!("{}: nothing was missed that could not be given", self.name),
            _ => {}
        }
    }

    fn acked(&mut self, frame: &Value) {
        let Some(key) = frame["id"]
            .as_str()
            .and_then(|id| id.rsplit_once('-')?.1.parse().ok())
        else {
            return;
        };
        let seq = frame["seq"].as_u64().unwrap();
        match (self.outbox.remove(&key), self.acked.get(&key)) {
            (Some(text), None) => drop(self.acked.insert(key, (seq, text))),
            (_, Some((before, _))) => assert_eq!(*before, seq, "acked as two events"),
            (None, None) => panic!("an ack of what was never sent: {frame}"),
        }
    }
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
