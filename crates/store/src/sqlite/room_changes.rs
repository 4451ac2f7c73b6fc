//! What a room is about and what agents do in it.

use super::{columns, writer::Tx};
use crate::{Actor, Appended, StoreError};
use rusqlite::params;
use salon_protocol::{AgentChange, Budget, EventBody, RoomId, Seq, SpeakMode};

/// A room's settings as its events tell them.
struct Settings {
    topic: String,
    mode: SpeakMode,
    private_from_ai: bool,
    budget: Budget,
    slow_seconds: u32,
    keep_days: u32,
    seq: Seq,
}

impl Tx<'_> {
    pub(super) fn topic(
        &mut self,
        room: RoomId,
        actor: &Actor,
        topic: String,
    ) -> Result<Appended, StoreError> {
        let now = self.room_settings(room)?;
        let is_same = now.topic == topic;
        self.change_room(room, actor, is_same, Settings { topic, ..now })
    }

    pub(super) fn mode(
        &mut self,
        room: RoomId,
        actor: &Actor,
        mode: SpeakMode,
    ) -> Result<Appended, StoreError> {
        let now = self.room_settings(room)?;
        let is_same = now.mode == mode;
        self.change_room(room, actor, is_same, Settings { mode, ..now })
    }

    pub(super) fn private_from_ai(
        &mut self,
        room: RoomId,
        actor: &Actor,
        on: bool,
    ) -> Result<Appended, StoreError> {
        let now = self.room_settings(room)?;
        let is_same = now.private_from_ai == on;
        if on {
            self.drop_summary(room, Seq(0))?;
        }
        let changed = Settings {
            private_from_ai: on,
            ..now
        };
        self.change_room(room, actor, is_same, changed)
    }

    pub(super) fn room_budget(
        &mut self,
        room: RoomId,
        actor: &Actor,
        budget: Budget,
    ) -> Result<Appended, StoreError> {
        let now = self.room_settings(room)?;
        let is_same = now.budget == budget;
        self.change_room(room, actor, is_same, Settings { budget, ..now })
    }

    pub(super) fn slow(
        &mut self,
        room: RoomId,
        actor: &Actor,
        seconds: u32,
    ) -> Result<Appended, StoreError> {
        let now = self.room_settings(room)?;
        let is_same = now.slow_seconds == seconds;
        if seconds == 0 {
            self.drop_slow_marks(room)?;
        }
        let changed = Settings {
            slow_seconds: seconds,
            ..now
        };
        self.change_room(room, actor, is_same, changed)
    }

    pub(super) fn keep(
        &mut self,
        room: RoomId,
        actor: &Actor,
        days: u32,
    ) -> Result<Appended, StoreError> {
        let now = self.room_settings(room)?;
        let is_same = now.keep_days == days;
        self.note_keeper(room, actor)?;
        let changed = Settings {
            keep_days: days,
            ..now
        };
        self.change_room(room, actor, is_same, changed)
    }

    pub(super) fn agent_changed(
        &mut self,
        room: RoomId,
        actor: &Actor,
        agent: Actor,
        change: AgentChange,
        fields: Vec<String>,
    ) -> Result<Appended, StoreError> {
        let body = EventBody::AgentChanged {
            agent: agent.handle,
            agent_id: agent.id,
            change,
            fields,
        };
        self.event(room, actor, body, None)
    }

    fn room_settings(&self, room: RoomId) -> Result<Settings, StoreError> {
        Ok(self
            .db
            .prepare_cached(
                "SELECT topic, mode, private_from_ai, budget, slow_seconds, last_seq, keep_days
                 FROM rooms WHERE id = ?1",
            )?
            .query_row([room.0.as_bytes()], |row| {
                Ok(Settings {
                    topic: row.get(0)?,
                    mode: columns::word(row, 1)?,
                    private_from_ai: row.get(2)?,
                    budget: columns::json(row, 3)?,
                    slow_seconds: row.get(4)?,
                    seq: columns::seq(row, 5)?,
                    keep_days: row.get(6)?,
                })
            })?)
    }

    fn change_room(
        &mut self,
        room: RoomId,
        actor: &Actor,
        is_same: bool,
        settings: Settings,
    ) -> Result<Appended, StoreError> {
        if is_same {
            return Ok(Appended {
                room,
                seq: settings.seq,
                message_id: None,
                event: None,
            });
        }
        self.db
            .prepare_cached(
                "UPDATE rooms SET topic = ?2, mode = ?3, private_from_ai = ?4, budget = ?5,
                 slow_seconds = ?6, keep_days = ?7 WHERE id = ?1",
            )?
            .execute(params![
                room.0.as_bytes(),
                settings.topic,
                settings.mode.as_str(),
                settings.private_from_ai,
                serde_json::to_string(&settings.budget)?,
                settings.slow_seconds,
                settings.keep_days,
            ])?;
        let body = EventBody::RoomChanged {
            topic: settings.topic,
            mode: settings.mode,
            private_from_ai: settings.private_from_ai,
            budget: settings.budget,
            slow_seconds: settings.slow_seconds,
            keep_days: settings.keep_days,
        };
        self.event(room, actor, body, None)
    }
}
