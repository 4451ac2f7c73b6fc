//! The machine: which core is whose, how many files may be open, what it is.

use rustix::{
    process::{Resource, Rlimit, getrlimit, setpriority_process, setrlimit},
    thread::{CpuSet, sched_setaffinity},
};

/// Where the server runs, when there is a second core for the crowd.
pub(super) const SERVER_CORE: usize = 0;
/// The priority of whoever gives way: a tenth of the others' share of a core.
const LAST: i32 = 10;
/// Files that a process has open beside its sockets.
const OTHER_FILES: usize = 300;
/// Where the clients run.
pub(super) const CROWD_CORE: usize = 1;

/// Keeps this thread, and what it starts, to one core. On a machine with one core nothing changes.
pub(super) fn keep_to(core: usize) {
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        return;
    }
    let mut set = CpuSet::new();
    set.set(core);
    // A container may forbid it; the report says how many cores there are either way.
    sched_setaffinity(None, &set).ok();
}

/// Puts this thread behind others.
pub(super) fn give_way() {
    // For the system a thread is a process with a number of its own.
    let thread = rustix::thread::gettid();
    setpriority_process(Some(thread), LAST).ok();
}

/// Lets this process, and the server that it starts, open as many sockets as the system allows.
pub(super) fn more_files() -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        },
    )?;
    Ok(())
}

/// Of so many sockets as many as the system lets a process have beside its other files, and a word
/// about it where these are fewer.
pub(super) fn sockets(wanted: usize) -> (usize, &'static str) {
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let most = usize::try_from(files).unwrap_or(usize::MAX);
    match most.saturating_sub(OTHER_FILES) {
        most if most < wanted => (most, " (the system allows no more; see ulimit -n)"),
        _ => (wanted, ""),
    }
}

/// The machine in one line.
pub(super) fn machine() -> String {
    let cores = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let count = cores.matches("processor\t").count();
    let model = cores
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or(" unknown processor")
        .trim_start_matches([' ', '\t', ':']);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB"))
        .and_then(|kilobytes| kilobytes.parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes / 1_048_576);
    format!(
        "{count} cores ({model}), {memory} GB, Linux {}; server and clients on a core each",
        kernel.trim()
    )
}
