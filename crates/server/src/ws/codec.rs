//! Client frames of RFC 6455, decoded without IO. Buffers start small and grow on demand: an idle
//! socket costs next to nothing.

use bytes::{Buf, BytesMut};
use salon_live::CloseReason;
use salon_protocol::limits::FRAME_BYTES_MAX;

/// What a client sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    /// A whole text message.
    Text(String),
    /// To be answered with the same bytes.
    Ping(Vec<u8>),
    /// An answer of ours came back.
    Pong,
    /// Goodbye.
    Close,
}

/// A decoder for one connection.
#[derive(Default)]
pub(crate) struct Decoder {
    /// Bytes read and not yet decoded.
    pub(crate) buffer: BytesMut,
    /// The text of a fragmented message so far.
    message: Vec<u8>,
    in_message: bool,
}

struct Header {
    fin: bool,
    opcode: u8,
    mask: [u8; 4],
    length: usize,
    header_length: usize,
}

impl Decoder {
    /// The next whole message or control frame; none until more bytes have come. An error ends
    /// the connection with its reason.
    pub(crate) fn next(&mut self) -> Result<Option<Incoming>, CloseReason> {
        loop {
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            let whole = header.header_length + header.length;
            if self.buffer.len() < whole {
                return Ok(None);
            }
            self.buffer.advance(header.header_length);
            let mut payload = self.buffer.split_to(header.length);
            for (n, byte) in payload.iter_mut().enumerate() {
                *byte ^= header.mask[n % 4];
            }
            if self.buffer.is_empty() {
                // Nothing is waiting: give large buffers back.
                self.buffer = BytesMut::new();
            }
            match header.opcode {
                0x0 | 0x1 => {
                    self.in_message = true;
                    self.message.extend_from_slice(&payload);
                    if header.fin {
                        self.in_message = false;
                        let message = std::mem::take(&mut self.message);
                        let text = String::from_utf8(message).map_err(|_| CloseReason::NotText)?;
                        return Ok(Some(Incoming::Text(text)));
                    }
                }
                0x8 => return close(&payload).map(Some),
                0x9 => return Ok(Some(Incoming::Ping(payload.to_vec()))),
                _ => return Ok(Some(Incoming::Pong)),
            }
        }
    }

    /// The header at the buffer's beginning, checked before its payload is waited for.
    fn header(&self) -> Result<Option<Header>, CloseReason> {
        let bytes = &self.buffer[..];
        let [first, second, ..] = *bytes else {
            return Ok(None);
        };
        let opcode = first & 0x0F;
        let fin = first & 0x80 != 0;
        if first & 0x70 != 0 || second & 0x80 == 0 {
            // Reserved bits without an extension, or a client that does not mask.
            return Err(CloseReason::Protocol);
        }
        let (length, length_end) = match second & 0x7F {
            126 => match bytes.get(2..4) {
                Some(long) => (u64::from(u16::from_be_bytes([long[0], long[1]])), 4),
                None => return Ok(None),
            },
            127 => match bytes
                .get(2..10)
                .and_then(|long| <[u8; 8]>::try_from(long).ok())
            {
                Some(long) => (u64::from_be_bytes(long), 10),
                None => return Ok(None),
            },
            short => (u64::from(short), 2),
        };
        match opcode {
            0x0 if !self.in_message => return Err(CloseReason::Protocol),
            0x1 if self.in_message => return Err(CloseReason::Protocol),
            0x0 | 0x1 => {}
            0x2 => return Err(CloseReason::NotBinary),
            0x8..=0xA if !fin || length > 125 => return Err(CloseReason::Protocol),
            0x8..=0xA => {}
            _ => return Err(CloseReason::Protocol),
        }
        if length > (FRAME_BYTES_MAX - self.message.len().min(FRAME_BYTES_MAX)) as u64 {
            return Err(CloseReason::TooBig);
        }
        let Some(mask) = bytes.get(length_end..length_end + 4) else {
            return Ok(None);
        };
        Ok(Some(Header {
            fin,
            opcode,
            mask: [mask[0], mask[1], mask[2], mask[3]],
            length: length as usize,
            header_length: length_end + 4,
        }))
    }
}

