//! Slack's export: a zip with `users.json`, `channels.json`, perhaps `groups.json`, `dms.json`,
//! `mpims.json`, and a folder of days for each of their rooms.

use super::{
    archive::Archive,
    emoji,
    plan::{Person, Place, Plan, Said, as_name},
};
use anyhow::Context;
use jiff::Timestamp;
use salon_protocol::{RoomKind, UserKind};
use serde::Deserialize;
use std::collections::HashSet;

/// What happens in a room beside messages; its log tells of it in its own way.
const NOT_SAID: [&str; 10] = [
    "channel_join",
    "channel_leave",
    "group_join",
    "group_leave",
    "channel_topic",
    "channel_purpose",
    "channel_name",
    "channel_archive",
    "channel_unarchive",
    "tombstone",
];

#[derive(Deserialize)]
struct User {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    is_bot: bool,
    #[serde(default)]
    profile: Profile,
}

#[derive(Default, Deserialize)]
struct Profile {
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    real_name: Option<String>,
}

#[derive(Deserialize)]
struct Channel {
    id: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    creator: Option<String>,
    #[serde(default)]
    members: Vec<String>,
    #[serde(default)]
    topic: Option<Valued>,
}

#[derive(Deserialize)]
struct Valued {
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    subtype: Option<String>,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    bot_id: Option<String>,
    #[serde(default)]
    username: Option<String>,
    ts: String,
    #[serde(default)]
    thread_ts: Option<String>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    edited: Option<Edited>,
    #[serde(default)]
    reactions: Vec<Reaction>,
    #[serde(default)]
    files: Vec<File>,
}

#[derive(Deserialize)]
struct Edited {
    ts: String,
}

#[derive(Deserialize)]
struct Reaction {
    name: String,
    #[serde(default)]
    users: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    name: Option<String>,
}

pub(super) struct Slack {
    archive: Archive,
    /// The folder of each room's days.
    folders: Vec<(String, String)>,
    people: HashSet<String>,
}

impl Slack {
    pub(super) fn open(mut archive: Archive) -> anyhow::Result<(Self, Plan)> {
        let mut plan = Plan::default();
        let users: Vec<User> = list(&mut archive, "users.json")?
            .context("there is no users.json in it: this is no export of Slack")?;
        for user in users {
            let shown = [user.profile.display_name, user.profile.real_name];
            let shown = shown
                .into_iter()
                .flatten()
                .find(|name| !name.trim().is_empty());
            plan.people.push(Person {
                name: as_name(&user.name, &user.id),
                display_name: shown.unwrap_or_else(|| user.name.clone()),
                kind: if user.is_bot {
                    UserKind::Bot
                } else {
                    UserKind::Human
                },
                disabled: user.deleted,
                key: user.id,
            });
        }
        let mut folders = Vec::new();
        for (file, kind) in [
            ("channels.json", RoomKind::Public),
            ("groups.json", RoomKind::Private),
            ("mpims.json", RoomKind::Private),
            ("dms.json", RoomKind::Direct),
        ] {
            for channel in list::<Channel>(&mut archive, file)?.unwrap_or_default() {
                let name = channel.name.unwrap_or_default();
                let folder = if name.is_empty() { &channel.id } else { &name };
                folders.push((channel.id.clone(), folder.clone()));
                let mut members = channel.members;
                if let Some(creator) = channel.creator
                    && let Some(at) = members.iter().position(|member| *member == creator)
                {
                    members.swap(0, at);
                }
                plan.places.push(Place {
                    name: as_name(&name, &channel.id),
                    kind,
                    topic: channel.topic.map(|topic| topic.value).unwrap_or_default(),
                    at: Timestamp::from_second(channel.created).unwrap_or_default(),
                    members,
                    key: channel.id,
                });
            }
        }
        let people = plan.people.iter().map(|one| one.key.clone()).collect();
        Ok((
            Self {
                archive,
                folders,
                people,
            },
            plan,
        ))
    }

    /// Every message, room by room, oldest first. `say` answers with whether to go on.
    pub(super) fn read(mut self, mut say: impl FnMut(Said) -> bool) -> anyhow::Result<Vec<String>> {
        let mut lost = Vec::new();
        let names = self.archive.names();
        for (place, folder) in self.folders.clone() {
            let prefix = format!("{folder}/");
            let mut days: Vec<_> = names
                .iter()
                .filter(|name| {
                    let day = name.strip_prefix(&prefix);
                    day.is_some_and(|day| !day.contains('/') && day.ends_with(".json"))
                })
                .collect();
            days.sort();
            for day in days {
                let messages: Vec<serde_json::Value> = match list(&mut self.archive, day) {
                    Ok(messages) => messages.unwrap_or_default(),
                    Err(error) => {
                        lost.push(format!("{day}: {error:#}"));
                        continue;
                    }
                };
                let mut said: Vec<_> = messages
                    .into_iter()
                    .filter_map(|message| match serde_json::from_value(message) {
                        Ok(message) => self.said(&place, message),
                        Err(error) => {
                            lost.push(format!("a message of {day}: {error}"));
                            None
                        }
                    })
                    .collect();
                said.sort_by_key(|one| one.at);
                for one in said {
                    if !say(one) {
                        return Ok(lost);
                    }
                }
            }
        }
        Ok(lost)
    }

    fn said(&self, place: &str, message: Message) -> Option<Said> {
        if message
            .subtype
            .as_deref()
            .is_some_and(|kind| NOT_SAID.contains(&kind))
        {
            return None;
        }
        let author = message
            .user
            .filter(|user| self.people.contains(user))
            .or(message.bot_id)
            .or(message.username)
            .unwrap_or_default();
        let mut text = message.text;
        for file in &message.files {
            let name = file.name.as_deref().unwrap_or("file");
            text.push_str(&format!("\n[{name}]"));
        }
        let reactions = message.reactions.iter().flat_map(|reaction| {
            let emoji = emoji::by_name(&reaction.name);
            let users = reaction.users.iter();
            users.map(move |user| (user.clone(), emoji.clone()))
        });
        Some(Said {
            place: place.to_owned(),
            author,
            at: time(&message.ts)?,
            text: text.trim().to_owned(),
            reply_to: message.thread_ts.filter(|thread| *thread != message.ts),
            edited_at: message.edited.and_then(|edited| time(&edited.ts)),
            reactions: reactions.collect(),
            files: message.files.len(),
            key: message.ts,
        })
    }
}

fn list<T: for<'a> Deserialize<'a>>(
    archive: &mut Archive,
    name: &str,
) -> anyhow::Result<Option<Vec<T>>> {
    let Some(bytes) = archive.read(name)? else {
        return Ok(None);
    };
    let read = serde_json::from_slice(&bytes);
    Ok(Some(
        read.with_context(|| format!("{name} is not as expected"))?,
    ))
}

/// Slack's times are seconds with six digits behind the point, and name a message in its room.
fn time(ts: &str) -> Option<Timestamp> {
    let (seconds, micros) = ts.split_once('.').unwrap_or((ts, "0"));
    let micros = format!("{micros:0<6}");
    let micros: i64 = micros.get(..6)?.parse().ok()?;
    let whole = seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?;
    Timestamp::from_microsecond(whole.checked_add(micros)?).ok()
}
