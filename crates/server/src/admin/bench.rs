//! `salon bench`: a room full of sessions on a server of its own, every receipt counted.

use super::say;
use crate::{
    cli::BenchArgs,
    config::{Config, Switch},
    serve,
};
use anyhow::{Context, bail};
use futures::future::try_join_all;
use salon_chat::{accounts, actions};
use salon_protocol::{Role, UserKind};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A run that takes longer has gone wrong.
const TIME_MAX: Duration = Duration::from_secs(300);
/// Sessions that a run may have.
const SESSIONS_MAX: usize = 5_000;

pub(crate) async fn bench(args: BenchArgs) -> anyhow::Result<()> {
    if args.sessions == 0 || args.sessions > SESSIONS_MAX || args.messages == 0 {
        bail!("choose 1 to {SESSIONS_MAX} sessions and at least one message");
    }
    let folder = std::env::temp_dir().join(format!("salon-bench-{}", std::process::id()));
    let run = measure(&folder, &args);
    let outcome = tokio::time::timeout(TIME_MAX, run).await;
    std::fs::remove_dir_all(&folder).ok();
    outcome.context("the run took too long")?
}

async fn measure(folder: &std::path::Path, args: &BenchArgs) -> anyhow::Result<()> {
    let config = Config {
        data: folder.to_owned(),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        rate_limits: Switch::Off,
        ..Config::default()
    };
    let running = serve::start(config).await?;
    let user = actions::create_user(
        &running.chat,
        actions::CreateUser {
            handle: "bench".into(),
            display_name: None,
            kind: UserKind::Bot,
            role: Role::Member,
            password_hash: None,
        },
    )
    .await?;
    let token = accounts::create_token(&running.chat, user.id).await?;
    let caller = salon_chat::Caller::new(user, None);
    let room = actions::create_room(
        &running.chat,
        &caller,
        actions::CreateRoom {
            name: "bench".into(),
            kind: salon_protocol::RoomKind::Public,
            topic: String::new(),
            members: Vec::new(),
        },
    )
    .await?;
    let room = room.id.to_string();
    let mut sessions = Vec::new();
    for _ in 0..args.sessions {
        sessions.push(Client::open(running.address, &token).await?);
    }
    let text = "x".repeat(200);
    let started = Instant::now();
    let mut sender = Client::open(running.address, &token).await?;
    let sending = async {
        let mut acked = 0;
        let mut sent = 0;
        while acked < args.messages {
            while sent < args.messages && sent - acked < args.in_flight.max(1) {
                sender
                    .send(&format!(
                        r#"{{"type":"send","id":"{sent}","room":"{room}","text":"{text}"}}"#
                    ))
                    .await?;
                sent += 1;
            }
            acked += usize::from(sender.next().await?.starts_with(r#"{"type":"ack""#));
        }
        anyhow::Ok(())
    };
    let receiving = try_join_all(
        sessions
            .iter_mut()
            .map(|session| session.count(args.messages)),
    );
    let (sent, receipts) = tokio::join!(sending, receiving);
    sent?;
    let receipts: usize = receipts?.into_iter().sum();
    let seconds = started.elapsed().as_secs_f64();
    say_machine();
    say(format_args!(
        "settings   one room, {} sessions, {} messages of 200 bytes, {} in flight; log on disk \
         (WAL, full sync), server and clients in one process",
        args.sessions, args.messages, args.in_flight
    ));
    say(format_args!(
        "receipts   {receipts} of {} verified, in order",
        args.sessions * args.messages
    ));
    say(format_args!(
        "messages   {:.0}/s acked",
        args.messages as f64 / seconds
    ));
    say(format_args!(
        "deliveries {:.0}/s",
        receipts as f64 / seconds
    ));
    running.stop().await;
    Ok(())
}

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
        let mut frame = vec![0x81];
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
            if let Some(text) = self.take_frame() {
                return Ok(text);
            }
            self.read().await?;
        }
    }

    fn take_frame(&mut self) -> Option<String> {
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
        Some(text)
    }

    /// Takes `messages` posts, whose numbers must follow each other.
    async fn count(&mut self, messages: usize) -> anyhow::Result<usize> {
        let mut seen = 0;
        let mut last = None;
        while seen < messages {
            let text = self.next().await?;
            if !text.contains(r#""kind":"message.posted""#) {
                continue;
            }
            let event: serde_json::Value = serde_json::from_str(&text)?;
            let seq = event["seq"].as_u64().context("an event without a number")?;
            if last.is_some_and(|last| seq != last + 1) {
                bail!("event {seq} came after {last:?}");
            }
            last = Some(seq);
            seen += 1;
        }
        Ok(seen)
    }
}
