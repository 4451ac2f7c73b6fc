//! What it costs that many hear something.

use anyhow::Context;
use jiff::Timestamp;
use salon_live::{Hub, HubSnapshot, Outlet, Published, Socket, wire};
use salon_protocol::{
    Budget, DraftId, Event, EventBody, Handle, JsonPart, Presence, Role, RoomId, Seq, SpeakMode,
    UserId, UserInfo, UserKind,
};
use std::{
    io::{self, IoSlice},
    sync::Arc,
    time::Duration,
};

/// People in the room.
const PEOPLE: usize = 1_000;
/// Between two pieces of a draft: none of them waits for others.
const AFTER: Duration = Duration::from_millis(50);
/// What is said.
const TEXT: &str = "What is written while it is written, 一字一句。";

/// Takes everything at once.
struct Deep;

impl Socket for Deep {
    fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        Ok(slices.iter().map(|slice| slice.len()).sum())
    }
}

struct Room {
    hub: Hub,
    room: RoomId,
    people: Vec<UserInfo>,
}

impl Room {
    fn new() -> anyhow::Result<Self> {
        let people = (0..PEOPLE)
            .map(person)
            .collect::<anyhow::Result<Vec<_>>>()?;
        let room = RoomId::new();
        let members = people.iter().map(|person| person.id).collect();
        let hub = Hub::spawn(HubSnapshot {
            rooms: vec![(room, Seq(0), members)],
            users: people.clone(),
        });
        Ok(Self { hub, room, people })
    }

    async fn connect(&self, who: &UserInfo) -> anyhow::Result<()> {
        let outlet = Arc::new(Outlet::new(Deep));
        let registered = self.hub.register(who.id, None, outlet.clone()).await;
        let registered = registered.context("the hub has stopped")?;
        let parts = [
            JsonPart::Own("{".into()),
            JsonPart::Users(registered.users),
            JsonPart::Own("}".into()),
        ];
        outlet.push_owed(wire::text_in_parts(parts.into()));
        outlet.flush();
        self.hub.release(registered.session).await;
        Ok(())
    }

    async fn full() -> anyhow::Result<Self> {
        let room = Self::new()?;
        for who in &room.people {
            room.connect(who).await?;
        }
        room.settled().await;
        Ok(room)
    }

    /// Whoever asks is answered behind everything that was told before.
    async fn settled(&self) {
        self.hub.credentials().await;
    }
}

fn person(n: usize) -> anyhow::Result<UserInfo> {
    Ok(UserInfo {
        id: UserId::new(),
        handle: handle(n)?,
        display_name: format!("Person {n}"),
        kind: UserKind::Human,
        role: Role::Member,
        presence: Presence::Offline,
        avatar: None,
        away: None,
        disabled: false,
        about: None,
        time_zone: None,
    })
}

fn handle(n: usize) -> anyhow::Result<Handle> {
    Ok(format!("person{n}").parse()?)
}

/// An event to each of all sessions.
pub(crate) async fn deliveries(events: u64) -> anyhow::Result<()> {
    let room = Room::full().await?;
    for seq in 1..=events {
        let event = Event {
            room: room.room,
            seq: Seq(seq),
            at: Timestamp::UNIX_EPOCH,
            from: handle(0)?,
            body: EventBody::RoomChanged {
                topic: TEXT.repeat(4),
                mode: SpeakMode::default(),
                private_from_ai: false,
                budget: Budget::default(),
                slow_seconds: 0,
                keep_days: 0,
            },
        };
        let event = Arc::new(event);
        room.hub
            .publish(vec![Published { event, room: None }])
            .await;
        room.settled().await;
    }
    Ok(())
}

/// A piece of a draft to each of all sessions.
pub(crate) async fn draft(pieces: u64) -> anyhow::Result<()> {
    let room = Room::full().await?;
    let draft = room
        .hub
        .begin_draft(room.room, handle(0)?, DraftId::new())
        .await;
    for _ in 0..pieces {
        draft.append(TEXT.to_owned()).await;
        tokio::time::advance(AFTER).await;
        room.settled().await;
    }
    Ok(())
}

/// Somebody comes, is told of everybody, and stays.
pub(crate) async fn arrivals(count: u64) -> anyhow::Result<()> {
    let room = Room::new()?;
    for who in room.people.iter().cycle().take(count.try_into()?) {
        room.connect(who).await?;
    }
    room.settled().await;
    Ok(())
}
