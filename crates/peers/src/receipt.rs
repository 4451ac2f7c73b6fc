//! What a message says, so that whoever receives it can tell which it is, when it was written, and
//! that it is whole.

/// A message's text, in bytes.
pub(crate) const TEXT_BYTES: usize = 200;
const NUMBER_DIGITS: usize = 8;
const TIME_DIGITS: usize = 12;
/// `#00000042 @000000001234 ` and then letters to the end.
const HEAD_BYTES: usize = 1 + NUMBER_DIGITS + 2 + TIME_DIGITS + 1;
const LETTERS: [u8; TEXT_BYTES - HEAD_BYTES] = [b'x'; TEXT_BYTES - HEAD_BYTES];

/// A message that was found in what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    /// The message's number, from 0 on.
    pub(crate) number: u64,
    /// When it was written, in microseconds of the run's clock.
    pub(crate) sent_us: u64,
}

/// The text of a message.
pub(crate) fn text(receipt: Receipt) -> String {
    let Receipt { number, sent_us } = receipt;
    let letters = "x".repeat(LETTERS.len());
    format!("#{number:0NUMBER_DIGITS$} @{sent_us:0TIME_DIGITS$} {letters}")
}

/// The message in a frame, if it holds one whole.
pub(crate) fn find(frame: &[u8]) -> Option<Receipt> {
    let mut from = 0;
    loop {
        let at = from + frame.get(from..)?.iter().position(|byte| *byte == b'#')?;
        if let Some(receipt) = parse(&frame[at..]) {
            return Some(receipt);
        }
        from = at + 1;
    }
}

fn parse(text: &[u8]) -> Option<Receipt> {
    let (head, letters) = text.get(..TEXT_BYTES)?.split_at(HEAD_BYTES);
    let (number, time) = head.get(1..)?.split_at(NUMBER_DIGITS);
    let time = time.strip_prefix(b" @")?.strip_suffix(b" ")?;
    if letters != LETTERS {
        return None;
    }
    Some(Receipt {
        number: digits(number)?,
        sent_us: digits(time)?,
    })
}

fn digits(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + u64::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECEIPT: Receipt = Receipt {
        number: 42,
        sent_us: 1_234_567,
    };

    #[test]
    fn a_message_is_as_long_as_the_others_and_found_behind_a_rooms_name() {
        let text = text(RECEIPT);
        assert_eq!(text.len(), TEXT_BYTES);
        let line = format!(":m7!u@localhost PRIVMSG #room :{text}\r\n");
        assert_eq!(find(line.as_bytes()), Some(RECEIPT));
    }

    #[test]
    fn a_message_that_lost_a_letter_is_none() {
        let text = text(RECEIPT);
        assert_eq!(find(&text.as_bytes()[..TEXT_BYTES - 1]), None);
        assert_eq!(find(text.replacen("xx", "yx", 1).as_bytes()), None);
        assert_eq!(find(b"#room @ # ## #12345678"), None);
    }
}
