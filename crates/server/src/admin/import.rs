//! `salon import`

use super::{open, remark, say};
use crate::{
    config::Config,
    import::{Done, Export, import, why},
};
use std::io::{IsTerminal, Write};

/// Signs of the bar.
const BAR: u64 = 24;

pub(crate) async fn import_chat(config: &Config, export: &Export) -> anyhow::Result<()> {
    let chat = open(config).await?;
    let shows = std::io::stderr().is_terminal();
    let done = import(&chat, export, |done| {
        if shows {
            let mut terminal = std::io::stderr();
            // A terminal that is gone must not end the import.
            write!(terminal, "\r\x1b[K{}", bar(done)).ok();
        }
    })
    .await?;
    if shows {
        remark("");
    }
    let counts = done.counts;
    say(format_args!(
        "{} people, {} rooms, {} messages came with {} files; {} messages were here already.",
        counts.people, counts.rooms, counts.messages, counts.files, counts.known
    ));
    for lost in done.lost.told() {
        remark(format_args!(
            "did not come: {} ({})",
            why(lost.why),
            lost.times
        ));
        for example in &lost.examples {
            remark(format_args!("  {}", plain(example)));
        }
    }
    remark("Nobody who came has a password yet: `salon user password NAME` sets one.");
    Ok(())
}

/// How far it is, in one line.
fn bar(done: &Done) -> String {
    let part = done.read.min(done.size) as f64 / done.size.max(1) as f64;
    let full = (part * BAR as f64) as usize;
    let all = done.counts.messages + done.counts.known;
    format!(
        "[{}{}] {:3.0} %  {all} messages, {} files, now of {}",
        "#".repeat(full),
        "-".repeat(BAR as usize - full),
        (part * 100.0).floor(),
        done.counts.files,
        plain(&done.place),
    )
}

/// What strangers wrote moves no cursor.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use salon_protocol::ImportCounts;

    #[test]
    fn the_bar_is_as_long_as_what_is_read() {
        let counts = ImportCounts {
            messages: 3,
            known: 4,
            files: 2,
            ..ImportCounts::default()
        };
        let done = |read, size| Done {
            counts,
            read,
            size,
            place: "tea\x1b[2J".into(),
            ..Done::default()
        };
        assert_eq!(
            bar(&done(50, 100)),
            "[############------------]  50 %  7 messages, 2 files, now of tea [2J"
        );
        assert!(bar(&done(0, 0)).contains("]   0 %"));
        assert!(bar(&done(999, 1_000)).contains(" 99 %"));
        assert!(bar(&done(9, 3)).contains("100 %"));
    }
}
