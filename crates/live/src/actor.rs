//! The one task that knows rooms, sessions, drafts and presence. It takes commands in order, so
//! that "from now on" has an exact meaning, and never waits for anything but the next command.

mod drafts;
mod passing;
mod rest;
mod sessions;

use crate::{
    CloseReason, HubSnapshot, Outlet, Published, SessionId,
    drafts::Draft,
    due::{self, Due},
    message::Command,
    presence::PresenceTable,
    roll::{Changes, Roll},
    wire,
};
use bytes::{Bytes, BytesMut};
use rest::Rest;
use salon_protocol::{
    DraftId, Event, EventBody, Member, MemberList, Presence, RoomId, Seq, ServerFrame, UserId,
    UserInfo,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::{broadcast, mpsc},
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

/// Presence and read markers are told once per tick.
const PRESENCE_TICK: Duration = Duration::from_millis(200);
/// What drafts grew by and was not told at once is told at one of these ticks.
const DRAFT_TICK: Duration = Duration::from_millis(10);
/// Commands whose frames may share one round of writes.
const COMMANDS_PER_FLUSH_MAX: usize = 64;

#[derive(Default)]
struct Room {
    published: Seq,
    members: HashSet<UserId>,
    /// The members as a summary lists them, until something in that changes.
    listed: Option<MemberList>,
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
    /// Events that are not queued yet: what several commits bring in a row leaves as one piece.
    pieces: BTreeMap<RoomId, BytesMut>,
    /// The room whose events wait a moment, unless something else is to be written.
    rest: Option<Rest>,
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
            pieces: BTreeMap::new(),
            rest: None,
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
            let rested = self.rest.as_ref().map(|rest| rest.until);
            tokio::select! {
                biased;
                _ = draft_tick.tick(), if !self.drafts.is_empty() => {
                    self.queue_pieces();
                    self.tell_drafts();
                }
                _ = presence_tick.tick(), if presence_due => {
                    self.queue_pieces();
                    self.tell_presence();
                }
                command = commands.recv() => match command {
                    Some(command) => self.take(command),
                    None => return,
                },
                () = sleep_until(rested.unwrap_or_else(Instant::now)), if rested.is_some() => {
                    self.rest = None;
                }
            }
            // What is waiting already shares the writes.
            for _ in 1..COMMANDS_PER_FLUSH_MAX {
                let Ok(command) = commands.try_recv() else {
                    break;
                };
                self.take(command);
            }
            self.write().await;
        }
    }

    /// Writes all that is to be told but the events of a room that rests. Of one room's events alone
    /// nothing is queued.
    async fn write(&mut self) {
        let resting = self.rest.as_ref().and_then(Rest::room);
        let waiting = resting.and_then(|room| self.pieces.remove_entry(&room));
        if self.due.is_empty()
            && self.pieces.len() == 1
            && let Some((id, piece)) = self.pieces.pop_first()
        {
            if let Some(room) = self.rooms.get(&id) {
                let began = Instant::now();
                due::write_event(room.sessions.values(), &piece.freeze()).await;
                self.rest = Rest::after(id, began.elapsed()).or(self.rest.take());
            }
        } else {
            self.queue_pieces();
            self.due.flush().await;
        }
        self.pieces.extend(waiting);
    }

    fn take(&mut self, command: Command) {
        // Whatever else is told or asked comes behind the events before it.
        if !matches!(command, Command::Publish(_)) {
            self.queue_pieces();
        }
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

    /// Adds the batch to the pieces that are to be queued. A room's plain events leave as one piece,
    /// which is put together once for all who read it.
    fn publish(&mut self, batch: Vec<Published>) {
        let mut pieces = std::mem::take(&mut self.pieces);
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
            if changes_members || draft.is_some() || piece.len() > wire::PIECE_BYTES_MAX {
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
        self.pieces = pieces;
    }

    fn queue_pieces(&mut self) {
        for (room, piece) in std::mem::take(&mut self.pieces) {
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
}
