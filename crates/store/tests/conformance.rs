//! What every backend must do, stated once. A second backend runs the same claims.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod people;

use jiff::{SignedDuration, Timestamp};
use people::{post, room, user};
use salon_protocol::{
    ApprovalState, EventBody, MessageId, Role, RoomId, RoomKind, Seq, TurnDetail, TurnId, UserId,
    UserKind,
};
use salon_store::{
    Actor, Appended, Change, FinishTurn, Found, MessageFilter, NewApproval, NewEvent, PinState,
    Publication, SendKey, SpendScope, Spent, Store, StoreConfig, StoreError, Wanted, backup,
    restore,
};
use tempfile::TempDir;
use tokio::sync::mpsc;

struct World {
    store: Store,
    published: mpsc::Receiver<Publication>,
    folder: TempDir,
    room: RoomId,
    ada: Actor,
    bob: Actor,
    agent: Actor,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, published) = Store::open(&StoreConfig::new(folder.path())).unwrap();
        let ada = user(&store, "ada", UserKind::Human, Role::Member).await;
        let bob = user(&store, "小波", UserKind::Human, Role::Member).await;
        let agent = user(&store, "assistant", UserKind::Agent, Role::Member).await;
        let room = room(&store, "tea", RoomKind::Public, &ada, &[&agent]).await;
        Self {
            store,
            published,
            folder,
            room,
            ada,
            bob,
            agent,
        }
    }

    async fn append(&self, actor: &Actor, change: Change) -> Result<Appended, StoreError> {
        let new = NewEvent {
            room: self.room,
            actor: actor.clone(),
            change,
            key: None,
        };
        self.store.write(move |tx| tx.append(new)).await
    }

    async fn post(&self, actor: &Actor, text: &str) -> Result<Appended, StoreError> {
        self.append(actor, post(text)).await
    }

    async fn seqs(&self) -> Vec<u64> {
        let events = self
            .store
            .events(self.ada.id, self.room, Seq(0), None, 1_000)
            .await
            .unwrap();
        events.iter().map(|event| event.seq.0).collect()
    }
}

/// What makes the agent think about an answer.
fn hello(world: &World) -> String {
    format!("Hello @{}!", world.agent.handle)
}

#[tokio::test]
async fn numbers_follow_each_other_however_many_write_at_once() {
    let world = World::new().await;
    let before = world.seqs().await.len() as u64;
    let all = (0..100).map(|n| world.post(&world.ada, if n % 2 == 0 { "a" } else { "b" }));
    futures::future::join_all(all)
        .await
        .into_iter()
        .for_each(|done| drop(done.unwrap()));
    assert_eq!(world.seqs().await, (1..=before + 100).collect::<Vec<_>>());
}

#[tokio::test]
async fn one_refusal_undoes_nothing_of_its_group() {
    let world = World::new().await;
    let (first, refused, last) = tokio::join!(
        world.post(&world.ada, "one"),
        world.post(&world.bob, "not a member"),
        world.post(&world.ada, "two"),
    );
    assert!(matches!(refused, Err(StoreError::NotMember)), "{refused:?}");
    assert_eq!(last.unwrap().seq.0, first.unwrap().seq.0 + 1);
}

