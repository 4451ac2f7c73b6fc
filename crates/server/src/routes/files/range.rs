//! Which part of a file is asked for (RFC 9110): one range or all.

use http::{HeaderMap, header};
use std::ops::Range;

/// What to send.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Everything: also to whoever asks for several parts, which is allowed.
    All,
    /// One part.
    Part(Range<u64>),
    /// A part that is not there.
    Nothing,
}

pub(super) fn asked(headers: &HeaderMap, size: u64) -> Asked {
    // A condition that we do not keep: everything is always right.
    if headers.contains_key(header::IF_RANGE) {
        return Asked::All;
    }
    let range = headers
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok()?.strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.split_once('-')) else {
        return Asked::All;
    };
    let part = match (first.trim().parse::<u64>(), last.trim()) {
        (Ok(first), "") => first..size,
        (Ok(first), last) => match last.parse::<u64>() {
            Ok(last) if last >= first => first..last.saturating_add(1).min(size),
            _ => return Asked::All,
        },
        (Err(_), last) if first.trim().is_empty() => match last.parse::<u64>() {
            Ok(count) => size.saturating_sub(count)..size,
            Err(_) => return Asked::All,
        },
        _ => return Asked::All,
    };
    if part.start < part.end {
        Asked::Part(part)
    } else {
        Asked::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_or_all() {
        let of = |range: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, range.parse().unwrap());
            asked(&headers, 10)
        };
        assert_eq!(asked(&HeaderMap::new(), 10), Asked::All);
        assert_eq!(of("bytes=0-3"), Asked::Part(0..4));
        assert_eq!(of("bytes=4-"), Asked::Part(4..10));
        assert_eq!(of("bytes=-3"), Asked::Part(7..10));
        assert_eq!(of("bytes=-99"), Asked::Part(0..10));
        assert_eq!(of("bytes=2-99"), Asked::Part(2..10));
        assert_eq!(of("bytes=10-"), Asked::Nothing);
        assert_eq!(of("bytes=-0"), Asked::Nothing);
        for all in [
            "bytes=3-1",
            "bytes=0-1,4-5",
            "lines=1-2",
            "bytes=x-",
            "bytes=18446744073709551615-18446744073709551616",
        ] {
            assert_eq!(of(all), Asked::All, "{all}");
        }
        assert_eq!(of("bytes=5-18446744073709551615"), Asked::Part(5..10));
    }
}
