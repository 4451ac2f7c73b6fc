//! One session's way out: a bounded queue of finished frames and the socket they go to.
//!
//! Whoever has something to deliver writes it to the socket directly, all that is queued in one
//! vectored write; only when the socket is full does the session's own task take over. Nobody
//! ever waits for a slow reader: its queue is bounded in bytes, and a full one ends the session.

use bytes::{Buf, Bytes};
use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// Bytes that may wait for one session before it counts as too slow.
const QUEUE_BYTES_MAX: usize = 1024 * 1024;
/// What a queued frame costs beside its bytes: many tiny frames are no way around the bound.
const FRAME_OVERHEAD_BYTES: usize = 64;
/// Places for frames that an empty queue keeps for the next ones.
const KEPT_PLACES_MAX: usize = 4;
/// Frames handed to the kernel in one call.
const SLICES_PER_WRITE_MAX: usize = 64;

/// Something to write to without waiting.
pub trait Socket: Send + Sync + 'static {
    /// Writes what fits now; `WouldBlock` when nothing does.
    fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize>;
    /// Reads what a write begins with, so that it is near when it is written to.
    fn touch(&self) {}
}

/// Why a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// Said goodbye.
    Bye,
    /// The server stops; reconnect.
    GoingAway,
    /// Broke the protocol or a rule.
    NotAllowed,
    /// A frame was too big.
    TooBig,
    /// The bytes are not the protocol's.
    Protocol,
    /// The text is not UTF-8.
    NotText,
    /// Only text frames are spoken here.
    NotBinary,
    /// Not signed in, or no longer.
    NotSignedIn,
    /// Does not read; reconnect and resume.
    TooSlow,
    /// Asks too much; the milliseconds to wait.
    TooMany(u64),
    /// The other side is gone: there is nobody to tell.
    Gone,
}

impl CloseReason {
    /// The close code and its reason; none when there is nobody to tell.
    pub fn code(self) -> Option<(u16, String)> {
        Some(match self {
            Self::Bye => (1000, "bye".into()),
            Self::GoingAway => (1001, "going away, reconnect".into()),
            Self::Protocol => (1002, "protocol error".into()),
            Self::NotBinary => (1003, "text frames only".into()),
            Self::NotText => (1007, "not UTF-8".into()),
            Self::NotAllowed => (1008, "not allowed".into()),
            Self::TooBig => (1009, "frame too big".into()),
            Self::NotSignedIn => (4001, "not signed in".into()),
            Self::TooSlow => (4008, "too slow, reconnect and resume".into()),
            Self::TooMany(ms) => (4009, format!("{{\"retry_after_ms\":{ms}}}")),
            Self::Gone => return None,
        })
    }
}

/// What a flush came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flushed {
    /// All that was queued is with the kernel.
    All,
    /// The socket is full; the session's task goes on when it can.
    Blocked,
    /// The session is over.
    Closed,
}

/// A session's queue and socket, side by side: whoever delivers to a thousand of them mostly waits
/// for memory.
pub struct Outlet<S: ?Sized = dyn Socket> {
    /// Written by whoever delivers, under a lock that is held for queue moves and for a write that
    /// does not wait, never across an `.await`.
    queue: Mutex<Queue>,
    /// Wakes the session's task: the socket is full, or the session is over.
    pub wake: Notify,
    socket: S,
}

/// A frame, or a part of one.
struct Piece {
    bytes: Bytes,
    /// It is of the answer to `hello`, which is as long as it is: whoever has rooms full of people is
    /// not too slow for that. Most of its bytes others hold, too.
    owed: bool,
    /// The next piece begins another frame.
    ends: bool,
}

impl Piece {
    fn whole(bytes: Bytes) -> Self {
        Self {
            bytes,
            owed: false,
            ends: true,
        }
    }

    /// What it counts for while it waits.
    fn cost(&self) -> usize {
        if self.owed {
            0
        } else {
            self.bytes.len() + FRAME_OVERHEAD_BYTES
        }
    }
}

