//! What a member knows of a room, by an independent client: a page over the contract's words.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use serde_json::{Value, json};
use std::collections::BTreeSet;

/// What a member knows of a room.
#[derive(Clone, Debug, PartialEq)]
pub struct RoomState {
    topic: String,
    mode: String,
    private_from_ai: bool,
    slow_seconds: u64,
    keep_days: u64,
    members: BTreeSet<String>,
    messages: Vec<Value>,
    /// The number of the last event that it knows of.
    pub seq: u64,
}

impl RoomState {
    /// Of a room before its first event, with the mode in which rooms begin.
    pub fn new(mode: &str) -> Self {
        Self {
            topic: String::new(),
            mode: mode.to_owned(),
            private_from_ai: false,
            slow_seconds: 0,
            keep_days: 0,
            members: BTreeSet::new(),
            messages: Vec::new(),
            seq: 0,
        }
    }

    /// Of a room as it is fetched: its summary, and all of its messages in time order.
    pub fn fetched(summary: &Value, messages: Vec<Value>) -> Self {
        let members = summary["members"].as_array().unwrap().iter();
        Self {
            topic: text(&summary["topic"]),
            mode: text(&summary["mode"]),
            private_from_ai: summary["private_from_ai"] == true,
            slow_seconds: summary["slow_seconds"].as_u64().unwrap_or(0),
            keep_days: summary["keep_days"].as_u64().unwrap_or(0),
            members: members.map(|member| text(&member["handle"])).collect(),
            messages,
            seq: summary["seq"].as_u64().unwrap(),
        }
    }

    /// Learns of the next event.
    pub fn apply(&mut self, event: &Value) {
        assert_eq!(
            event["seq"].as_u64(),
            Some(self.seq + 1),
            "not the next number: {event}"
        );
        self.seq += 1;
        let from = text(&event["from"]);
        match event["kind"].as_str().unwrap() {
            "message.posted" => {
                let mut message = event["message"].clone();
                for key in ["room", "seq", "at"] {
                    message[key] = event[key].clone();
                }
                let root = message["thread_id"].clone();
                self.messages.push(message);
                if let Some(root) = self.messages.iter_mut().find(|it| it["id"] == root) {
                    let count = root["replies"]["count"].as_u64().unwrap_or(0) + 1;
                    root["replies"] = json!({
                        "count": count, "last_seq": event["seq"], "last_at": event["at"]
                    });
                }
            }
            "message.edited" => {
                let message = self.message(event);
                message["text"] = event["text"].clone();
                message["edited_at"] = event["at"].clone();
                message.as_object_mut().unwrap().remove("previews");
                for key in ["mentions", "calls"] {
                    match event.get(key) {
                        Some(called) => message[key] = called.clone(),
                        None => drop(message.as_object_mut().unwrap().remove(key)),
                    }
                }
            }
            "message.deleted" => {
                let message = self.message(event);
                message["text"] = json!("");
                message["deleted"] = json!(true);
                if let Some(removed) = event.get("removed") {
                    message["removed"] = removed.clone();
                }
                for key in [
                    "reactions",
                    "mentions",
                    "calls",
                    "pinned_by",
                    "forwarded",
                    "poll",
                    "votes",
                    "poll_closed_by",
                    "previews",
                ] {
                    message.as_object_mut().unwrap().remove(key);
                }
            }
            "reaction.added" => {
                let emoji = event["emoji"].clone();
                let message = self.message(event);
                let mut reactions = message["reactions"].as_array().cloned().unwrap_or_default();
                match reactions
                    .iter_mut()
                    .find(|reaction| reaction["emoji"] == emoji)
                {
                    Some(reaction) => reaction["users"].as_array_mut().unwrap().push(json!(from)),
                    None => reactions.push(json!({ "emoji": emoji, "users": [from] })),
                }
                message["reactions"] = json!(reactions);
            }
            "reaction.removed" => {
                let emoji = event["emoji"].clone();
                let message = self.message(event);
                let mut reactions = message["reactions"].as_array().cloned().unwrap();
                for reaction in &mut reactions {
                    if reaction["emoji"] == emoji {
                        reaction["users"]
                            .as_array_mut()
                            .unwrap()
                            .retain(|user| *user != json!(from));
                    }
                }
                reactions.retain(|reaction| reaction["users"] != json!([]));
                match reactions.is_empty() {
                    true => drop(message.as_object_mut().unwrap().remove("reactions")),
                    false => message["reactions"] = json!(reactions),
                }
            }
            "poll.voted" => {
                let message = self.message(event);
                let mut votes = message["votes"].as_array().cloned().unwrap_or_default();
                votes.retain(|vote| vote["user"] != json!(from));
                if event["choices"] != json!([]) {
                    votes.push(json!({ "user": from, "choices": event["choices"] }));
                }
                match votes.is_empty() {
                    true => drop(message.as_object_mut().unwrap().remove("votes")),
                    false => message["votes"] = json!(votes),
                }
            }
            "poll.closed" => self.message(event)["poll_closed_by"] = json!(from),
            "message.previewed" => {
                let message = self.message(event);
                match &event["previews"] {
                    none if *none == json!([]) => {
                        drop(message.as_object_mut().unwrap().remove("previews"));
                    }
                    previews => message["previews"] = previews.clone(),
                }
            }
            "message.pinned" => self.message(event)["pinned_by"] = json!(from),
            "message.unpinned" => {
                let message = self.message(event).as_object_mut().unwrap();
                message.remove("pinned_by");
            }
            "member.joined" => drop(self.members.insert(text(&event["user"]))),
            "member.left" | "member.removed" => drop(self.members.remove(&text(&event["user"]))),
            "room.changed" => {
                self.topic = text(&event["topic"]);
                self.mode = text(&event["mode"]);
                self.private_from_ai = event["private_from_ai"] == true;
                self.slow_seconds = event["slow_seconds"].as_u64().unwrap_or(0);
                self.keep_days = event["keep_days"].as_u64().unwrap_or(0);
            }
            "messages.expired" => {
                let up_to = event["up_to"].as_u64();
                self.messages.retain(|message| {
                    message["seq"].as_u64() > up_to || message.get("pinned_by").is_some()
                });
            }
            "room.created" | "agent.changed" | "approval.asked" | "approval.settled" => {}
            other => panic!("an event that no client knows: {other}"),
        }
    }

    fn message(&mut self, event: &Value) -> &mut Value {
        self.messages
            .iter_mut()
            .find(|message| message["id"] == event["message_id"])
            .unwrap()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
