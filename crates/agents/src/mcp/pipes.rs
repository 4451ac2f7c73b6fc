//! What a child process writes, watched: its messages and its complaints.

use super::error::McpError;
use super::listener::Listener;
use super::text::short;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader, ReadBuf};

/// The largest message that is taken, from a pipe or from an address: it is held in memory whole,
/// and several times over while it is read.
pub(super) const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How many lines in a row may be no messages. Some programs greet before they serve; one that
/// does nothing else is none of ours.
const STRAY_LINES_MAX: usize = 100;
/// The longest line of complaints that is kept for the log.
const COMPLAINT_BYTES_MAX: usize = 500;

/// A pipe that ends where its messages become too large, or are none.
///
/// The library behind us would wait for ever: it passes over what it cannot read.
pub(super) struct Guard<R> {
    pipe: R,
    listener: Listener,
    /// The bytes of this line so far.
    length: usize,
    /// The first byte of this line that is not blank.
    first: Option<u8>,
    /// How many lines in a row were no messages.
    stray: usize,
    ended: bool,
}

impl<R> Guard<R> {
    pub(super) fn new(pipe: R, listener: Listener) -> Self {
        Self {
            pipe,
            listener,
            length: 0,
            first: None,
            stray: 0,
            ended: false,
        }
    }

    fn watch(&mut self, bytes: &[u8]) -> Result<(), McpError> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let mut visible = piece
                .iter()
                .copied()
                .filter(|byte| !byte.is_ascii_whitespace());
            self.first = self.first.or_else(|| visible.next());
            self.length += piece.len();
            if self.length > MESSAGE_BYTES_MAX {
                return Err(McpError::TooBig);
            }
            if !piece.ends_with(b"\n") {
                continue;
            }
            self.length = 0;
            match self.first.take() {
                Some(b'{') => self.stray = 0,
                Some(_) => self.stray += 1,
                None => {}
            }
            if self.stray > STRAY_LINES_MAX {
                return Err(McpError::refused("it writes other things than messages"));
            }
        }
        Ok(())
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Guard<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        if self.ended {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.pipe).poll_read(context, buffer))?;
        let watched = self.watch(buffer.filled().get(before..).unwrap_or_default());
        if let Err(flaw) = watched {
            self.listener.blame(flaw);
            self.ended = true;
            buffer.set_filled(before);
        }
        Poll::Ready(Ok(()))
    }
}

/// Reads what a server complains of, so that it never waits for a reader.
pub(super) async fn drain(pipe: impl AsyncRead + Unpin, server: String) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        let bytes = match pipe.fill_buf().await {
            Ok(bytes) if !bytes.is_empty() => bytes,
            _ => return,
        };
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let piece = bytes.split_at(end.unwrap_or(bytes.len())).0;
        let room = COMPLAINT_BYTES_MAX.saturating_sub(line.len());
        line.extend(piece.iter().take(room));
        let used = end.map_or(bytes.len(), |end| end + 1);
        pipe.consume(used);
        if end.is_some() {
            let words = short(&String::from_utf8_lossy(&line), COMPLAINT_BYTES_MAX);
            tracing::debug!(server, words, "tool server complains");
            line.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{COMPLAINT_BYTES_MAX, Guard, MESSAGE_BYTES_MAX, STRAY_LINES_MAX, drain};
    use crate::mcp::McpError;
    use crate::mcp::listener::Listener;
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};
    use tokio::io::AsyncReadExt;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    async fn read(bytes: &[u8]) -> (usize, Option<McpError>) {
        let listener = Listener::default();
        let mut kept = Vec::new();
        Guard::new(bytes, listener.clone())
            .read_to_end(&mut kept)
            .await
            .unwrap();
        (kept.len(), listener.flaw())
    }

    #[tokio::test]
    async fn messages_pass_whatever_stands_between_them() {
        let message = format!("  {{{}}}\n", " ".repeat(MESSAGE_BYTES_MAX - 5));
        let some = "hello\n".repeat(STRAY_LINES_MAX);
        let bytes = format!("{message}\n\n{some}{message}{some}");
        assert_eq!(read(bytes.as_bytes()).await, (bytes.len(), None));
    }

    #[tokio::test]
    async fn a_line_without_end_ends_the_pipe() {
        let (kept, flaw) = read(&vec![b'{'; MESSAGE_BYTES_MAX + 1]).await;
        assert!(kept <= MESSAGE_BYTES_MAX);
        assert_eq!(flaw, Some(McpError::TooBig));
    }

    #[tokio::test]
    async fn chatter_ends_the_pipe() {
        let (_, flaw) = read("hello\n".repeat(STRAY_LINES_MAX + 1).as_bytes()).await;
        assert!(matches!(flaw, Some(McpError::Refused(_))), "{flaw:?}");
    }

    #[tokio::test]
    async fn complaints_are_logged_in_short_lines() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_writer(move || writer.clone())
            .finish();
        let logging = tracing::subscriber::set_default(subscriber);
        let complaints = format!("one\u{7}\n{}\nthree\n", "x".repeat(100_000));
        drain(complaints.as_bytes(), "tested".into()).await;
        drop(logging);
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert_eq!(log.lines().count(), 3, "{log}");
        assert!(log.contains("DEBUG") && log.contains("three") && !log.contains('\u{7}'));
        assert_eq!(log.matches('x').count(), COMPLAINT_BYTES_MAX);
    }
}
