//! One socket's task: reads frames, waits for a full socket, keeps the line alive, says goodbye.

use super::{
    codec::{Decoder, Incoming},
    session::Session,
};
use crate::app::App;
use bytes::BytesMut;
use salon_chat::{Caller, Credential};
use salon_live::{CloseReason, Flushed, Outlet, Socket, wire};
use salon_protocol::Lang;
use std::{
    io::{self, IoSlice},
    sync::Arc,
    time::Duration,
};
use tokio::{io::Interest, net::TcpStream, time::Instant};

/// A session must say hello within so long.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);
/// A silent line is pinged.
const PING_AFTER: Duration = Duration::from_secs(30);
/// And given up.
const SILENCE_MAX: Duration = Duration::from_secs(75);
/// What is left to send is given so long when a session ends.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(3);
/// Frames of one socket in a row, before others have their turn.
const FRAMES_IN_A_ROW: usize = 16;
/// Read at once.
const READ_BYTES: usize = 2 * 1024;

/// A connection's bytes: a network's, or a simulation's.
pub trait Line: Send + Sync + 'static {
    /// Writes what fits now; `WouldBlock` when nothing does.
    fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize>;
    /// Reads what a write begins with, so that it is near when it is written to.
    fn touch(&self) {}
    /// Appends what is there; `WouldBlock` when nothing is, 0 when nothing will be.
    fn try_read(&self, buffer: &mut BytesMut) -> io::Result<usize>;
    /// Completes when something may be read. Cancel-safe.
    fn readable(&self) -> impl Future<Output = io::Result<()>> + Send;
    /// Completes when something may be written. Cancel-safe.
    fn writable(&self) -> impl Future<Output = io::Result<()>> + Send;
}

impl Line for TcpStream {
    fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match slices {
            [one] => Self::try_write(self, one),
            many => self.try_write_vectored(many),
        }
    }

    fn touch(&self) {
        // Looks whether it is ready and does nothing.
        self.try_io(Interest::WRITABLE, || Ok(())).ok();
    }

    fn try_read(&self, buffer: &mut BytesMut) -> io::Result<usize> {
        self.try_read_buf(buffer)
    }

    async fn readable(&self) -> io::Result<()> {
        Self::readable(self).await
    }

    async fn writable(&self) -> io::Result<()> {
        Self::writable(self).await
    }
}

/// A line, which whoever delivers writes to.
struct Wire<L>(L);

impl<L: Line> Socket for Wire<L> {
    fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write(slices)
    }

    fn touch(&self) {
        self.0.touch();
    }
}

/// Serves a line to its end. What is handed in goes into the session at once: whatever is kept
/// beside it is kept for each idle socket.
pub(crate) fn run<L: Line>(
    app: Box<App>,
    stream: L,
    read_already: &[u8],
    offered: Option<Box<(Caller, Credential)>>,
    lang: Option<Lang>,
) -> impl Future<Output = ()> + Send + use<L> {
    let outlet = Arc::new(Outlet::new(Wire(stream)));
    let mut session = Box::new(Session::new(app, outlet.clone(), offered, lang));
    let mut decoder = Decoder::default();
    decoder.buffer.extend_from_slice(read_already);
    async move {
        let reason = match serve(&outlet, &mut session, &mut decoder).await {
            Ok(()) => CloseReason::Bye,
            Err(reason) => reason,
        };
        // What is not always at work is kept apart: an idle socket holds only what it waits with.
        Box::pin(session.finish(reason)).await;
        Box::pin(say_goodbye(&outlet, reason)).await;
    }
}

