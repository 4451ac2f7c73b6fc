//! Whether somebody wants to be told of nothing right now.

use jiff::Timestamp;
use salon_protocol::{Notifying, QuietHours};

/// Whether nothing is told at this moment. Hours in a place that has no clocks hold never.
pub fn is_quiet(notifying: &Notifying, now: Timestamp) -> bool {
    let by_the_clock = |hours: &QuietHours| {
        let here = now.in_tz(&hours.time_zone).ok()?;
        let minute = i16::from(here.hour()) * 60 + i16::from(here.minute());
        Some(hours.hold(minute.unsigned_abs()))
    };
    notifying.quiet_until.is_some_and(|until| until > now)
        || notifying.quiet_hours.as_ref().and_then(by_the_clock) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    fn hours(from: u16, to: u16, time_zone: &str) -> Notifying {
        let hours = QuietHours {
            from,
            to,
            time_zone: time_zone.into(),
        };
        Notifying {
            quiet_hours: Some(hours),
            ..Notifying::default()
        }
    }

    #[test]
    fn hours_go_over_midnight_by_the_clocks_of_their_place() {
        // Eight hours ahead.
        let night = hours(22 * 60, 7 * 60 + 30, "Asia/Shanghai");
        for (time, quiet) in [
            ("2026-11-27T13:59:59Z", false),
            ("2026-11-27T14:00:00Z", true),
            ("2026-11-27T20:00:00Z", true),
            ("2026-11-27T23:29:59Z", true),
            ("2026-11-27T23:30:00Z", false),
            ("2026-11-28T04:00:00Z", false),
        ] {
            assert_eq!(is_quiet(&night, at(time)), quiet, "{time}");
        }
    }

    #[test]
    fn hours_of_one_day_end_on_it_and_summer_moves_them() {
        let midday = hours(12 * 60, 13 * 60, "Europe/Berlin");
        for (time, quiet) in [
            ("2026-01-10T11:30:00Z", true),
            ("2026-01-10T12:00:00Z", false),
            ("2026-07-10T10:30:00Z", true),
            ("2026-07-10T11:30:00Z", false),
        ] {
            assert_eq!(is_quiet(&midday, at(time)), quiet, "{time}");
        }
    }

    #[test]
    fn a_moment_ends_it_and_a_place_that_is_none_never_begins_it() {
        let now = at("2026-11-27T12:00:00Z");
        let until = |time| Notifying {
            quiet_until: Some(at(time)),
            ..Notifying::default()
        };
        assert!(is_quiet(&until("2026-11-27T12:00:01Z"), now));
        assert!(!is_quiet(&until("2026-11-27T12:00:00Z"), now));
        assert!(!is_quiet(&Notifying::default(), now));
        assert!(!is_quiet(&hours(0, 1439, "Nowhere/At_All"), now));
    }
}
