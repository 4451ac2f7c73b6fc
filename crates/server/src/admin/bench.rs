//! What measurements of agents share: a client and the machine's name.

use super::say;
use anyhow::bail;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// On what a figure was measured.
pub(super) fn say_machine() {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or(" unknown");
    say(format_args!(
        "machine    {cores} cores,{}",
        cpu.trim_start_matches([' ', '\t', ':'])
    ));
}

/// Opcodes of frames.
const TEXT: u8 = 0x1;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

/// A WebSocket client with just enough of the protocol to measure with.
pub(super) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    pub(super) async fn open(address: SocketAddr, token: &str) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET /api/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut client = Self {
            stream,
            buffer: Vec::new(),
        };
        while !client.buffer.windows(4).any(|end| end == b"\r\n\r\n") {
            client.read().await?;
        }
        let end = client
            .buffer
            .windows(4)
            .position(|end| end == b"\r\n\r\n")
            .unwrap_or(0)
            + 4;
        client.buffer.drain(..end);
        client.send(r#"{"type":"hello"}"#).await?;
        while client.next().await? != r#"{"type":"ready"}"# {}
        Ok(client)
    }

    async fn read(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }

    pub(super) async fn send(&mut self, text: &str) -> anyhow::Result<()> {
        self.send_frame(TEXT, text).await
    }

    async fn send_frame(&mut self, opcode: u8, text: &str) -> anyhow::Result<()> {
        let mut frame = vec![0x80 | opcode];
        match text.len() {
            short @ 0..=125 => frame.push(0x80 | short as u8),
            long => {
                frame.push(0x80 | 126);
                frame.extend((long as u16).to_be_bytes());
            }
        }
        // A mask of zeros leaves the bytes as they are, which the protocol allows.
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        Ok(self.stream.write_all(&frame).await?)
    }

    pub(super) async fn next(&mut self) -> anyhow::Result<String> {
        loop {
            match self.take_frame() {
                // Whoever stays silent for long is asked whether it is there.
                Some((PING, text)) => self.send_frame(PONG, &text).await?,
                Some((_, text)) => return Ok(text),
                None => self.read().await?,
            }
        }
    }

    fn take_frame(&mut self) -> Option<(u8, String)> {
        let opcode = self.buffer.first()? & 0x0F;
        let (length, start) = match self.buffer.get(1)? & 0x7F {
            126 => (
                usize::from(u16::from_be_bytes([
                    *self.buffer.get(2)?,
                    *self.buffer.get(3)?,
                ])),
                4,
            ),
            127 => {
                let bytes = self.buffer.get(2..10)?.try_into().ok()?;
                (u64::from_be_bytes(bytes) as usize, 10)
            }
            short => (usize::from(short), 2),
        };
        let text = String::from_utf8_lossy(self.buffer.get(start..start + length)?).into_owned();
        self.buffer.drain(..start + length);
        Some((opcode, text))
    }
}
