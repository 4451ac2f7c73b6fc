//! Carries an import out: people, then rooms, then messages in batches, each in one commit.

use super::{
    archive::Archive,
    mattermost::Mattermost,
    mrkdwn,
    plan::{Place, Plan, Said, id_of},
    slack::Slack,
};
use anyhow::{Context, anyhow};
use jiff::Timestamp;
use salon_chat::{
    Chat, ChatError, User,
    actions::{
        ImportMessage, ImportRoom, ImportUser, import_end, import_messages, import_room,
        import_user,
    },
};
use salon_protocol::{
    Lang, MessageId, RoomId, RoomKind, UserId, UserKind,
    limits::{DISPLAY_NAME_CHARS_MAX, MESSAGE_CHARS_MAX, TOPIC_CHARS_MAX},
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
};
use tokio::sync::mpsc;

/// Messages in one commit.
const BATCH: usize = 200;
/// Messages that wait to be written.
const WAITING_MAX: usize = 1_000;

/// Whose export it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// The zip of Slack's workspace export.
    Slack,
    /// The JSON Lines of `mmctl export`, alone or in their zip.
    Mattermost,
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) people: usize,
    pub(crate) rooms: usize,
    /// New ones.
    pub(crate) messages: usize,
    /// Those that an earlier import had brought.
    pub(crate) known: usize,
    /// What could not be brought, and how often.
    pub(crate) lost: BTreeMap<String, usize>,
}

/// Brings an export in; `tell` hears how far it is.
pub(crate) async fn import(
    chat: &Chat,
    kind: Kind,
    file: &Path,
    mut tell: impl FnMut(&Done, &str),
) -> anyhow::Result<Done> {
    let (said, mut waiting) = mpsc::channel(WAITING_MAX);
    let path = file.to_owned();
    let (planned, plan) = tokio::sync::oneshot::channel();
    let reading = tokio::task::spawn_blocking(move || {
        read(kind, path, planned, |one| said.blocking_send(one).is_ok())
    });
    let Ok(plan) = plan.await else {
        return Err(reading
            .await
            .context("reading failed")?
            .err()
            .unwrap_or_else(|| anyhow!("reading failed")));
    };
    let source = match kind {
        Kind::Slack => "slack",
        Kind::Mattermost => "mattermost",
    };
    let mut house = House::furnish(chat, source, plan).await?;
    let mut batch: Vec<Said> = Vec::new();
    while let Some(one) = waiting.recv().await {
        let is_other = batch.first().is_some_and(|first| first.place != one.place);
        if is_other || batch.len() >= BATCH {
            house.bring(std::mem::take(&mut batch)).await?;
            tell(&house.done, house.place());
        }
        batch.push(one);
    }
    house.bring(batch).await?;
    let lost = reading.await.context("reading failed")??;
    for what in lost {
        house.lose(what);
    }
    house.leave().await?;
    Ok(house.done)
}

fn read(
    kind: Kind,
    path: PathBuf,
    planned: tokio::sync::oneshot::Sender<Plan>,
    say: impl FnMut(Said) -> bool,
) -> anyhow::Result<Vec<String>> {
    match kind {
        Kind::Slack => {
            let (slack, plan) = Slack::open(Archive::open(&path)?)?;
            planned.send(plan).ok();
            slack.read(say)
        }
        Kind::Mattermost => {
            let (mattermost, plan) = Mattermost::open(&path)?;
            planned.send(plan).ok();
            mattermost.read(say)
        }
    }
}

struct House<'a> {
    chat: &'a Chat,
    source: &'static str,
    people: HashMap<String, User>,
    handles: HashMap<String, String>,
    places: HashMap<String, (Place, RoomId)>,
    /// Who wrote where and is there no more.
    passing: HashMap<String, HashSet<String>>,
    now: String,
    done: Done,
}

impl<'a> House<'a> {
    async fn furnish(chat: &'a Chat, source: &'static str, plan: Plan) -> anyhow::Result<Self> {
        let mut house = Self {
            chat,
            source,
            people: HashMap::new(),
            handles: HashMap::new(),
            places: HashMap::new(),
            passing: HashMap::new(),
            now: String::new(),
            done: Done::default(),
        };
        for person in plan.people {
            let shown = cut(&person.display_name, DISPLAY_NAME_CHARS_MAX);
            let (key, new) = (
                person.key.clone(),
                house.account(&person.key, person.name, shown),
            );
            let new = ImportUser {
                kind: person.kind,
                disabled: person.disabled,
                ..new
            };
            house.let_in(key, new).await?;
        }
        for place in plan.places {
            let members: Vec<User> = place
                .members
                .iter()
                .filter_map(|key| house.people.get(key).cloned())
                .collect();
            if members.is_empty() || (place.kind == RoomKind::Direct && members.len() != 2) {
                house.lose(format!("a room without its members: {}", place.name));
                continue;
            }
            let new = ImportRoom {
                id: RoomId(id_of(source, "room", &place.key, Timestamp::UNIX_EPOCH)),
                name: place.name.clone(),
                kind: place.kind,
                topic: cut(&place.topic, TOPIC_CHARS_MAX),
                at: place.at,
                members,
            };
            match import_room(chat, new).await {
                Ok(room) => {
                    house.done.rooms += 1;
                    house.places.insert(place.key.clone(), (place, room));
                }
                Err(error) => house.lose(format!("the room {}: {}", place.name, told(&error))),
            }
        }
        Ok(house)
    }

