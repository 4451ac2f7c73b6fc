//! Who may do what, asked of the product itself and of no door: people, and agents on somebody's
//! behalf before an audience.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use jiff::{SignedDuration, Timestamp};
use salon_chat::{
    Behalf, Caller, Chat, ChatConfig, ChatError, User,
    actions::{self, CreateRoom, CreateUser, SendMessage},
    commands, queries,
};
use salon_protocol::{
    AdminUserRequest, ApprovalState, Done, EventBody, MessageId, Role, RoomId, RoomKind, TurnId,
    UserKind,
};
use salon_store::{Actor, Change, NewApproval, NewEvent};
use tempfile::TempDir;

/// `tea` is public and Ada's, with Bob and the assistant in it; `den` is private, with the same.
/// Eve is in neither, the guest in nothing at all.
struct World {
    chat: Chat,
    _folder: TempDir,
    owner: User,
    ada: User,
    bob: User,
    eve: User,
    guest: User,
    assistant: User,
    tea: RoomId,
    den: RoomId,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = ChatConfig::new(folder.path(), false);
        let chat = Chat::start(config).await.unwrap();
        let owner = user(&chat, "owner", Role::Owner).await;
        let ada = user(&chat, "ada", Role::Member).await;
        let bob = user(&chat, "bob", Role::Member).await;
        let eve = user(&chat, "eve", Role::Member).await;
        let guest = user(&chat, "guest", Role::Guest).await;
        // It may do whatever whoever asks may.
        let id = now(&chat, "assistant").await.id;
        let store = chat.store();
        store
            .write(move |tx| tx.set_role(id, Role::Admin))
            .await
            .unwrap();
        let assistant = now(&chat, "assistant").await;
        let tea = room(&chat, &ada, "tea", RoomKind::Public).await;
        let den = room(&chat, &ada, "den", RoomKind::Private).await;
        Self {
            chat,
            _folder: folder,
            owner,
            ada,
            bob,
            eve,
            guest,
            assistant,
            tea,
            den,
        }
    }

    async fn say(&self, who: &User, room: RoomId, text: &str) -> Result<Done, ChatError> {
        let caller = of(who);
        let message = SendMessage::text(text);
        actions::send_message(&self.chat, &caller, &room.to_string(), message).await
    }

    /// The assistant, asked by somebody, before whoever reads a room.
    fn asked(&self, asker: &User, audience: RoomId) -> Caller {
        let mut caller = of(&self.assistant);
        caller.behalf = Some(Behalf {
            asker: asker.clone(),
            turn: TurnId::new(),
            audience,
            hops: 1,
            chain: MessageId::new(),
            reason: None,
            approved: false,
        });
        caller
    }

    async fn run(&self, caller: &Caller, room: RoomId, line: &str) -> Result<Done, ChatError> {
        let along = commands::Along::default();
        let room = room.to_string();
        commands::run_line(&self.chat, caller, Some(&room), line, along).await
    }

    /// How many messages with that word the caller finds.
    async fn finds(&self, caller: &Caller, word: &str) -> usize {
        let search = queries::Search {
            text: word.into(),
            limit: 10,
            ..queries::Search::default()
        };
        let found = queries::search(&self.chat, caller, search).await.unwrap();
        found.results.len()
    }

    /// A card of the assistant's that somebody may decide until then; its number.
    async fn card(&self, asker: &User, expires_at: Timestamp) -> u32 {
        let approval = NewApproval {
            turn: TurnId::new(),
            n: 0,
            asker: actor(asker),
            hops: 1,
            chain: MessageId::new(),
            name: "topic".into(),
            arguments: "{}".into(),
            act: "/topic herons".into(),
            why: "moderates",
            expires_at,
        };
        let new = NewEvent {
            room: self.tea,
            actor: actor(&self.assistant),
            change: Change::AskApproval {
                approval: Box::new(approval),
            },
            key: None,
        };
        let asked = self.chat.store().write(move |tx| tx.append(new)).await;
        let body = asked.unwrap().event.unwrap().body;
        let EventBody::ApprovalAsked { approval } = body else {
            panic!("no card: {body:?}");
        };
        approval.number
    }

    async fn decide(&self, who: &Caller, number: u32) -> Result<Done, ChatError> {
        let tea = self.tea.to_string();
        actions::decide_approval(&self.chat, who, &tea, number, true).await
    }
}

