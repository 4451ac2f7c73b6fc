//! The machine: which core is whose, how many files may be open, what it is.

use rustix::{
    process::{Resource, Rlimit, getrlimit, setpriority_process, setrlimit},
    thread::{CpuSet, sched_getaffinity, sched_setaffinity},
};
use std::sync::{
    OnceLock,
    atomic::{AtomicBool, Ordering},
};

/// The priority of whoever gives way: a tenth of the others' share of a core.
const LAST: i32 = 10;
/// Files that a process has open beside its sockets.
const OTHER_FILES: usize = 300;

/// Who has a core to itself, where there are two.
#[derive(Clone, Copy)]
pub(super) enum Whose {
    Server,
    Crowd,
}

/// Set once the system has refused to keep a thread to its core; told with the machine.
static SCATTERED: AtomicBool = AtomicBool::new(false);

/// The cores that the process was started with: a thread that keeps to one of them, and what that
/// thread starts, would see that one only.
fn cores() -> &'static [usize] {
    static CORES: OnceLock<Vec<usize>> = OnceLock::new();
    CORES.get_or_init(|| {
        let allowed = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
        (0..CpuSet::MAX_CPU)
            .filter(|&core| allowed.is_set(core))
            .collect()
    })
}

/// Keeps this thread, and what it starts, to one core. Where there is one core only nothing changes.
pub(super) fn keep_to(whose: Whose) {
    let &[server, crowd, ..] = cores() else {
        return;
    };
    let mut set = CpuSet::new();
    set.set(match whose {
        Whose::Server => server,
        Whose::Crowd => crowd,
    });
    if sched_setaffinity(None, &set).is_err() {
        SCATTERED.store(true, Ordering::Relaxed);
    }
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
    let described = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let count = described.matches("processor\t").count();
    let model = described
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
    let shared = match cores() {
        _ if SCATTERED.load(Ordering::Relaxed) => "where the system puts them",
        [_, _, ..] => "on a core each",
        _ => "on the same core",
    };
    format!(
        "{count} cores ({model}), {memory} GB, Linux {}; server and clients {shared}",
        kernel.trim()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn what_the_crowd_starts_has_a_core_of_its_own() {
        let here = || sched_getaffinity(None).unwrap();
        let crowd = thread::spawn(move || {
            keep_to(Whose::Crowd);
            let server = thread::spawn(move || {
                keep_to(Whose::Server);
                here()
            });
            (here(), server.join().unwrap())
        });
        let (crowd, server) = crowd.join().unwrap();
        if cores().len() > 1 {
            assert_eq!((crowd.count(), server.count()), (1, 1));
            assert_ne!(crowd, server);
        } else {
            assert_eq!(crowd, server);
        }
    }
}
