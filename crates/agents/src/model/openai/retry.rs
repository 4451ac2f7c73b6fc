//! When to ask again: as the service says, otherwise ever later with some chance in it.

use crate::model::ModelLimits;
use http::HeaderMap;
use jiff::Timestamp;
use std::time::Duration;

/// Whether the same request may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Retry {
    /// It would fail again.
    Never,
    /// After a wait that we choose.
    Backoff,
    /// After a wait that the service chose.
    After(Duration),
}

/// What the headers of a refusal say about a retry that its kind allows. A refused key and an
/// exhausted quota are never tried again, whatever a header says.
pub(super) fn advised(kind: Retry, headers: &HeaderMap) -> Retry {
    let word = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    if kind == Retry::Never
        || word("x-should-retry").is_some_and(|it| it.eq_ignore_ascii_case("false"))
    {
        return Retry::Never;
    }
    match retry_after(headers, Timestamp::now()) {
        Some(wait) => Retry::After(wait),
        None => kind,
    }
}

/// The wait that the service asks for: `retry-after-ms`, or `Retry-After` in seconds or as a date.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let word = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::trim)
    };
    let number = |text: &str, unit_seconds: f64| {
        let seconds = text.parse::<f64>().ok()? * unit_seconds;
        Duration::try_from_secs_f64(seconds.max(0.0)).ok()
    };
    if let Some(wait) = word("retry-after-ms").and_then(|text| number(text, 0.001)) {
        return Some(wait);
    }
    let text = word("retry-after")?;
    number(text, 1.0).or_else(|| {
        let at = jiff::fmt::rfc2822::DateTimeParser::new()
            .parse_timestamp(text)
            .ok()?;
        // A date in the past means now.
        Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
    })
}

/// The wait before the retry after `failed` attempts: min(base · 2ⁿ, max) less up to a quarter.
pub(super) fn backoff(limits: &ModelLimits, failed: u32, chance: f64) -> Duration {
    let doubled = limits
        .backoff_base
        .saturating_mul(2u32.saturating_pow(failed.saturating_sub(1)));
    doubled
        .min(limits.backoff_max)
        .mul_f64(1.0 - chance.clamp(0.0, 1.0) / 4.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|&(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn every_form_of_retry_after_is_read() {
        let now: Timestamp = "2015-10-21T07:28:00Z".parse().unwrap();
        for (pairs, expected) in [
            (vec![("retry-after", "3")], Some(Duration::from_secs(3))),
            (
                vec![("retry-after", "0.5")],
                Some(Duration::from_millis(500)),
            ),
            (vec![("retry-after", "-1")], Some(Duration::ZERO)),
            (
                vec![("retry-after-ms", "120"), ("retry-after", "9")],
                Some(Duration::from_millis(120)),
            ),
            (
                vec![("retry-after", "Wed, 21 Oct 2015 07:28:07 GMT")],
                Some(Duration::from_secs(7)),
            ),
            (
                vec![("retry-after", "Wed, 21 Oct 2015 07:00:00 GMT")],
                Some(Duration::ZERO),
            ),
            (vec![("retry-after", "soon")], None),
            (vec![("retry-after", "inf")], None),
            (vec![("retry-after", "NaN")], Some(Duration::ZERO)),
            (vec![], None),
        ] {
            assert_eq!(retry_after(&headers(&pairs), now), expected, "{pairs:?}");
        }
    }

    #[test]
    fn the_service_may_forbid_a_retry_but_not_ask_for_a_senseless_one() {
        let forbidden = headers(&[("x-should-retry", "false"), ("retry-after", "1")]);
        assert_eq!(advised(Retry::Backoff, &forbidden), Retry::Never);
        let asked = headers(&[("x-should-retry", "true"), ("retry-after", "1")]);
        assert_eq!(advised(Retry::Never, &asked), Retry::Never);
        assert_eq!(
            advised(Retry::Backoff, &asked),
            Retry::After(Duration::from_secs(1))
        );
    }

    #[test]
    fn waits_double_up_to_a_bound_and_lose_at_most_a_quarter() {
        let limits = ModelLimits::default();
        let waits: Vec<_> = (1..=6)
            .map(|n| backoff(&limits, n, 0.0).as_millis())
            .collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 8000]);
        assert_eq!(backoff(&limits, 1, 1.0).as_millis(), 375);
        assert_eq!(backoff(&limits, 99, 0.0).as_millis(), 8000);
    }
}
