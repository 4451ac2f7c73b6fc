//! One signed-in session: hello, welcome, resume, then requests and their answers in order.

use super::dispatch::{self, Request, RequestExt};
use crate::app::App;
use bytes::BytesMut;
use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesOrdered};
use salon_chat::{Caller, ChatError, Credential, Words, accounts, queries};
use salon_live::{CloseReason, Outlet, RoomNow, SessionId, wire};
use salon_protocol::{
    ErrorCode, Lang, Resume, RoomId, Seq, ServerFrame, SessionLimits, WrittenEvent,
    limits::{
        EVENTS_PAGE_MAX, FILES_PER_MESSAGE_MAX, FRAME_BYTES_MAX, KEY_CHARS_MAX, MESSAGE_CHARS_MAX,
        RESUME_EVENTS_MAX, RESUME_ROOMS_MAX,
    },
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::Instant;

/// Requests of one session that may be under way; further frames are not read meanwhile.
const REQUESTS_MAX: usize = 64;
/// Bytes of missed events that may wait for a session: the rest of its queue's bound is for what is said
/// meanwhile.
const MISSED_WAITING_MAX: usize = 256 * 1024;
/// Whether there is place for more of them is looked at so often.
const LOOK_FOR_PLACE: Duration = Duration::from_millis(5);
/// Whoever reads nothing of what was missed for so long is too slow.
const READS_NOTHING_MAX: Duration = Duration::from_secs(30);
/// Room names that one session's requests have used, remembered.
const NAMES_MAX: usize = 256;
/// Refusals for being too fast before the session is closed.
const TOO_FAST_MAX: u32 = 500;

pub(super) struct Session {
    app: Box<App>,
    outlet: Arc<Outlet>,
    /// Who the handshake said it is; `hello` may say otherwise.
    offered: Option<Box<(Caller, Credential)>>,
    lang: Option<Lang>,
    caller: Option<Caller>,
    id: Option<SessionId>,
    /// Answers come in the order of the requests, whichever is done first.
    answers: FuturesOrdered<BoxFuture<'static, Vec<ServerFrame>>>,
    /// Rooms by the name that requests used. Names never move to another room.
    rooms: HashMap<String, RoomId>,
    too_fast: u32,
}

impl Session {
    pub(super) fn new(
        app: Box<App>,
        outlet: Arc<Outlet>,
        offered: Option<Box<(Caller, Credential)>>,
        lang: Option<Lang>,
    ) -> Self {
        Self {
            app,
            outlet,
            offered,
            lang,
            caller: None,
            id: None,
            answers: FuturesOrdered::new(),
            rooms: HashMap::new(),
            too_fast: 0,
        }
    }

    pub(super) fn is_greeted(&self) -> bool {
        self.caller.is_some()
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.answers.is_empty()
    }

    pub(super) fn has_place(&self) -> bool {
        self.answers.len() < REQUESTS_MAX
    }

    /// Sends the next answer that is due.
    pub(super) async fn answer_next(&mut self) {
        if let Some(frames) = self.answers.next().await {
            self.send_all(&frames);
            // Answers that are done already go in the same write.
            while let Some(Some(frames)) = self.answers.next().now_or_never() {
                self.send_all(&frames);
            }
        }
    }

    fn send_all(&self, frames: &[ServerFrame]) {
        for frame in frames {
            self.outlet.push_now(wire::text(&frame.to_json()));
        }
    }

    /// Takes one text frame. What it asks for is answered here or later, in order.
    pub(super) async fn take(&mut self, text: &str) -> Result<(), CloseReason> {
        let lang = self
            .caller
            .as_ref()
            .map(|caller| caller.lang)
            .or(self.lang)
            .unwrap_or_default();
        let parsed = dispatch::parse(text);
        // Whoever is in pays for what cannot be understood as for anything else.
        if let Some(caller) = &self.caller
            && let Err(error) = self.app.limits.check_request(caller)
        {
            self.count_too_fast()?;
            let id = match parsed {
                Ok((id, _)) | Err((id, _)) => id,
            };
            self.answer_now(vec![dispatch::error_frame(id, &error, lang)]);
            return Ok(());
        }
        let (id, request) = match parsed {
            Ok(parsed) => parsed,
            Err((id, error)) => {
                if self.caller.is_none() {
                    self.count_too_fast()?;
                }
                self.answer_now(vec![dispatch::error_frame(id, &error, lang)]);
                return Ok(());
            }
        };
        let Some(caller) = self.caller.clone() else {
            return self.greet(id, request).await;
        };
        let request = match self.with_known_room(request) {
            Ok(request) => request,
            Err(request) => {
                // A name that is not known yet is looked up alone, so that what follows it to the
                // same room cannot overtake it.
                while self.is_busy() {
                    self.answer_next().await;
                }
                if let Some(name) = request.room().map(str::to_owned)
                    && let Ok(room) = queries::room(&self.app.chat, &caller, &name).await
                    && room.joined
                    && self.rooms.len() < NAMES_MAX
                {
                    self.rooms.insert(name, room.id);
                }
                match self.with_known_room(request) {
                    Ok(request) | Err(request) => request,
                }
            }
        };
        let alone = !request.may_overlap();
        if alone {
            while self.is_busy() {
                self.answer_next().await;
            }
        }
        let chat = self.app.chat.clone();
        let mut run = dispatch::run(chat, caller, id, request).boxed();
        // Begun here and now, which puts a message into the writer's queue: the set of answers
        // begins what it holds in an order of its own. Without the runtime's budget, which would
        // put off the beginning of a long row.
        match tokio::task::unconstrained(&mut run).now_or_never() {
            Some(frames) => self.answer_now(frames),
            None => self.answers.push_back(run),
        }
        if alone {
            self.answer_next().await;
            self.refresh().await?;
        }
        Ok(())
    }

    fn answer_now(&mut self, frames: Vec<ServerFrame>) {
        self.answers
            .push_back(futures::future::ready(frames).boxed());
    }

    /// Persistent floods end the session, and so does nonsense before a hello.
    fn count_too_fast(&mut self) -> Result<(), CloseReason> {
        self.too_fast += 1;
        match self.too_fast >= TOO_FAST_MAX {
            true => Err(CloseReason::TooMany(10_000)),
            false => Ok(()),
        }
    }

    /// Replaces a room's name by its id where it is known. Only ids can be sent to side by side
    /// in order.
    fn with_known_room(&self, mut request: Request) -> Result<Request, Request> {
        let Some(name) = request.room() else {
            return Ok(request);
        };
        if name.parse::<RoomId>().is_ok() {
            return Ok(request);
        }
        match self.rooms.get(name) {
            Some(id) => {
                request.set_room(id.to_string());
                Ok(request)
            }
            None => Err(request),
        }
    }

    /// A command may have changed who the caller is: their language above all.
    async fn refresh(&mut self) -> Result<(), CloseReason> {
        let Some(caller) = &self.caller else {
            return Ok(());
        };
        if let Ok(Some(user)) = self.app.chat.store().user(caller.id()).await {
            if user.disabled {
                return Err(CloseReason::NotSignedIn);
            }
            self.caller = Some(Caller::new(user, self.lang));
        }
        Ok(())
    }

    async fn greet(&mut self, id: Option<String>, request: Request) -> Result<(), CloseReason> {
        let lang = self.lang.unwrap_or_default();
        let Request::Hello { token, resume } = request else {
            let error = ChatError::NotSignedIn(Words::new(
                "Say hello first: {\"type\":\"hello\",\"token\":\"…\"}.",
                "请先发送 hello：{\"type\":\"hello\",\"token\":\"…\"}。",
            ));
            self.send_all(&[dispatch::error_frame(id, &error, lang)]);
            return Err(CloseReason::NotSignedIn);
        };
        let signed_in = match token {
            Some(token) => accounts::who(&self.app.chat, &token, self.lang).await,
            None => self.offered.take().map(|offered| *offered).ok_or_else(|| {
                ChatError::NotSignedIn(Words::new(
                    "Sign in first, or send a token with hello.",
                    "请先登录，或在 hello 中提供 token。",
                ))
            }),
        };
        match signed_in {
            Ok((caller, credential)) => {
                self.caller = Some(caller.clone());
                self.welcome(caller, credential, resume).await
            }
            Err(error) => {
                self.send_all(&[dispatch::error_frame(id, &error, lang)]);
                Err(CloseReason::NotSignedIn)
            }
        }
    }

    /// Registers first, then reads the log up to the cut, then lets go what came meanwhile:
    /// nothing is missed and nothing comes twice.
    async fn welcome(
        &mut self,
        caller: Caller,
        credential: Credential,
        resume: Option<Resume>,
    ) -> Result<(), CloseReason> {
        let internal = |error: ChatError| {
            tracing::error!(%error, "cannot welcome a session");
            CloseReason::GoingAway
        };
        let chat = self.app.chat.clone();
        let registered = chat
            .hub()
            .register(caller.id(), Some(credential.digest), self.outlet.clone())
            .await
            .ok_or(CloseReason::GoingAway)?;
        self.id = Some(registered.session);
        // It may have been signed out between the handshake and here, when no socket of it was
        // known yet that could have been closed.
        let still = chat.store().credential(credential.digest).await;
        if !still.is_ok_and(|still| still.is_some()) {
            return Err(CloseReason::NotSignedIn);
        }
        let cuts: HashMap<RoomId, Seq> = registered
            .rooms
            .iter()
            .map(|room| (room.id, room.cut))
            .collect();
        let mut now: HashMap<RoomId, RoomNow> = registered
            .rooms
            .into_iter()
            .map(|room| (room.id, room))
            .collect();
        let mut rooms = chat
            .store()
            .room_outlines(caller.id())
            .await
            .map_err(|error| internal(error.into()))?;
        rooms.retain_mut(|room| {
            // Rooms joined after the cut come by their own events.
            let Some(now) = now.remove(&room.id) else {
                return false;
            };
            room.seq = now.cut;
            room.members = now.members;
            room.member_count = now.member_count;
            true
        });
        let welcome = ServerFrame::Welcome {
            user: queries::me(&chat, &caller).user,
            epoch: chat.epoch().to_owned(),
            rooms,
            limits: SessionLimits {
                message_chars_max: MESSAGE_CHARS_MAX,
                frame_bytes_max: FRAME_BYTES_MAX,
                key_chars_max: KEY_CHARS_MAX,
                file_bytes_max: chat.file_bytes_max(),
                files_per_message_max: FILES_PER_MESSAGE_MAX,
            },
            currency: queries::currency(&chat).to_owned(),
            users: registered.users,
        };
        if let Some(parts) = welcome.to_json_in_parts() {
            self.outlet.push_owed(wire::text_in_parts(parts));
        }
        self.outlet.flush();
        if let Some(resume) = resume {
            self.send_missed(&caller, &cuts, resume)
                .await
                .map_err(internal)?;
        }
        chat.hub().release(registered.session).await;
        Ok(())
    }

    async fn send_missed(
        &mut self,
        caller: &Caller,
        cuts: &HashMap<RoomId, Seq>,
        resume: Resume,
    ) -> Result<(), ChatError> {
        let chat = self.app.chat.clone();
        let same_life = resume.epoch == chat.epoch();
        for (room, last) in resume.rooms.into_iter().take(RESUME_ROOMS_MAX) {
            wait_for_place(&self.outlet).await;
            // A room that one is no longer in is not in `welcome`; there is nothing to say of it.
            let Some(&cut) = cuts.get(&room) else {
                continue;
            };
            let given_whole =
                same_life && last <= cut && cut.0 - last.0 <= RESUME_EVENTS_MAX as u64;
            if !given_whole {
                self.send_all(&[ServerFrame::Reset { room }]);
                continue;
            }
            let mut after = last;
            while after < cut {
                let page = chat
                    .store()
                    .written_events(caller.id(), room, after, Some(cut), EVENTS_PAGE_MAX)
                    .await;
                let Ok(events) = page else { break };
                let Some(newest) = events.last().map(|event| event.seq) else {
                    break;
                };
                if let Err(error) = send_written(&self.outlet, events).await {
                    tracing::error!(%error, %room, "the log cannot be read");
                    break;
                }
                after = newest;
            }
            // One was put out meanwhile, or the log could not be read: no gap without a word.
            if after < cut {
                self.send_all(&[ServerFrame::Reset { room }]);
            }
        }
        Ok(())
    }

    /// The session is over: what it asked for goes on, and its answers are sent if they can be.
    pub(super) async fn finish(&mut self, reason: CloseReason) {
        if reason == CloseReason::GoingAway || reason == CloseReason::Bye {
            while self.is_busy() {
                self.answer_next().await;
            }
        }
        if let Some(id) = self.id.take() {
            self.app.chat.hub().unregister(id).await;
        }
        // Requests whose sender is gone are still carried out: they were understood.
        let rest = std::mem::take(&mut self.answers);
        if !rest.is_empty() {
            tokio::spawn(rest.for_each(|_| async {}));
        }
        if reason == CloseReason::NotSignedIn {
            let frame = ServerFrame::Error {
                id: None,
                code: ErrorCode::NotSignedIn,
                message: match self.lang.unwrap_or_default() {
                    Lang::En => "Your session has ended. Sign in again.".into(),
                    Lang::Zh => "登录已失效，请重新登录。".into(),
                },
                retry: false,
                retry_after_ms: None,
                room: None,
                seq: None,
                message_id: None,
            };
            if self.caller.is_some() {
                self.send_all(&[frame]);
            }
        }
    }
}

/// Sends what the log keeps, many events in a piece, as fast as it is read.
async fn send_written(outlet: &Outlet, events: Vec<WrittenEvent>) -> serde_json::Result<()> {
    let mut piece = BytesMut::new();
    for event in events {
        wire::put_text(&mut piece, &event.to_frame_json()?);
        if piece.len() > wire::PIECE_BYTES_MAX {
            outlet.push_now(piece.split().freeze());
            wait_for_place(outlet).await;
        }
    }
    if !piece.is_empty() {
        outlet.push_now(piece.freeze());
    }
    outlet.flush();
    Ok(())
}

/// Waits until there is place for more of what was missed. Whoever reads nothing of it for long is
/// too slow.
async fn wait_for_place(outlet: &Outlet) {
    let mut waiting = outlet.waiting();
    if waiting > MISSED_WAITING_MAX {
        outlet.flush();
    }
    let mut read_at = Instant::now();
    while waiting > MISSED_WAITING_MAX && outlet.closed().is_none() {
        tokio::time::sleep(LOOK_FOR_PLACE).await;
        let waits = outlet.waiting();
        if waits < waiting {
            read_at = Instant::now();
        } else if read_at.elapsed() > READS_NOTHING_MAX {
            outlet.close(CloseReason::TooSlow);
        }
        waiting = waits;
    }
}
