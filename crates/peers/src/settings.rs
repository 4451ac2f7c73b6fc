//! What is measured, and how much of it.

use crate::peers::{PEERS, Peer};
use anyhow::{Context, bail};
use std::{path::PathBuf, time::Duration};

/// The settings of one call, as its arguments say.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settings {
    /// Only these programs; all where nothing is chosen.
    only: Option<Vec<String>>,
    /// Whether Salon and the floors are measured as well.
    pub(crate) salon: bool,
    /// Sockets that listen; one more sends.
    pub(crate) sockets: usize,
    /// Messages that are sent as fast as the bound in flight allows.
    pub(crate) messages: usize,
    /// A slow program is sent none any more after so long.
    pub(crate) time_max: Duration,
    /// Messages that not all have received yet.
    pub(crate) in_flight: usize,
    /// Messages a second of the calm phase.
    pub(crate) paced: u32,
    /// How long that is.
    pub(crate) calm: Duration,
    /// How often each is measured.
    pub(crate) runs: usize,
    /// Where the figures are written.
    pub(crate) json: Option<PathBuf>,
    /// Only tell what can be said here.
    pub(crate) help: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            only: None,
            salon: true,
            sockets: 1_000,
            messages: 2_000,
            time_max: Duration::from_secs(4),
            in_flight: 16,
            paced: 20,
            calm: Duration::from_secs(4),
            runs: 3,
            json: None,
            help: false,
        }
    }
}

impl Settings {
    /// Reads arguments; each but `--help` has a value behind it.
    pub(crate) fn read(arguments: impl IntoIterator<Item = String>) -> anyhow::Result<Self> {
        let mut settings = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            if matches!(name.as_str(), "--help" | "-h") {
                settings.help = true;
                return Ok(settings);
            }
            let value = arguments
                .next()
                .with_context(|| format!("{name} has no value\n\n{}", help()))?;
            let number = |most: usize| match value.parse::<usize>() {
                Ok(number) if (1..=most).contains(&number) => Ok(number),
                _ => bail!("{name} is a number from 1 to {most}"),
            };
            match name.as_str() {
                "--only" => settings.choose(&value)?,
                "--sockets" => settings.sockets = number(20_000)?,
                "--messages" => settings.messages = number(1_000_000)?,
                "--seconds" => settings.time_max = Duration::from_secs(number(600)? as u64),
                "--in-flight" => settings.in_flight = number(10_000)?,
                "--paced" => settings.paced = number(1_000)? as u32,
                "--calm-seconds" => settings.calm = Duration::from_secs(number(600)? as u64),
                "--runs" => settings.runs = number(20)?,
                "--json" => settings.json = Some(value.into()),
                _ => bail!("there is no argument {name:?}\n\n{}", help()),
            }
        }
        Ok(settings)
    }

    fn choose(&mut self, names: &str) -> anyhow::Result<()> {
        self.salon = false;
        let mut only = Vec::new();
        for name in names.split(',').map(str::trim) {
            if name == "salon" {
                self.salon = true;
            } else if PEERS.iter().any(|peer| peer.name == name) {
                only.push(name.to_owned());
            } else {
                bail!("there is no peer {name:?}\n\n{}", help());
            }
        }
        self.only = Some(only);
        Ok(())
    }

    /// The programs that were chosen, in the table's order.
    pub(crate) fn peers(&self) -> impl Iterator<Item = &'static Peer> {
        let is_chosen = |peer: &&Peer| match &self.only {
            Some(only) => only.iter().any(|name| name == peer.name),
            None => true,
        };
        PEERS.iter().filter(is_chosen)
    }

    /// Messages of the calm phase.
    pub(crate) fn calm_messages(&self) -> usize {
        self.paced as usize * self.calm.as_secs() as usize
    }
}

/// What can be said behind the command.
pub(crate) fn help() -> String {
    let mut text = "\
cargo xtask peers [--only NAME,NAME…] [--sockets 1000] [--messages 2000] [--seconds 4]
                  [--in-flight 16] [--paced 20] [--calm-seconds 4] [--runs 3] [--json FILE]

Measures these beside Salon and the floors of `salon bench`; installs what they need where it may:
"
    .to_owned();
    for peer in &PEERS {
        text.push_str(&format!("  {:<12} {}\n", peer.name, peer.what));
    }
    text.push_str("  salon        Salon itself, and what the kernel alone takes\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> anyhow::Result<Settings> {
        Settings::read(line.split_whitespace().map(str::to_owned))
    }

    fn names(settings: &Settings) -> Vec<&str> {
        settings.peers().map(|peer| peer.name).collect()
    }

    #[test]
    fn without_arguments_everything_is_measured() {
        let settings = read("").unwrap();
        assert_eq!(settings, Settings::default());
        assert!(settings.salon);
        assert_eq!(names(&settings).len(), PEERS.len());
    }

    #[test]
    fn what_is_named_alone_is_measured_alone() {
        let settings = read("--only ws,ngircd --sockets 100 --runs 1").unwrap();
        assert!(!settings.salon);
        assert_eq!(names(&settings), ["ws", "ngircd"]);
        assert_eq!((settings.sockets, settings.runs), (100, 1));
        let salon = read("--only salon").unwrap();
        assert!(salon.salon);
        assert!(names(&salon).is_empty());
    }

    #[test]
    fn what_nobody_can_mean_is_refused_with_the_choice() {
        for wrong in ["--only slack", "--sockets 0", "--sockets", "--speed 9"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        let error = read("--only slack").unwrap_err().to_string();
        assert!(error.contains("ngircd"), "{error}");
    }
}
