//! The machine: which core is whose, how many files may be open, what it is.

use rustix::{
    process::{Resource, Rlimit, getrlimit, setrlimit},
    thread::{CpuSet, sched_setaffinity},
};

/// Where what is measured runs, when there is a second core for the crowd.
pub(crate) const SERVER_CORE: usize = 0;
/// Where the crowd is.
pub(crate) const CROWD_CORE: usize = 1;

/// Keeps this thread, and what it starts, to one core. On a machine with one core nothing changes.
pub(crate) fn keep_to(core: usize) {
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        return;
    }
    let mut set = CpuSet::new();
    set.set(core);
    // A container may forbid it; the table says how many cores there are either way.
    sched_setaffinity(None, &set).ok();
}

/// Lets this process, and what it starts, open as many sockets as the system allows.
pub(crate) fn more_files() -> anyhow::Result<()> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let all = Rlimit {
        current: maximum,
        maximum,
    };
    Ok(setrlimit(Resource::Nofile, all)?)
}

/// The machine in one line.
pub(crate) fn name() -> String {
    let read = |file| std::fs::read_to_string(file).unwrap_or_default();
    let cores = read("/proc/cpuinfo");
    let model = cores
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |model| {
            model.trim_start_matches([' ', '\t', ':'])
        });
    format!(
        "{} cores ({model}), Linux {}; what is measured on one, the crowd on another",
        cores.matches("processor\t").count(),
        read("/proc/sys/kernel/osrelease").trim()
    )
}
