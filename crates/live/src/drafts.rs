//! Messages that are still being written: append-only, in memory while they last.

use crate::{
    message::{Command, DraftChange},
    wire,
};
use bytes::Bytes;
use salon_protocol::{AgentState, DraftEnd, DraftId, DraftUpdate, Handle, RoomId, ServerFrame};
use tokio::{
    sync::{mpsc, watch},
    time::Instant,
};

/// A draft's length in bytes; what comes after is dropped, the message itself may be longer.
const DRAFT_BYTES_MAX: usize = 256 * 1024;

/// The writing end of a draft. Dropped without an end, the draft is dropped.
pub struct DraftWriter {
    id: DraftId,
    commands: mpsc::WeakSender<Command>,
    stopped: watch::Receiver<bool>,
    ended: bool,
}

impl DraftWriter {
    pub(crate) fn new(
        id: DraftId,
        commands: mpsc::WeakSender<Command>,
        stopped: watch::Receiver<bool>,
    ) -> Self {
        Self {
            id,
            commands,
            stopped,
            ended: false,
        }
    }

    /// Which draft.
    pub fn id(&self) -> DraftId {
        self.id
    }

    async fn tell(&self, change: DraftChange) {
        if let Some(commands) = self.commands.upgrade() {
            drop(commands.send(Command::Draft(self.id, change)).await);
        }
    }

    /// Appends. It is told at once where there is room for it; under load, what comes in one tick
    /// travels in one frame.
    pub async fn append(&self, text: String) {
        if !text.is_empty() {
            self.tell(DraftChange::Append(text)).await;
        }
    }

    /// Tells what the agent is doing.
    pub async fn state(&self, state: AgentState, tool: Option<String>) {
        self.tell(DraftChange::State(state, tool)).await;
    }

    /// Ends the draft. One whose message was posted has been ended by that event.
    pub async fn end(mut self, end: DraftEnd) {
        self.ended = true;
        self.tell(DraftChange::End(end)).await;
    }

    /// Leaves the end to the event that is on its way.
    pub fn posted(mut self) {
        self.ended = true;
    }

    /// Completes when somebody has asked to stop.
    pub async fn stopped(&self) {
        let mut stopped = self.stopped.clone();
        // The actor is gone only when the process ends: then nobody can ask any more.
        if stopped.wait_for(|stopped| *stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Whether somebody has asked to stop.
    pub fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }
}

impl Drop for DraftWriter {
    fn drop(&mut self) {
        if !self.ended
            && let Some(commands) = self.commands.upgrade()
        {
            let command = Command::Draft(self.id, DraftChange::End(DraftEnd::Dropped));
            if let Err(mpsc::error::TrySendError::Full(command)) = commands.try_send(command) {
                tokio::spawn(async move { drop(commands.send(command).await) });
            }
        }
    }
}

/// A draft as the actor keeps it.
pub(crate) struct Draft {
    pub(crate) room: RoomId,
    from: Handle,
    pub(crate) id: DraftId,
    text: String,
    /// Bytes and code points of `text` that sessions have been told.
    told_bytes: usize,
    told_chars: u64,
    state: AgentState,
    tool: Option<String>,
    state_untold: bool,
    /// When sessions were last told something.
    pub(crate) told_at: Option<Instant>,
    pub(crate) stop: watch::Sender<bool>,
}

impl Draft {
    pub(crate) fn new(room: RoomId, from: Handle, id: DraftId, stop: watch::Sender<bool>) -> Self {
        Self {
            room,
            from,
            id,
            text: String::new(),
            told_bytes: 0,
            told_chars: 0,
            state: AgentState::Waiting,
            tool: None,
            state_untold: true,
            told_at: None,
            stop,
        }
    }

    pub(crate) fn append(&mut self, text: &str) {
        if self.text.len() + text.len() <= DRAFT_BYTES_MAX {
            self.text.push_str(text);
            if self.state != AgentState::Writing {
                self.set_state(AgentState::Writing, None);
            }
        }
    }

    pub(crate) fn set_state(&mut self, state: AgentState, tool: Option<String>) {
        self.state_untold |= self.state != state || self.tool != tool;
        self.state = state;
        self.tool = tool;
    }

    /// What sessions have not been told yet.
    pub(crate) fn untold(&mut self) -> Option<Bytes> {
        if self.told_bytes == self.text.len() && !self.state_untold {
            return None;
        }
        let text = self.text[self.told_bytes..].to_owned();
        let frame = self.frame(self.told_chars, text);
        self.told_chars += self.text[self.told_bytes..].chars().count() as u64;
        self.told_bytes = self.text.len();
        self.state_untold = false;
        self.told_at = Some(Instant::now());
        Some(frame)
    }

    /// All that has been told so far, for somebody who comes later.
    pub(crate) fn so_far(&self) -> Bytes {
        self.frame(0, self.text[..self.told_bytes].to_owned())
    }

    fn frame(&self, offset: u64, text: String) -> Bytes {
        let update = DraftUpdate {
            room: self.room,
            draft_id: self.id,
            from: self.from.clone(),
            offset,
            text,
            state: self.state,
            tool: self.tool.clone(),
        };
        wire::text(&ServerFrame::Draft(update).to_json())
    }

    pub(crate) fn end_frame(&self, state: DraftEnd) -> Bytes {
        let frame = ServerFrame::DraftEnd {
            room: self.room,
            draft_id: self.id,
            state,
        };
        wire::text(&frame.to_json())
    }
}
