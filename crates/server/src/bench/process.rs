//! A server process: started on its core, its time and memory read from the system's own account.

use super::place;
use anyhow::{Context, bail};
use std::{
    ffi::OsString,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The unit of `/proc/PID/stat`, which Linux has had as a hundredth of a second on every machine.
const TICK: Duration = Duration::from_millis(10);

/// A process that listens, ended with this value.
pub(super) struct Process {
    child: Child,
    pub(super) address: SocketAddr,
    /// From the start of the process to the line that says where it listens.
    pub(super) started_in: Duration,
}

impl Process {
    /// Salon itself on a data folder, without rate limits.
    pub(super) fn salon(data: &Path) -> anyhow::Result<Self> {
        Self::serving(data, "off")
    }

    /// The same with the limits that everybody has.
    pub(super) fn salon_with_limits(data: &Path) -> anyhow::Result<Self> {
        Self::serving(data, "on")
    }

    /// The same without rate limits, as a file of settings has it.
    pub(super) fn salon_with_settings(data: &Path, file: &Path) -> anyhow::Result<Self> {
        let mut arguments = Self::arguments(data);
        arguments.extend(["--config".into(), file.into()]);
        Self::start_with(arguments, "Salon listens at http://", "off")
    }

    fn arguments(data: &Path) -> Vec<OsString> {
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--data"];
        let mut arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        arguments.push(data.into());
        arguments
    }

    fn serving(data: &Path, limits: &str) -> anyhow::Result<Self> {
        let arguments = Self::arguments(data);
        Self::start_with(arguments, "Salon listens at http://", limits)
    }

    /// This program with other arguments, on the server's core, until it says where it listens.
    pub(super) fn start(arguments: Vec<OsString>, says: &str) -> anyhow::Result<Self> {
        Self::start_with(arguments, says, "off")
    }

    fn start_with(arguments: Vec<OsString>, says: &str, limits: &str) -> anyhow::Result<Self> {
        let limits = limits.to_owned();
        let program = std::env::current_exe()?;
        let began = Instant::now();
        // A thread of its own: a process inherits the core of the thread that starts it.
        let starting = std::thread::spawn(move || {
            place::keep_to(place::Whose::Server);
            Command::new(program)
                .args(arguments)
                .env("SALON_RATE_LIMITS", limits)
                .env("SALON_LOG", "warn")
                .env_remove("OPENAI_API_KEY")
                .env_remove("OPENAI_BASE_URL")
                .stdout(Stdio::piped())
                .spawn()
        });
        let mut child = starting
            .join()
            .ok()
            .context("cannot start a server")?
            .context("cannot start a server")?;
        let output = child.stdout.take().context("no output")?;
        let mut lines = BufReader::new(output).lines();
        while let Some(Ok(line)) = lines.next() {
            if let Some(address) = line.strip_prefix(says) {
                let address = address.trim().parse()?;
                let started_in = began.elapsed();
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self {
                    child,
                    address,
                    started_in,
                });
            }
        }
        bail!("the server did not start")
    }

    /// Processor time of all its threads so far.
    pub(super) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu_of(self.child.id())
    }

    /// Bytes in memory.
    pub(super) fn resident(&self) -> anyhow::Result<u64> {
        self.memory("VmRSS:")
    }

    /// Those of them that are its own: the rest is of files, the program's above all, which the
    /// system reads again when it wants.
    pub(super) fn own(&self) -> anyhow::Result<u64> {
        self.memory("RssAnon:")
    }

    fn memory(&self, name: &str) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB"))
            .context("no resident size")?;
        Ok(kilobytes.parse::<u64>()? * 1_024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Processor time of a process's threads, those that have ended too.
fn cpu_of(id: u32) -> anyhow::Result<Duration> {
    let process = format!("/proc/{id}");
    let mut nanoseconds = 0;
    for task in std::fs::read_dir(format!("{process}/task"))? {
        // One may end while we look.
        let account = std::fs::read_to_string(task?.path().join("schedstat"));
        let account = account.unwrap_or_default();
        let on_core = account.split_whitespace().next().unwrap_or("0");
        nanoseconds += on_core.parse::<u64>()?;
    }
    // The process's own account is coarser, and has the threads that have ended: one that idles
    // does so after ten seconds, and would take what it had worked out of the difference.
    let stat = std::fs::read_to_string(format!("{process}/stat"))?;
    let ticks = ticks(&stat).context("no account of the process")?;
    Ok(Duration::from_nanos(nanoseconds).max(TICK * ticks))
}

/// What a process has worked for itself and in the kernel, all its threads that ever were.
fn ticks(stat: &str) -> Option<u32> {
    // The name stands in parentheses and may hold some itself.
    let (_, behind_name) = stat.rsplit_once(") ")?;
    let mut fields = behind_name.split_whitespace().skip(11);
    let (own, kernel): (u32, u32) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    own.checked_add(kernel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_worked_stands_behind_its_name() {
        let stat = "4711 (a) b) S 42 4711 4711 0 -1 4194560 9 8 7 6 100 20 3 4 20 0 1 0 5";
        assert_eq!(ticks(stat), Some(120));
        assert_eq!(ticks("4711 (short) S 42"), None);
    }

    #[test]
    fn what_an_ended_thread_worked_stays_in_the_account() {
        let cpu = || cpu_of(std::process::id()).unwrap();
        let working = std::thread::spawn(move || {
            let before = cpu();
            while cpu() < before + 10 * TICK {
                std::hint::spin_loop();
            }
            cpu()
        });
        let worked = working.join().unwrap();
        // The coarser account is behind by less than a tick for each of its two parts.
        assert!(cpu() + 2 * TICK >= worked);
    }
}
