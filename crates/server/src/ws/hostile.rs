//! A client that sends anything: what comes of it is frames, or an end with its reason, wherever the
//! network cuts the bytes.

use super::{
    codec::{Decoder, Incoming},
    dispatch,
};
use salon_live::CloseReason;
use salon_protocol::{Lang, limits::FRAME_BYTES_MAX};

/// What comes over a socket, whole and cut.
pub(crate) fn socket(bytes: &[u8], cut: &[&[u8]]) {
    let (all, end) = incoming(&[bytes]);
    assert_eq!(incoming(cut), (all, end));
    let (all, _) = incoming(&[bytes]);
    for one in all {
        if let Incoming::Text(text) = one {
            assert!(text.len() <= FRAME_BYTES_MAX);
            frame_text(&text);
        }
    }
}

/// What the text of a frame says.
pub(crate) fn frame_text(text: &str) {
    if let Err((id, error)) = dispatch::parse(text) {
        for lang in [Lang::En, Lang::Zh] {
            let told = dispatch::error_frame(id.clone(), &error, lang).to_json();
            assert!(told.len() < 4 * text.len() + 2_000, "{told}");
        }
    }
}

/// What comes of bytes in these pieces, and how it ended.
fn incoming(chunks: &[&[u8]]) -> (Vec<Incoming>, Option<CloseReason>) {
    let (mut decoder, mut all) = (Decoder::default(), Vec::new());
    for chunk in chunks {
        decoder.buffer.extend_from_slice(chunk);
        loop {
            match decoder.next() {
                Ok(Some(one)) => all.push(one),
                Ok(None) => break,
                Err(reason) => return (all, Some(reason)),
            }
        }
    }
    (all, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use salon_testkit::{corpus, pieces, spoilt};

    const WORDS: [&str; 9] = [
        "\u{81}\u{fe}",
        "\"id\":\"x\"",
        "\"type\":\"hello\"",
        "\"resume\":{\"epoch\":\"\",\"rooms\":{}}",
        "\"type\":\"send\"",
        "\\ud800",
        "{\"type\":",
        "\"seq\":-1",
        "[[[[[[[[[[",
    ];

    /// Masked with zeroes, so that a spoilt payload is spoilt as it stands.
    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            short @ 0..=125 => bytes.push(0x80 | short as u8),
            long => {
                bytes.push(0xFE);
                bytes.extend((long as u16).to_be_bytes());
            }
        }
        bytes.extend([0; 4]);
        bytes.extend(payload);
        bytes
    }

    fn texts() -> Vec<Vec<u8>> {
        let room = "01890000-0000-7000-8000-000000000000";
        [
            format!(r#"{{"type":"hello","token":"t","resume":{{"epoch":"e","rooms":{{"{room}":3}}}}}}"#),
            format!(r#"{{"type":"send","id":"1","room":"{room}","text":"hi 沙龙","key":"k","files":["{room}"]}}"#),
            format!(r#"{{"type":"edit","id":"2","message_id":"{room}","text":"x"}}"#),
            format!(r#"{{"type":"react","message_id":"{room}","emoji":"👍","remove":true}}"#),
            r#"{"type":"read","room":"general","seq":7}"#.to_owned(),
            r#"{"type":"typing","room":"@ada"}"#.to_owned(),
            r#"{"type":"stop","draft_id":"x"}"#.to_owned(),
            r#"{"type":"ping","id":"p"}"#.to_owned(),
        ]
        .map(String::into_bytes)
        .into()
    }

    #[test]
    fn whatever_comes_over_a_socket_is_frames_or_an_end_wherever_it_is_cut() {
        let mut good: Vec<Vec<u8>> = texts().iter().map(|text| frame(0x81, text)).collect();
        good.push(
            [
                frame(0x01, b"{\"type\":"),
                frame(0x89, b"!"),
                frame(0x80, b"\"ping\"}"),
            ]
            .concat(),
        );
        good.push([frame(0x88, &[3, 232, b'b']), frame(0x8A, b"")].concat());
        good.push(frame(0x81, &[b'x'; 300]));
        let good: Vec<&[u8]> = good.iter().map(Vec::as_slice).collect();
        let mut turn = 0;
        spoilt(&good, &WORDS, |bytes| {
            turn += 1;
            socket(bytes, &pieces(bytes, turn));
        });
    }

    #[test]
    fn whatever_a_frame_says_is_a_request_or_an_error_with_words() {
        let good = texts();
        let good: Vec<&[u8]> = good.iter().map(Vec::as_slice).collect();
        spoilt(&good, &WORDS, |bytes| {
            frame_text(&String::from_utf8_lossy(bytes));
        });
    }

    #[test]
    fn what_fuzzers_found_is_read_again() {
        for bytes in corpus("socket") {
            socket(&bytes, &pieces(&bytes, 1));
        }
        for bytes in corpus("frame") {
            frame_text(&String::from_utf8_lossy(&bytes));
        }
    }
}
