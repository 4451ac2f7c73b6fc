//! What must hold at the instant of the commit, and what nobody reads who may not: asked of the
//! store itself, whatever those above it have checked before.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod people;

use jiff::{SignedDuration, Timestamp};
use people::{post, user};
use salon_protocol::{
    EventBody, FileId, FileInfo, Later, LaterId, LaterKind, MessageId, Poll, Role, RoomId,
    RoomKind, Seq, UserId, UserKind,
};
use salon_store::{
    Actor, Appended, Calling, Change, Credential, CredentialPurpose, Invite, NewEvent, NewFile,
    PollRefusal, SendKey, Store, StoreConfig, StoreError,
};
use tempfile::TempDir;

/// Ada made the room, Bob and an agent are in it, Eve and a guest are not.
struct World {
    store: Store,
    _folder: TempDir,
    room: RoomId,
    ada: Actor,
    bob: Actor,
    eve: Actor,
    agent: Actor,
    guest: Actor,
}

impl World {
    async fn new(kind: RoomKind) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, mut published) = Store::open(&StoreConfig::new(folder.path())).unwrap();
        tokio::spawn(async move { while published.recv().await.is_some() {} });
        let ada = user(&store, "ada", UserKind::Human, Role::Member).await;
        let bob = user(&store, "bob", UserKind::Human, Role::Member).await;
        let eve = user(&store, "eve", UserKind::Human, Role::Member).await;
        let agent = user(&store, "assistant", UserKind::Agent, Role::Member).await;
        let guest = user(&store, "guest", UserKind::Human, Role::Guest).await;
        let mut world = Self {
            store,
            _folder: folder,
            room: RoomId::new(),
            ada,
            bob,
            eve,
            agent,
            guest,
        };
        world.room = world.make("tea", kind, &[&world.bob, &world.agent]).await;
        world
    }

    /// A room of Ada's.
    async fn make(&self, name: &str, kind: RoomKind, members: &[&Actor]) -> RoomId {
        people::room(&self.store, name, kind, &self.ada, members).await
    }

    async fn in_room(
        &self,
        room: RoomId,
        actor: &Actor,
        change: Change,
    ) -> Result<Appended, StoreError> {
        let new = NewEvent {
            room,
            actor: actor.clone(),
            change,
            key: None,
        };
        self.store.write(move |tx| tx.append(new)).await
    }

    async fn append(&self, actor: &Actor, change: Change) -> Result<Appended, StoreError> {
        self.in_room(self.room, actor, change).await
    }

    async fn say(&self, actor: &Actor, text: &str) -> MessageId {
        let posted = self.append(actor, post(text)).await.unwrap();
        posted.message_id.unwrap()
    }

    async fn remove(&self, user: &Actor, ban: bool) {
        let user = user.clone();
        let remove = Change::Remove { user, ban };
        self.append(&self.ada, remove).await.unwrap();
    }

    /// Bytes that somebody has put into a room and no message carries yet.
    async fn upload(
        &self,
        room: RoomId,
        owner: &Actor,
        bytes: &[u8],
    ) -> Result<FileId, StoreError> {
        let digest = self.store.vault().put(bytes).await.unwrap();
        let id = FileId::new();
        let new = NewFile {
            info: FileInfo {
                id,
                name: "a.bin".into(),
                media_type: "application/octet-stream".into(),
                size: bytes.len() as u64,
                width: None,
                height: None,
                tiny: None,
                alt: None,
            },
            room,
            owner: owner.clone(),
            digest,
            preview: None,
            view: None,
        };
        self.store.write(|tx| tx.add_file(new)).await.map(|()| id)
    }

    async fn post_with(&self, actor: &Actor, file: FileId) -> Result<MessageId, StoreError> {
        let mut carrying = post("look");
        if let Change::Post { files, .. } = &mut carrying {
            files.push(file);
        }
        let posted = self.append(actor, carrying).await?;
        Ok(posted.message_id.unwrap())
    }

    async fn reads_file(&self, reader: &Actor, file: FileId) -> bool {
        self.store.file(reader.id, file).await.unwrap().is_some()
    }
}

