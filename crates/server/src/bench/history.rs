//! Pages out of the middle of a long room.

use super::{
    house::House,
    process::Process,
    report::{Report, share},
};
use anyhow::{Context, bail};
use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};
use salon_chat::actions;
use std::{net::SocketAddr, ops::Range, time::Instant};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// Messages written at once while the room is filled.
const AT_ONCE: usize = 1_024;

#[derive(Clone, Args)]
pub(super) struct History {
    /// Messages in the room
    #[arg(long, default_value_t = 1_000_000)]
    messages: usize,
    /// Pages to ask for
    #[arg(long, default_value_t = 2_000)]
    pages: usize,
}

impl History {
    pub(super) async fn measure(&self, report: &mut Report) -> anyhow::Result<()> {
        let house = House::build(2, 0, 0).await?;
        fill(&house, 0..self.messages).await?;
        let process = Process::salon(house.data())?;
        let token = house.tokens.first().context("nobody asks")?;
        let mut asking = BufReader::new(TcpStream::connect(process.address).await?);
        asking.get_ref().set_nodelay(true)?;
        let mut times_us = Vec::with_capacity(self.pages);
        let mut received = 0;
        for n in 0..self.pages {
            // Spread over the whole room, near and far by turns.
            let before = 100 + (n * 7_919_993) % self.messages.max(1);
            let path = format!("/api/rooms/general/messages?before={before}&limit=50");
            let began = Instant::now();
            let page = get(&mut asking, process.address, token, &path).await?;
            times_us.push(began.elapsed().as_micros() as u32);
            let page: serde_json::Value = serde_json::from_slice(&page)?;
            let messages = page["messages"].as_array().map_or(0, Vec::len);
            if messages == 0 {
                bail!("an empty page before {before}");
            }
            received += messages;
        }
        times_us.sort_unstable();
        report.setting(format!(
            "a room of {} messages, {} pages of 50 from all over it, one after the other over HTTP",
            self.messages, self.pages
        ));
        report.receipts(received as u64);
        report.add("page p50", "ms", share(&times_us, 0.5) / 1e3);
        report.add("page p99", "ms", share(&times_us, 0.99) / 1e3);
        Ok(())
    }
}

/// Writes these messages into `general`. The server must not run meanwhile.
pub(super) async fn fill(house: &House, messages: Range<usize>) -> anyhow::Result<()> {
    let chat = house.open().await?;
    let caller = house.people.first().context("nobody says anything")?;
    stream::iter(messages)
        .map(|n| {
            let chat = &chat;
            async move {
                let said = actions::Said {
                    text: format!("message {n} of a long room, {}", "x".repeat(160)),
                    ..actions::Said::default()
                };
                actions::say(chat, caller, "general", said).await.map(drop)
            }
        })
        .buffered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    Ok(())
}

/// Asks on a connection that stays open, and gives the body.
pub(super) async fn get(
    asking: &mut BufReader<TcpStream>,
    address: SocketAddr,
    token: &str,
    path: &str,
) -> anyhow::Result<Vec<u8>> {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
    asking.get_mut().write_all(request.as_bytes()).await?;
    let mut status = String::new();
    asking.read_line(&mut status).await?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        asking.read_line(&mut line).await?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    asking.read_exact(&mut body).await?;
    if !status.contains(" 200 ") {
        bail!("{path}: {status}{}", String::from_utf8_lossy(&body));
    }
    Ok(body)
}
