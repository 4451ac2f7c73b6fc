//! A WebSocket client with just enough of the protocol to measure with.

use anyhow::bail;
use bytes::{Buf, BytesMut};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    ops::Range,
    time::Duration,
};
use tokio::{
    io::Interest,
    net::{TcpSocket, TcpStream},
};

/// Read at once.
const READ_BYTES: usize = 256 * 1024;
/// Whether the server has closed a connection that is not read is looked at so often.
const LOOK: Duration = Duration::from_millis(500);
/// A frame that is longer is a mistake of ours.
const FRAME_BYTES_MAX: usize = 64 * 1024 * 1024;

/// One connection. What has been read and not yet taken is kept, and nothing else.
pub(super) struct Socket {
    stream: TcpStream,
    unread: BytesMut,
    buffer: std::rc::Rc<std::cell::RefCell<Vec<u8>>>,
}

thread_local! {
    /// Where every socket of the crowd reads into: an idle one holds no memory of its own.
    static BUFFER: std::rc::Rc<std::cell::RefCell<Vec<u8>>> =
        std::rc::Rc::new(std::cell::RefCell::new(vec![0; READ_BYTES]));
}

impl Socket {
    /// Connects, signs in with a token and says hello. What follows is still to be read.
    pub(super) async fn open(
        address: SocketAddr,
        token: &str,
        hello: &str,
    ) -> anyhow::Result<Self> {
        let mut socket = Self::plain(address).await?.upgraded(address, token).await?;
        socket.send(hello).await?;
        Ok(socket)
    }