fn close(payload: &[u8]) -> Result<Incoming, CloseReason> {
    if payload.is_empty() {
        return Ok(Incoming::Close);
    }
    let [high, low, reason @ ..] = payload else {
        return Err(CloseReason::Protocol);
    };
    let code = u16::from_be_bytes([*high, *low]);
    let known = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
    if !known {
        return Err(CloseReason::Protocol);
    }
    match std::str::from_utf8(reason) {
        Ok(_) => Ok(Incoming::Close),
        Err(_) => Err(CloseReason::NotText),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [7, 77, 177, 200];
        let mut out = vec![first];
        match payload.len() {
            short @ 0..=125 => out.push(0x80 | short as u8),
            medium @ 126..=0xFFFF => {
                out.push(0x80 | 126);
                out.extend((medium as u16).to_be_bytes());
            }
            long => {
                out.push(0x80 | 127);
                out.extend((long as u64).to_be_bytes());
            }
        }
        out.extend(mask);
        out.extend(
            payload
                .iter()
                .enumerate()
                .map(|(n, byte)| byte ^ mask[n % 4]),
        );
        out
    }

    fn decode(bytes: &[u8], piece: usize) -> Result<Vec<Incoming>, CloseReason> {
        let mut decoder = Decoder::default();
        let mut out = Vec::new();
        for piece in bytes.chunks(piece.max(1)) {
            decoder.buffer.extend_from_slice(piece);
            while let Some(incoming) = decoder.next()? {
                out.push(incoming);
            }
        }
        Ok(out)
    }

    #[test]
    fn however_the_bytes_are_cut_the_messages_are_the_same() {
        let mut bytes = client_frame(0x01, "沙".as_bytes());
        bytes.extend(client_frame(0x89, b"are you there"));
        bytes.extend(client_frame(0x80, "龙".as_bytes()));
        bytes.extend(client_frame(0x81, &[b'x'; 300]));
        bytes.extend(client_frame(0x8A, b""));
        bytes.extend(client_frame(0x88, &[3, 232, b'b', b'y', b'e']));
        let whole = decode(&bytes, bytes.len()).unwrap();
        assert_eq!(
            whole,
            [
                Incoming::Ping(b"are you there".to_vec()),
                Incoming::Text("沙龙".into()),
                Incoming::Text("x".repeat(300)),
                Incoming::Pong,
                Incoming::Close,
            ]
        );
        for piece in 1..20 {
            assert_eq!(
                decode(&bytes, piece).unwrap(),
                whole,
                "in pieces of {piece}"
            );
        }
    }

    #[test]
    fn what_breaks_the_protocol_ends_the_connection_with_its_reason() {
        let refused = |bytes: &[u8]| decode(bytes, bytes.len()).unwrap_err();
        assert_eq!(
            refused(&[0x81, 0x02, b'h', b'i']),
            CloseReason::Protocol,
            "not masked"
        );
        assert_eq!(
            refused(&client_frame(0xC1, b"hi")),
            CloseReason::Protocol,
            "reserved bit"
        );
        assert_eq!(refused(&client_frame(0x82, b"hi")), CloseReason::NotBinary);
        assert_eq!(
            refused(&client_frame(0x80, b"hi")),
            CloseReason::Protocol,
            "nothing begun"
        );
        assert_eq!(
            refused(&client_frame(0x83, b"hi")),
            CloseReason::Protocol,
            "unknown opcode"
        );
        assert_eq!(
            refused(&client_frame(0x09, b"hi")),
            CloseReason::Protocol,
            "cut control"
        );
        assert_eq!(
            refused(&client_frame(0x89, &[0; 126])),
            CloseReason::Protocol
        );
        assert_eq!(
            refused(&client_frame(0x81, &[0xFF, 0xFE])),
            CloseReason::NotText
        );
        assert_eq!(refused(&client_frame(0x88, &[3])), CloseReason::Protocol);
        assert_eq!(
            refused(&client_frame(0x88, &[3, 237])),
            CloseReason::Protocol,
            "code 1005"
        );
    }

    #[test]
    fn a_frame_that_is_too_big_is_refused_by_its_header_alone() {
        let header = [0x81, 0x80 | 127, 0, 0, 0, 0, 0, 1, 0, 1];
        assert_eq!(decode(&header, 10).unwrap_err(), CloseReason::TooBig);
        let mut pieces = client_frame(0x01, &[b'x'; 40_000]);
        pieces.extend(client_frame(0x80, &[b'x'; 30_000]));
        assert_eq!(decode(&pieces, 4_096).unwrap_err(), CloseReason::TooBig);
        let exact = client_frame(0x81, &vec![b'x'; FRAME_BYTES_MAX]);
        assert_eq!(decode(&exact, 4_096).unwrap().len(), 1);
    }
}
