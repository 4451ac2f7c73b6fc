//! What comes over a socket, cut anywhere.
#![no_main]

use salon_testkit::pieces;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    salon_server::hostile::socket(bytes, &pieces(bytes, bytes.len() as u64));
});
