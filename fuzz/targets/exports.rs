//! Exports of other chats: archives, lines, messages, marks.
#![no_main]

use std::{path::PathBuf, sync::LazyLock};

/// In memory where the system has such a folder: it is written anew each time.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let folder = if memory.is_dir() { memory } else { std::env::temp_dir() };
    folder.join(format!("salon-fuzz-{}", std::process::id()))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    salon_server::hostile::exports(bytes, &FILE);
});
