//! The one task that knows rooms, sessions, drafts and presence. It takes commands in order, so
//! that "from now on" has an exact meaning, and never waits for anything but the next command.

use crate::{
    CloseReason, HubSnapshot, Outlet, Published, Registered, RoomNow, SessionId,
    drafts::Draft,
    due::Due,
    message::{Command, DraftChange},
    presence::PresenceTable,
    roll::{self, Changes, Roll},
    wire,
};
use bytes::{Bytes, BytesMut};
use salon_protocol::{
    DraftEnd, DraftId, Event, EventBody, Member, MessageState, Presence, RoomId, Seq, ServerFrame,
    UserId, UserInfo,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{broadcast, mpsc},
    time::{Instant, MissedTickBehavior, interval},
};

/// Presence and read markers are told once per tick.
const PRESENCE_TICK: Duration = Duration::from_millis(200);
/// Presence is told at most once in so long for each session that is told: a crowd that comes back
/// costs a tenth of a core in presence, however large it is.
const PRESENCE_PACE: Duration = Duration::from_micros(100);
/// However many are here, nobody is told later than this.
const PRESENCE_PACE_MAX: Duration = Duration::from_secs(5);
/// What drafts grew by and was not told at once is told at one of these ticks.
const DRAFT_TICK: Duration = Duration::from_millis(10);
/// A draft is told of at most once in so long for each session that is told, over all drafts that
/// are being written: deltas cost no more than about three quarters of a core.
const DRAFT_PACE: Duration = Duration::from_micros(12);
/// However many read and write, nobody waits for a delta longer than this.
const DRAFT_PACE_MAX: Duration = Duration::from_millis(50);
/// One user's typing in one room is told at most once in so long.
const TYPING_EVERY: Duration = Duration::from_secs(1);
/// Commands whose frames may share one round of writes.
const COMMANDS_PER_FLUSH_MAX: usize = 64;
/// Events of one room that leave as one piece, in bytes.
const PIECE_BYTES_MAX: usize = 64 * 1024;
/// Typists remembered; more are forgotten, which only tells once too often.
const TYPISTS_MAX: usize = 10_000;

#[derive(Default)]
struct Room {
    published: Seq,
    members: HashSet<UserId>,
    /// The members as a summary lists them, until something in that changes.
    listed: Option<Arc<[Member]>>,
    sessions: Outlets,
}

/// In the order in which they came, so that a run can be repeated.
type Outlets = BTreeMap<SessionId, Arc<Outlet>>;

pub(crate) struct User {
    info: UserInfo,
    /// What users are sorted by.
    key: String,
    rooms: BTreeSet<RoomId>,
    sessions: Outlets,
    agent_online: bool,
    /// The last change to what is seen of them.
    changed: Changes,
}

impl User {
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn changed(&self) -> Changes {
        self.changed
    }

    pub(crate) fn as_member(&self) -> Member {
        let info = self.info.clone();
        Member {
            id: info.id,
            handle: info.handle,
            display_name: info.display_name,
            kind: info.kind,
            role: info.role,
        }
    }

    fn presence(&self) -> Presence {
        if self.sessions.is_empty() && !self.agent_online {
            Presence::Offline
        } else if self.info.away.is_some() {
            Presence::Away
        } else {
            Presence::Online
        }
    }

    pub(crate) fn seen(&self) -> UserInfo {
        self.info.clone().with_presence(self.presence())
    }
}

struct Session {
    user: UserId,
    credential: Option<[u8; 32]>,
    outlet: Arc<Outlet>,
    /// Up to which change the list of users is true that it began with.
    roll: Changes,
}

pub(crate) struct Actor {
    rooms: HashMap<RoomId, Room>,
    users: HashMap<UserId, User>,
    sessions: BTreeMap<SessionId, Session>,
    roll: Roll,
    next_session: u64,
    drafts: BTreeMap<DraftId, Draft>,
    /// Users to be told about at the next tick, with what was told last.
    changed: BTreeMap<UserId, Option<UserInfo>>,
    /// When presence was last told.
    presence_told_at: Option<Instant>,
    reads: BTreeMap<(UserId, RoomId), Seq>,
    typing: HashMap<(RoomId, UserId), Instant>,
    due: Due,
    presence: PresenceTable,
    observed: broadcast::Sender<Arc<Event>>,
}

