//! MQTT 3.1.1 as far as one topic at quality of service 0 goes.

use crate::line::Line;
use anyhow::bail;

const TOPIC: &[u8] = b"room";
/// How long the broker may hear nothing, in seconds.
const KEEP_ALIVE: u16 = 3_600;
/// A packet that is longer is a mistake of ours.
const PACKET_BYTES_MAX: usize = 1024 * 1024;

/// Connects with a name of its own and subscribes.
pub(super) async fn enter(line: &mut Line, n: usize) -> anyhow::Result<()> {
    let mut connect = Vec::new();
    add_text(&mut connect, b"MQTT");
    // Version 4 is 3.1.1; the flag asks for a clean session.
    connect.extend([4, 2]);
    connect.extend(KEEP_ALIVE.to_be_bytes());
    add_text(&mut connect, format!("m{n}").as_bytes());
    line.write(&packet(0x10, &connect)).await?;
    line.frame(|packet| packet == [0x20, 2, 0, 0]).await?;
    let mut subscribe = vec![0, 1];
    add_text(&mut subscribe, TOPIC);
    subscribe.push(0);
    line.write(&packet(0x82, &subscribe)).await?;
    line.frame(|packet| packet == [0x90, 3, 0, 1, 0]).await
}

pub(super) fn publish(text: &str) -> Vec<u8> {
    let mut body = Vec::new();
    add_text(&mut body, TOPIC);
    body.extend(text.as_bytes());
    packet(0x30, &body)
}

fn add_text(to: &mut Vec<u8>, text: &[u8]) {
    to.extend((text.len() as u16).to_be_bytes());
    to.extend(text);
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    let mut left = body.len();
    loop {
        let seven = (left % 128) as u8;
        left /= 128;
        bytes.push(if left > 0 { seven | 0x80 } else { seven });
        if left == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

pub(super) fn frame(bytes: &[u8]) -> anyhow::Result<Option<usize>> {
    let mut length = 0;
    for (n, byte) in bytes.iter().skip(1).take(4).enumerate() {
        length |= usize::from(byte & 0x7F) << (7 * n);
        if byte & 0x80 == 0 {
            if length > PACKET_BYTES_MAX {
                bail!("a packet of {length} bytes");
            }
            let whole = 2 + n + length;
            return Ok((bytes.len() >= whole).then_some(whole));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_read_as_long_as_it_was_written() {
        for length in [0, 100, 200, 20_000] {
            let mut bytes = publish(&"x".repeat(length));
            let whole = bytes.len();
            assert_eq!(frame(&bytes[..whole - 1]).unwrap(), None, "{length}");
            bytes.push(0x30);
            assert_eq!(frame(&bytes).unwrap(), Some(whole), "{length}");
        }
    }
}
