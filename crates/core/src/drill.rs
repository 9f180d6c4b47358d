//! When the next drill of a network's channels is due: a month to the day after the last one (R7). Owns the moment
//! alone; refuses to begin one: whoever answers for the network chooses the hour at which everybody's phone rings.

use crate::time::{Calendar, Instant};
use jiff::ToSpan as _;

/// From when a month has passed since a drill: the civil day a month later, at the network's first open moment, or at
/// its beginning where the network never opens. The 31st of a shorter month is its last day.
pub fn next_due(last: Instant, calendar: &Calendar) -> Instant {
    let day = calendar.date(last).saturating_add(1.month());
    let (begins, _) = calendar.day_bounds(day);
    calendar.next_opening(begins).unwrap_or(begins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{OpenSpan, OpeningHours, Weekly};
    use jiff::civil::DateTime;
    use jiff::tz::TimeZone;

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    fn at(text: &str) -> Instant {
        let civil: DateTime = text.parse().unwrap();
        let zoned = civil.to_zoned(paris()).unwrap();
        Instant::from_millis(zoned.timestamp().as_millisecond())
    }

    fn weekdays() -> Calendar {
        let mut weekly = Weekly::default();
        for day in weekly.days.iter_mut().take(5) {
            day.push(OpenSpan::new(8 * 60, 20 * 60).unwrap());
        }
        Calendar {
            hours: OpeningHours {
                weekly,
                ..OpeningHours::default()
            },
            zone: paris(),
        }
    }

    #[test]
    fn it_is_due_a_month_later_when_somebody_is_there() {
        let due = |last: &str| next_due(at(last), &weekdays());
        assert_eq!(due("2026-06-02T15:30"), at("2026-07-02T08:00"));
        // The 31st of January, the 28th of February, a Saturday.
        assert_eq!(due("2026-01-31T10:00"), at("2026-03-02T08:00"));
        // Over a change of clocks.
        assert_eq!(due("2026-03-02T10:00"), at("2026-04-02T08:00"));
        assert_eq!(due("2026-10-12T10:00"), at("2026-11-12T08:00"));
    }

    #[test]
    fn a_network_that_never_opens_is_reminded_all_the_same() {
        let closed = Calendar {
            hours: OpeningHours::default(),
            zone: paris(),
        };
        assert_eq!(
            next_due(at("2026-06-02T15:30"), &closed),
            at("2026-07-02T00:00")
        );
    }
}
