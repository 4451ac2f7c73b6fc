//! Administrative commands. They open the data folder, with a server running on it or not; a
//! running server sees what they wrote within a moment.

mod agents;
mod audit;
mod bench;
mod bench_agents;
mod data;
mod doctor;
mod export;
mod import;
mod users;

pub(crate) use agents::{add_agent, list_agents, retire_agent, set_agent};
pub(crate) use audit::audit;
pub(crate) use bench_agents::bench_agents;
pub(crate) use data::{backup, restore};
pub(crate) use doctor::doctor;
pub(crate) use export::export;
pub(crate) use import::import_chat;
pub(crate) use users::{
    add_user, create_token, disable_user, list_users, remove_passkeys, reset_second_factor,
    set_password,
};

use crate::config::Config;
use anyhow::Context;
use salon_chat::{Chat, ChatConfig};

async fn open(config: &Config) -> anyhow::Result<Chat> {
    let files = config.files.bytes_max();
    Chat::start(ChatConfig {
        file_bytes_max: files,
        bucket: config.files.bucket()?,
        ..ChatConfig::new(config.data.clone(), false)
    })
    .await
    .with_context(|| format!("cannot open the data folder {}", config.data.display()))
}

/// The same for what only looks: a folder that is not there is not made.
async fn open_existing(config: &Config) -> anyhow::Result<Chat> {
    if !config.data.join("salon.db").exists() {
        anyhow::bail!("there is no data of Salon in {}", config.data.display());
    }
    open(config).await
}

/// Standard output is where a command's answer goes.
#[expect(clippy::print_stdout, reason = "the answer of a command line")]
pub(crate) fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

/// Standard error is where remarks go, so that answers can be piped.
#[expect(clippy::print_stderr, reason = "a remark of a command line")]
fn remark(line: impl std::fmt::Display) {
    eprintln!("{line}");
}
