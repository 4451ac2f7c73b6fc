//! Server frames of RFC 6455: unmasked, so that the same bytes serve every socket.

use bytes::{BufMut, Bytes, BytesMut};
use salon_protocol::JsonPart;

/// Kinds of frame that a server sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// A text message.
    Text = 0x1,
    /// The end of the connection.
    Close = 0x8,
    /// Are you there?
    Ping = 0x9,
    /// I am.
    Pong = 0xA,
}

/// Events that leave as one piece, in bytes.
pub const PIECE_BYTES_MAX: usize = 64 * 1024;
/// What comes before a payload.
const HEAD_BYTES_MAX: usize = 10;

/// A finished frame.
pub fn frame(opcode: Opcode, payload: &[u8]) -> Bytes {
    let mut out = BytesMut::new();
    put(&mut out, opcode, payload);
    out.freeze()
}

fn put(out: &mut BytesMut, opcode: Opcode, payload: &[u8]) {
    out.reserve(payload.len() + HEAD_BYTES_MAX);
    put_head(out, opcode, payload.len());
    out.put_slice(payload);
}

fn put_head(out: &mut BytesMut, opcode: Opcode, length: usize) {
    out.put_u8(0x80 | opcode as u8);
    match length {
        short @ 0..=125 => out.put_u8(short as u8),
        medium @ 126..=0xFFFF => {
            out.put_u8(126);
            out.put_u16(medium as u16);
        }
        long => {
            out.put_u8(127);
            out.put_u64(long as u64);
        }
    }
}

/// Appends a text frame.
pub fn put_text(out: &mut BytesMut, json: &str) {
    put(out, Opcode::Text, json.as_bytes());
}

/// A finished text frame.
pub fn text(json: &str) -> Bytes {
    frame(Opcode::Text, json.as_bytes())
}

/// A finished text frame in parts; those that many sessions are sent are not copied.
pub fn text_in_parts(parts: Vec<JsonPart>) -> Vec<Bytes> {
    let length = parts.iter().map(|part| part.as_json().len()).sum();
    let mut head = BytesMut::with_capacity(HEAD_BYTES_MAX);
    put_head(&mut head, Opcode::Text, length);
    let parts = parts.into_iter().map(|part| match part {
        JsonPart::Own(json) => Bytes::from(json),
        shared => Bytes::from_owner(Shared(shared)),
    });
    std::iter::once(head.freeze()).chain(parts).collect()
}

struct Shared(JsonPart);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_json().as_bytes()
    }
}

/// A finished close frame; the reason is cut to what a control frame can carry.
pub fn close(code: u16, reason: &str) -> Bytes {
    let mut end = reason.len().min(123);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    let mut payload = Vec::with_capacity(end + 2);
    payload.extend_from_slice(&code.to_be_bytes());
    payload.extend_from_slice(&reason.as_bytes()[..end]);
    frame(Opcode::Close, &payload)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_in_their_shortest_form() {
        assert_eq!(&text("hi")[..], b"\x81\x02hi");
        assert_eq!(&frame(Opcode::Text, &[0; 126])[..4], [0x81, 126, 0, 126]);
        let long = frame(Opcode::Text, &vec![0; 65_536]);
        assert_eq!(&long[..10], [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
        assert_eq!(long.len(), 65_546);
    }

    #[test]
    fn a_close_reason_is_cut_between_characters() {
        let frame = close(1008, &"沙".repeat(60));
        assert!(frame.len() <= 127);
        assert!(std::str::from_utf8(&frame[4..]).is_ok());
    }
}