impl Actor {
    pub(crate) fn new(
        snapshot: HubSnapshot,
        presence: PresenceTable,
        observed: broadcast::Sender<Arc<Event>>,
    ) -> Self {
        let mut actor = Self {
            rooms: HashMap::new(),
            users: HashMap::new(),
            sessions: BTreeMap::new(),
            roll: Roll::default(),
            next_session: 0,
            drafts: BTreeMap::new(),
            changed: BTreeMap::new(),
            presence_told_at: None,
            reads: BTreeMap::new(),
            typing: HashMap::new(),
            due: Due::default(),
            presence,
            observed,
        };
        for info in snapshot.users {
            actor.add_user(info);
        }
        for (id, published, members) in snapshot.rooms {
            for member in &members {
                if let Some(user) = actor.users.get_mut(member) {
                    user.rooms.insert(id);
                }
            }
            let members = members.into_iter().collect();
            actor.rooms.insert(
                id,
                Room {
                    published,
                    members,
                    listed: None,
                    sessions: Outlets::new(),
                },
            );
        }
        actor
    }

    fn add_user(&mut self, info: UserInfo) {
        let user = User {
            key: info.handle.folded(),
            rooms: BTreeSet::new(),
            sessions: Outlets::new(),
            agent_online: false,
            changed: self.roll.change(),
            info,
        };
        self.users.insert(user.info.id, user);
    }

