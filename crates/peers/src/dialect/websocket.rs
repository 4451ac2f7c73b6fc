//! WebSocket (RFC 6455) as far as text frames go, and Socket.IO's packets in them.

use crate::line::Line;
use anyhow::bail;
use std::net::SocketAddr;

/// A frame that is longer is a mistake of ours.
const FRAME_BYTES_MAX: usize = 1024 * 1024;
const TEXT: u8 = 0x81;
const CLOSE: u8 = 0x88;
const PING: u8 = 0x89;
const PONG: u8 = 0x8A;

/// The handshake, with further lines of its own.
pub(super) async fn enter(
    line: &mut Line,
    address: SocketAddr,
    path: &str,
    more: &str,
) -> anyhow::Result<()> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{more}\r\n"
    );
    line.write(request.as_bytes()).await?;
    let head = line.until(b"\r\n\r\n").await?;
    if !head.starts_with(b"HTTP/1.1 101") {
        bail!("no WebSocket: {}", String::from_utf8_lossy(&head));
    }
    Ok(())
}

/// The handshake, Engine.IO's opening and the namespace's.
pub(super) async fn enter_socket_io(line: &mut Line, address: SocketAddr) -> anyhow::Result<()> {
    let path = "/socket.io/?EIO=4&transport=websocket";
    enter(line, address, path, "").await?;
    line.frame(|frame| payload(frame).starts_with(b"0")).await?;
    line.write(&text_frame("40")).await?;
    line.frame(|frame| payload(frame).starts_with(b"40")).await
}

/// A client's text frame. A mask of zeros leaves the bytes as they are, which the protocol allows.
pub(super) fn text_frame(text: &str) -> Vec<u8> {
    client_frame(TEXT, text.as_bytes())
}

fn client_frame(kind: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![kind];
    match payload.len() {
        short @ 0..=125 => frame.push(0x80 | short as u8),
        long => {
            frame.push(0x80 | 126);
            frame.extend((long as u16).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.extend(payload);
    frame
}

/// A server's frame, which has no mask.
pub(super) fn frame(bytes: &[u8]) -> anyhow::Result<Option<usize>> {
    let Some((&[kind, short], rest)) = bytes.split_first_chunk::<2>() else {
        return Ok(None);
    };
    if kind == CLOSE {
        bail!("the server closed the WebSocket");
    }
    let (head, length) = match short {
        126 => match rest.first_chunk::<2>() {
            Some(length) => (4, u16::from_be_bytes(*length).into()),
            None => return Ok(None),
        },
        127 => match rest.first_chunk::<8>() {
            Some(length) => (10, u64::from_be_bytes(*length) as usize),
            None => return Ok(None),
        },
        short => (2, usize::from(short)),
    };
    if length > FRAME_BYTES_MAX {
        bail!("a frame of {length} bytes");
    }
    Ok((bytes.len() >= head + length).then_some(head + length))
}

fn payload(frame: &[u8]) -> &[u8] {
    let head = match frame.get(1) {
        Some(126) => 4,
        Some(127) => 10,
        _ => 2,
    };
    frame.get(head..).unwrap_or_default()
}

pub(super) fn pong(frame: &[u8]) -> Option<Vec<u8>> {
    (frame.first() == Some(&PING)).then(|| client_frame(PONG, payload(frame)))
}

/// Engine.IO asks in a text frame.
pub(super) fn pong_socket_io(frame: &[u8]) -> Option<Vec<u8>> {
    match payload(frame) {
        b"2" => Some(text_frame("3")),
        _ => pong(frame),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_ends_where_its_length_says_and_not_before_all_is_there() {
        let mut bytes = vec![TEXT, 126, 0, 200];
        bytes.resize(4 + 199, b'x');
        assert_eq!(frame(&bytes).unwrap(), None);
        bytes.extend(b"x\x81\x01y");
        assert_eq!(frame(&bytes).unwrap(), Some(204));
        assert_eq!(frame(&bytes[204..]).unwrap(), Some(3));
        assert_eq!(payload(&bytes[204..]), b"y");
    }

    #[test]
    fn whoever_asks_whether_somebody_is_there_is_answered_with_its_own_words() {
        assert_eq!(
            pong(&[PING, 2, b'h', b'i']),
            Some(vec![PONG, 0x82, 0, 0, 0, 0, b'h', b'i'])
        );
        assert_eq!(pong(&[TEXT, 1, b'2']), None);
        assert_eq!(
            pong_socket_io(&[TEXT, 1, b'2']),
            Some(vec![TEXT, 0x81, 0, 0, 0, 0, b'3'])
        );
    }

    #[test]
    fn a_closed_socket_is_an_error() {
        assert!(frame(&[CLOSE, 0]).is_err());
    }
}
