//! Slack's export: a zip with `users.json`, `channels.json`, perhaps `groups.json`, `dms.json`,
//! `mpims.json`, and a folder of days for each of their rooms.

use super::{
    archive::Archive,
    emoji,
    lost::Lost,
    plan::{Attached, Person, Place, Plan, Said, as_name},
};
use anyhow::Context;
use jiff::Timestamp;
use salon_protocol::{ImportLoss, RoomKind, UserKind};
use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{
    collections::{HashMap, HashSet},
    fmt,
    marker::PhantomData,
};

/// Things in one list: people, rooms, messages of a day.
const LIST_MAX: usize = 1_000_000;

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
    id: String,
    #[serde(default)]
    name: Option<String>,
}

/// A list of no more than [`LIST_MAX`]: a few bytes of JSON may be a lot of memory.
struct List<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Bounded<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Bounded<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {LIST_MAX}")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<List<T>, A::Error> {
                let mut list = Vec::new();
                while let Some(one) = from.next_element()? {
                    if list.len() >= LIST_MAX {
                        return Err(A::Error::invalid_length(LIST_MAX + 1, &self));
                    }
                    list.push(one);
                }
                Ok(List(list))
            }
        }
        from.deserialize_seq(Bounded(PhantomData))
    }
}

/// A room's place, its folder, and the files of its days with their sizes.
type Folder = (String, String, Vec<(String, u64)>);

pub(super) struct Slack {
    archive: Archive,
    folders: Vec<Folder>,
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
        let mut by_folder = HashMap::new();
        for (file, kind) in [
            ("channels.json", RoomKind::Public),
            ("groups.json", RoomKind::Private),
            ("mpims.json", RoomKind::Private),
            ("dms.json", RoomKind::Direct),
        ] {
            for channel in list::<Channel>(&mut archive, file)?.unwrap_or_default() {
                let name = channel.name.unwrap_or_default();
                let folder = if name.is_empty() { &channel.id } else { &name };
                // Two rooms of one folder: the first has what was said in it.
                by_folder.entry(folder.clone()).or_insert(folders.len());
                folders.push((channel.id.clone(), folder.clone(), Vec::new()));
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
        for name in archive.names() {
            let Some((folder, day)) = name.split_once('/') else {
                continue;
            };
            if day.contains('/') || !day.ends_with(".json") {
                continue;
            }
            if let Some(at) = by_folder.get(folder) {
                let size = archive.told_size(&name);
                plan.size = plan.size.saturating_add(size);
                folders[*at].2.push((name, size));
            }
        }
        for (_, _, days) in &mut folders {
            days.sort();
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
    pub(super) fn read(mut self, mut say: impl FnMut(Said) -> bool) -> anyhow::Result<Lost> {
        let mut lost = Lost::default();
        let mut read: u64 = 0;
        for (place, folder, days) in std::mem::take(&mut self.folders) {
            for (day, size) in days {
                let messages = match list::<Box<RawValue>>(&mut self.archive, &day) {
                    Ok(messages) => messages.unwrap_or_default(),
                    Err(error) => {
                        lost.add(ImportLoss::Unreadable, format_args!("{day}: {error:#}"));
                        continue;
                    }
                };
                read = read.saturating_add(size);
                let mut said = Vec::new();
                for message in messages {
                    match serde_json::from_str(message.get()) {
                        Ok(message) => said.extend(self.said(&place, &folder, message)),
                        Err(error) => {
                            let told = format_args!("a message of {day}: {error}");
                            lost.add(ImportLoss::Unreadable, told);
                        }
                    }
                }
                said.sort_by_key(|one| one.at);
                for one in said {
                    if !say(Said { read, ..one }) {
                        return Ok(lost);
                    }
                }
            }
        }
        Ok(lost)
    }

    fn said(&self, place: &str, folder: &str, message: Message) -> Option<Said> {
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
        let files = message.files.into_iter().map(|file| attached(folder, file));
        let reactions = message.reactions.iter().flat_map(|reaction| {
            let emoji = emoji::by_name(&reaction.name);
            let users = reaction.users.iter();
            users.map(move |user| (user.clone(), emoji.clone()))
        });
        Some(Said {
            place: place.to_owned(),
            author,
            at: time(&message.ts)?,
            text: message.text,
            reply_to: message.thread_ts.filter(|thread| *thread != message.ts),
            edited_at: message.edited.and_then(|edited| time(&edited.ts)),
            reactions: reactions.collect(),
            files: files.collect(),
            read: 0,
            key: message.ts,
        })
    }
}

/// Slack's own export has no files; what others add to it lies in one of these places.
fn attached(folder: &str, file: File) -> Attached {
    let name = file.name.unwrap_or_else(|| "file".to_owned());
    let id = file.id;
    let places = match id.is_empty() {
        true => Vec::new(),
        false => vec![
            format!("__uploads/{id}/{name}"),
            format!("{folder}/attachments/{id}-{name}"),
            format!("attachments/{id}-{name}"),
            format!("{id}/{name}"),
            format!("{id}-{name}"),
        ],
    };
    Attached { name, places }
}

fn list<T: for<'a> Deserialize<'a>>(
    archive: &mut Archive,
    name: &str,
) -> anyhow::Result<Option<Vec<T>>> {
    let Some(bytes) = archive.read(name)? else {
        return Ok(None);
    };
    let read: Result<List<T>, _> = serde_json::from_slice(&bytes);
    let read = read.with_context(|| format!("{name} is not as expected"))?;
    Ok(Some(read.0))
}

/// Slack's times are seconds with six digits behind the point, and name a message in its room.
fn time(ts: &str) -> Option<Timestamp> {
    let (seconds, micros) = ts.split_once('.').unwrap_or((ts, "0"));
    let micros = format!("{micros:0<6}");
    let micros: i64 = micros.get(..6)?.parse().ok()?;
    let whole = seconds.parse::<i64>().ok()?.checked_mul(1_000_000)?;
    Timestamp::from_microsecond(whole.checked_add(micros)?).ok()
}