fn actor(user: &User) -> Actor {
    Actor {
        id: user.id,
        handle: user.handle.clone(),
        kind: user.kind,
    }
}

fn of(user: &User) -> Caller {
    Caller::new(user.clone(), None)
}

async fn now(chat: &Chat, handle: &str) -> User {
    let handle = handle.parse().unwrap();
    let user = chat.store().user_by_handle(&handle).await.unwrap();
    user.unwrap()
}

async fn user(chat: &Chat, handle: &str, role: Role) -> User {
    let new = CreateUser {
        handle: handle.into(),
        display_name: None,
        kind: UserKind::Human,
        role,
        password_hash: None,
    };
    actions::create_user(chat, new).await.unwrap()
}

async fn room(chat: &Chat, by: &User, name: &str, kind: RoomKind) -> RoomId {
    let new = CreateRoom {
        name: name.into(),
        kind,
        topic: String::new(),
        members: vec!["bob".into(), "assistant".into()],
    };
    let made = actions::create_room(chat, &of(by), new).await;
    made.unwrap().id
}

fn later(hours: i64) -> Timestamp {
    Timestamp::now() + SignedDuration::from_hours(hours)
}

#[tokio::test]
async fn what_one_may_not_see_looks_like_what_is_not_there() {
    let world = World::new().await;
    let chat = &world.chat;
    for (who, which) in [
        (&world.eve, "den"),
        (&world.guest, "den"),
        (&world.guest, "tea"),
        (&world.ada, "nowhere"),
    ] {
        let caller = of(who);
        let room = queries::room(chat, &caller, which).await;
        let log = queries::messages(chat, &caller, which, None, 10).await;
        let members = queries::members(chat, &caller, which).await;
        for (what, refused) in [
            ("room", room.err()),
            ("messages", log.err()),
            ("members", members.err()),
        ] {
            assert!(
                matches!(refused, Some(ChatError::RoomNotFound)),
                "{} and the {what} of {which}: {refused:?}",
                who.handle
            );
        }
    }
    assert!(queries::room(chat, &of(&world.eve), "tea").await.is_ok());
    let tea = world.tea.to_string();
    actions::ban_user(chat, &of(&world.ada), &tea, "eve", "")
        .await
        .unwrap();
    let banned = queries::room(chat, &of(&world.eve), "tea").await;
    assert!(matches!(banned, Err(ChatError::RoomNotFound)), "{banned:?}");
}

#[tokio::test]
async fn an_agent_reads_and_writes_with_the_rights_of_whoever_asked() {
    let world = World::new().await;
    let den = world.den.to_string();
    let by_bob = world.asked(&world.bob, world.den);
    let by_eve = world.asked(&world.eve, world.den);
    let chat = &world.chat;
    assert!(
        queries::messages(chat, &by_bob, &den, None, 10)
            .await
            .is_ok()
    );
    let read = queries::messages(chat, &by_eve, &den, None, 10).await;
    assert!(matches!(read, Err(ChatError::RoomNotFound)), "{read:?}");
    let written = world.run(&by_eve, world.den, "/topic herons").await;
    assert!(
        matches!(written, Err(ChatError::RoomNotFound)),
        "{written:?}"
    );
    // An account that was closed in the middle of the turn asks nothing any more.
    actions::disable_user(chat, &world.bob).await.unwrap();
    let asked = world.run(&by_bob, world.den, "/users").await;
    assert!(matches!(asked, Err(ChatError::Forbidden(_))), "{asked:?}");
}

