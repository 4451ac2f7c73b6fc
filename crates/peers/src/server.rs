//! A program that is measured: started on its core, ended for sure, its time and memory read from
//! the system's own account, those of the processes that it has started with them.

use crate::machine;
use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// Whoever listens nowhere after so long will not.
const STARTING_MAX: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(20);
/// The unit of `/proc/PID/stat`, which Linux has had as a hundredth of a second on every machine.
const TICK: Duration = Duration::from_millis(10);
/// Bytes of its last words.
const LAST_WORDS_MAX: usize = 600;

/// What is started.
pub(crate) struct Launch {
    pub(crate) program: OsString,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(OsString, OsString)>,
}

impl Launch {
    /// A program with arguments.
    pub(crate) fn new(program: impl Into<OsString>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }
}

/// A program that listens; dropping it ends it and all that it started.
pub(crate) struct Server {
    pid: Pid,
    pub(crate) address: SocketAddr,
    keeper: Option<JoinHandle<()>>,
    log: PathBuf,
}

/// What a program has taken so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Account {
    pub(crate) cpu: Duration,
    pub(crate) resident_bytes: u64,
    pub(crate) processes: usize,
}

/// A port of this machine that nobody listens at.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

impl Server {
    /// Starts it in a folder, where its log is, and waits until it listens.
    pub(crate) fn start(launch: Launch, folder: &Path, port: u16) -> anyhow::Result<Self> {
        let log = folder.join("log");
        let server = Self::run(launch, folder, &log, (Ipv4Addr::LOCALHOST, port).into())?;
        let began = Instant::now();
        while TcpStream::connect(server.address).is_err() {
            if server.keeper.as_ref().is_none_or(JoinHandle::is_finished) {
                bail!("it ended at once: {}", server.last_words());
            }
            if began.elapsed() > STARTING_MAX {
                bail!("it does not listen: {}", server.last_words());
            }
            std::thread::sleep(LOOK);
        }
        Ok(server)
    }

    fn run(launch: Launch, folder: &Path, log: &Path, address: SocketAddr) -> anyhow::Result<Self> {
        let mut command = ended_with_us(&launch.program);
        command
            .args(launch.arguments)
            .envs(launch.environment)
            .current_dir(folder)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(File::create(log)?)
            .stderr(File::options().append(true).open(log)?);
        let (tell, told) = mpsc::channel();
        // A thread of its own, which stays: a process inherits the core of the thread that starts
        // it, and is ended with that thread.
        let keeper = std::thread::spawn(move || {
            machine::keep_to(machine::SERVER_CORE);
            match command.spawn() {
                Ok(mut child) => {
                    tell.send(Ok(Pid::from_child(&child))).ok();
                    child.wait().ok();
                }
                Err(error) => drop(tell.send(Err(error))),
            }
        });
        let pid = told.recv().context("it was not started")?;
        Ok(Self {
            pid: pid.with_context(|| format!("cannot start {}", launch.program.display()))?,
            address,
            keeper: Some(keeper),
            log: log.to_owned(),
        })
    }

    /// What it and its children have taken so far.
    pub(crate) fn account(&self) -> anyhow::Result<Account> {
        account(self.pid.as_raw_nonzero().get())
    }

    /// The end of what it said.
    pub(crate) fn last_words(&self) -> String {
        let said = std::fs::read(&self.log).unwrap_or_default();
        let from = said.len().saturating_sub(LAST_WORDS_MAX);
        let said = String::from_utf8_lossy(&said[from..]).trim().to_owned();
        if said.is_empty() {
            return "it said nothing".to_owned();
        }
        said
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Those that left its group are found by whose children they are, before it is gone.
        let all = tree(self.pid.as_raw_nonzero().get()).unwrap_or_default();
        kill_process_group(self.pid, Signal::KILL).ok();
        for pid in all.keys().filter_map(|pid| Pid::from_raw(*pid)) {
            kill_process(pid, Signal::KILL).ok();
        }
        if let Some(keeper) = self.keeper.take() {
            keeper.join().ok();
        }
    }
}

/// A command that the kernel ends when we end, however that is, where the system has `setpriv`.
fn ended_with_us(program: &OsString) -> Command {
    if !Path::new("/usr/bin/setpriv").exists() {
        return Command::new(program);
    }
    let mut command = Command::new("/usr/bin/setpriv");
    command.args(["--pdeathsig", "KILL"]).arg(program);
    command
}

/// What one line of `/proc/PID/stat` says.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stat {
    parent: i32,
    /// Of all its threads and of the children that it has waited for.
    ticks: u64,
}

