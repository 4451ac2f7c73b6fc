//! The handle to the actor that alone knows who is connected.

use crate::{
    DraftWriter, Outlet, actor::Actor, drafts::Draft, message::Command, presence::PresenceTable,
};
use salon_protocol::{
    DraftId, Event, Handle, MemberList, Presence, RoomId, RoomSummary, Seq, ServerFrame, UserId,
    UserInfo, WrittenUsers,
};
use std::sync::Arc;
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};

/// Commands that may wait for the actor; further callers wait for a place.
const COMMANDS_WAITING_MAX: usize = 1_024;
/// Events that an observer may lag behind before it misses some.
const OBSERVED_EVENTS_MAX: usize = 1_024;

/// A WebSocket connection that has said hello.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(pub u64);

/// What fan-out starts from.
#[derive(Clone, Debug, Default)]
pub struct HubSnapshot {
    /// Every room, its newest number, its members.
    pub rooms: Vec<(RoomId, Seq, Vec<UserId>)>,
    /// Every user; their presence is the hub's to say.
    pub users: Vec<UserInfo>,
}

/// A committed event on its way to sessions.
#[derive(Clone, Debug)]
pub struct Published {
    /// The event.
    pub event: Arc<Event>,
    /// Of a `member.joined`: the room as the new member sees it.
    pub room: Option<RoomSummary>,
}

/// A session's exact beginning.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The session.
    pub session: SessionId,
    /// The user's rooms.
    pub rooms: Vec<RoomNow>,
    /// Everybody in the order of their handles, written. What has changed since comes before `ready`.
    pub users: WrittenUsers,
}

/// A room at a session's beginning.
#[derive(Clone, Debug)]
pub struct RoomNow {
    /// Which.
    pub id: RoomId,
    /// Every later event is held for this session already; every one up to it is for the session
    /// to read from the log.
    pub cut: Seq,
    /// The first of its members in the order of their handles.
    pub members: MemberList,
    /// How many members there are.
    pub member_count: u64,
}

/// The hub; clones share it.
#[derive(Clone)]
pub struct Hub {
    commands: mpsc::Sender<Command>,
    presence: PresenceTable,
    agents_wake: Arc<Notify>,
    observed: broadcast::Sender<Arc<Event>>,
}

impl Hub {
    /// Starts the actor. It ends with the last handle.
    pub fn spawn(snapshot: HubSnapshot) -> Self {
        let (commands, waiting) = mpsc::channel(COMMANDS_WAITING_MAX);
        let (observed, _) = broadcast::channel(OBSERVED_EVENTS_MAX);
        let presence = PresenceTable::default();
        let agents_wake = Arc::new(Notify::new());
        let actor = Actor::new(snapshot, presence.clone(), observed.clone());
        tokio::spawn(actor.run(waiting));
        Self {
            commands,
            presence,
            agents_wake,
            observed,
        }
    }

    async fn tell(&self, command: Command) {
        // The actor ends only with the process; there is nobody left to miss this.
        drop(self.commands.send(command).await);
    }

