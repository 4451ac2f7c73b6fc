//! `salon doctor`

use super::{open_existing, say};
use crate::config::Config;
use anyhow::bail;

pub(crate) async fn doctor(config: &Config, deep: bool) -> anyhow::Result<()> {
    let chat = open_existing(config).await?;
    let mut findings = chat.store().check().await?;
    findings.extend(chat.store().check_files(deep).await?);
    let users = chat.store().users().await?;
    let rooms = chat.store().last_seqs().await?;
    say(format_args!("data folder   {}", config.data.display()));
    say(format_args!(
        "database      {}, {} bytes",
        chat.store().engine(),
        chat.store().bytes_on_disk()
    ));
    if let Some(s3) = &config.files.s3 {
        say(format_args!("files         {s3}"));
    }
    say(format_args!("users         {}", users.len()));
    let events: u64 = rooms.iter().map(|(_, seq)| seq.0).sum();
    say(format_args!(
        "rooms         {}, {events} events",
        rooms.len()
    ));
    let owner = chat.store().has_owner().await?;
    say(format_args!(
        "owner         {}",
        if owner {
            "yes"
        } else {
            "none yet: open the set-up link"
        }
    ));
    let key = std::env::var_os("OPENAI_API_KEY").is_some();
    let base = std::env::var_os("OPENAI_BASE_URL").is_some();
    let model = if key || base {
        "from the environment"
    } else {
        "the built-in offline model"
    };
    say(format_args!("model         {model}"));
    if findings.is_empty() {
        say("no damage found");
        return Ok(());
    }
    for finding in &findings {
        say(format_args!("DAMAGE        {finding}"));
    }
    bail!("{} kinds of damage found; restore a backup", findings.len())
}
