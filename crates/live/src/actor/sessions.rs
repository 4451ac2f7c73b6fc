//! Sessions come, are let hear what happens, and go.

use super::{Actor, Session};
use crate::{CloseReason, Outlet, Registered, RoomNow, SessionId, roll, wire};
use salon_protocol::{RoomId, ServerFrame, UserId};
use std::sync::Arc;

impl Actor {
    pub(super) fn register(
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

    pub(super) fn release(&mut self, id: SessionId) {
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

    pub(super) fn unregister(&mut self, id: SessionId) {
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

    pub(super) fn close_sessions(&self, user: UserId, reason: CloseReason) {
        if let Some(user) = self.users.get(&user) {
            for outlet in user.sessions.values() {
                outlet.close(reason);
            }
        }
    }
}