fn forward(source: MessageId) -> Change {
    let mut change = post("");
    if let Change::Post { forwarded, .. } = &mut change {
        *forwarded = Some(source);
    }
    change
}

fn edit(message_id: MessageId, text: &str) -> Change {
    Change::Edit {
        message_id,
        text: text.into(),
        calling: Calling::default(),
    }
}

fn in_hours(hours: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn a_key_is_its_senders_own_and_its_rooms() {
    let world = World::new(RoomKind::Public).await;
    let other = world.make("den", RoomKind::Public, &[]).await;
    let send = async |room, actor: &Actor| {
        let new = NewEvent {
            room,
            actor: actor.clone(),
            change: post("once"),
            key: Some(SendKey {
                key: "k".into(),
                digest: [1; 32],
            }),
        };
        let sent = world.store.write(move |tx| tx.append(new)).await.unwrap();
        sent.event.is_some()
    };
    assert!(send(world.room, &world.ada).await);
    assert!(!send(world.room, &world.ada).await, "posted again");
    assert!(send(world.room, &world.bob).await, "taken for Ada's");
    assert!(send(other, &world.ada).await, "taken for another room's");
}

#[tokio::test]
async fn a_closed_account_and_who_was_never_there_write_nothing() {
    let world = World::new(RoomKind::Public).await;
    let bob = world.bob.id;
    world
        .store
        .write(move |tx| tx.disable_user(bob))
        .await
        .unwrap();
    for nobody in [&world.bob, &world.eve, &world.guest] {
        let refused = world.append(nobody, post("hello")).await;
        assert!(
            matches!(refused, Err(StoreError::NotMember)),
            "{}: {refused:?}",
            nobody.handle
        );
        let bring = Change::Join {
            user: world.agent.clone(),
        };
        assert!(world.append(nobody, bring).await.is_err());
    }
}

#[tokio::test]
async fn whoever_is_muted_changes_nothing_by_any_means() {
    let world = World::new(RoomKind::Public).await;
    let (room, bob) = (world.room, &world.bob);
    let own = world.say(bob, "before").await;
    let until = in_hours(1);
    let muted = bob.id;
    world
        .store
        .write(move |tx| tx.mute(room, muted, until))
        .await
        .unwrap();
    let emoji = "🍵".to_owned();
    let message_id = own;
    for change in [
        post("anyway"),
        edit(own, "anyway"),
        Change::React { message_id, emoji },
        Change::Pin { message_id },
        forward(own),
    ] {
        let told = format!("{change:?}");
        let refused = world.append(bob, change).await;
        assert!(
            matches!(refused, Err(StoreError::Muted(_))),
            "{told}: {refused:?}"
        );
    }
    let refused = world.upload(room, bob, b"anyway").await;
    assert!(matches!(refused, Err(StoreError::Muted(_))), "{refused:?}");
}

#[tokio::test]
async fn nobody_changes_what_somebody_else_has_said() {
    let world = World::new(RoomKind::Public).await;
    let message_id = world.say(&world.ada, "mine").await;
    let delete = Change::Delete {
        message_id,
        moderator: false,
        reason: String::new(),
    };
    for change in [edit(message_id, "yours"), delete] {
        let refused = world.append(&world.bob, change).await;
        assert!(matches!(refused, Err(StoreError::NotAuthor)), "{refused:?}");
    }
    // Whoever passes words on does not change them either.
    let copy = world.append(&world.bob, forward(message_id)).await.unwrap();
    let copy = copy.message_id.unwrap();
    let refused = world.append(&world.bob, edit(copy, "yours")).await;
    assert!(matches!(refused, Err(StoreError::NotAuthor)), "{refused:?}");
    let view = world.store.message_view(world.bob.id, copy).await.unwrap();
    assert_eq!(view.unwrap().message.text, "mine");
}

#[tokio::test]
async fn what_was_deleted_is_in_the_log_no_more() {
    let world = World::new(RoomKind::Public).await;
    let message_id = world.say(&world.ada, "the first words").await;
    let change = edit(message_id, "the second words");
    world.append(&world.ada, change).await.unwrap();
    let delete = Change::Delete {
        message_id,
        moderator: false,
        reason: String::new(),
    };
    world.append(&world.ada, delete).await.unwrap();
    let events = world
        .store
        .events(world.ada.id, world.room, Seq(0), None, 100)
        .await
        .unwrap();
    let told = serde_json::to_string(&events).unwrap();
    assert!(!told.contains("words"), "{told}");
    let is_marked =
        |body: &EventBody| matches!(body, EventBody::MessagePosted { message } if message.deleted);
    assert!(events.iter().any(|event| is_marked(&event.body)));
}

#[tokio::test]
async fn only_what_one_reads_is_passed_on_saved_and_seen_as_it_was() {
    let world = World::new(RoomKind::Private).await;
    let theirs = world.make("den", RoomKind::Private, &[&world.eve]).await;
    let message_id = world.say(&world.ada, "the codename is heron").await;
    let eve = &world.eve;
    let passed_on = world.in_room(theirs, eve, forward(message_id)).await;
    assert!(
        matches!(passed_on, Err(StoreError::NotFound(_))),
        "{passed_on:?}"
    );
    let user = eve.id;
    let saved = world
        .store
        .write(move |tx| tx.save_message(user, message_id, true))
        .await;
    assert!(matches!(saved, Err(StoreError::NotFound(_))), "{saved:?}");
    let versions = world.store.versions(user, message_id, 10).await.unwrap();
    assert_eq!(versions, None);
    assert_eq!(world.store.message(user, message_id).await.unwrap(), None);
    assert_eq!(
        world.store.message_view(user, message_id).await.unwrap(),
        None
    );
    // What was saved while one was there is not read from outside.
    let bob = world.bob.id;
    world
        .store
        .write(move |tx| tx.save_message(bob, message_id, true))
        .await
        .unwrap();
    assert_eq!(world.store.saved(bob, None, 10).await.unwrap().0.len(), 1);
    world.remove(&world.bob, false).await;
    assert_eq!(world.store.saved(bob, None, 10).await.unwrap().0, []);
}

#[tokio::test]
async fn what_is_hidden_from_agents_stays_so_when_it_is_passed_on() {
    let world = World::new(RoomKind::Public).await;
    let mut hidden = post("the codename is heron");
    if let Change::Post {
        private_from_ai, ..
    } = &mut hidden
    {
        *private_from_ai = true;
    }
    let source = world.append(&world.ada, hidden).await.unwrap();
    let copy = world
        .append(&world.bob, forward(source.message_id.unwrap()))
        .await
        .unwrap();
    let id = copy.message_id.unwrap();
    let seen = async |reader: &Actor| {
        let view = world.store.message_view(reader.id, id).await.unwrap();
        view.is_some()
    };
    assert!(seen(&world.bob).await);
    assert!(!seen(&world.agent).await);
}

#[tokio::test]
async fn a_file_is_its_rooms_and_a_loose_one_its_owners() {
    let world = World::new(RoomKind::Private).await;
    let loose = world.upload(world.room, &world.ada, b"leaves").await;
    let file = loose.unwrap();
    assert!(world.reads_file(&world.ada, file).await);
    assert!(
        !world.reads_file(&world.bob, file).await,
        "read before it was sent"
    );
    let stolen = world.post_with(&world.bob, file).await;
    assert!(matches!(stolen, Err(StoreError::NotFound(_))), "{stolen:?}");
    let elsewhere = world.make("den", RoomKind::Private, &[]).await;
    let strange = world.upload(elsewhere, &world.ada, b"den").await.unwrap();
    let brought = world.post_with(&world.ada, strange).await;
    assert!(
        matches!(brought, Err(StoreError::NotFound(_))),
        "{brought:?}"
    );
    world.post_with(&world.ada, file).await.unwrap();
    assert!(world.reads_file(&world.bob, file).await);
    assert!(!world.reads_file(&world.eve, file).await, "an outsider");
    world.remove(&world.bob, false).await;
    assert!(!world.reads_file(&world.bob, file).await, "out means out");
    let bring = world.upload(world.room, &world.eve, b"hers").await;
    assert!(matches!(bring, Err(StoreError::NotMember)), "{bring:?}");
}

#[tokio::test]
async fn bytes_stay_as_long_as_one_message_stands_for_them() {
    let world = World::new(RoomKind::Public).await;
    let mut sent = Vec::new();
    for _ in 0..2 {
        let file = world.upload(world.room, &world.ada, b"same").await.unwrap();
        let message_id = world.post_with(&world.ada, file).await.unwrap();
        sent.push((message_id, file));
    }
    let row = world.store.file(world.ada.id, sent[1].1).await.unwrap();
    let digest = row.unwrap().digest;
    for (n, (message_id, _)) in sent.into_iter().enumerate() {
        let delete = Change::Delete {
            message_id,
            moderator: false,
            reason: String::new(),
        };
        world.append(&world.ada, delete).await.unwrap();
        world.store.sweep_bytes(10).await.unwrap();
        let is_there = world.store.vault().size(digest).await.unwrap().is_some();
        assert_eq!(is_there, n == 0, "after {} deletions", n + 1);
    }
}

#[tokio::test]
async fn rooms_are_listed_to_those_alone_who_may_know_of_them() {
    let world = World::new(RoomKind::Public).await;
    world.make("den", RoomKind::Private, &[]).await;
    let listed = async |user: UserId| -> Vec<String> {
        let rooms = world.store.room_summaries(user, true).await.unwrap();
        rooms.into_iter().map(|room| room.name).collect()
    };
    assert_eq!(listed(world.ada.id).await, ["den", "tea"]);
    assert_eq!(listed(world.eve.id).await, ["tea"]);
    world.remove(&world.eve, true).await;
    assert_eq!(listed(world.eve.id).await, Vec::<String>::new());
}

#[tokio::test]
async fn guests_and_the_banned_shut_a_room_out_of_where_they_read() {
    let world = World::new(RoomKind::Public).await;
    let here = world.make("here", RoomKind::Private, &[&world.eve]).await;
    let shuts_out = async || world.store.shuts_out(world.room, here).await.unwrap();
    assert!(!shuts_out().await);
    let guest = world.guest.clone();
    let bring = Change::Join {
        user: guest.clone(),
    };
    world.in_room(here, &world.ada, bring).await.unwrap();
    assert!(shuts_out().await, "a guest reads there");
    let take = Change::Remove {
        user: guest,
        ban: false,
    };
    world.in_room(here, &world.ada, take).await.unwrap();
    assert!(!shuts_out().await);
    world.remove(&world.eve, true).await;
    assert!(shuts_out().await, "somebody banned reads there");
    let everybody = async |guests| {
        let reads = world.store.everybody_reads(world.room, guests).await;
        reads.unwrap()
    };
    assert!(!everybody(false).await, "somebody is banned");
    let room = world.room;
    let eve = world.eve.id;
    world
        .store
        .write(move |tx| tx.unban(room, eve))
        .await
        .unwrap();
    assert!(everybody(false).await);
    assert!(!everybody(true).await, "guests do not");
}

#[tokio::test]
async fn what_is_planned_happens_once_and_only_where_its_owner_still_is() {
    let world = World::new(RoomKind::Public).await;
    let plan = |room| Later {
        id: LaterId::new(),
        kind: LaterKind::Message,
        room,
        text: "good morning".into(),
        reply_to: None,
        reply_seq: None,
        due_at: in_hours(1),
        fired_at: None,
        failed: None,
    };
    let add = async |owner: &Actor, new: &Later| {
        let (owner, new) = (owner.clone(), new.clone());
        world
            .store
            .write(move |tx| tx.add_later(&owner, &new))
            .await
    };
    let fire = async |owner: &Actor, planned: &Later, now| {
        let (room, actor, planned) = (world.room, owner.clone(), planned.clone());
        let user = actor.id;
        let message = NewEvent {
            room,
            actor,
            change: post("good morning"),
            key: None,
        };
        let work =
            move |tx: &mut salon_store::Tx<'_>| tx.fire_later(user, &planned, Some(message), now);
        let fired = world.store.write(work).await.unwrap();
        fired.map(|(later, sent)| (later.failed, sent))
    };
    let refused = add(&world.eve, &plan(world.room)).await;
    assert!(matches!(refused, Err(StoreError::NotMember)), "{refused:?}");
    let mine = plan(world.room);
    add(&world.ada, &mine).await.unwrap();
    assert_eq!(fire(&world.ada, &mine, in_hours(0)).await, None, "too soon");
    assert_eq!(fire(&world.bob, &mine, in_hours(2)).await, None, "not his");
    let sent = Some((None, true));
    let (id, user) = (mine.id, world.ada.id);
    let change =
        move |tx: &mut salon_store::Tx<'_>| tx.change_later(user, id, Some("good night"), None);
    let read = world.store.write(change).await.unwrap();
    let late = fire(&world.ada, &mine, in_hours(2)).await;
    assert_eq!(late, None, "as it was before");
    let mine = read;
    assert_eq!(fire(&world.ada, &mine, in_hours(2)).await, sent);
    assert_eq!(fire(&world.ada, &mine, in_hours(2)).await, None, "twice");
    let his = plan(world.room);
    add(&world.bob, &his).await.unwrap();
    world.remove(&world.bob, false).await;
    let kept = Some((Some("not_in_room".to_owned()), false));
    assert_eq!(fire(&world.bob, &his, in_hours(2)).await, kept);
}

#[tokio::test]
async fn an_invitation_makes_as_many_accounts_as_it_says_while_its_maker_may() {
    let world = World::new(RoomKind::Public).await;
    let invite = async |digest: u8, expires_at| {
        let invite = Invite {
            digest: [digest; 32],
            role: Role::Member,
            room: None,
            invited_by: Some(world.bob.id),
            uses_left: 2,
            expires_at,
        };
        world
            .store
            .write(move |tx| tx.add_invite(&invite))
            .await
            .unwrap();
    };
    let takes = async |digest: u8| {
        let used = world
            .store
            .write(move |tx| tx.use_invite([digest; 32]))
            .await;
        used.is_ok()
    };
    invite(1, None).await;
    let race = tokio::join!(takes(1), takes(1), takes(1), takes(1));
    assert_eq!(
        race,
        (true, true, false, false),
        "more came in than were invited"
    );
    invite(2, Some(in_hours(-1))).await;
    assert!(!takes(2).await, "its time is over");
    invite(3, Some(in_hours(1))).await;
    assert!(takes(3).await);
    let bob = world.bob.id;
    world
        .store
        .write(move |tx| tx.disable_user(bob))
        .await
        .unwrap();
    assert!(!takes(3).await, "its maker is gone");
}

#[tokio::test]
async fn codes_open_once() {
    let world = World::new(RoomKind::Public).await;
    let ada = world.ada.id;
    let begin = move |tx: &mut salon_store::Tx<'_>| {
        tx.begin_second_factor(ada, b"secret")?;
        tx.confirm_second_factor(ada, 10)?;
        tx.set_recovery_codes(ada, &[[1; 32], [2; 32]])
    };
    world.store.write(begin).await.unwrap();
    let step = async |step| {
        let used = world.store.write(move |tx| tx.use_step(ada, step)).await;
        used.unwrap()
    };
    assert!(!step(10).await, "the one that confirmed it");
    assert!(step(11).await);
    assert!(!step(11).await, "replayed");
    assert!(!step(9).await, "an older one");
    let recover = async |digest: u8| {
        let work = move |tx: &mut salon_store::Tx<'_>| tx.use_recovery_code(ada, [digest; 32]);
        world.store.write(work).await.unwrap()
    };
    assert!(recover(1).await);
    assert!(!recover(1).await, "used before");
    assert!(!recover(3).await, "never made");
    let again = move |tx: &mut salon_store::Tx<'_>| tx.begin_second_factor(ada, b"another");
    let replaced = world.store.write(again).await;
    assert!(
        matches!(replaced, Err(StoreError::Taken(_))),
        "{replaced:?}"
    );
}

