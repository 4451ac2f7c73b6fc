//! The house that an export is brought into: who came, which rooms there are, and what is said.

use super::{
    mrkdwn,
    plan::{Attached, Place, Plan, Said, as_name, id_of},
    run::{Done, Kind},
    shelf::Shelf,
};
use anyhow::anyhow;
use jiff::Timestamp;
use salon_chat::{
    Chat, ChatError, User,
    actions::{
        Arriving, ImportMessage, ImportRoom, ImportUser, KeptFile, import_end, import_messages,
        import_room, import_user,
    },
};
use salon_protocol::{
    FileId, ImportLoss, Lang, MessageId, RoomId, RoomKind, UserId, UserKind,
    limits::{DISPLAY_NAME_CHARS_MAX, FILES_PER_MESSAGE_MAX, MESSAGE_CHARS_MAX, TOPIC_CHARS_MAX},
};
use std::collections::{HashMap, HashSet};
use tokio::sync::mpsc;

/// Pieces of a file that wait to be written.
const PIECES_WAITING_MAX: usize = 4;

pub(super) struct House<'a> {
    chat: &'a Chat,
    source: &'static str,
    people: HashMap<String, User>,
    handles: HashMap<String, String>,
    places: HashMap<String, (Place, RoomId)>,
    /// Who wrote where and is there no more.
    passing: HashMap<String, HashSet<String>>,
    shelf: Shelf,
    pub(super) done: Done,
}

impl<'a> House<'a> {
    pub(super) async fn furnish(
        chat: &'a Chat,
        kind: Kind,
        plan: Plan,
        shelf: Shelf,
    ) -> anyhow::Result<Self> {
        let source = kind.name();
        let mut house = Self {
            chat,
            source,
            people: HashMap::new(),
            handles: HashMap::new(),
            places: HashMap::new(),
            passing: HashMap::new(),
            shelf,
            done: Done {
                size: plan.size,
                ..Done::default()
            },
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
                house.lose(ImportLoss::RoomWithoutMembers, &place.name);
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
                    house.done.counts.rooms += 1;
                    house.places.insert(place.key.clone(), (place, room));
                }
                Err(error) => house.lose(
                    ImportLoss::Room,
                    format_args!("{}: {}", place.name, told(&error)),
                ),
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
        let user = import_user(self.chat, new).await.map_err(failed)?;
        self.handles.insert(key.clone(), user.handle.to_string());
        self.people.insert(key, user.clone());
        self.done.counts.people += 1;
        Ok(user)
    }

    pub(super) async fn bring(&mut self, batch: Vec<Said>) -> anyhow::Result<()> {
        let (Some(first), Some(last)) = (batch.first(), batch.last()) else {
            return Ok(());
        };
        let read = last.read;
        let Some((place, room)) = self.places.get(&first.place).cloned() else {
            for one in &batch {
                self.lose(ImportLoss::WithoutRoom, &one.place);
            }
            return Ok(());
        };
        self.done.place.clone_from(&place.name);
        let store = self.chat.store();
        let with_files = batch.iter().filter(|one| !one.files.is_empty());
        let ids: Vec<_> = with_files
            .map(|one| self.message_id(&place, &one.key, 0))
            .collect();
        // Until rows stand for the files that are kept here, nobody takes them away.
        let _hold = match ids.is_empty() {
            true => None,
            false => Some(store.vault().hold().await?),
        };
        let known = store.known_messages(ids).await?;
        let mut messages = Vec::new();
        for one in batch {
            messages.extend(self.message(&place, one, &known).await?);
        }
        match import_messages(self.chat, room, messages.clone()).await {
            Ok(new) => self.count(new, &messages),
            // One that does not fit must not keep the others out.
            Err(_) => {
                for one in messages {
                    let one = vec![one];
                    match import_messages(self.chat, room, one.clone()).await {
                        Ok(new) => self.count(new, &one),
                        Err(error) => self.lose(ImportLoss::Message, told(&error)),
                    }
                }
            }
        }
        self.done.read = read;
        Ok(())
    }

    fn count(&mut self, new: usize, all: &[ImportMessage]) {
        let counts = &mut self.done.counts;
        counts.messages += new as u64;
        counts.known += (all.len() - new) as u64;
        // What is known was asked for no files.
        let files: usize = all.iter().map(|one| one.files.len()).sum();
        counts.files += files as u64;
    }

    fn message_id(&self, place: &Place, key: &str, part: usize) -> MessageId {
        MessageId(self.part_id("message", place, key, part))
    }

    fn part_id(&self, what: &str, place: &Place, key: &str, part: usize) -> uuid::Uuid {
        let key = format!("{}\n{key}\n{part}", place.key);
        id_of(self.source, what, &key, Timestamp::UNIX_EPOCH)
    }

