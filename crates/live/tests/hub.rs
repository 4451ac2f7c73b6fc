//! The hub with sockets that take what a test allows.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking"
)]

use bytes::Bytes;
use jiff::Timestamp;
use proptest::prelude::*;
use salon_live::{CloseReason, Flushed, Hub, HubSnapshot, Outlet, Published, Socket, wire};
use salon_protocol::{
    DraftEnd, DraftId, Event, EventBody, Handle, JsonPart, Presence, Role, RoomId, Seq, UserId,
    UserInfo, UserKind, WrittenUsers,
};
use serde_json::Value;
use std::{
    io::{self, IoSlice},
    sync::{Arc, Mutex},
    time::Duration,
};

/// Takes up to `room` bytes and keeps them.
#[derive(Clone, Default)]
struct Fake(Arc<Mutex<(Vec<u8>, usize)>>);

impl Fake {
    fn with_room(room: usize) -> Self {
        Self(Arc::new(Mutex::new((Vec::new(), room))))
    }

    fn allow(&self, more: usize) {
        self.0.lock().unwrap().1 += more;
    }

    /// From now on no more than this.
    fn only(&self, room: usize) {
        self.0.lock().unwrap().1 = room;
    }

    fn taken(&self) -> Vec<u8> {
        self.0.lock().unwrap().0.clone()
    }

    /// The JSON of all whole frames so far.
    fn frames(&self) -> Vec<Value> {
        let bytes = self.taken();
        let (mut at, mut frames) = (0, Vec::new());
        while at + 2 <= bytes.len() {
            let (length, head) = match bytes[at + 1] {
                126 => (
                    usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]])),
                    4,
                ),
                short => (usize::from(short), 2),
            };
            frames.push(serde_json::from_slice(&bytes[at + head..at + head + length]).unwrap());
            at += head + length;
        }
        frames
    }
}

impl Socket for Fake {
    fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut inner = self.0.lock().unwrap();
        let mut written = 0;
        for slice in slices {
            let take = slice.len().min(inner.1);
            let piece = slice[..take].to_vec();
            inner.0.extend(piece);
            inner.1 -= take;
            written += take;
        }
        match written {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            written => Ok(written),
        }
    }
}

/// Takes everything, piece by piece.
#[derive(Clone, Default)]
struct Pieces(Arc<Mutex<Vec<Vec<u8>>>>);

impl Socket for Pieces {
    fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let pieces = slices.iter().map(|slice| slice.to_vec());
        self.0.lock().unwrap().extend(pieces);
        Ok(slices.iter().map(|slice| slice.len()).sum())
    }
}

struct World {
    hub: Hub,
    room: RoomId,
    ada: UserId,
    bob: UserId,
    /// In no room.
    eve: UserId,
}

fn info(id: UserId, handle: &str) -> UserInfo {
    UserInfo {
        id,
        handle: handle.parse().unwrap(),
        display_name: handle.into(),
        kind: UserKind::Human,
        role: Role::Member,
        presence: Presence::Offline,
        avatar: None,
        away: None,
        disabled: false,
        about: None,
        time_zone: None,
    }
}

fn world() -> World {
    let (room, ada, bob) = (RoomId::new(), UserId::new(), UserId::new());
    let eve = UserId::new();
    let hub = Hub::spawn(HubSnapshot {
        rooms: vec![(room, Seq(0), vec![ada, bob])],
        users: vec![info(ada, "ada"), info(bob, "bob"), info(eve, "eve")],
    });
    World {
        hub,
        room,
        ada,
        bob,
        eve,
    }
}

impl World {
    /// What Ada does under a number.
    fn done(&self, seq: u64, body: EventBody) -> Published {
        let event = Event {
            room: self.room,
            seq: Seq(seq),
            at: Timestamp::UNIX_EPOCH,
            from: handle("ada"),
            body,
        };
        Published {
            event: Arc::new(event),
            room: None,
        }
    }

    fn topic(&self, seq: u64) -> Published {
        let body = EventBody::RoomChanged {
            topic: seq.to_string(),
            mode: Default::default(),
            private_from_ai: false,
            budget: Default::default(),
            slow_seconds: 0,
            keep_days: 0,
        };
        self.done(seq, body)
    }