#[tokio::test]
async fn an_agent_tells_its_audience_only_what_all_of_it_may_read() {
    let world = World::new().await;
    world
        .say(&world.ada, world.den, "the codename is heron")
        .await
        .unwrap();
    world
        .say(&world.ada, world.tea, "a heron stood there")
        .await
        .unwrap();
    let count = async |asker: &User, audience| {
        let caller = world.asked(asker, audience);
        world.finds(&caller, "heron").await
    };
    assert_eq!(count(&world.bob, world.den).await, 2);
    assert_eq!(
        count(&world.bob, world.tea).await,
        1,
        "told in public what was said among few"
    );
    assert_eq!(
        count(&world.eve, world.den).await,
        0,
        "found for who is in neither room"
    );
    // A guest sits in the den now, and reads no other room.
    actions::invite_user(
        &world.chat,
        &of(&world.ada),
        &world.den.to_string(),
        "guest",
    )
    .await
    .unwrap();
    assert_eq!(
        count(&world.bob, world.den).await,
        1,
        "told a guest of a room that guests do not read"
    );
}

#[tokio::test]
async fn an_agent_neither_moderates_nor_tells_outsiders_alone() {
    let world = World::new().await;
    let by_ada = world.asked(&world.ada, world.den);
    for (line, told) in [
        ("/kick bob", "moderates"),
        ("/mode off", "moderates"),
        ("/t eve the codename is heron", "outside_readers"),
    ] {
        let asked = world.run(&by_ada, world.den, line).await;
        assert!(
            matches!(&asked, Err(ChatError::NeedsApproval { why }) if *why == told),
            "{line}: {asked:?}"
        );
    }
    let by_bob = world.asked(&world.bob, world.den);
    let refused = world.run(&by_bob, world.den, "/kick ada").await;
    assert!(
        matches!(refused, Err(ChatError::Forbidden(_))),
        "{refused:?}"
    );
    // To whoever reads it there anyway, and with leave.
    world
        .run(&by_ada, world.den, "/t bob a word")
        .await
        .unwrap();
    let mut allowed = by_ada;
    allowed.behalf.as_mut().unwrap().approved = true;
    world.run(&allowed, world.den, "/kick bob").await.unwrap();
    let gone = world.say(&world.bob, world.den, "still here?").await;
    assert!(gone.is_err());
}

#[tokio::test]
async fn a_card_is_decided_by_people_who_may_in_time_and_once() {
    let world = World::new().await;
    let number = world.card(&world.bob, later(1)).await;
    let agent = world.asked(&world.bob, world.tea);
    for nobody in [&agent, &of(&world.assistant)] {
        let refused = world.decide(nobody, number).await;
        assert!(
            matches!(refused, Err(ChatError::Forbidden(_))),
            "an agent: {refused:?}"
        );
    }
    actions::join_room(&world.chat, &of(&world.eve), "tea")
        .await
        .unwrap();
    let refused = world.decide(&of(&world.eve), number).await;
    assert!(
        matches!(refused, Err(ChatError::Forbidden(_))),
        "another's card: {refused:?}"
    );
    world.decide(&of(&world.bob), number).await.unwrap();
    let again = world.decide(&of(&world.ada), number).await;
    assert!(matches!(again, Err(ChatError::Conflict(_))), "{again:?}");
    let late = world.card(&world.bob, later(-1)).await;
    let refused = world.decide(&of(&world.bob), late).await;
    assert!(
        matches!(refused, Err(ChatError::Conflict(_))),
        "after its time: {refused:?}"
    );
    let row = world.chat.store().approval(world.tea, late).await.unwrap();
    assert_eq!(row.unwrap().state, ApprovalState::Expired);
    // Its moderator may as well.
    let number = world.card(&world.bob, later(1)).await;
    world.decide(&of(&world.ada), number).await.unwrap();
}

