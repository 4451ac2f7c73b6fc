//! What people type: commands, mentions, dates.
#![no_main]

use salon_chat::{commands::Registry, hostile::Zoned};
use std::sync::LazyLock;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::new);
static NOW: LazyLock<Zoned> = LazyLock::new(|| {
    "2026-11-27T23:59:59+08:00[Asia/Shanghai]".parse().expect("a time")
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    salon_chat::hostile::typed(&REGISTRY, &NOW, &text, bytes.len());
});