#[derive(Default)]
struct Queue {
    ready: VecDeque<Piece>,
    /// Live events that came while the session's past was still being sent.
    held: VecDeque<Piece>,
    live: bool,
    /// Among those that the hub flushes next.
    due: bool,
    bytes: usize,
    /// The first frame of `ready` has partly been written: its rest must follow.
    half_written: bool,
    blocked: bool,
    closed: Option<CloseReason>,
}

impl<S: Socket> Outlet<S> {
    /// An outlet whose live frames are held until [`Outlet::release`].
    pub fn new(socket: S) -> Self {
        Self {
            queue: Mutex::new(Queue::default()),
            wake: Notify::new(),
            socket,
        }
    }

    /// Where it writes to.
    pub fn socket(&self) -> &S {
        &self.socket
    }
}

impl<S: Socket + ?Sized> Outlet<S> {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // A panic elsewhere while the lock was held leaves at worst a frame unsent.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues what the log brings, held back while the past is still being sent. True when there
    /// is something to flush that was not known of before.
    pub(crate) fn push_event(&self, frame: Bytes) -> bool {
        let mut queue = self.lock();
        if queue.live {
            return self.push_due(&mut queue, frame);
        }
        let piece = Piece::whole(frame);
        if self.has_place(&mut queue, piece.cost()) {
            queue.held.push_back(piece);
        }
        false
    }

    /// Reads what a write begins with: several outlets' memory is waited for at once.
    pub(crate) fn touch(&self) {
        std::hint::black_box(self.queue.is_poisoned());
        self.socket.touch();
    }

    /// Writes what the log brings at once, without a place in the queue where nothing is before it.
    /// Held back while the past is still being sent.
    pub(crate) fn write_event(&self, frames: &Bytes) {
        let mut queue = self.lock();
        if !queue.is_clear() {
            drop(queue);
            self.push_event(frames.clone());
            self.flush();
            return;
        }
        let written = self
            .socket
            .try_write_vectored(&[IoSlice::new(frames)])
            .unwrap_or(0);
        if written < frames.len() {
            let rest = Piece::whole(frames.slice(written..));
            queue.bytes += rest.cost();
            queue.ready.push_back(rest);
            queue.half_written = written > 0;
            self.write(&mut queue);
        }
    }

    /// Queues what matters only now; whoever is still reading the past learns it afterwards. True
    /// when there is something to flush that was not known of before.
    pub(crate) fn push_passing(&self, frame: Bytes) -> bool {
        let mut queue = self.lock();
        queue.live && self.push_due(&mut queue, frame)
    }

    fn push_due(&self, queue: &mut Queue, frame: Bytes) -> bool {
        let piece = Piece::whole(frame);
        if !self.has_place(queue, piece.cost()) {
            return false;
        }
        queue.ready.push_back(piece);
        !std::mem::replace(&mut queue.due, true)
    }

    /// Counts a frame that is to be queued, unless the session is over. Who has not been asked to
    /// take what is queued is not too slow, and one frame alone is never too much.
    fn has_place(&self, queue: &mut Queue, more: usize) -> bool {
        if queue.bytes + more > QUEUE_BYTES_MAX && !queue.blocked {
            self.write(queue);
        }
        if queue.closed.is_some() {
            return false;
        }
        if queue.bytes > 0 && queue.bytes + more > QUEUE_BYTES_MAX {
            self.end(queue, CloseReason::TooSlow);
            return false;
        }
        queue.bytes += more;
        true
    }

    /// Queues a frame before everything that is held.
    pub fn push_now(&self, frame: Bytes) {
        let mut queue = self.lock();
        let piece = Piece::whole(frame);
        if self.has_place(&mut queue, piece.cost()) {
            queue.ready.push_back(piece);
        }
    }

    /// The same for the answer to `hello`, a frame in parts.
    pub fn push_owed(&self, parts: Vec<Bytes>) {
        let mut queue = self.lock();
        if !self.has_place(&mut queue, 0) {
            return;
        }
        let last = parts.len().saturating_sub(1);
        let pieces = parts.into_iter().enumerate().map(|(n, bytes)| Piece {
            bytes,
            owed: true,
            ends: n == last,
        });
        queue.ready.extend(pieces);
    }

