//! A connection: two queues of bytes between a client and the server, which move when the seed
//! says so, and may break.

use bytes::BytesMut;
use salon_server::Line;
use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// What the network takes from the server before the client has read: little, so that sockets
/// are full often.
const ROOM: usize = 2_000;

#[derive(Default)]
struct Bytes {
    /// Arrived at the server.
    to_server: VecDeque<u8>,
    /// Written by the server.
    to_client: VecDeque<u8>,
    /// Nothing comes or goes any more.
    broken: bool,
}

#[derive(Default)]
struct Shared {
    bytes: Mutex<Bytes>,
    readable: Notify,
    writable: Notify,
}

/// The server's end.
pub(crate) struct ServerEnd(Arc<Shared>);

/// The client's end. Dropping it breaks the line.
pub(crate) struct ClientEnd {
    shared: Arc<Shared>,
    /// Sent by the client, not arrived yet.
    on_its_way: VecDeque<u8>,
    says_goodbye: bool,
}

/// A new line.
pub(crate) fn line() -> (ServerEnd, ClientEnd) {
    let shared = Arc::<Shared>::default();
    let client = ClientEnd {
        shared: shared.clone(),
        on_its_way: VecDeque::new(),
        says_goodbye: true,
    };
    (ServerEnd(shared), client)
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Bytes> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is(&self, so: impl FnOnce(&Bytes) -> bool) -> bool {
        so(&self.lock())
    }
}

impl ClientEnd {
    /// Sends a text frame.
    pub(crate) fn send(&mut self, text: &str) {
        let bytes = &mut self.on_its_way;
        bytes.push_back(0x81);
        match text.len() {
            short @ 0..=125 => bytes.push_back(0x80 | short as u8),
            long => {
                bytes.push_back(0x80 | 126);
                bytes.extend((long as u16).to_be_bytes());
            }
        }
        // Masked with zeroes, which leaves the bytes as they are.
        bytes.extend([0; 4]);
        bytes.extend(text.as_bytes());
    }

    /// Answers a ping.
    pub(crate) fn pong(&mut self) {
        self.on_its_way.extend([0x8A, 0x80, 0, 0, 0, 0]);
    }

    /// Goes without a word: the server has to find out by itself.
    pub(crate) fn vanish(mut self) {
        self.says_goodbye = false;
    }

    /// Lets up to `most` bytes arrive at the server.
    pub(crate) fn deliver(&mut self, most: usize) {
        let arrive = most.min(self.on_its_way.len());
        let mut bytes = self.shared.lock();
        bytes.to_server.extend(self.on_its_way.drain(..arrive));
        drop(bytes);
        if arrive > 0 {
            self.shared.readable.notify_one();
        }
    }

    /// Takes up to `most` bytes of what the server wrote.
    pub(crate) fn take(&mut self, most: usize) -> Vec<u8> {
        let mut bytes = self.shared.lock();
        let arrive = most.min(bytes.to_client.len());
        let taken = bytes.to_client.drain(..arrive).collect();
        drop(bytes);
        self.shared.writable.notify_one();
        taken
    }

    /// Whether the server has ended it and everything has been read.
    pub(crate) fn is_over(&self) -> bool {
        let bytes = self.shared.lock();
        bytes.broken && bytes.to_client.is_empty()
    }
}

impl Drop for ClientEnd {
    fn drop(&mut self) {
        if !self.says_goodbye {
            return;
        }
        self.shared.lock().broken = true;
        self.shared.readable.notify_one();
        self.shared.writable.notify_one();
    }
}

impl Drop for ServerEnd {
    fn drop(&mut self) {
        self.0.lock().broken = true;
    }
}

impl Line for ServerEnd {
    fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut bytes = self.0.lock();
        if bytes.broken {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let mut written = 0;
        for slice in slices {
            let fits = slice.len().min(ROOM - bytes.to_client.len().min(ROOM));
            bytes.to_client.extend(&slice[..fits]);
            written += fits;
        }
        match written {
            0 => Err(io::ErrorKind::WouldBlock.into()),
            written => Ok(written),
        }
    }

    fn try_read(&self, buffer: &mut BytesMut) -> io::Result<usize> {
        let mut bytes = self.0.lock();
        let (front, back) = bytes.to_server.as_slices();
        buffer.extend_from_slice(front);
        buffer.extend_from_slice(back);
        let read = front.len() + back.len();
        bytes.to_server.clear();
        match (read, bytes.broken) {
            (0, true) => Ok(0),
            (0, false) => Err(io::ErrorKind::WouldBlock.into()),
            _ => Ok(read),
        }
    }

    async fn readable(&self) -> io::Result<()> {
        loop {
            let notified = self.0.readable.notified();
            if self
                .0
                .is(|bytes| bytes.broken || !bytes.to_server.is_empty())
            {
                return Ok(());
            }
            notified.await;
        }
    }

    async fn writable(&self) -> io::Result<()> {
        loop {
            let notified = self.0.writable.notified();
            if self
                .0
                .is(|bytes| bytes.broken || bytes.to_client.len() < ROOM)
            {
                return Ok(());
            }
            notified.await;
        }
    }
}
