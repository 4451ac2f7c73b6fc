//! What is being written: told as it grows, at a pace that many readers bear.

use super::Actor;
use crate::message::DraftChange;
use salon_protocol::{DraftEnd, DraftId, Event, EventBody, MessageState, RoomId, UserId};
use std::time::Duration;

/// A draft is told of at most once in so long for each session that is told, over all drafts that
/// are being written: deltas cost no more than about three quarters of a core.
const DRAFT_PACE: Duration = Duration::from_micros(12);
/// However many read and write, nobody waits for a delta longer than this.
const DRAFT_PACE_MAX: Duration = Duration::from_millis(50);

impl Actor {
    pub(super) fn draft_of(&self, event: &Event) -> Option<(DraftId, DraftEnd)> {
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

    pub(super) fn change_draft(&mut self, id: DraftId, change: DraftChange) {
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

    pub(super) fn tell_drafts(&mut self) {
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
    pub(super) fn tell_what_is_written(&mut self, room: RoomId, user: UserId) {
        if let Some(user) = self.users.get(&user) {
            for draft in self.drafts.values().filter(|draft| draft.room == room) {
                self.due.passing(user.sessions.values(), &draft.so_far());
            }
        }
    }

    pub(super) fn tell_draft(&mut self, id: DraftId) {
        if let Some(draft) = self.drafts.get_mut(&id)
            && let Some(frame) = draft.untold()
            && let Some(room) = self.rooms.get(&draft.room)
        {
            self.due.passing(room.sessions.values(), &frame);
        }
    }

    pub(super) fn end_draft(&mut self, id: DraftId, end: DraftEnd) {
        if let Some(draft) = self.drafts.remove(&id)
            && let Some(room) = self.rooms.get(&draft.room)
        {
            let frame = draft.end_frame(end);
            self.due.passing(room.sessions.values(), &frame);
        }
    }
}