    /// The same connection behind a WebSocket's handshake, signed in with a token.
    pub(super) async fn upgraded(self, address: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let mut socket = self;
        let request = format!(
            "GET /api/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        socket.write(request.as_bytes()).await?;
        let end = loop {
            let head = socket.unread.windows(4).position(|end| end == b"\r\n\r\n");
            if let Some(head) = head {
                break head + 4;
            }
            socket.read().await?;
        };
        if !socket.unread.starts_with(b"HTTP/1.1 101") {
            bail!(
                "no WebSocket: {}",
                String::from_utf8_lossy(&socket.unread[..end])
            );
        }
        socket.unread.advance(end);
        Ok(socket)
    }

    /// Connects and waits for `ready`.
    pub(super) async fn ready(address: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let mut socket = Self::open(address, token, r#"{"type":"hello"}"#).await?;
        while !socket.next(|frame| frame == br#"{"type":"ready"}"#).await? {}
        Ok(socket)
    }

    /// A connection without a handshake: the floor speaks frames at once.
    pub(super) async fn plain(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        Self::of(stream)
    }

    /// The same from an address of its own, where the machine's own network lets us choose one;
    /// `narrow` with as little room for what is not read as the system has.
    pub(super) async fn stranger(
        address: SocketAddr,
        n: usize,
        narrow: bool,
    ) -> anyhow::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        if narrow {
            socket.set_recv_buffer_size(1)?;
        }
        // All of 127.0.0.0/8 is here.
        let [_, _, high, low] = u32::try_from(n + 1)?.to_be_bytes();
        socket
            .bind((Ipv4Addr::new(127, 1, high, low), 0).into())
            .ok();
        Self::of(socket.connect(address).await?)
    }

    fn of(stream: TcpStream) -> anyhow::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            unread: BytesMut::new(),
            buffer: BUFFER.with(std::rc::Rc::clone),
        })
    }

    /// Reads and forgets until the server closes the connection.
    pub(super) async fn until_closed(&mut self) {
        while self.read().await.is_ok() {
            self.unread.clear();
        }
    }

    /// Reads nothing until the server closes the connection.
    pub(super) async fn until_closed_unread(&self) {
        loop {
            match self
                .stream
                .ready(Interest::READABLE | Interest::ERROR)
                .await
            {
                Ok(ready) if !ready.is_read_closed() && !ready.is_error() => {
                    tokio::time::sleep(LOOK).await;
                }
                _ => return,
            }
        }
    }

    /// Reads and forgets what is there.
    pub(super) fn drain(&mut self) -> anyhow::Result<()> {
        let mut buffer = self.buffer.borrow_mut();
        loop {
            match self.stream.try_read(&mut buffer) {
                Ok(0) => bail!("the server closed the connection"),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Sends a text frame.
    pub(super) async fn send(&mut self, text: &str) -> anyhow::Result<()> {
        let mut frames = Vec::with_capacity(text.len() + 8);
        Self::add_frame(&mut frames, text);
        self.write(&frames).await
    }

    /// Writes a text frame to a buffer.
    pub(super) fn add_frame(frames: &mut Vec<u8>, text: &str) {
        frames.push(0x81);
        match text.len() {
            short @ 0..=125 => frames.push(0x80 | short as u8),
            long => {
                frames.push(0x80 | 126);
                frames.extend((long as u16).to_be_bytes());
            }
        }
        // A mask of zeros leaves the bytes as they are, which the protocol allows.
        frames.extend([0; 4]);
        frames.extend(text.as_bytes());
    }

    pub(super) async fn write(&mut self, mut bytes: &[u8]) -> anyhow::Result<()> {
        while !bytes.is_empty() {
            self.stream.writable().await?;
            match self.stream.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        loop {
            self.stream.readable().await?;
            let mut buffer = self.buffer.borrow_mut();
            match self.stream.try_read(&mut buffer) {
                Ok(0) => bail!("the server closed the connection"),
                Ok(read) => {
                    self.unread.extend_from_slice(&buffer[..read]);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits for the next frame and looks at its text.
    pub(super) async fn next<T>(&mut self, look: impl FnOnce(&[u8]) -> T) -> anyhow::Result<T> {
        loop {
            if let Some(payload) = payload_of(&self.unread)? {
                let seen = look(&self.unread[payload.clone()]);
                self.unread.advance(payload.end);
                if self.unread.is_empty() {
                    self.unread = BytesMut::new();
                }
                return Ok(seen);
            }
            self.read().await?;
        }
    }

    /// Waits for bytes and looks at every whole frame among them.
    pub(super) async fn next_many(&mut self, mut look: impl FnMut(&[u8])) -> anyhow::Result<()> {
        self.read().await?;
        let mut taken = 0;
        while let Some(payload) = payload_of(&self.unread[taken..])? {
            look(&self.unread[taken + payload.start..taken + payload.end]);
            taken += payload.end;
        }
        self.unread.advance(taken);
        if self.unread.is_empty() {
            self.unread = BytesMut::new();
        }
        Ok(())
    }
}

/// Where the first frame's payload is, when all of it is there.
fn payload_of(bytes: &[u8]) -> anyhow::Result<Option<Range<usize>>> {
    let (Some(first), Some(second)) = (bytes.first(), bytes.get(1)) else {
        return Ok(None);
    };
    let (length, start) = match second & 0x7F {
        126 => match bytes.get(2..4) {
            Some(length) => (usize::from(u16::from_be_bytes(length.try_into()?)), 4),
            None => return Ok(None),
        },
        127 => match bytes.get(2..10) {
            Some(length) => (u64::from_be_bytes(length.try_into()?) as usize, 10),
            None => return Ok(None),
        },
        short => (usize::from(short), 2),
    };
    if length > FRAME_BYTES_MAX {
        bail!("a frame of {length} bytes");
    }
    let payload = start..start + length;
    let Some(frame) = bytes.get(payload.clone()) else {
        return Ok(None);
    };
    if first & 0x0F == 0x8 {
        let reason = String::from_utf8_lossy(frame.get(2..).unwrap_or_default());
        bail!("the server closed a connection: {reason}");
    }
    Ok(Some(payload))
}

/// The number behind `"seq":` in a posted event of ours, and what its text carries behind `@`.
pub(super) fn posted(frame: &[u8]) -> Option<(u64, u64)> {
    if !frame.starts_with(br#"{"type":"event""#) {
        return None;
    }
    let seq = number_behind(frame, br#""seq":"#)?;
    find(frame, br#""kind":"message.posted""#)?;
    Some((seq, number_behind(frame, br#""text":"@"#)?))
}

fn number_behind(frame: &[u8], mark: &[u8]) -> Option<u64> {
    behind(frame, mark).map(number)
}

/// What stands behind a mark.
pub(super) fn behind<'a>(frame: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    frame.get(find(frame, mark)? + mark.len()..)
}

/// The number at the beginning.
pub(super) fn number(text: &[u8]) -> u64 {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}

pub(super) fn find(within: &[u8], mark: &[u8]) -> Option<usize> {
    let first = *mark.first()?;
    let mut from = 0;
    loop {
        let at = from + within.get(from..)?.iter().position(|byte| *byte == first)?;
        if within[at..].starts_with(mark) {
            return Some(at);
        }
        from = at + 1;
    }
}
