//! Mattermost's bulk export: JSON Lines, alone or as the `.jsonl` of a zip. Accounts say which
//! rooms they are in, so it is read twice: first who and where, then what was said.

use super::{
    archive::Archive,
    emoji,
    lost::Lost,
    plan::{Attached, Person, Place, Plan, Said, as_name},
};
use anyhow::{Context, bail};
use jiff::Timestamp;
use salon_chat::ByteDigest;
use salon_protocol::{ImportLoss, RoomKind, UserKind};
use serde::Deserialize;
use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

/// A line is one post with all its replies; a longer one is passed over and told.
const LINE_BYTES_MAX: u64 = 16 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line {
    Channel {
        channel: Channel,
    },
    User {
        user: User,
    },
    Post {
        post: Post,
    },
    DirectChannel {
        direct_channel: DirectChannel,
    },
    DirectPost {
        direct_post: Post,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Channel {
    team: String,
    name: String,
    #[serde(default, rename = "type")]
    kind: String,
    #[serde(default)]
    header: String,
}

#[derive(Deserialize)]
struct User {
    username: String,
    #[serde(default)]
    nickname: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    delete_at: i64,
    #[serde(default)]
    is_bot: bool,
    #[serde(default)]
    teams: Option<Vec<Team>>,
}

#[derive(Deserialize)]
struct Team {
    name: String,
    #[serde(default)]
    channels: Option<Vec<Named>>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct DirectChannel {
    members: Vec<String>,
    #[serde(default)]
    header: String,
}

#[derive(Deserialize)]
struct Post {
    #[serde(default)]
    team: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    channel_members: Option<Vec<String>>,
    user: String,
    #[serde(default)]
    message: String,
    create_at: i64,
    #[serde(default)]
    edit_at: Option<i64>,
    #[serde(default)]
    reactions: Option<Vec<Reaction>>,
    #[serde(default)]
    replies: Option<Vec<Post>>,
    #[serde(default)]
    attachments: Option<Vec<Attachment>>,
}

impl Post {
    fn place(&self) -> String {
        match &self.channel_members {
            Some(members) => direct(members).0,
            None => key_of(&self.team, &self.channel),
        }
    }
}

#[derive(Deserialize)]
struct Reaction {
    user: String,
    emoji_name: String,
}

#[derive(Deserialize)]
struct Attachment {
    #[serde(default)]
    path: String,
}

enum Source {
    Plain(PathBuf),
    Zip(Box<Archive>, String),
}

pub(super) struct Mattermost {
    source: Source,
    lost: Lost,
}

impl Mattermost {
    /// `going` is asked now and then whether anybody waits for it.
    pub(super) fn open(path: &Path, going: impl Fn() -> bool) -> anyhow::Result<(Self, Plan)> {
        let says_zip = path.extension().is_some_and(|end| end == "zip");
        let source = match says_zip || Archive::is_one(path)? {
            false => Source::Plain(path.to_owned()),
            true => {
                let archive = Archive::open(path)?;
                let name = archive
                    .names()
                    .into_iter()
                    .find(|name| name.ends_with(".jsonl"));
                let name =
                    name.context("there is no .jsonl in it: this is no export of Mattermost")?;
                Source::Zip(Box::new(archive), name)
            }
        };
        let mut from = Self {
            source,
            lost: Lost::default(),
        };
        let plan = from.plan(going)?;
        from.lost = Lost::default();
        Ok((from, plan))
    }

    fn plan(&mut self, going: impl Fn() -> bool) -> anyhow::Result<Plan> {
        let mut plan = Plan::default();
        let mut at: HashMap<String, usize> = HashMap::new();
        let mut place = |plan: &mut Plan, key: String, name: &str, kind, topic| {
            at.entry(key.clone()).or_insert_with(|| {
                plan.places.push(Place {
                    name: as_name(name, "room"),
                    kind,
                    topic,
                    at: Timestamp::UNIX_EPOCH,
                    members: Vec::new(),
                    key,
                });
                plan.places.len() - 1
            });
        };
        let mut within: Vec<(String, String)> = Vec::new();
        // Rooms do not tell when they were made: with the first that was said in them.
        let mut began: HashMap<String, i64> = HashMap::new();
        let mut is_one = false;
        let mut size = 0;
        self.lines(|line, read| {
            size = read;
            match line {
                Line::Channel { channel } => {
                    let kind = match channel.kind.as_str() {
                        "P" => RoomKind::Private,
                        _ => RoomKind::Public,
                    };
                    let key = key_of(&channel.team, &channel.name);
                    place(&mut plan, key, &channel.name, kind, channel.header);
                }
                Line::DirectChannel { direct_channel } => {
                    let (key, kind, name) = direct(&direct_channel.members);
                    place(&mut plan, key.clone(), &name, kind, direct_channel.header);
                    let members = direct_channel.members.into_iter();
                    within.extend(members.map(|member| (key.clone(), member)));
                }
                Line::User { user } => {
                    is_one = true;
                    for team in user.teams.into_iter().flatten() {
                        for channel in team.channels.into_iter().flatten() {
                            within.push((key_of(&team.name, &channel.name), user.username.clone()));
                        }
                    }
                    let full = format!("{} {}", user.first_name, user.last_name);
                    let shown = [user.nickname, full, user.username.clone()];
                    let shown = shown.into_iter().find(|name| !name.trim().is_empty());
                    plan.people.push(Person {
                        name: as_name(&user.username, "somebody"),
                        display_name: shown.unwrap_or_default().trim().to_owned(),
                        kind: if user.is_bot {
                            UserKind::Bot
                        } else {
                            UserKind::Human
                        },
                        disabled: user.delete_at > 0,
                        key: user.username,
                    });
                }
                Line::Post { post } | Line::DirectPost { direct_post: post } => {
                    let at = began.entry(post.place()).or_insert(post.create_at);
                    *at = post.create_at.min(*at);
                }
                Line::Other => {}
            }
            going()
        })?;
        plan.size = size;
        if !is_one {
            bail!("it has no users in it: this is no export of Mattermost");
        }
        for place in &mut plan.places {
            let first = began.get(&place.key).copied();
            place.at = first
                .and_then(|at| Timestamp::from_millisecond(at).ok())
                .unwrap_or_else(Timestamp::now);
        }
        for (key, member) in within {
            if let Some(at) = at.get(&key)
                && !plan.places[*at].members.contains(&member)
            {
                plan.places[*at].members.push(member);
            }
        }
        Ok(plan)
    }

    /// Every message in the order of the export. `say` answers with whether to go on.
    pub(super) fn read(mut self, mut say: impl FnMut(Said) -> bool) -> anyhow::Result<Lost> {
        self.lines(|line, read| {
            let post = match line {
                Line::Post { post } => post,
                Line::DirectPost { direct_post } => direct_post,
                _ => return true,
            };
            let place = post.place();
            let mut post = post;
            let mut replies = post.replies.take().unwrap_or_default();
            replies.sort_by_key(|reply| reply.create_at);
            let Some(first) = said(&place, post, None, read) else {
                return true;
            };
            let root = first.key.clone();
            say(first)
                && replies
                    .into_iter()
                    .filter_map(|reply| said(&place, reply, Some(&root), read))
                    .all(&mut say)
        })?;
        Ok(self.lost)
    }

    fn lines(&mut self, mut each: impl FnMut(Line, u64) -> bool) -> anyhow::Result<()> {
        let lost = &mut self.lost;
        match &mut self.source {
            Source::Plain(path) => {
                let file = File::open(&*path)
                    .with_context(|| format!("cannot open {}", path.display()))?;
                lines_of(file, lost, &mut each)
            }
            Source::Zip(archive, name) => lines_of(archive.stream(name)?, lost, &mut each),
        }
    }
}

fn lines_of(
    from: impl Read,
    lost: &mut Lost,
    each: &mut impl FnMut(Line, u64) -> bool,
) -> anyhow::Result<()> {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    let mut through = 0;
    for number in 1_u64.. {
        line.clear();
        let read = (&mut from)
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', &mut line)
            .context("it cannot be read to its end")?;
        if read == 0 {
            break;
        }
        through += read as u64;
        if line.last() != Some(&b'\n') && read as u64 == LINE_BYTES_MAX {
            let told = format_args!("line {number}: longer than {LINE_BYTES_MAX} bytes");
            lost.add(ImportLoss::Unreadable, told);
            through += skip_line(&mut from)?;
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(read) => {
                if !each(read, through) {
                    break;
                }
            }
            Err(error) => lost.add(
                ImportLoss::Unreadable,
                format_args!("line {number}: {error}"),
            ),
        }
    }
    Ok(())
}

fn skip_line(from: &mut impl BufRead) -> anyhow::Result<u64> {
    let mut skipped = 0;
    loop {
        let piece = from.fill_buf()?;
        let length = piece.len();
        match piece.iter().position(|byte| *byte == b'\n') {
            Some(at) => {
                from.consume(at + 1);
                return Ok(skipped + at as u64 + 1);
            }
            None if length == 0 => return Ok(skipped),
            None => {
                from.consume(length);
                skipped += length as u64;
            }
        }
    }
}

fn key_of(team: &str, channel: &str) -> String {
    format!("{team}/{channel}")
}

/// Direct rooms are between two; more of them are a private room.
fn direct(members: &[String]) -> (String, RoomKind, String) {
    let mut sorted = members.to_vec();
    sorted.sort();
    sorted.dedup();
    let kind = match sorted.len() {
        2 => RoomKind::Direct,
        _ => RoomKind::Private,
    };
    (format!("@{}", sorted.join(",")), kind, sorted.join("-"))
}

fn said(place: &str, post: Post, root: Option<&str>, read: u64) -> Option<Said> {
    let at = Timestamp::from_millisecond(post.create_at).ok()?;
    let attachments = post.attachments.unwrap_or_default().into_iter();
    let files: Vec<_> = attachments.map(attached).collect();
    // Posts have no ids in an export: who, when and what is as good as one.
    let mut whole = post.message.clone();
    for file in &files {
        whole.push_str(&format!("\n[{}]", file.name));
    }
    let digest = ByteDigest::of(whole.as_bytes()).to_string();
    let reactions = post.reactions.unwrap_or_default().into_iter();
    Some(Said {
        place: place.to_owned(),
        key: format!("{}:{}:{}", post.user, post.create_at, &digest[..16]),
        author: post.user,
        at,
        text: post.message,
        reply_to: root.map(str::to_owned),
        edited_at: post
            .edit_at
            .filter(|edited| *edited > post.create_at)
            .and_then(|edited| Timestamp::from_millisecond(edited).ok()),
        reactions: reactions
            .map(|one| (one.user, emoji::by_name(&one.emoji_name)))
            .collect(),
        files,
        read,
    })
}

fn attached(attachment: Attachment) -> Attached {
    let path = attachment.path;
    let name = path.rsplit('/').next().unwrap_or("file").to_owned();
    Attached {
        places: vec![format!("data/{path}"), path],
        name,
    }
}
