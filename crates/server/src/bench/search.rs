//! Pages of results out of many messages in Chinese and English, by the shape of what is asked.

use super::{
    history::get,
    house::House,
    process::Process,
    report::{Report, share},
    talk::Talk,
};
use anyhow::{Context, bail};
use clap::Args;
use futures::{StreamExt, TryStreamExt, stream};
use salon_chat::actions;
use std::time::Instant;
use tokio::{io::BufReader, net::TcpStream};

/// People, each in a third of the rooms.
const PEOPLE: usize = 12;
const ROOMS: usize = 60;
const PEOPLE_A_ROOM: usize = 4;
/// Messages written at once while the house is filled.
const AT_ONCE: usize = 1_024;
/// Every so many messages hold a link.
const LINK_EVERY: usize = 50;

#[derive(Clone, Args)]
pub(super) struct Search {
    /// Messages in the house
    #[arg(long, default_value_t = 1_000_000)]
    messages: usize,
    /// Searches of each shape
    #[arg(long, default_value_t = 200)]
    searches: usize,
}

/// What one shape asks the nth time.
type Shape = (&'static str, fn(usize) -> String);

const SHAPES: &[Shape] = &[
    ("rare word", |n| Talk::english(1_500 + n)),
    ("common word", |n| Talk::english(n % 4)),
    ("beginning of a word", |n| {
        Talk::english(n % 40).chars().take(3).collect()
    }),
    ("two characters", |n| Talk::chinese(n)),
    ("one character", |n| {
        Talk::chinese(n).chars().take(1).collect()
    }),
    ("four characters", |n| {
        Talk::chinese(n % 4) + &Talk::chinese(n)
    }),
    ("phrase", |n| {
        format!("\"{} {}\"", Talk::english(n % 9), Talk::english(n % 7))
    }),
    ("person, link and day", |n| {
        format!(
            "{} from:person{} has:link after:7d",
            Talk::chinese(n % 20),
            n % PEOPLE
        )
    }),
    ("common word in a small room", |n| {
        format!("{} in:room{}", Talk::english(n % 4), ROOMS - 3)
    }),
    ("nothing found", |n| {
        format!("{} absent{n}", Talk::english(n % 4))
    }),
];

impl Search {
    pub(super) async fn measure(&self, report: &mut Report) -> anyhow::Result<()> {
        let house = House::build(PEOPLE, ROOMS, PEOPLE_A_ROOM).await?;
        let index_bytes = self.fill(&house, report).await?;
        let process = Process::salon(house.data())?;
        let token = house.tokens.first().context("nobody asks")?;
        let mut asking = BufReader::new(TcpStream::connect(process.address).await?);
        asking.get_ref().set_nodelay(true)?;
        let mut results = 0;
        for (name, shape) in SHAPES {
            let mut times_us = Vec::with_capacity(self.searches);
            for n in 0..self.searches {
                let query = urlencoded(&shape(n));
                let path = format!("/api/search?q={query}&limit=20");
                let began = Instant::now();
                let page = get(&mut asking, process.address, token, &path).await?;
                times_us.push(began.elapsed().as_micros() as u32);
                let page: serde_json::Value = serde_json::from_slice(&page)?;
                let count = page["results"].as_array().map_or(0, Vec::len);
                if *name == "nothing found" && count > 0 {
                    bail!("{path} found {count}");
                }
                results += count;
            }
            times_us.sort_unstable();
            report.add(format!("{name}, p50"), "ms", share(&times_us, 0.5) / 1e3);
            report.add(format!("{name}, p99"), "ms", share(&times_us, 0.99) / 1e3);
        }
        report.setting(format!(
            "{} messages, half Chinese and half English, in {ROOMS} rooms; the asker is in a third of them; {} searches of each shape, pages of 20, one after the other over HTTP",
            self.messages, self.searches
        ));
        report.receipts(results as u64);
        report.add(
            "index per message",
            "bytes",
            index_bytes as f64 / self.messages as f64,
        );
        Ok(())
    }

    /// Writes the messages; gives the bytes of the index.
    async fn fill(&self, house: &House, report: &mut Report) -> anyhow::Result<u64> {
        let chat = house.open().await?;
        let store = chat.store();
        let empty = store.bytes_on_disk();
        let mut talk = Talk::default();
        let said = (0..self.messages).map(|n| {
            let (room, inside) = &house.rooms[1 + talk.pick(ROOMS)];
            let author = &house.people[inside[talk.pick(inside.len())]];
            let mut text = talk.message();
            if n.is_multiple_of(LINK_EVERY) {
                text.push_str(" https://example.org");
            }
            (room, author, text)
        });
        stream::iter(said)
            .map(|(room, author, text)| {
                let chat = &chat;
                async move {
                    let said = actions::Said {
                        text,
                        ..actions::Said::default()
                    };
                    actions::say(chat, author, room, said).await.map(drop)
                }
            })
            .buffered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        let bytes = store.search_bytes().await?;
        let grown = store.bytes_on_disk().saturating_sub(empty);
        report.add(
            "database per message",
            "bytes",
            grown as f64 / self.messages as f64,
        );
        Ok(bytes)
    }
}

fn urlencoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
