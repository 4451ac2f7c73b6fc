//! What matters only now: presence, read markers, typing, notices.

use super::Actor;
use crate::wire;
use salon_protocol::{RoomId, ServerFrame, UserId, UserInfo};
use std::time::Duration;
use tokio::time::Instant;

/// Presence is told at most once in so long for each session that is told: a crowd that comes back
/// costs a tenth of a core in presence, however large it is.
const PRESENCE_PACE: Duration = Duration::from_micros(100);
/// However many are here, nobody is told later than this.
const PRESENCE_PACE_MAX: Duration = Duration::from_secs(5);
/// One user's typing in one room is told at most once in so long.
const TYPING_EVERY: Duration = Duration::from_secs(1);
/// Typists remembered; more are forgotten, which only tells once too often.
const TYPISTS_MAX: usize = 10_000;

impl Actor {
    pub(super) fn tell_presence(&mut self) {
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

    pub(super) fn notice(
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

    pub(super) fn tell_user(&mut self, user: UserId, frame: &ServerFrame) {
        let Some(user) = self.users.get(&user) else {
            return;
        };
        let frame = wire::text(&frame.to_json());
        self.due.passing(user.sessions.values(), &frame);
    }

    pub(super) fn typing(&mut self, room: RoomId, user: UserId) {
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
}
