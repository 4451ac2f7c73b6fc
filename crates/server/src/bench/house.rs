//! A data folder with people and rooms in it, made before the server starts.

use futures::{StreamExt, TryStreamExt, stream};
use salon_chat::{
    Caller, Chat, ChatConfig, accounts,
    actions::{self, CreateRoom, CreateUser},
    queries,
};
use salon_protocol::{Role, RoomKind, UserKind};
use std::path::{Path, PathBuf};

/// Accounts made at once: one commit serves them all.
const AT_ONCE: usize = 256;

/// A folder that is gone when this value is.
pub(super) struct House {
    folder: PathBuf,
    /// The people.
    pub(super) people: Vec<Caller>,
    /// One token a person.
    pub(super) tokens: Vec<String>,
    /// Each room's id and the numbers of the people in it.
    pub(super) rooms: Vec<(String, Vec<usize>)>,
}

impl House {
    /// So many people, all of them in `general`, and so many private rooms of so many.
    pub(super) async fn build(
        people: usize,
        rooms: usize,
        people_a_room: usize,
    ) -> anyhow::Result<Self> {
        let folder = std::env::temp_dir().join(format!("salon-bench-{}", uuid::Uuid::now_v7()));
        let mut house = Self {
            folder,
            people: Vec::new(),
            tokens: Vec::new(),
            rooms: Vec::new(),
        };
        let chat = house.open().await?;
        let users: Vec<_> = stream::iter(0..people)
            .map(|n| account(&chat, n))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        (house.people, house.tokens) = users.into_iter().unzip();
        let general = queries::room(&chat, &house.people[0], "general").await?.id;
        house
            .rooms
            .push((general.to_string(), (0..people).collect()));
        for n in 0..rooms {
            let inside: Vec<usize> = (0..people_a_room)
                .map(|k| (n * people_a_room + k) % people)
                .collect();
            let members = inside[1..]
                .iter()
                .map(|&k| house.people[k].user.handle.to_string())
                .collect();
            let new = CreateRoom {
                name: format!("room{n}"),
                kind: RoomKind::Private,
                topic: String::new(),
                members,
            };
            let room = actions::create_room(&chat, &house.people[inside[0]], new).await?;
            house.rooms.push((room.id.to_string(), inside));
        }
        Ok(house)
    }

    /// Opens the folder in this process: the server must not run meanwhile.
    pub(super) async fn open(&self) -> anyhow::Result<Chat> {
        Ok(Chat::start(ChatConfig::new(self.data(), false)).await?)
    }

    /// The data folder.
    pub(super) fn data(&self) -> &Path {
        &self.folder
    }
}

impl Drop for House {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

async fn account(chat: &Chat, n: usize) -> anyhow::Result<(Caller, String)> {
    let new = CreateUser {
        handle: format!("person{n}"),
        display_name: None,
        kind: UserKind::Human,
        role: Role::Member,
        password_hash: None,
    };
    let user = actions::create_user(chat, new).await?;
    let token = accounts::create_token(chat, user.id).await?;
    Ok((Caller::new(user, None), token))
}