#[tokio::test]
async fn a_credential_ends_with_its_time_its_account_and_a_new_password() {
    let world = World::new(RoomKind::Public).await;
    let add = async |user: UserId, digest: u8, expires_at| {
        let credential = Credential {
            digest: [digest; 32],
            user,
            purpose: CredentialPurpose::Session,
            expires_at,
            device: String::new(),
            address: String::new(),
            seen_at: None,
        };
        world
            .store
            .write(move |tx| tx.add_credential(&credential))
            .await
            .unwrap();
    };
    let opens = async |digest: u8| {
        let found = world.store.credential([digest; 32]).await.unwrap();
        found.is_some()
    };
    let (ada, bob) = (world.ada.id, world.bob.id);
    add(ada, 1, None).await;
    add(ada, 2, None).await;
    add(ada, 3, Some(in_hours(-1))).await;
    add(bob, 4, None).await;
    assert!(opens(1).await && opens(2).await && opens(4).await);
    assert!(!opens(3).await, "its time is over");
    let change =
        move |tx: &mut salon_store::Tx<'_>| tx.set_password(ada, "hash".into(), Some([1; 32]));
    world.store.write(change).await.unwrap();
    assert!(opens(1).await, "where the password was changed");
    assert!(!opens(2).await, "another browser");
    // Sockets that another process should close are found by this.
    let ended = world
        .store
        .ended_credentials(vec![[1; 32], [2; 32], [4; 32]])
        .await;
    assert_eq!(ended.unwrap(), [[2; 32]]);
    world
        .store
        .write(move |tx| tx.disable_user(bob))
        .await
        .unwrap();
    assert!(!opens(4).await, "a closed account");
}