async fn serve<L: Line>(
    outlet: &Outlet<Wire<L>>,
    session: &mut Session,
    decoder: &mut Decoder,
) -> Result<(), CloseReason> {
    let Wire(stream) = outlet.socket();
    let opened = Instant::now();
    let mut heard = opened;
    let mut pinged = false;
    let mut taken: usize = 0;
    loop {
        while session.has_place() {
            match decoder.next()? {
                None => break,
                Some(Incoming::Text(text)) => {
                    Box::pin(take(outlet, session, &text)).await?;
                    taken += 1;
                    if taken.is_multiple_of(FRAMES_IN_A_ROW) {
                        tokio::task::yield_now().await;
                    }
                }
                Some(Incoming::Ping(payload)) => {
                    outlet.push_now(wire::frame(wire::Opcode::Pong, &payload));
                }
                Some(Incoming::Pong) => {}
                Some(Incoming::Close) => return Ok(()),
            }
        }
        outlet.flush();
        if let Some(reason) = outlet.closed() {
            return Err(reason);
        }
        let silence = if pinged { SILENCE_MAX } else { PING_AFTER };
        let hello_by = opened + HELLO_TIMEOUT;
        let greeted = session.is_greeted();
        let deadline = if greeted { heard + silence } else { hello_by };
        tokio::select! {
            biased;
            () = outlet.wake.notified() => {}
            ready = stream.writable(), if outlet.is_blocked() => {
                ready.map_err(|_| CloseReason::Gone)?;
                if outlet.flush_unblocked() == Flushed::Closed {
                    return Err(outlet.closed().unwrap_or(CloseReason::Gone));
                }
            }
            () = session.answer_next(), if session.is_busy() => {}
            ready = stream.readable(), if session.has_place() => {
                ready.map_err(|_| CloseReason::Gone)?;
                decoder.buffer.reserve(READ_BYTES);
                match stream.try_read(&mut decoder.buffer) {
                    Ok(0) => return Err(CloseReason::Gone),
                    Ok(_) => {
                        heard = Instant::now();
                        pinged = false;
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        // Nothing was there after all: an idle socket keeps no buffer.
                        if decoder.buffer.is_empty() {
                            decoder.buffer = BytesMut::new();
                        }
                    }
                    Err(_) => return Err(CloseReason::Gone),
                }
            }
            () = tokio::time::sleep_until(deadline) => {
                if !greeted {
                    return Err(CloseReason::NotSignedIn);
                }
                if pinged {
                    return Err(CloseReason::Gone);
                }
                outlet.push_now(wire::frame(wire::Opcode::Ping, b""));
                pinged = true;
            }
        }
    }
}

/// Has the session take a frame. What the socket could not take of its answers follows meanwhile.
async fn take<L: Line>(
    outlet: &Outlet<Wire<L>>,
    session: &mut Session,
    text: &str,
) -> Result<(), CloseReason> {
    let Wire(stream) = outlet.socket();
    let mut taking = std::pin::pin!(session.take(text));
    loop {
        tokio::select! {
            biased;
            taken = &mut taking => return taken,
            () = outlet.wake.notified() => {}
            ready = stream.writable(), if outlet.is_blocked() => {
                if ready.is_err() {
                    outlet.close(CloseReason::Gone);
                    // What has begun ends: the hub may know the session already.
                    return taking.await;
                }
                outlet.flush_unblocked();
            }
        }
    }
}

/// Sends what is owed and the close frame, but not for ever.
async fn say_goodbye<L: Line>(outlet: &Outlet<Wire<L>>, reason: CloseReason) {
    let Wire(stream) = outlet.socket();
    let Some((code, words)) = reason.code() else {
        return;
    };
    // Who is too slow gets the close frame instead of the queue that they did not read.
    outlet.push_last(wire::close(code, &words), reason != CloseReason::TooSlow);
    let sending = async {
        while outlet.flush_unblocked() == Flushed::Blocked {
            if stream.writable().await.is_err() {
                return;
            }
        }
        // Reading on until the other side closes keeps the kernel from answering its last bytes
        // with a reset, which could overtake our close frame.
        let mut rest = BytesMut::with_capacity(1_024);
        loop {
            if stream.readable().await.is_err() {
                return;
            }
            rest.clear();
            match stream.try_read(&mut rest) {
                Ok(0) => return,
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return,
                _ => {}
            }
        }
    };
    tokio::time::timeout(GOODBYE_TIMEOUT, sending).await.ok();
}