    /// The past has been queued: what was held follows it, and then whatever comes.
    pub(crate) fn release(&self) {
        let mut queue = self.lock();
        let mut held = std::mem::take(&mut queue.held);
        queue.ready.append(&mut held);
        queue.live = true;
    }

    /// Writes what is queued, as far as the socket takes it.
    pub fn flush(&self) -> Flushed {
        let mut queue = self.lock();
        queue.due = false;
        if queue.blocked {
            return Flushed::Blocked;
        }
        self.write(&mut queue)
    }

    /// The session's task says that the socket can be written to again.
    pub fn flush_unblocked(&self) -> Flushed {
        let mut queue = self.lock();
        queue.blocked = false;
        self.write(&mut queue)
    }

    fn write(&self, queue: &mut Queue) -> Flushed {
        while let Some(first) = queue.ready.front() {
            let result = if queue.ready.len() == 1 {
                self.socket
                    .try_write_vectored(&[IoSlice::new(&first.bytes)])
            } else {
                let mut slices = [IoSlice::new(&[]); SLICES_PER_WRITE_MAX];
                let mut count = 0;
                for (slice, piece) in slices.iter_mut().zip(&queue.ready) {
                    *slice = IoSlice::new(&piece.bytes);
                    count += 1;
                }
                self.socket.try_write_vectored(&slices[..count])
            };
            match result {
                Ok(0) => {
                    self.end(queue, CloseReason::Gone);
                    return Flushed::Closed;
                }
                Ok(written) => queue.take(written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    queue.blocked = true;
                    self.wake.notify_one();
                    return Flushed::Blocked;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => {
                    self.end(queue, CloseReason::Gone);
                    return Flushed::Closed;
                }
            }
        }
        if queue.ready.capacity() > KEPT_PLACES_MAX {
            queue.ready = VecDeque::new();
        }
        if queue.closed.is_some() {
            Flushed::Closed
        } else {
            Flushed::All
        }
    }

    /// Ends the session; the first reason counts. The session's task does the rest.
    pub fn close(&self, reason: CloseReason) {
        let mut queue = self.lock();
        self.end(&mut queue, reason);
    }

    fn end(&self, queue: &mut Queue, reason: CloseReason) {
        if queue.closed.is_none() {
            queue.closed = Some(reason);
            if matches!(reason, CloseReason::TooSlow) {
                metrics::counter!("salon_sessions_too_slow_total").increment(1);
            }
            self.wake.notify_one();
        }
    }

    /// Why the session is over, once it is.
    pub fn closed(&self) -> Option<CloseReason> {
        self.lock().closed
    }

    /// How much waits for the socket, as it counts; what is held back waits for something else.
    pub fn waiting(&self) -> usize {
        self.lock().ready.iter().map(Piece::cost).sum()
    }

    /// Whether the session's task must wait for the socket.
    pub fn is_blocked(&self) -> bool {
        self.lock().blocked
    }

    /// The last frame: sent behind a frame that is half written, before all others.
    pub fn push_last(&self, frame: Bytes, keep_queue: bool) {
        let mut queue = self.lock();
        if !keep_queue {
            let begun = queue.ready.iter().position(|piece| piece.ends);
            let rest = begun
                .filter(|_| queue.half_written)
                .map_or(0, |end| end + 1);
            queue.ready.truncate(rest);
        }
        queue.held.clear();
        queue.ready.push_back(Piece::whole(frame));
    }
}

impl Queue {
    /// What comes now is next.
    fn is_clear(&self) -> bool {
        self.live && !self.due && self.ready.is_empty() && self.closed.is_none()
    }

    fn take(&mut self, mut written: usize) {
        while written > 0 {
            let Some(front) = self.ready.front_mut() else {
                return;
            };
            if written < front.bytes.len() {
                let before = front.cost();
                front.bytes.advance(written);
                self.half_written = true;
                self.bytes = self.bytes.saturating_sub(before - front.cost());
                return;
            }
            written -= front.bytes.len();
            self.bytes = self.bytes.saturating_sub(front.cost());
            self.half_written = !front.ends;
            self.ready.pop_front();
        }
    }
}
