//! One connection to a server that is measured.

use crate::dialect::Dialect;
use anyhow::{Context, bail};
use std::{cell::RefCell, io, net::SocketAddr, time::Duration};
use tokio::net::TcpStream;

/// Read at once.
const READ_BYTES: usize = 256 * 1024;
/// A server that lets nobody in for so long will not.
const ENTERING_MAX: Duration = Duration::from_secs(30);

thread_local! {
    /// Where every line reads into: an idle one holds no memory of its own.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; READ_BYTES]);
}

/// A member of the room. What has been read and is no whole frame yet is kept, and nothing else.
pub(crate) struct Line {
    stream: TcpStream,
    dialect: Dialect,
    unread: Vec<u8>,
}

impl Line {
    /// Connects and comes into the room as its nth member.
    pub(crate) async fn enter(
        address: SocketAddr,
        dialect: Dialect,
        n: usize,
    ) -> anyhow::Result<Self> {
        let entering = async {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let mut line = Self {
                stream,
                dialect,
                unread: Vec::new(),
            };
            dialect.enter(&mut line, address, n).await?;
            Ok(line)
        };
        tokio::time::timeout(ENTERING_MAX, entering)
            .await
            .with_context(|| format!("member {n} was not let in"))?
    }

    /// The bytes that say a text to the room.
    pub(crate) fn say(&self, text: &str) -> Vec<u8> {
        self.dialect.say(text)
    }

    /// Writes all of it.
    pub(crate) async fn write(&self, mut bytes: &[u8]) -> anyhow::Result<()> {
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

    /// Everything up to a mark and the mark itself.
    pub(crate) async fn until(&mut self, mark: &[u8]) -> anyhow::Result<Vec<u8>> {
        loop {
            let found = self.unread.windows(mark.len()).position(|end| end == mark);
            if let Some(found) = found {
                return Ok(self.unread.drain(..found + mark.len()).collect());
            }
            self.stream.readable().await?;
            self.read_once(|unread, more| unread.extend_from_slice(more))?;
        }
    }

    /// Takes frames until one is as wished; what comes behind it stays to be read.
    pub(crate) async fn frame(&mut self, is_it: impl Fn(&[u8]) -> bool) -> anyhow::Result<()> {
        loop {
            while let Some(length) = self.dialect.frame(&self.unread)? {
                let frame: Vec<u8> = self.unread.drain(..length).collect();
                if let Some(answer) = self.dialect.answer(&frame) {
                    self.write(&answer).await?;
                }
                if is_it(&frame) {
                    return Ok(());
                }
            }
            self.stream.readable().await?;
            self.read_once(|unread, more| unread.extend_from_slice(more))?;
        }
    }

    /// Waits for bytes and looks at every whole frame among them.
    pub(crate) async fn frames(&mut self, mut look: impl FnMut(&[u8])) -> anyhow::Result<()> {
        let dialect = self.dialect;
        let mut answers = Vec::new();
        let mut take = |bytes: &[u8]| {
            let mut taken = 0;
            while let Some(length) = dialect.frame(&bytes[taken..])? {
                let frame = &bytes[taken..taken + length];
                look(frame);
                answers.extend(dialect.answer(frame).into_iter().flatten());
                taken += length;
            }
            anyhow::Ok(taken)
        };
        self.stream.readable().await?;
        let mut wrong = None;
        self.read_once(|unread, more| {
            // Most of the time nothing is left over, and nothing is copied.
            let taken = if unread.is_empty() {
                take(more).map(|taken| unread.extend_from_slice(&more[taken..]))
            } else {
                unread.extend_from_slice(more);
                take(unread).map(|taken| drop(unread.drain(..taken)))
            };
            wrong = taken.err();
            if unread.is_empty() {
                *unread = Vec::new();
            }
        })?;
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        self.write(&answers).await
    }

    fn read_once(&mut self, take: impl FnOnce(&mut Vec<u8>, &[u8])) -> anyhow::Result<()> {
        BUFFER.with_borrow_mut(|buffer| match self.stream.try_read(buffer) {
            Ok(0) => bail!("the server closed the connection"),
            Ok(read) => {
                take(&mut self.unread, &buffer[..read]);
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(error.into()),
        })
    }
}
