//! As much of CBOR (RFC 8949) as devices write their keys in: maps of short things. Whatever else
//! there is, is passed over or refused; nothing is copied, and nothing is taken at its word about
//! how long it is.

/// Maps and lists within each other.
const DEPTH_MAX: usize = 4;

/// It is not written as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spoilt;

/// Reads one thing after the other, from the beginning on.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

/// What stands at a place that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Int(i64),
    Bytes(&'a [u8]),
    /// Something of which nobody here makes anything.
    Other,
}

impl<'a> Reader<'a> {
    pub(super) fn new(all: &'a [u8]) -> Self {
        Self { rest: all }
    }

    /// What has not been read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The beginning of a map: how many pairs of label and value follow.
    pub(super) fn map(&mut self) -> Result<u64, Spoilt> {
        match self.head()? {
            (5, pairs) => Ok(pairs),
            _ => Err(Spoilt),
        }
    }

    pub(super) fn value(&mut self) -> Result<Value<'a>, Spoilt> {
        self.value_within(DEPTH_MAX)
    }

    fn value_within(&mut self, depth: usize) -> Result<Value<'a>, Spoilt> {
        let (kind, number) = self.head()?;
        match kind {
            0 => Ok(Value::Int(i64::try_from(number).map_err(|_| Spoilt)?)),
            // -1 - number
            1 => Ok(Value::Int(!i64::try_from(number).map_err(|_| Spoilt)?)),
            2 => Ok(Value::Bytes(self.take(number)?)),
            3 => match std::str::from_utf8(self.take(number)?) {
                Ok(_) => Ok(Value::Other),
                Err(_) => Err(Spoilt),
            },
            4 | 5 => {
                let depth = depth.checked_sub(1).ok_or(Spoilt)?;
                // Each of them takes a byte at least, so the end comes whatever the number says.
                for _ in 0..number {
                    self.value_within(depth)?;
                    if kind == 5 {
                        self.value_within(depth)?;
                    }
                }
                Ok(Value::Other)
            }
            // false, true, null
            7 if (20..=22).contains(&number) => Ok(Value::Other),
            _ => Err(Spoilt),
        }
    }

    /// A kind, with its number or length. Lengths that are told at the end are refused, as
    /// CTAP 2 does.
    fn head(&mut self) -> Result<(u8, u64), Spoilt> {
        let first = self.take(1)?[0];
        let number = match first & 0x1f {
            short @ 0..=23 => u64::from(short),
            size @ 24..=27 => {
                let bytes = self.take(1 << (size - 24))?;
                bytes
                    .iter()
                    .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
            }
            _ => return Err(Spoilt),
        };
        Ok((first >> 5, number))
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], Spoilt> {
        let count = usize::try_from(count).map_err(|_| Spoilt)?;
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Spoilt)?;
        self.rest = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Result<(Value<'_>, &[u8]), Spoilt> {
        let mut reader = Reader::new(bytes);
        let value = reader.value()?;
        Ok((value, reader.rest()))
    }

    #[test]
    fn what_rfc_8949_writes_is_read() {
        // Appendix A.
        for (bytes, expected) in [
            (&[0x00][..], Value::Int(0)),
            (&[0x17], Value::Int(23)),
            (&[0x18, 0x64], Value::Int(100)),
            (&[0x19, 0x03, 0xe8], Value::Int(1000)),
            (&[0x20], Value::Int(-1)),
            (&[0x38, 0x63], Value::Int(-100)),
            (&[0x39, 0x01, 0x00], Value::Int(-257)),
            (&[0x40], Value::Bytes(&[])),
            (&[0x44, 1, 2, 3, 4], Value::Bytes(&[1, 2, 3, 4])),
            (&[0x64, 0x49, 0x45, 0x54, 0x46], Value::Other),
            (&[0x83, 1, 2, 3], Value::Other),
            (&[0xa2, 1, 2, 3, 4], Value::Other),
            (&[0xf5], Value::Other),
        ] {
            assert_eq!(read(bytes), Ok((expected, &[][..])), "{bytes:x?}");
        }
    }

    #[test]
    fn what_lies_about_its_length_has_no_end_or_is_too_deep_is_refused() {
        for bytes in [
            &[][..],
            &[0x18],
            &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x41],
            &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0],
            &[0x61, 0xff],
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0],
            &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0],
            &[0x5f, 0x41, 0, 0xff],
            &[0xbf, 0xff],
            &[0x1c],
            &[0xc1, 0],
            &[0xf7],
            &[0xfb, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x81, 0x81, 0x81, 0x81, 0x81, 0],
        ] {
            assert_eq!(read(bytes), Err(Spoilt), "{bytes:x?}");
        }
        assert!(read(&[0x81, 0x81, 0x81, 0x81, 0]).is_ok(), "the premise");
        assert!(read(&[0x81; 100_000]).is_err());
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok((_, rest)) = read(&bytes) {
                prop_assert!(rest.len() < bytes.len());
            }
        }
    }
}