    async fn ask<T: Default>(&self, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> T {
        let (answer, answered) = oneshot::channel();
        self.tell(command(answer)).await;
        answered.await.unwrap_or_default()
    }

    /// Delivers committed events. They come in the order of their commits, and each room's numbers
    /// are consecutive.
    pub async fn publish(&self, batch: Vec<Published>) {
        self.tell(Command::Publish(batch)).await;
    }

    /// Begins a session; its live frames are held until [`Hub::release`]. None while stopping.
    pub async fn register(
        &self,
        user: UserId,
        credential: Option<[u8; 32]>,
        outlet: Arc<Outlet>,
    ) -> Option<Registered> {
        let (answer, answered) = oneshot::channel();
        self.tell(Command::Register {
            user,
            credential,
            outlet,
            answer,
        })
        .await;
        answered.await.ok()
    }

    /// The session's past is queued: send what was held, current drafts and `ready`.
    pub async fn release(&self, session: SessionId) {
        self.tell(Command::Release(session)).await;
    }

    /// Ends a session.
    pub async fn unregister(&self, session: SessionId) {
        self.tell(Command::Unregister(session)).await;
    }

    /// An agent runs, or no longer does.
    pub async fn agent_online(&self, agent: UserId, online: bool) {
        self.tell(Command::AgentOnline(agent, online)).await;
    }

    /// A user is new, or changed name, role or being away.
    pub async fn user_changed(&self, user: UserInfo) {
        self.tell(Command::UserChanged(user)).await;
    }

    /// An account was closed: its sessions end.
    pub async fn user_disabled(&self, user: UserId) {
        self.tell(Command::UserDisabled(user)).await;
    }

    /// A user's sessions must sign in again, but for those of one credential.
    pub async fn user_signed_out(&self, user: UserId, keep: Option<[u8; 32]>) {
        self.tell(Command::UserSignedOut(user, keep)).await;
    }

    /// A cookie or token no longer opens anything: neither do its sockets.
    pub async fn credential_revoked(&self, digest: [u8; 32]) {
        self.tell(Command::CredentialRevoked(digest)).await;
    }

    /// The cookies and tokens that have sockets now.
    pub async fn credentials(&self) -> Vec<[u8; 32]> {
        let (answer, answered) = oneshot::channel();
        self.tell(Command::Credentials(answer)).await;
        answered.await.unwrap_or_default()
    }

    /// Somebody is typing; told to the room's other members, at most once a second.
    pub async fn typing(&self, room: RoomId, user: UserId) {
        self.tell(Command::Typing { room, user }).await;
    }

    /// A read marker moved; told to the user's sessions.
    pub async fn read(&self, room: RoomId, user: UserId, seq: Seq) {
        self.tell(Command::Read { room, user, seq }).await;
    }

    /// Sends one user a frame on all of their sessions; nobody else sees it and it is not kept.
    pub async fn tell_user(&self, user: UserId, frame: ServerFrame) {
        let frame = Box::new(frame);
        self.tell(Command::TellUser { user, frame }).await;
    }

    /// Tells one user something on all of their sessions; nobody else sees it and it is not kept.
    pub async fn notice(
        &self,
        user: UserId,
        room: Option<RoomId>,
        text: String,
        data: Option<serde_json::Value>,
    ) {
        self.tell(Command::Notice {
            user,
            room,
            text,
            data,
        })
        .await;
    }

    /// Opens a draft for the room to see. Nothing is waited for: what is written to it comes behind
    /// its beginning.
    pub async fn begin_draft(&self, room: RoomId, from: Handle, id: DraftId) -> DraftWriter {
        let (stop, stopped) = watch::channel(false);
        let draft = Draft::new(room, from, id, stop);
        self.tell(Command::BeginDraft(Box::new(draft))).await;
        DraftWriter::new(id, self.commands.downgrade(), stopped)
    }

    /// Asks a draft's writer to stop.
    pub async fn stop_draft(&self, draft: DraftId) {
        self.tell(Command::StopDraft(draft)).await;
    }

    /// Where a draft is being written.
    pub async fn draft_room(&self, draft: DraftId) -> Option<RoomId> {
        self.ask(|answer| Command::DraftRoom(draft, answer)).await
    }

    /// What is being written in a room.
    pub async fn drafts_in(&self, room: RoomId) -> Vec<DraftId> {
        self.ask(|answer| Command::DraftsIn(room, answer)).await
    }

    /// Handles of those who are online, sorted.
    pub fn online_handles(&self) -> Vec<String> {
        self.presence.online_handles()
    }

    /// Ids of those who are online.
    pub fn online_users(&self) -> Vec<UserId> {
        self.presence.online_users()
    }

    /// Whether a user can be reached.
    pub fn presence(&self, user: UserId) -> Presence {
        if self.is_online(user) {
            Presence::Online
        } else {
            Presence::Offline
        }
    }

    /// Whether a user has a session or is an agent that runs.
    pub fn is_online(&self, user: UserId) -> bool {
        self.presence.is_online(user)
    }

    /// Completes when there may be turns to claim.
    pub async fn agents_woken(&self) {
        self.agents_wake.notified().await;
    }

    /// Says that there may be turns to claim.
    pub fn wake_agents(&self) {
        self.agents_wake.notify_one();
    }

    /// Every event from now on; an observer that lags misses some and reads the log.
    pub fn observe(&self) -> broadcast::Receiver<Arc<Event>> {
        self.observed.subscribe()
    }

    /// Tells every session to reconnect elsewhere, behind what is queued for it.
    pub async fn shutdown(&self) {
        self.ask(Command::Shutdown).await;
    }
}
