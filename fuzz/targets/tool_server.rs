//! What a tool server says, cut anywhere.
#![no_main]

use salon_testkit::pieces;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    salon_agents::hostile::tool_server(bytes, &pieces(bytes, bytes.len() as u64));
});
