//! IRC (RFC 1459): lines.

use crate::line::Line;
use anyhow::bail;

/// A line has 512 bytes, and servers may put their tags before it.
const LINE_BYTES_MAX: usize = 8_192;

/// Signs on with a nick of its own and joins.
pub(super) async fn enter(line: &mut Line, n: usize) -> anyhow::Result<()> {
    let sign_on = format!("NICK m{n}\r\nUSER m{n} 0 * :m{n}\r\n");
    line.write(sign_on.as_bytes()).await?;
    line.frame(|frame| is_numeric(frame, b"001")).await?;
    line.write(b"JOIN #room\r\n").await?;
    // The end of the names of who is there.
    line.frame(|frame| is_numeric(frame, b"366")).await
}

pub(super) fn say(text: &str) -> Vec<u8> {
    format!("PRIVMSG #room :{text}\r\n").into_bytes()
}

pub(super) fn frame(bytes: &[u8]) -> anyhow::Result<Option<usize>> {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) if bytes.starts_with(b"ERROR") => {
            bail!("{}", String::from_utf8_lossy(&bytes[..end]).trim())
        }
        Some(end) => Ok(Some(end + 1)),
        None if bytes.len() > LINE_BYTES_MAX => bail!("a line of {} bytes", bytes.len()),
        None => Ok(None),
    }
}

pub(super) fn pong(line: &[u8]) -> Option<Vec<u8>> {
    let asked = line.strip_prefix(b"PING")?;
    Some([b"PONG", asked].concat())
}

fn is_numeric(line: &[u8], numeric: &[u8]) -> bool {
    line.split(|byte| *byte == b' ').nth(1) == Some(numeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_where_they_end_and_pings_are_answered() {
        assert_eq!(frame(b"PING :abc\r\nPI").unwrap(), Some(11));
        assert_eq!(frame(b"PI").unwrap(), None);
        assert_eq!(pong(b"PING :abc\r\n").unwrap(), b"PONG :abc\r\n");
        assert_eq!(pong(b":m1 PRIVMSG #room :PING\r\n"), None);
        assert!(is_numeric(b":server 366 m1 #room :End\r\n", b"366"));
        assert!(frame(b"ERROR :Too many connections\r\n").is_err());
    }
}
