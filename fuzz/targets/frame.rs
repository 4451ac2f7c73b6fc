//! What the text of a frame says.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    salon_server::hostile::frame_text(&String::from_utf8_lossy(bytes));
});