#[tokio::test]
async fn every_commit_is_published_in_order_before_it_is_answered() {
    let mut world = World::new().await;
    let mut expected = Vec::new();
    for n in 0..5 {
        expected.push(world.post(&world.ada, &n.to_string()).await.unwrap().seq);
    }
    // Those that come at once share a commit.
    let at_once = (0..20).map(|_| world.post(&world.ada, "at once"));
    let at_once = futures::future::join_all(at_once).await;
    expected.extend(at_once.into_iter().map(|posted| posted.unwrap().seq));
    expected.sort_unstable();
    let mut seen = Vec::new();
    while let Ok(publication) = world.published.try_recv() {
        if let Publication::Events { events, .. } = publication {
            seen.extend(
                events
                    .iter()
                    .filter(|event| matches!(event.body, EventBody::MessagePosted { .. }))
                    .map(|event| event.seq),
            );
        }
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_key_has_one_effect_and_another_body_is_refused() {
    let world = World::new().await;
    let send = async |digest: u8| {
        let new = NewEvent {
            room: world.room,
            actor: world.ada.clone(),
            change: post("once"),
            key: Some(SendKey {
                key: "k".into(),
                digest: [digest; 32],
            }),
        };
        world.store.write(move |tx| tx.append(new)).await
    };
    let first = send(1).await.unwrap();
    let again = send(1).await.unwrap();
    assert_eq!((first.seq, first.message_id), (again.seq, again.message_id));
    assert!(again.event.is_none());
    assert!(matches!(send(2).await, Err(StoreError::KeyReused)));
}

#[tokio::test]
async fn who_is_out_reads_and_writes_nothing_more() {
    let world = World::new().await;
    world
        .append(
            &world.bob,
            Change::Join {
                user: world.bob.clone(),
            },
        )
        .await
        .unwrap();
    world.post(&world.bob, "here").await.unwrap();
    let out = Change::Remove {
        user: world.bob.clone(),
        ban: true,
    };
    world.append(&world.ada, out).await.unwrap();
    assert!(world.post(&world.bob, "still here?").await.is_err());
    assert!(
        world
            .store
            .events(world.bob.id, world.room, Seq(0), None, 10)
            .await
            .is_err()
    );
    let (bob, room) = (world.bob.id, world.room);
    let written = world.store.written_events(bob, room, Seq(0), None, 10);
    assert!(written.await.is_err());
    let found = world.store.search(world.bob.id, filter("here")).await;
    assert_eq!(found.unwrap(), Found::default());
    let back = world
        .append(
            &world.bob,
            Change::Join {
                user: world.bob.clone(),
            },
        )
        .await;
    assert!(matches!(back, Err(StoreError::Banned)), "{back:?}");
}

#[tokio::test]
async fn search_finds_words_and_chinese_of_two_characters_and_forgets_what_is_deleted() {
    let world = World::new().await;
    world
        .post(&world.ada, "我们明天讨论发布计划")
        .await
        .unwrap();
    let english = world
        .post(&world.ada, "The release plan is ready")
        .await
        .unwrap();
    let search = async |text: &str| {
        world
            .store
            .search(world.ada.id, filter(text))
            .await
            .unwrap()
            .messages
            .len()
    };
    for (text, hits) in [
        ("发布", 1),
        ("布计", 1),
        ("发布 明天", 1),
        ("划发", 0),
        ("release", 1),
        ("\"release plan\"", 1),
    ] {
        assert_eq!(search(text).await, hits, "{text}");
    }
    let message_id = english.message_id.unwrap();
    world
        .append(
            &world.ada,
            Change::Delete {
                message_id,
                moderator: false,
                reason: String::new(),
            },
        )
        .await
        .unwrap();
    assert_eq!(search("release").await, 0);
}

#[tokio::test]
async fn a_message_is_a_turn_for_every_agent_but_its_author_and_is_claimed_once() {
    let world = World::new().await;
    world.post(&world.ada, &hello(&world)).await.unwrap();
    // Its own words are none, whatever they say of it.
    world.post(&world.agent, &hello(&world)).await.unwrap();
    let claim = async |lease: i64| {
        let lease = SignedDuration::from_secs(lease);
        world
            .store
            .write(move |tx| tx.claim_turns(lease, 10))
            .await
            .unwrap()
    };
    let claimed = claim(-1).await;
    assert_eq!(claimed.len(), 1);
    // Its lease is over: whoever comes next takes it.
    let again = claim(60).await;
    assert_eq!((again[0].id, again[0].attempts), (claimed[0].id, 2));
    assert!(claim(60).await.is_empty());
    world.store.write(|tx| tx.release_turns()).await.unwrap();
    assert_eq!(claim(-1).await.len(), 1);
    let finish = FinishTurn {
        turn: claimed[0].id,
        outcome: "spoke".into(),
        reason: "mentioned".into(),
        reply: None,
        spent: Spent {
            tokens_in: 7,
            tokens_out: 3,
            cost: 20,
            calls: 1,
        },
        model: Some("m".into()),
        detail: TurnDetail::default(),
    };
    world
        .store
        .write(move |tx| tx.finish_turn(&finish))
        .await
        .unwrap();
    assert!(claim(60).await.is_empty(), "an ended turn was claimed");
    for scope in [
        SpendScope::Agent(world.agent.id),
        SpendScope::Room(world.room),
        SpendScope::Asker(world.ada.id),
    ] {
        let spent = world.store.spending(scope, 0).await.unwrap();
        let sums: Vec<_> = spent
            .iter()
            .map(|day| (day.tokens_in, day.tokens_out, day.cost))
            .collect();
        assert_eq!(sums, [(7, 3, 20)], "{scope:?}");
    }
    let (so_far, stopped) = world
        .store
        .chain(claimed[0].chain, world.room)
        .await
        .unwrap();
    assert_eq!((so_far.turns, so_far.tokens, stopped), (1, 10, false));
    let room = world.room;
    world
        .store
        .write(move |tx| tx.stop_chains(room))
        .await
        .unwrap();
    let (_, stopped) = world
        .store
        .chain(claimed[0].chain, world.room)
        .await
        .unwrap();
    assert!(stopped, "a chain that began before it was stopped goes on");
}

#[tokio::test]
async fn talk_that_does_not_concern_an_agent_is_a_turn_that_is_over_at_once() {
    let mut world = World::new().await;
    let waits = async |world: &mut World, actor: Actor, change: Change| {
        world.append(&actor, change).await.unwrap();
        let mut waits = false;
        while let Ok(publication) = world.published.try_recv() {
            waits |= matches!(
                publication,
                Publication::Events {
                    turns_wait: true,
                    ..
                }
            );
        }
        let lease = SignedDuration::from_secs(60);
        let claimed = world
            .store
            .write(move |tx| tx.claim_turns(lease, 10))
            .await
            .unwrap();
        assert_eq!(waits, !claimed.is_empty());
        waits
    };
    let (ada, agent) = (world.ada.clone(), world.agent.clone());
    let name = agent.handle.to_string();
    assert!(!waits(&mut world, ada.clone(), post("lunch at noon?")).await);
    let turns = world.store.turns(world.room, 10).await.unwrap();
    let newest = &turns[0];
    assert_eq!(newest.outcome.as_deref(), Some("silent"));
    assert_eq!(newest.reason.as_deref(), Some("not_addressed"));
    let said = format!("so, {} what do you think?", name.to_uppercase());
    assert!(waits(&mut world, ada.clone(), post(&said)).await);
    assert!(!waits(&mut world, agent.clone(), post("noon is fine")).await);
    // What follows its words may go on with them.
    assert!(waits(&mut world, ada.clone(), post("thanks")).await);
    assert!(!waits(&mut world, ada.clone(), post("see you")).await);
    let mut reply = post("really?");
    if let Change::Post { reply_to, .. } = &mut reply {
        *reply_to = Some(turns[0].message);
    }
    assert!(waits(&mut world, ada.clone(), reply).await);
    let ambient = Change::Mode {
        mode: salon_protocol::SpeakMode::Ambient,
    };
    world.append(&ada, ambient).await.unwrap();
    assert!(waits(&mut world, ada, post("what is the capital of France?")).await);
}

#[tokio::test]
async fn what_is_private_from_ai_is_read_by_people_alone() {
    let world = World::new().await;
    let mut secret = post(&format!("{} the codename is heron", hello(&world)));
    if let Change::Post {
        private_from_ai, ..
    } = &mut secret
    {
        *private_from_ai = true;
    }
    let posted = world.append(&world.ada, secret).await.unwrap();
    let id = posted.message_id.unwrap();
    let open = world.post(&world.ada, &hello(&world)).await.unwrap();
    let seen = async |reader: UserId| {
        let store = &world.store;
        let page = store
            .messages(reader, world.room, None, 10)
            .await
            .unwrap()
            .0;
        let found = store.search(reader, filter("codename")).await.unwrap();
        let one = store.message(reader, id).await.unwrap();
        let view = store.message_view(reader, id).await.unwrap();
        (
            page.len(),
            found.messages.len(),
            one.is_some(),
            view.is_some(),
        )
    };
    assert_eq!(seen(world.ada.id).await, (2, 1, true, true));
    assert_eq!(seen(world.agent.id).await, (1, 0, false, false));
    let lease = SignedDuration::from_secs(60);
    let turns = world
        .store
        .write(move |tx| tx.claim_turns(lease, 10))
        .await
        .unwrap();
    let about: Vec<_> = turns.iter().map(|turn| Some(turn.message)).collect();
    assert_eq!(
        about,
        [open.message_id],
        "an agent has a turn about what it may not read"
    );
    world
        .append(&world.ada, Change::PrivateFromAi { on: true })
        .await
        .unwrap();
    assert!(
        world
            .store
            .messages(world.agent.id, world.room, None, 10)
            .await
            .is_err()
    );
    assert_eq!(
        world
            .store
            .search(world.agent.id, filter("weather"))
            .await
            .unwrap(),
        Found::default()
    );
    assert!(world.post(&world.agent, "hello").await.is_err());
}

#[tokio::test]
async fn an_approval_is_decided_once_and_carried_out_once() {
    let world = World::new().await;
    let ask = |turn| Change::AskApproval {
        approval: Box::new(NewApproval {
            turn,
            n: 0,
            asker: world.ada.clone(),
            hops: 1,
            chain: MessageId::new(),
            name: "t".into(),
            arguments: "{}".into(),
            act: "/t bob hello".into(),
            why: "outside_readers",
            expires_at: Timestamp::now(),
        }),
    };
    let turn = TurnId::new();
    world.append(&world.agent, ask(turn)).await.unwrap();
    world.append(&world.agent, ask(turn)).await.unwrap();
    let asked = world.store.approvals(world.room, 10).await.unwrap();
    assert_eq!(asked.len(), 1, "the same call asked twice");
    let settle = |from, state| Change::SettleApproval {
        number: 1,
        from,
        state,
        by: Some(world.ada.clone()),
        result: None,
    };
    let begin = async || {
        world
            .store
            .write(|tx| tx.begin_approved(10))
            .await
            .unwrap()
            .len()
    };
    assert_eq!(begin().await, 0);
    let waiting: &[_] = &[ApprovalState::Waiting];
    world
        .append(&world.ada, settle(waiting, ApprovalState::Approved))
        .await
        .unwrap();
    assert!(
        world
            .append(&world.ada, settle(waiting, ApprovalState::Denied))
            .await
            .is_err()
    );
    assert_eq!((begin().await, begin().await), (1, 0));
    let begun = world.store.write(|tx| tx.begun_approvals()).await.unwrap();
    assert_eq!(begun.len(), 1);
}

#[tokio::test]
async fn facts_stay_where_they_were_told_unless_the_room_is_public() {
    let world = World::new().await;
    let (ada, agent, room) = (world.ada.id, world.agent.id, world.room);
    let (kind, members) = (RoomKind::Private, [&world.agent]);
    let other = people::room(&world.store, "den", kind, &world.ada, &members).await;
    let facts = async |room, public| -> Vec<String> {
        let facts = world.store.facts(room, public, 10).await.unwrap();
        facts.into_iter().map(|fact| fact.text).collect()
    };
    let work = move |tx: &mut salon_store::Tx<'_>| {
        tx.add_fact(room, ada, agent, "open")?;
        tx.add_fact(other, ada, agent, "secret")
    };
    let number = world.store.write(work).await.unwrap();
    assert_eq!(facts(other, true).await, ["secret", "open"]);
    assert_eq!(
        facts(room, true).await,
        ["open"],
        "a private room's fact left it"
    );
    world
        .store
        .write(move |tx| tx.drop_fact(number))
        .await
        .unwrap();
    assert_eq!(facts(other, false).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_summary_goes_with_the_words_that_it_covers() {
    let world = World::new().await;
    let posted = world
        .post(&world.ada, "herons nest in March")
        .await
        .unwrap();
    let (room, seq) = (world.room, posted.seq);
    let keep = async || {
        let work =
            move |tx: &mut salon_store::Tx<'_>| tx.put_summary(room, seq, seq, "- ada: herons");
        world.store.write(work).await.unwrap();
    };
    keep().await;
    world.post(&world.ada, "something newer").await.unwrap();
    assert!(world.store.summary(room).await.unwrap().is_some());
    let delete = Change::Delete {
        message_id: posted.message_id.unwrap(),
        moderator: false,
        reason: String::new(),
    };
    world.append(&world.ada, delete).await.unwrap();
    assert_eq!(world.store.summary(room).await.unwrap(), None);
    // A model was at it while the words were taken back.
    keep().await;
    assert_eq!(world.store.summary(room).await.unwrap(), None);
}

#[tokio::test]
async fn a_tool_that_changes_is_not_the_tool_that_was_agreed_to() {
    let world = World::new().await;
    let check = async |digest: [u8; 32]| {
        let work = move |tx: &mut salon_store::Tx<'_>| tx.check_pin("files", "read", digest);
        world.store.write(work).await.unwrap()
    };
    assert_eq!(check([1; 32]).await, PinState::Same);
    assert_eq!(check([2; 32]).await, PinState::Changed);
    assert_eq!(check([1; 32]).await, PinState::Same);
    assert_eq!(check([2; 32]).await, PinState::Changed);
    world
        .store
        .write(|tx| tx.agree_to_tools("files"))
        .await
        .unwrap();
    assert_eq!(check([2; 32]).await, PinState::Same);
    assert_eq!(check([1; 32]).await, PinState::Changed);
}

#[tokio::test]
async fn a_call_is_begun_once() {
    let world = World::new().await;
    world.post(&world.ada, &hello(&world)).await.unwrap();
    let lease = SignedDuration::from_secs(60);
    let turn = world
        .store
        .write(move |tx| tx.claim_turns(lease, 1))
        .await
        .unwrap()[0]
        .id;
    let begin = async || {
        world
            .store
            .write(move |tx| tx.begin_call(turn, 0, "t", "{}"))
            .await
            .unwrap()
    };
    assert!(begin().await);
    assert!(!begin().await);
    let calls = world.store.turn_calls(turn).await.unwrap();
    assert_eq!((calls.len(), &calls[0].result), (1, &None));
}

#[tokio::test]
async fn a_backup_holds_all_that_was_acked_and_begins_a_new_epoch() {
    let world = World::new().await;
    world.post(&world.ada, "keep me").await.unwrap();
    let file = world.folder.path().join("backup.tar");
    backup(world.folder.path(), &file, None).await.unwrap();
    let other = StoreConfig::new(world.folder.path().join("other"));
    restore(&other.folder, &file, false).unwrap();
    let (restored, _published) = Store::open(&other).unwrap();
    let events = restored
        .events(world.ada.id, world.room, Seq(0), None, 100)
        .await
        .unwrap();
    assert_eq!(
        events.iter().map(|event| event.seq.0).collect::<Vec<_>>(),
        world.seqs().await
    );
    assert_ne!(
        restored.epoch().await.unwrap(),
        world.store.epoch().await.unwrap()
    );
    assert_eq!(restored.check().await.unwrap(), Vec::<String>::new());
}

fn filter(text: &str) -> MessageFilter {
    MessageFilter {
        wanted: Wanted::new(text),
        limit: 10,
        ..MessageFilter::default()
    }
}