    fn account(&self, key: &str, handle: String, display_name: String) -> ImportUser {
        ImportUser {
            id: UserId(id_of(self.source, "user", key, Timestamp::UNIX_EPOCH)),
            handle,
            display_name,
            kind: UserKind::Bot,
            disabled: false,
        }
    }

    async fn let_in(&mut self, key: String, new: ImportUser) -> anyhow::Result<User> {
        let user = import_user(self.chat, new)
            .await
            .map_err(|error| anyhow!("{}", told(&error)))?;
        self.handles.insert(key.clone(), user.handle.to_string());
        self.people.insert(key, user.clone());
        self.done.people += 1;
        Ok(user)
    }

    async fn bring(&mut self, batch: Vec<Said>) -> anyhow::Result<()> {
        let Some(first) = batch.first() else {
            return Ok(());
        };
        let Some((place, room)) = self.places.get(&first.place).cloned() else {
            self.lose(format!(
                "messages of a room that did not come: {}",
                first.place
            ));
            return Ok(());
        };
        self.now.clone_from(&place.name);
        let (mut messages, all) = (Vec::new(), batch.len());
        for one in batch {
            messages.extend(self.message(&place, one).await?);
        }
        let parts = messages.len();
        match import_messages(self.chat, room, messages.clone()).await {
            Ok(new) => self.count(new, parts),
            // One that does not fit must not keep the others out.
            Err(_) => {
                for one in messages {
                    match import_messages(self.chat, room, vec![one]).await {
                        Ok(new) => self.count(new, 1),
                        Err(error) => self.lose(format!("messages: {}", told(&error))),
                    }
                }
            }
        }
        tracing::debug!(place = %place.name, all, parts, "brought a batch");
        Ok(())
    }

    fn count(&mut self, new: usize, all: usize) {
        self.done.messages += new;
        self.done.known += all - new;
    }

    /// One message of ours, or several where it is too long for one.
    async fn message(&mut self, place: &Place, one: Said) -> anyhow::Result<Vec<ImportMessage>> {
        if one.files > 0 {
            *self
                .done
                .lost
                .entry("files, which are only named".into())
                .or_default() += one.files;
        }
        let author = match self.people.get(&one.author) {
            Some(author) => author.clone(),
            None if one.author.is_empty() || place.kind == RoomKind::Direct => {
                self.lose("messages of nobody who is known".into());
                return Ok(Vec::new());
            }
            // Slack's apps write under names that no list of people has.
            None => {
                let name = super::plan::as_name(&one.author, "app");
                let shown = cut(&one.author, DISPLAY_NAME_CHARS_MAX);
                let new = self.account(&one.author, name, shown);
                self.let_in(one.author.clone(), new).await?
            }
        };
        if !place.members.contains(&one.author) {
            let passing = self.passing.entry(place.key.clone()).or_default();
            passing.insert(one.author.clone());
        }
        let text = match self.source {
            "slack" => mrkdwn::to_markdown(&one.text, &self.handles),
            _ => one.text,
        };
        if text.trim().is_empty() {
            self.lose("messages without words".into());
            return Ok(Vec::new());
        }
        let id = |key: &str, part: usize| {
            let key = format!("{}\n{key}\n{part}", place.key);
            MessageId(id_of(self.source, "message", &key, Timestamp::UNIX_EPOCH))
        };
        let reactions = one
            .reactions
            .iter()
            .filter_map(|(user, emoji)| Some((self.people.get(user)?.clone(), emoji.clone())));
        let mut reactions: Vec<_> = reactions.collect();
        let chars: Vec<char> = text.chars().collect();
        let parts = chars.chunks(MESSAGE_CHARS_MAX).enumerate();
        Ok(parts
            .map(|(part, chars)| ImportMessage {
                id: id(&one.key, part),
                author: author.clone(),
                at: one.at,
                text: chars.iter().collect(),
                reply_to: one.reply_to.as_ref().map(|key| id(key, 0)),
                edited_at: one.edited_at,
                reactions: std::mem::take(&mut reactions),
            })
            .collect())
    }

    async fn leave(&mut self) -> anyhow::Result<()> {
        for (place, keys) in std::mem::take(&mut self.passing) {
            let Some((_, room)) = self.places.get(&place) else {
                continue;
            };
            let authors = keys.iter().filter_map(|key| self.people.get(key).cloned());
            let left = import_end(self.chat, *room, authors.collect(), Timestamp::now()).await;
            if let Err(error) = left {
                self.lose(format!("leaving {place}: {}", told(&error)));
            }
        }
        Ok(())
    }

    fn place(&self) -> &str {
        &self.now
    }

    fn lose(&mut self, what: String) {
        *self.done.lost.entry(what).or_default() += 1;
    }
}

fn cut(text: &str, chars: usize) -> String {
    text.trim().chars().take(chars).collect()
}

fn told(error: &ChatError) -> String {
    error.message(Lang::En)
}