    /// One message of ours, or several where it is too long, or has too many files, for one.
    async fn message(
        &mut self,
        place: &Place,
        one: Said,
        known: &HashSet<MessageId>,
    ) -> anyhow::Result<Vec<ImportMessage>> {
        let author = match self.people.get(&one.author) {
            Some(author) => author.clone(),
            None if one.author.is_empty() || place.kind == RoomKind::Direct => {
                self.lose(ImportLoss::WithoutAuthor, &place.name);
                return Ok(Vec::new());
            }
            // Slack's apps write under names that no list of people has.
            None => {
                let name = as_name(&one.author, "app");
                let shown = cut(&one.author, DISPLAY_NAME_CHARS_MAX);
                let new = self.account(&one.author, name, shown);
                self.let_in(one.author.clone(), new).await?
            }
        };
        if !place.members.contains(&one.author) {
            let passing = self.passing.entry(place.key.clone()).or_default();
            passing.insert(one.author.clone());
        }
        let mut text = match self.source {
            "slack" => mrkdwn::to_markdown(&one.text, &self.handles),
            _ => one.text,
        };
        let is_known = known.contains(&self.message_id(place, &one.key, 0));
        let mut files = Vec::new();
        for (n, file) in one.files.into_iter().enumerate().filter(|_| !is_known) {
            let id = FileId(self.part_id("file", place, &one.key, n));
            match self.file(id, &file).await? {
                Ok(kept) => files.push(kept),
                Err((why, told)) => {
                    self.lose(why, format_args!("{}{told}", file.name));
                    text.push_str(&format!("\n[{}]", file.name));
                }
            }
        }
        let text = text.trim();
        if text.is_empty() && files.is_empty() && !is_known {
            self.lose(ImportLoss::Empty, &place.name);
            return Ok(Vec::new());
        }
        let reactions = one
            .reactions
            .iter()
            .filter_map(|(user, emoji)| Some((self.people.get(user)?.clone(), emoji.clone())));
        let mut reactions: Vec<_> = reactions.collect();
        let chars: Vec<char> = text.chars().collect();
        let parts = chars
            .len()
            .div_ceil(MESSAGE_CHARS_MAX)
            .max(files.len().div_ceil(FILES_PER_MESSAGE_MAX))
            .max(1);
        let mut chars = chars.chunks(MESSAGE_CHARS_MAX);
        let mut files = files.chunks(FILES_PER_MESSAGE_MAX);
        Ok((0..parts)
            .map(|part| ImportMessage {
                id: self.message_id(place, &one.key, part),
                author: author.clone(),
                at: one.at,
                text: chars.next().unwrap_or_default().iter().collect(),
                reply_to: one
                    .reply_to
                    .as_ref()
                    .map(|key| self.message_id(place, key, 0)),
                edited_at: one.edited_at,
                reactions: std::mem::take(&mut reactions),
                files: files.next().unwrap_or_default().to_vec(),
            })
            .collect())
    }

    /// A file's bytes, looked at as those of an upload are, or why they did not come.
    async fn file(
        &mut self,
        id: FileId,
        file: &Attached,
    ) -> anyhow::Result<Result<KeptFile, (ImportLoss, String)>> {
        let mut arriving = Arriving::begin(self.chat).await.map_err(failed)?;
        let (pieces, mut poured) = mpsc::channel(PIECES_WAITING_MAX);
        let mut shelf = std::mem::take(&mut self.shelf);
        let places = file.places.clone();
        let pouring = tokio::task::spawn_blocking(move || {
            let found = shelf.pour(&places, |piece| pieces.blocking_send(piece).is_ok());
            (shelf, found)
        });
        let mut refused = None;
        while let Some(piece) = poured.recv().await {
            if let Err(error) = arriving.write(&piece).await {
                refused = Some(error);
                break;
            }
        }
        // Whoever pours stops at the next piece.
        drop(poured);
        let (shelf, found) = pouring.await?;
        self.shelf = shelf;
        match (refused, found) {
            (Some(error @ ChatError::TooLarge { .. }), _) => Ok(Err((
                ImportLoss::FileTooLarge,
                format!(": {}", told(&error)),
            ))),
            (Some(error), _) => Err(failed(error)),
            (None, Ok(false)) => Ok(Err((ImportLoss::FileMissing, String::new()))),
            (None, Err(error)) => Ok(Err((ImportLoss::FileUnreadable, format!(": {error:#}")))),
            (None, Ok(true)) => match arriving.keep(id, &file.name).await {
                Ok(kept) => Ok(Ok(kept)),
                Err(error @ ChatError::BadArguments(_)) => Ok(Err((
                    ImportLoss::FileUnreadable,
                    format!(": {}", told(&error)),
                ))),
                Err(error) => Err(failed(error)),
            },
        }
    }

    /// Whoever wrote in a room that they were not in goes again.
    pub(super) async fn leave(&mut self) -> anyhow::Result<()> {
        for (place, keys) in std::mem::take(&mut self.passing) {
            let Some((_, room)) = self.places.get(&place) else {
                continue;
            };
            let authors = keys.iter().filter_map(|key| self.people.get(key).cloned());
            let left = import_end(self.chat, *room, authors.collect(), Timestamp::now()).await;
            if let Err(error) = left {
                self.lose(ImportLoss::Room, format_args!("{place}: {}", told(&error)));
            }
        }
        Ok(())
    }

    fn lose(&mut self, why: ImportLoss, what: impl std::fmt::Display) {
        self.done.lost.add(why, what);
    }
}

fn cut(text: &str, chars: usize) -> String {
    text.trim().chars().take(chars).collect()
}

fn told(error: &ChatError) -> String {
    error.message(Lang::En)
}

fn failed(error: ChatError) -> anyhow::Error {
    anyhow!("{}", told(&error))
}