fn parse_stat(line: &str) -> Option<Stat> {
    // The name stands in parentheses and may hold some itself.
    let (_, behind_name) = line.rsplit_once(") ")?;
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let ticks = fields.get(11..15)?.iter().map(|field| field.parse::<u64>());
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        ticks: ticks.sum::<Result<_, _>>().ok()?,
    })
}

/// A process and all that come from it.
fn tree(root: i32) -> anyhow::Result<BTreeMap<i32, Stat>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir("/proc")? {
        let Ok(pid) = entry?.file_name().to_string_lossy().parse::<i32>() else {
            continue;
        };
        // Others end while we look.
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        if let Some(stat) = stat.ok().as_deref().and_then(parse_stat) {
            all.insert(pid, stat);
        }
    }
    let mut found: BTreeMap<i32, Stat> = all.get_key_value(&root).into_iter().map(own).collect();
    loop {
        let is_new = |(pid, stat): &(&i32, &Stat)| {
            found.contains_key(&stat.parent) && !found.contains_key(pid)
        };
        let more: Vec<_> = all.iter().filter(is_new).map(own).collect();
        if more.is_empty() {
            return Ok(found);
        }
        found.extend(more);
    }
}

fn own((pid, stat): (&i32, &Stat)) -> (i32, Stat) {
    (*pid, *stat)
}

fn account(root: i32) -> anyhow::Result<Account> {
    let tree = tree(root)?;
    if tree.is_empty() {
        bail!("it has ended");
    }
    let mut account = Account {
        processes: tree.len(),
        ..Account::default()
    };
    for (pid, stat) in tree {
        // The threads' own accounts are finer, and lack those that have ended.
        let ticks = TICK * u32::try_from(stat.ticks)?;
        account.cpu += threads(pid).unwrap_or_default().max(ticks);
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        account.resident_bytes += resident_bytes(&status).unwrap_or_default();
    }
    Ok(account)
}

/// What the threads of a process have taken that still run.
fn threads(pid: i32) -> anyhow::Result<Duration> {
    let mut nanoseconds = 0;
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let account = std::fs::read_to_string(task?.path().join("schedstat"))?;
        let on_core = account.split_whitespace().next().unwrap_or_default();
        nanoseconds += on_core.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

fn resident_bytes(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes * 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_kernels_account_is_read_whatever_the_programs_name() {
        let line = "4711 (a) b (c)) S 42 4711 4711 0 -1 4194560 9 8 7 6 100 20 3 4 20 0 1 0 5";
        assert_eq!(
            parse_stat(line),
            Some(Stat {
                parent: 42,
                ticks: 127
            })
        );
        assert_eq!(parse_stat("4711 (short) S 42"), None);
    }

    #[test]
    fn the_resident_size_is_in_bytes() {
        let status = "Name:\tx\nVmRSS:\t    2048 kB\nThreads:\t1\n";
        assert_eq!(resident_bytes(status), Some(2 * 1_024 * 1_024));
        assert_eq!(resident_bytes("Name:\tkthread\n"), None);
    }

    #[test]
    fn time_that_was_worked_is_in_the_account() {
        let own = i32::try_from(std::process::id()).unwrap();
        let before = account(own).unwrap();
        assert!(before.resident_bytes > 0);
        while account(own).unwrap().cpu < before.cpu + 2 * TICK {
            std::hint::spin_loop();
        }
    }

    #[test]
    fn a_childs_child_is_counted_and_ended_with_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let launch = Launch::new("/bin/sh").with("-c").with("sleep 600 & wait");
        let address = (Ipv4Addr::LOCALHOST, 1).into();
        let log = folder.path().join("log");
        let server = Server::run(launch, folder.path(), &log, address).unwrap();
        let root = server.pid.as_raw_nonzero().get();
        while server.account().unwrap().processes < 2 {
            std::thread::yield_now();
        }
        let all = tree(root).unwrap();
        drop(server);
        assert!(all.len() >= 2);
        // The child is taken from us by init, whenever that gets to it: it only must not work on.
        for pid in all.keys() {
            let ended = || {
                let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
                stat.is_err() || stat.is_ok_and(|stat| stat.contains(") Z "))
            };
            let began = Instant::now();
            while !ended() {
                assert!(began.elapsed() < STARTING_MAX, "process {pid} goes on");
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn whoever_ends_at_once_is_told_of_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let launch = Launch::new("/bin/sh")
            .with("-c")
            .with("echo no such file; exit 1");
        // Nobody listens at the first port, whoever else runs here.
        let Err(error) = Server::start(launch, folder.path(), 1) else {
            panic!("it listens");
        };
        assert!(error.to_string().contains("no such file"), "{error}");
    }
}