    pub(crate) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut presence_tick = interval(PRESENCE_TICK);
        let mut draft_tick = interval(DRAFT_TICK);
        presence_tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        draft_tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            // Ticks are only waited for when there is something to tell: an idle hub sleeps.
            let presence_due = !self.changed.is_empty() || !self.reads.is_empty();
            tokio::select! {
                biased;
                _ = draft_tick.tick(), if !self.drafts.is_empty() => self.tell_drafts(),
                _ = presence_tick.tick(), if presence_due => self.tell_presence(),
                command = commands.recv() => match command {
                    Some(command) => self.take(command),
                    None => return,
                },
            }
            // What is waiting already shares the writes.
            for _ in 1..COMMANDS_PER_FLUSH_MAX {
                let Ok(command) = commands.try_recv() else {
                    break;
                };
                self.take(command);
            }
            self.due.flush().await;
        }
    }

    fn take(&mut self, command: Command) {
        match command {
            Command::Publish(batch) => self.publish(batch),
            Command::Register {
                user,
                credential,
                outlet,
                answer,
            } => {
                let registered = self.register(user, credential, outlet);
                let session = registered.session;
                if answer.send(registered).is_err() {
                    self.unregister(session);
                }
            }
            Command::Release(session) => self.release(session),
            Command::Unregister(session) => self.unregister(session),
            Command::AgentOnline(agent, online) => {
                self.change(agent, |user| user.agent_online = online);
            }
            Command::UserChanged(info) => {
                if !self.users.contains_key(&info.id) {
                    self.add_user(info.clone());
                    self.changed.entry(info.id).or_insert(None);
                }
                let id = info.id;
                let closed = info.disabled.then_some(id);
                self.change(id, |user| {
                    user.key = info.handle.folded();
                    user.info = info;
                });
                self.list_anew(id);
                if let Some(user) = closed {
                    self.close_sessions(user, CloseReason::NotSignedIn);
                }
            }
            Command::UserDisabled(id) => {
                self.change(id, |user| user.info.disabled = true);
                self.close_sessions(id, CloseReason::NotSignedIn);
            }
            Command::UserSignedOut(id, keep) => {
                for session in self.sessions.values() {
                    let kept = keep.is_some() && session.credential == keep;
                    if session.user == id && !kept {
                        session.outlet.close(CloseReason::NotSignedIn);
                    }
                }
            }
            Command::CredentialRevoked(digest) => {
                for session in self.sessions.values() {
                    if session.credential == Some(digest) {
                        session.outlet.close(CloseReason::NotSignedIn);
                    }
                }
            }
            Command::Credentials(answer) => {
                let open = self.sessions.values().filter_map(|one| one.credential);
                let open: BTreeSet<[u8; 32]> = open.collect();
                answer.send(open.into_iter().collect()).ok();
            }
            Command::Typing { room, user } => self.typing(room, user),
            Command::Read { room, user, seq } => {
                self.reads.insert((user, room), seq);
            }
            Command::TellUser { user, frame } => {
                // A marker that waits to be told is older than this.
                if let ServerFrame::Standing { room, .. } = &*frame {
                    self.reads.remove(&(user, *room));
                }
                self.tell_user(user, &frame);
            }
            Command::Notice {
                user,
                room,
                text,
                data,
            } => self.notice(user, room, text, data),
            Command::BeginDraft(draft) => {
                self.drafts.insert(draft.id, *draft);
            }
            Command::Draft(id, change) => self.change_draft(id, change),
            Command::StopDraft(id) => {
                if let Some(draft) = self.drafts.get(&id) {
                    draft.stop.send_replace(true);
                }
            }
            Command::DraftRoom(id, answer) => {
                answer
                    .send(self.drafts.get(&id).map(|draft| draft.room))
                    .ok();
            }
            Command::DraftsIn(room, answer) => {
                let drafts = self.drafts.iter().filter(|(_, draft)| draft.room == room);
                drop(answer.send(drafts.map(|(id, _)| *id).collect()));
            }
            Command::Shutdown(answer) => {
                for session in self.sessions.values() {
                    session.outlet.close(CloseReason::GoingAway);
                }
                answer.send(()).ok();
            }
        }
    }

    /// Queues the whole batch. A room's plain events leave as one piece, which is put together once
    /// for all who read it.
    fn publish(&mut self, batch: Vec<Published>) {
        let mut pieces = BTreeMap::new();
        for Published { event, room } in batch {
            let id = event.room;
            let draft = self.draft_of(&event);
            let changes_members = matches!(
                event.body,
                EventBody::MemberJoined { .. }
                    | EventBody::MemberLeft { .. }
                    | EventBody::MemberRemoved { .. }
            );
            let piece: &mut BytesMut = pieces.entry(id).or_default();
            if changes_members || draft.is_some() || piece.len() > PIECE_BYTES_MAX {
                let piece = piece.split().freeze();
                self.tell_room(id, &piece);
            }
            if let EventBody::MemberJoined { user_id, .. } = &event.body {
                self.add_member(id, *user_id);
                if let (Some(room), Some(user)) = (room, self.users.get(user_id)) {
                    let frame = wire::text(&ServerFrame::Room { room }.to_json());
                    self.due.event(user.sessions.values(), &frame);
                }
            }
            self.rooms.entry(id).or_default().published = event.seq;
            if let Some((draft, _)) = draft {
                self.tell_draft(draft);
            }
            let json = ServerFrame::Event(Event::clone(&event)).to_json();
            wire::put_text(piece, &json);
            metrics::counter!("salon_deliveries_total")
                .increment(self.rooms.get(&id).map_or(0, |room| room.sessions.len()) as u64);
            if changes_members || draft.is_some() {
                let piece = piece.split().freeze();
                self.tell_room(id, &piece);
            }
            if let EventBody::MemberJoined { user_id, .. } = &event.body {
                self.tell_what_is_written(id, *user_id);
            }
            if let Some((draft, end)) = draft {
                self.end_draft(draft, end);
            }
            if let EventBody::MemberLeft { user_id, .. }
            | EventBody::MemberRemoved { user_id, .. } = &event.body
            {
                self.drop_member(id, *user_id);
            }
            // Nobody may be observing.
            drop(self.observed.send(event));
        }
        for (room, piece) in pieces {
            self.tell_room(room, &piece.freeze());
        }
    }

    /// Queues whole frames of events for all who are in a room.
    fn tell_room(&mut self, room: RoomId, frames: &Bytes) {
        if let Some(room) = self.rooms.get(&room)
            && !frames.is_empty()
        {
            self.due.event(room.sessions.values(), frames);
        }
    }

    fn draft_of(&self, event: &Event) -> Option<(DraftId, DraftEnd)> {
        let EventBody::MessagePosted { message } = &event.body else {
            return None;
        };
        let id = message.draft_id.filter(|id| self.drafts.contains_key(id))?;
        let end = match message.state {
            Some(MessageState::Stopped) => DraftEnd::Stopped,
            _ => DraftEnd::Posted,
        };
        Some((id, end))
    }

    fn add_member(&mut self, room: RoomId, user: UserId) {
        let sessions = match self.users.get_mut(&user) {
            Some(user) => {
                user.rooms.insert(room);
                user.sessions.clone()
            }
            None => Outlets::new(),
        };
        let room = self.rooms.entry(room).or_default();
        room.members.insert(user);
        room.listed = None;
        room.sessions.extend(sessions);
    }

    fn drop_member(&mut self, room: RoomId, user: UserId) {
        if let Some(user) = self.users.get_mut(&user) {
            user.rooms.remove(&room);
            if let Some(room) = self.rooms.get_mut(&room) {
                for session in user.sessions.keys() {
                    room.sessions.remove(session);
                }
            }
        }
        if let Some(room) = self.rooms.get_mut(&room) {
            room.members.remove(&user);
            room.listed = None;
        }
    }

    /// A member's name or role has changed: their rooms list them anew.
    fn list_anew(&mut self, user: UserId) {
        let rooms = self.users.get(&user).map(|user| &user.rooms);
        for room in rooms.into_iter().flatten() {
            if let Some(room) = self.rooms.get_mut(room) {
                room.listed = None;
            }
        }
    }

    fn register(
        &mut self,
        user: UserId,
        credential: Option<[u8; 32]>,
        outlet: Arc<Outlet>,
    ) -> Registered {
        self.next_session += 1;
        let id = SessionId(self.next_session);
        self.change(user, |user| {
            user.sessions.insert(id, outlet.clone());
        });
        let (roll, users) = self.roll.read(&self.users);
        self.sessions.insert(
            id,
            Session {
                user,
                credential,
                outlet: outlet.clone(),
                roll,
            },
        );
        let rooms: Vec<RoomId> = self
            .users
            .get(&user)
            .map(|user| user.rooms.iter().copied().collect())
            .unwrap_or_default();
        let mut rooms_now = Vec::with_capacity(rooms.len());
        for room_id in rooms {
            if let Some(room) = self.rooms.get_mut(&room_id) {
                room.sessions.insert(id, outlet.clone());
                let listed = room.listed.get_or_insert_with(|| {
                    let members = room.members.iter();
                    roll::members(members.filter_map(|member| self.users.get(member)))
                });
                rooms_now.push(RoomNow {
                    id: room_id,
                    cut: room.published,
                    members: listed.clone(),
                    member_count: room.members.len() as u64,
                });
            }
        }
        metrics::gauge!("salon_sessions").set(self.sessions.len() as f64);
        Registered {
            session: id,
            rooms: rooms_now,
            users,
        }
    }

    fn release(&mut self, id: SessionId) {
        let Some(session) = self.sessions.get(&id) else {
            return;
        };
        let only = || std::iter::once(&session.outlet);
        let rooms = self.users.get(&session.user).map(|user| &user.rooms);
        session.outlet.release();
        let users = self.roll.changed_since(session.roll, &self.users);
        if !users.is_empty() {
            let frame = wire::text(&ServerFrame::Presence { users }.to_json());
            self.due.passing(only(), &frame);
        }
        for draft in self.drafts.values() {
            if rooms.is_some_and(|rooms| rooms.contains(&draft.room)) {
                self.due.passing(only(), &draft.so_far());
            }
        }
        let ready = wire::text(&ServerFrame::Ready.to_json());
        self.due.passing(only(), &ready);
    }

    fn unregister(&mut self, id: SessionId) {
        let Some(session) = self.sessions.remove(&id) else {
            return;
        };
        self.change(session.user, |user| {
            user.sessions.remove(&id);
        });
        if let Some(user) = self.users.get(&session.user) {
            for room in &user.rooms {
                if let Some(room) = self.rooms.get_mut(room) {
                    room.sessions.remove(&id);
                }
            }
        }
        metrics::gauge!("salon_sessions").set(self.sessions.len() as f64);
    }

    fn close_sessions(&self, user: UserId, reason: CloseReason) {
        if let Some(user) = self.users.get(&user) {
            for outlet in user.sessions.values() {
                outlet.close(reason);
            }
        }
    }

    /// Changes a user; what others see of it is told at the next tick, if it still differs then.
    fn change(&mut self, id: UserId, change: impl FnOnce(&mut User)) {
        let Some(user) = self.users.get_mut(&id) else {
            return;
        };
        let before = user.seen();
        change(user);
        let online = user.presence() != Presence::Offline;
        self.presence
            .set(id, online.then(|| user.info.handle.clone()));
        if user.seen() != before {
            user.changed = self.roll.change();
            self.changed.entry(id).or_insert(Some(before));
        }
    }

    fn tell_presence(&mut self) {
        let sessions = u32::try_from(self.sessions.len()).unwrap_or(u32::MAX);
        let pace = PRESENCE_PACE
            .saturating_mul(sessions)
            .min(PRESENCE_PACE_MAX);
        if self.presence_told_at.is_none_or(|at| at.elapsed() >= pace) {
            self.tell_changed();
        }
        for ((user, room), seq) in std::mem::take(&mut self.reads) {
            let frame = wire::text(&ServerFrame::Read { room, seq }.to_json());
            if let Some(user) = self.users.get(&user) {
                self.due.passing(user.sessions.values(), &frame);
            }
        }
    }

    fn tell_changed(&mut self) {
        let users: Vec<UserInfo> = std::mem::take(&mut self.changed)
            .into_iter()
            .filter_map(|(id, told)| {
                let seen = self.users.get(&id)?.seen();
                (told.as_ref() != Some(&seen)).then_some(seen)
            })
            .collect();
        if !users.is_empty() {
            let frame = wire::text(&ServerFrame::Presence { users }.to_json());
            let outlets = self.sessions.values().map(|session| &session.outlet);
            self.due.passing(outlets, &frame);
            self.presence_told_at = Some(Instant::now());
        }
    }

    fn notice(
        &mut self,
        id: UserId,
        room: Option<RoomId>,
        text: String,
        data: Option<serde_json::Value>,
    ) {
        let Some(user) = self.users.get(&id) else {
            return;
        };
        // Whoever is no longer in the room is told nothing of it.
        if room.is_some_and(|room| !user.rooms.contains(&room)) {
            return;
        }
        let frame = ServerFrame::Notice {
            id: None,
            room,
            text,
            data,
        };
        self.tell_user(id, &frame);
    }

    fn tell_user(&mut self, user: UserId, frame: &ServerFrame) {
        let Some(user) = self.users.get(&user) else {
            return;
        };
        let frame = wire::text(&frame.to_json());
        self.due.passing(user.sessions.values(), &frame);
    }

    fn typing(&mut self, room: RoomId, user: UserId) {
        let now = Instant::now();
        let last = self.typing.get(&(room, user));
        if last.is_some_and(|last| now.duration_since(*last) < TYPING_EVERY) {
            return;
        }
        if self.typing.len() >= TYPISTS_MAX {
            self.typing.clear();
        }
        self.typing.insert((room, user), now);
        let (Some(typist), Some(here)) = (self.users.get(&user), self.rooms.get(&room)) else {
            return;
        };
        let frame = ServerFrame::Typing {
            room,
            user: typist.info.handle.clone(),
        };
        let frame = wire::text(&frame.to_json());
        let others = here.sessions.iter();
        let others = others.filter(|(id, _)| !typist.sessions.contains_key(id));
        self.due.passing(others.map(|(_, outlet)| outlet), &frame);
    }

    fn change_draft(&mut self, id: DraftId, change: DraftChange) {
        let Some(draft) = self.drafts.get_mut(&id) else {
            return;
        };
        match change {
            DraftChange::Append(text) => {
                draft.append(&text);
                self.tell_drafts_of(std::iter::once(id));
            }
            DraftChange::State(state, tool) => draft.set_state(state, tool),
            DraftChange::End(end) => self.end_draft(id, end),
        }
    }

    fn tell_drafts(&mut self) {
        let drafts: Vec<DraftId> = self.drafts.keys().copied().collect();
        self.tell_drafts_of(drafts.into_iter());
    }

    /// Tells what these drafts grew by, each at its pace.
    fn tell_drafts_of(&mut self, drafts: impl Iterator<Item = DraftId>) {
        let pace = self.draft_pace();
        for id in drafts {
            let told_at = self.drafts.get(&id).and_then(|draft| draft.told_at);
            if told_at.is_none_or(|told_at| told_at.elapsed() >= pace) {
                self.tell_draft(id);
            }
        }
    }

    /// How often a draft is told of: the more are written and read, the more deltas share a frame.
    fn draft_pace(&self) -> Duration {
        let readers = self.drafts.values().map(|draft| {
            let room = self.rooms.get(&draft.room);
            room.map_or(0, |room| room.sessions.len())
        });
        let readers = u32::try_from(readers.sum::<usize>()).unwrap_or(u32::MAX);
        DRAFT_PACE.saturating_mul(readers).min(DRAFT_PACE_MAX)
    }

    /// Tells somebody who comes in what is being written there, from its beginning.
    fn tell_what_is_written(&mut self, room: RoomId, user: UserId) {
        if let Some(user) = self.users.get(&user) {
            for draft in self.drafts.values().filter(|draft| draft.room == room) {
                self.due.passing(user.sessions.values(), &draft.so_far());
            }
        }
    }

    fn tell_draft(&mut self, id: DraftId) {
        if let Some(draft) = self.drafts.get_mut(&id)
            && let Some(frame) = draft.untold()
            && let Some(room) = self.rooms.get(&draft.room)
        {
            self.due.passing(room.sessions.values(), &frame);
        }
    }

    fn end_draft(&mut self, id: DraftId, end: DraftEnd) {
        if let Some(draft) = self.drafts.remove(&id)
            && let Some(room) = self.rooms.get(&draft.room)
        {
            let frame = draft.end_frame(end);
            self.due.passing(room.sessions.values(), &frame);
        }
    }
}