#[tokio::test]
async fn a_poll_whose_time_is_over_takes_no_vote_and_is_none_to_vote_in_by_name() {
    let world = World::new(RoomKind::Public).await;
    let ask = async |ends_at: Option<Timestamp>| {
        let poll = Poll {
            question: "Tea?".into(),
            options: vec!["green".into(), "black".into()],
            several: false,
            ends_at,
        };
        let mut change = post(&poll.text());
        let Change::Post {
            message_id,
            poll: asked,
            ..
        } = &mut change
        else {
            unreachable!("a post is a post");
        };
        *asked = Some(Box::new(poll));
        let message_id = *message_id;
        world.append(&world.ada, change).await.unwrap();
        message_id
    };
    let vote = async |message_id| {
        let choices = vec![1];
        let change = Change::Vote {
            message_id,
            choices,
        };
        world.append(&world.bob, change).await
    };
    let now = salon_protocol::now();
    let open = ask(None).await;
    let later = ask(now.checked_add(SignedDuration::from_hours(1)).ok()).await;
    let over = ask(Some(now)).await;
    vote(open).await.unwrap();
    vote(later).await.unwrap();
    let refused = vote(over).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::Poll(PollRefusal::Closed)),
        "{refused}"
    );
    let newest = world.store.newest_poll(world.bob.id, world.room).await;
    assert_eq!(newest.unwrap(), Some(later));
    // Its end is its moment: nobody ends it a second time.
    let end = Change::ClosePoll {
        message_id: over,
        moderator: false,
    };
    let ended = world.append(&world.ada, end).await.unwrap();
    assert!(ended.event.is_none());
}
