//! `salon import`

use super::{open, remark, say};
use crate::{
    config::Config,
    import::{Kind, import},
};
use std::{
    io::{IsTerminal, Write},
    path::Path,
};

pub(crate) async fn import_chat(config: &Config, kind: Kind, file: &Path) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let shows = std::io::stderr().is_terminal();
    let done = import(&chat, kind, file, |done, place| {
        if shows {
            let all = done.messages + done.known;
            let mut terminal = std::io::stderr();
            // A terminal that is gone must not end the import.
            write!(terminal, "\r\x1b[K{all} messages, now of {place}").ok();
        }
    })
    .await?;
    if shows {
        remark("");
    }
    say(format_args!(
        "{} people, {} rooms, {} messages came; {} messages were here already.",
        done.people, done.rooms, done.messages, done.known
    ));
    for (what, times) in &done.lost {
        remark(format_args!("did not come: {what} ({times})"));
    }
    remark("Nobody who came has a password yet: `salon user password NAME` sets one.");
    Ok(())
}