    /// Bob is put out.
    fn removal(&self, seq: u64) -> Published {
        let body = EventBody::MemberRemoved {
            user: handle("bob"),
            user_id: self.bob,
            banned: false,
        };
        self.done(seq, body)
    }

    async fn connect(&self, user: UserId, socket: &(impl Socket + Clone)) -> (Arc<Outlet>, Seq) {
        let outlet = Arc::new(Outlet::new(socket.clone()));
        let registered = self.hub.register(user, None, outlet.clone()).await.unwrap();
        let cut = registered.rooms.first().map_or(Seq(0), |room| room.cut);
        self.hub.release(registered.session).await;
        (outlet, cut)
    }

    /// Publishes what is the hub's only work for the moment: it is written without being queued.
    async fn publish_alone(&self, published: Published) {
        self.settle().await;
        self.hub.publish(vec![published]).await;
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until everything told so far is done and written: more questions than the hub takes
    /// between two rounds of writes.
    async fn settle(&self) {
        for _ in 0..100 {
            self.hub.drafts_in(self.room).await;
        }
    }
}

/// Waits for a draft's piece; pieces travel once per tick.
async fn told_of(socket: &Fake, text: &str) {
    while !socket.frames().iter().any(|frame| frame["text"] == text) {
        tokio::task::yield_now().await;
    }
}

fn handle(text: &str) -> Handle {
    text.parse().unwrap()
}

fn seqs(socket: &Fake) -> Vec<u64> {
    let frames = socket.frames();
    frames
        .iter()
        .filter(|frame| frame["type"] == "event")
        .map(|frame| frame["seq"].as_u64().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_gets_exactly_what_is_published_after_its_cut() {
    let world = Arc::new(world());
    let publishing = tokio::spawn({
        let world = world.clone();
        async move {
            for seq in 1..=300 {
                world.hub.publish(vec![world.topic(seq)]).await;
            }
        }
    });
    let mut sessions = Vec::new();
    for _ in 0..20 {
        let socket = Fake::with_room(usize::MAX / 2);
        let cut = world.connect(world.bob, &socket).await.1;
        sessions.push((socket, cut));
        tokio::task::yield_now().await;
    }
    publishing.await.unwrap();
    world.settle().await;
    for (socket, cut) in sessions {
        assert_eq!(seqs(&socket), (cut.0 + 1..=300).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_reader_that_does_not_read_is_closed_and_keeps_nobody_waiting() {
    let world = world();
    let (stuck, reading) = (Fake::with_room(0), Fake::with_room(usize::MAX / 2));
    let (outlet, _) = world.connect(world.ada, &stuck).await;
    world.connect(world.bob, &reading).await;
    let mut sent = 0;
    while outlet.closed().is_none() {
        sent += 1;
        assert!(sent < 20_000, "nothing ends a reader that does not read");
        world.hub.publish(vec![world.topic(sent)]).await;
        world.settle().await;
    }
    assert_eq!(outlet.closed(), Some(CloseReason::TooSlow));
    assert_eq!(seqs(&reading).len() as u64, sent);
}

#[tokio::test]
async fn who_comes_in_the_middle_of_a_draft_gets_all_so_far_at_offset_zero() {
    let world = world();
    let early = Fake::with_room(usize::MAX / 2);
    world.connect(world.ada, &early).await;
    let draft = world
        .hub
        .begin_draft(world.room, handle("ada"), DraftId::new())
        .await;
    draft.append("沙龙".into()).await;
    while !early.frames().iter().any(|frame| frame["text"] == "沙龙") {
        tokio::task::yield_now().await;
    }
    let late = Fake::with_room(usize::MAX / 2);
    world.connect(world.bob, &late).await;
    draft.append("🎉".into()).await;
    told_of(&late, "🎉").await;
    draft.end(DraftEnd::Stopped).await;
    world.settle().await;
    let told = |socket: &Fake| -> Vec<(u64, String)> {
        let frames = socket.frames();
        let drafts = frames
            .iter()
            .filter(|frame| frame["type"] == "draft" && frame["text"] != "");
        drafts
            .map(|frame| {
                (
                    frame["offset"].as_u64().unwrap(),
                    frame["text"].as_str().unwrap().to_owned(),
                )
            })
            .collect()
    };
    assert_eq!(told(&early), [(0, "沙龙".into()), (2, "🎉".into())]);
    assert_eq!(told(&late), [(0, "沙龙".into()), (2, "🎉".into())]);
    // Presence is told at ticks of its own and may come behind it.
    let is_draft = |frame: &&Value| {
        frame["type"]
            .as_str()
            .is_some_and(|it| it.starts_with("draft"))
    };
    let frames = late.frames();
    let last = frames.iter().rfind(is_draft).unwrap();
    assert_eq!(last["state"], "stopped");
}

#[tokio::test]
async fn who_is_brought_in_in_the_middle_of_a_draft_gets_all_so_far() {
    let world = world();
    let (ada, eve) = (
        Fake::with_room(usize::MAX / 2),
        Fake::with_room(usize::MAX / 2),
    );
    world.connect(world.ada, &ada).await;
    world.connect(world.eve, &eve).await;
    let draft = world
        .hub
        .begin_draft(world.room, handle("ada"), DraftId::new())
        .await;
    draft.append("沙龙".into()).await;
    told_of(&ada, "沙龙").await;
    let coming = EventBody::MemberJoined {
        user: handle("eve"),
        user_id: world.eve,
        user_kind: UserKind::Human,
    };
    world.hub.publish(vec![world.done(1, coming)]).await;
    told_of(&eve, "沙龙").await;
    draft.append("🎉".into()).await;
    told_of(&eve, "🎉").await;
    let frames = eve.frames();
    let drafts = frames.iter().filter(|frame| frame["type"] == "draft");
    let offsets: Vec<_> = drafts.map(|frame| frame["offset"].as_u64()).collect();
    assert_eq!(offsets, [Some(0), Some(2)]);
}

#[tokio::test]
async fn a_removed_member_gets_the_removal_and_nothing_after_it() {
    let world = world();
    let socket = Fake::with_room(usize::MAX / 2);
    world.connect(world.bob, &socket).await;
    world.hub.publish(vec![world.removal(1)]).await;
    world.hub.publish(vec![world.topic(2)]).await;
    world.settle().await;
    assert_eq!(seqs(&socket), [1]);
}

#[tokio::test]
async fn a_removal_in_the_middle_of_a_batch_cuts_it_for_the_removed() {
    let world = world();
    let (ada, bob) = (
        Fake::with_room(usize::MAX / 2),
        Fake::with_room(usize::MAX / 2),
    );
    world.connect(world.ada, &ada).await;
    world.connect(world.bob, &bob).await;
    world
        .hub
        .publish(vec![world.topic(1), world.removal(2), world.topic(3)])
        .await;
    world.settle().await;
    assert_eq!(seqs(&bob), [1, 2]);
    assert_eq!(seqs(&ada), [1, 2, 3]);
}

#[tokio::test]
async fn what_several_commits_bring_in_a_row_leaves_as_one_piece_before_what_follows() {
    let world = world();
    let socket = Pieces::default();
    world.connect(world.bob, &socket).await;
    world.settle().await;
    // On one thread the hub takes them all at once.
    for seq in 1..=3 {
        world.hub.publish(vec![world.topic(seq)]).await;
    }
    let (user, room) = (world.bob, Some(world.room));
    world.hub.notice(user, room, "a notice".into(), None).await;
    world.hub.publish(vec![world.topic(4)]).await;
    world.settle().await;
    let found = |piece: &Vec<u8>, mark: &str| String::from_utf8_lossy(piece).matches(mark).count();
    let pieces = socket.0.lock().unwrap();
    let told = pieces
        .iter()
        .map(|piece| (found(piece, "room.changed"), found(piece, "a notice")));
    let told: Vec<_> = told.filter(|told| *told != (0, 0)).collect();
    assert_eq!(told, [(3, 0), (0, 1), (1, 0)]);
}

/// Keeps what it takes in one write together, and needs a while for each.
#[derive(Clone, Default)]
struct Slow(Arc<Mutex<Vec<String>>>);

impl Socket for Slow {
    fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        std::thread::sleep(Duration::from_millis(50));
        let written: Vec<u8> = slices
            .iter()
            .flat_map(|slice| slice.iter().copied())
            .collect();
        let text = String::from_utf8_lossy(&written).into_owned();
        self.0.lock().unwrap().push(text);
        Ok(written.len())
    }
}

impl Slow {
    /// How many events each write had.
    fn writes(&self) -> Vec<usize> {
        let writes = self.0.lock().unwrap();
        let events = writes
            .iter()
            .map(|text| text.matches("room.changed").count());
        events.filter(|count| *count > 0).collect()
    }
}

#[tokio::test]
async fn what_a_room_says_after_a_long_round_shares_the_next_one() {
    let world = world();
    let socket = Slow::default();
    world.connect(world.bob, &socket).await;
    let mut seq = 0;
    let mut next = || {
        seq += 1;
        world.topic(seq)
    };
    // A rest is a matter of milliseconds: a machine that is busy elsewhere may sleep through some.
    for _ in 0..20 {
        socket.0.lock().unwrap().clear();
        world.publish_alone(next()).await;
        for _ in 0..3 {
            world.hub.publish(vec![next()]).await;
            // The hub has taken it, and would write it if it did not rest.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
        }
        while socket.writes().iter().sum::<usize>() < 4 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if socket.writes() == [1, 3] {
            return;
        }
    }
    panic!("{:?}", socket.writes());
}

#[tokio::test]
async fn whatever_else_is_told_does_not_wait_and_comes_behind_what_rests() {
    let world = world();
    let socket = Slow::default();
    world.connect(world.bob, &socket).await;
    world.publish_alone(world.topic(1)).await;
    world.hub.publish(vec![world.topic(2)]).await;
    let (user, room) = (world.bob, Some(world.room));
    world.hub.notice(user, room, "a notice".into(), None).await;
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    let writes = socket.0.lock().unwrap();
    let last = writes.last().unwrap();
    let [event, notice] = ["room.changed", "a notice"].map(|mark| last.find(mark));
    assert!(event.is_some() && event < notice, "{last}");
}

#[tokio::test]
async fn who_is_not_in_a_room_hears_nothing_of_it() {
    let world = world();
    let (ada, eve, late) = (
        Fake::with_room(usize::MAX / 2),
        Fake::with_room(usize::MAX / 2),
        Fake::with_room(usize::MAX / 2),
    );
    world.connect(world.ada, &ada).await;
    world.connect(world.eve, &eve).await;
    let draft = world
        .hub
        .begin_draft(world.room, handle("bob"), DraftId::new())
        .await;
    draft.append("the codename".into()).await;
    told_of(&ada, "the codename").await;
    world.connect(world.eve, &late).await;
    world.hub.typing(world.room, world.bob).await;
    world.hub.publish(vec![world.topic(1)]).await;
    draft.end(DraftEnd::Stopped).await;
    let of_the_room = Some(world.room);
    let said = "the codename".to_owned();
    world.hub.notice(world.eve, of_the_room, said, None).await;
    world.settle().await;
    let about = |socket: &Fake| -> usize {
        let frames = socket.frames();
        let about = frames.iter().filter(|frame| !frame["room"].is_null());
        about.count()
    };
    assert!(about(&ada) >= 4, "{:?}", ada.frames());
    assert_eq!((about(&eve), about(&late)), (0, 0));
}

#[tokio::test]
async fn signing_out_closes_the_open_sessions_that_it_means_and_no_others() {
    let world = world();
    let mut outlets = Vec::new();
    for (user, secret) in [(world.ada, 1), (world.ada, 2), (world.bob, 3)] {
        let outlet = Arc::new(Outlet::new(Fake::with_room(usize::MAX / 2)));
        let registered = world
            .hub
            .register(user, Some([secret; 32]), outlet.clone())
            .await
            .unwrap();
        world.hub.release(registered.session).await;
        outlets.push(outlet);
    }
    let open = async || -> Vec<bool> {
        world.settle().await;
        let open = outlets.iter().map(|outlet| outlet.closed().is_none());
        open.collect()
    };
    assert_eq!(open().await, [true, true, true]);
    let keep = Some([1; 32]);
    world.hub.user_signed_out(world.ada, keep).await;
    assert_eq!(open().await, [true, false, true]);
    world.hub.credential_revoked([1; 32]).await;
    assert_eq!(open().await, [false, false, true]);
    world.hub.user_disabled(world.bob).await;
    assert_eq!(open().await, [false, false, false]);
    for outlet in &outlets {
        assert_eq!(outlet.closed(), Some(CloseReason::NotSignedIn));
    }
}

#[tokio::test]
async fn a_batch_bigger_than_the_queue_ends_nobody_who_reads() {
    let world = world();
    let socket = Fake::with_room(usize::MAX / 2);
    world.connect(world.ada, &socket).await;
    let batch: Vec<Published> = (1..=300)
        .map(|seq| {
            let mut published = world.topic(seq);
            let mut event = (*published.event).clone();
            event.body = EventBody::RoomChanged {
                topic: "沙".repeat(3_000),
                mode: Default::default(),
                private_from_ai: false,
                budget: Default::default(),
                slow_seconds: 0,
                keep_days: 0,
            };
            published.event = Arc::new(event);
            published
        })
        .collect();
    world.hub.publish(batch).await;
    world.settle().await;
    assert_eq!(seqs(&socket), (1..=300).collect::<Vec<u64>>());
}

proptest! {
    #[test]
    fn however_little_a_socket_takes_the_bytes_are_the_frames_in_order(
        frames in proptest::collection::vec("[a-z沙]{0,40}", 1..40),
        rooms in proptest::collection::vec(0usize..50, 1..200),
    ) {
        let socket = Fake::with_room(0);
        let outlet = Outlet::new(socket.clone());
        let frames: Vec<Bytes> = frames.iter().map(|text| wire::text(text)).collect();
        for frame in &frames {
            outlet.push_now(frame.clone());
            outlet.flush();
        }
        for room in rooms {
            socket.allow(room);
            outlet.flush_unblocked();
        }
        socket.allow(1 << 20);
        outlet.flush_unblocked();
        prop_assert_eq!(socket.taken(), frames.concat());
    }
}

#[tokio::test]
async fn of_an_event_that_a_socket_takes_in_part_the_rest_follows() {
    for room in [0, 1, 7, 150, 400] {
        let world = world();
        let socket = Fake::with_room(usize::MAX / 2);
        let (outlet, _) = world.connect(world.ada, &socket).await;
        world.settle().await;
        socket.only(room);
        for seq in 1..=40 {
            world.publish_alone(world.topic(seq)).await;
            if seq % 3 == 0 {
                outlet.push_now(wire::text(r#"{"type":"own"}"#));
            }
            world.settle().await;
            socket.allow(room);
            if seq % 2 == 0 {
                outlet.flush_unblocked();
            }
        }
        socket.only(usize::MAX / 2);
        outlet.flush_unblocked();
        assert_eq!(
            seqs(&socket),
            (1..=40).collect::<Vec<u64>>(),
            "{room} bytes"
        );
        let frames = socket.frames();
        let own = frames.iter().filter(|frame| frame["type"] == "own");
        assert_eq!(own.count(), 13, "{room} bytes");
    }
}

#[tokio::test]
async fn whoever_is_put_out_in_the_middle_of_an_event_gets_its_rest() {
    let world = world();
    let bye = wire::close(4008, "too slow");
    let reading = Fake::with_room(usize::MAX / 2);
    world.connect(world.bob, &reading).await;
    for (seq, begun) in (1..).zip([0, 1, 50, 100]) {
        let socket = Fake::with_room(usize::MAX / 2);
        let (outlet, _) = world.connect(world.ada, &socket).await;
        world.settle().await;
        let before = socket.taken().len();
        let read_before = reading.taken().len();
        socket.only(begun);
        world.publish_alone(world.topic(seq)).await;
        world.settle().await;
        outlet.push_last(bye.clone(), false);
        socket.only(usize::MAX / 2);
        outlet.flush_unblocked();
        let event = reading.taken()[read_before..].to_vec();
        let rest = if begun == 0 { Vec::new() } else { event };
        let expected = [rest, bye.to_vec()].concat();
        assert_eq!(socket.taken()[before..], expected, "{begun} bytes");
        outlet.close(CloseReason::Gone);
    }
}

/// A frame around users, in parts.
fn around(users: &WrittenUsers) -> Vec<Bytes> {
    wire::text_in_parts(vec![
        JsonPart::Own(r#"{"users":"#.into()),
        JsonPart::Users(users.clone()),
        JsonPart::Own("}".into()),
    ])
}

#[test]
fn the_answer_to_hello_makes_nobody_too_slow_however_long_it_is() {
    let crowd: Vec<UserInfo> = (0..10_000)
        .map(|n| info(UserId::new(), &format!("person-{n}")))
        .collect();
    let users = WrittenUsers::new(&crowd);
    let rooms = format!(r#"{{"rooms":"{}","users":"#, "r".repeat(2_000_000));
    let socket = Fake::with_room(1_000);
    let outlet = Outlet::new(socket.clone());
    outlet.push_owed(wire::text_in_parts(vec![
        JsonPart::Own(rooms.clone()),
        JsonPart::Users(users.clone()),
        JsonPart::Own("}".into()),
    ]));
    assert_eq!(outlet.flush(), Flushed::Blocked);
    let ready = wire::text(r#"{"type":"ready"}"#);
    outlet.push_now(ready.clone());
    assert_eq!(outlet.closed(), None);
    socket.allow(usize::MAX / 2);
    assert_eq!(outlet.flush_unblocked(), Flushed::All);
    let whole = wire::text(&format!("{rooms}{}}}", users.as_json()));
    assert_eq!(socket.taken(), [whole, ready].concat());
}

#[test]
fn whoever_is_put_out_gets_the_rest_of_the_frame_that_has_begun_and_no_more() {
    let users = WrittenUsers::new(&[info(UserId::new(), "ada")]);
    let whole = wire::text(&format!(r#"{{"users":{}}}"#, users.as_json()));
    let bye = wire::close(4008, "too slow");
    for begun in 0..=whole.len() {
        let socket = Fake::with_room(begun);
        let outlet = Outlet::new(socket.clone());
        outlet.push_owed(around(&users));
        outlet.push_now(wire::text("later"));
        outlet.flush();
        outlet.push_last(bye.clone(), false);
        socket.allow(1 << 20);
        outlet.flush_unblocked();
        let rest = if begun == 0 {
            Bytes::new()
        } else {
            whole.clone()
        };
        assert_eq!(
            socket.taken(),
            [rest, bye.clone()].concat(),
            "{begun} bytes"
        );
    }
}

#[tokio::test]
async fn a_list_of_users_serves_many_sessions_and_what_changed_since_comes_before_ready() {
    let people: Vec<UserInfo> = (0..48)
        .map(|n| info(UserId::new(), &format!("p{n}")))
        .collect();
    let hub = Hub::spawn(HubSnapshot {
        rooms: Vec::new(),
        users: people.clone(),
    });
    let mut lists = Vec::new();
    let mut last = Fake::with_room(usize::MAX);
    for who in people.iter().take(3) {
        last = Fake::with_room(usize::MAX);
        let outlet = Arc::new(Outlet::new(last.clone()));
        let registered = hub.register(who.id, None, outlet).await.unwrap();
        lists.push(registered.users.as_json().to_owned());
        hub.release(registered.session).await;
    }
    assert_eq!(lists[1], lists[0], "written anew for one who came");
    while !last.frames().iter().any(|frame| frame["type"] == "ready") {
        tokio::task::yield_now().await;
    }
    let frames = last.frames();
    let ready = frames.iter().position(|frame| frame["type"] == "ready");
    let mut seen: Vec<Value> = serde_json::from_str(&lists[2]).unwrap();
    for frame in &frames[..ready.unwrap()] {
        for told in frame["users"].as_array().into_iter().flatten() {
            let known = seen.iter_mut().find(|user| user["id"] == told["id"]);
            *known.unwrap() = told.clone();
        }
    }
    let online = seen.iter().filter(|user| user["presence"] == "online");
    let mut online: Vec<&str> = online
        .map(|user| user["handle"].as_str().unwrap())
        .collect();
    online.sort_unstable();
    assert_eq!(online, ["p0", "p1", "p2"]);
}