#[tokio::test]
async fn what_is_a_persons_own_is_no_agents_to_tell() {
    let world = World::new().await;
    let agent = world.asked(&world.ada, world.tea);
    let chat = &world.chat;
    let export = queries::export(chat, &agent).await.err();
    let saved = queries::saved(chat, &agent, None, 10).await.err();
    let planned = queries::laters(chat, &agent).await.err();
    let said = world.say(&world.ada, world.tea, "words").await.unwrap();
    let message = said.message_id.unwrap();
    let den = world.den.to_string();
    let passed_on = actions::forward_message(chat, &agent, message, &den, None).await;
    for (what, refused) in [
        ("export", export),
        ("saved", saved),
        ("planned", planned),
        ("forwarded", passed_on.err()),
    ] {
        assert!(
            matches!(refused, Some(ChatError::Forbidden(_))),
            "{what}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn whoever_is_muted_has_no_voice_through_an_agent_either() {
    let world = World::new().await;
    let tea = world.tea.to_string();
    actions::mute_user(&world.chat, &of(&world.ada), &tea, "bob", None, "")
        .await
        .unwrap();
    let topic = world.run(&of(&world.bob), world.tea, "/topic herons").await;
    assert!(matches!(topic, Err(ChatError::Muted(_))), "{topic:?}");
    let by_bob = world.asked(&world.bob, world.tea);
    let topic = world.run(&by_bob, world.tea, "/topic herons").await;
    assert!(matches!(topic, Err(ChatError::Forbidden(_))), "{topic:?}");
}

#[tokio::test]
async fn a_role_is_what_it_is_now_and_not_when_one_came() {
    let world = World::new().await;
    let chat = &world.chat;
    let change = async |by: &Caller, of: &str, role| {
        let request = AdminUserRequest {
            role: Some(role),
            disabled: None,
        };
        actions::change_account(chat, by, of, request).await
    };
    let owner = of(&world.owner);
    change(&owner, "ada", Role::Admin).await.unwrap();
    let as_admin = of(&now(chat, "ada").await);
    assert!(queries::admin_users(chat, &as_admin).await.is_ok());
    let upwards = change(&as_admin, "bob", Role::Owner).await;
    assert!(
        matches!(upwards, Err(ChatError::Forbidden(_))),
        "{upwards:?}"
    );
    let above = change(&as_admin, "owner", Role::Member).await;
    assert!(matches!(above, Err(ChatError::Forbidden(_))), "{above:?}");
    change(&owner, "ada", Role::Member).await.unwrap();
    let refused = queries::admin_users(chat, &as_admin).await;
    assert!(
        matches!(refused, Err(ChatError::Forbidden(_))),
        "an admin of before"
    );
}

#[tokio::test]
async fn an_agent_asks_where_its_asker_may_and_neither_votes_nor_ends_a_poll() {
    let world = World::new().await;
    let chat = &world.chat;
    let agent = world.asked(&world.bob, world.tea);
    let line = "/poll Tea? | green | black";
    let room = world.tea.to_string();
    let asked =
        commands::run_line(chat, &agent, Some(&room), line, commands::Along::default()).await;
    let poll = asked.unwrap().message_id.unwrap();
    for nobody in [&agent, &of(&world.assistant)] {
        for refused in [
            actions::vote(chat, nobody, poll, vec![1]).await,
            actions::close_poll(chat, nobody, poll).await,
            commands::run_line(
                chat,
                nobody,
                Some(&room),
                "/vote 1",
                commands::Along::default(),
            )
            .await,
            commands::run_line(
                chat,
                nobody,
                Some(&room),
                "/poll close",
                commands::Along::default(),
            )
            .await,
        ] {
            assert!(
                matches!(refused, Err(ChatError::Forbidden(_))),
                "{refused:?}"
            );
        }
    }
    actions::vote(chat, &of(&world.bob), poll, vec![1])
        .await
        .unwrap();
}
