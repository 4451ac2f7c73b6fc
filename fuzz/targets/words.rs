//! What a model writes, which may be calls, cut anywhere.
#![no_main]

use salon_testkit::pieces;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    salon_agents::hostile::words(bytes, &pieces(bytes, bytes.len() as u64));
});
