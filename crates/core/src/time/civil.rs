//! Days and hours as people say them: a day of the calendar, and what the clock on the wall shows that day.
//!
//! Days follow one another by the calendar, never by 24 hours: the nights of a change of clocks have 23 and 25.

use super::Instant;
use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// The civil day of a moment and those after it, `count` in all.
pub fn days_from(now: Instant, zone: &TimeZone, count: usize) -> Vec<Date> {
    let today = zone.to_datetime(now.timestamp()).date();
    today
        .series(jiff::Span::new().days(1))
        .take(count)
        .collect()
}

/// The moment at which a clock shows that hour on that day; `None` for an hour that clocks skip (spring). Of an hour that
/// they show twice (autumn), the first that has not passed at `now`.
pub fn clock_on(day: Date, hour: Time, now: Instant, zone: &TimeZone) -> Option<Instant> {
    let shown = zone.to_ambiguous_timestamp(day.to_datetime(hour));
    let found = match shown.offset() {
        AmbiguousOffset::Gap { .. } => return None,
        AmbiguousOffset::Unambiguous { .. } => shown.compatible(),
        AmbiguousOffset::Fold { .. } => {
            let passed = |first: jiff::Timestamp| first < now.timestamp();
            match shown.earlier() {
                Ok(first) if passed(first) => shown.later(),
                first => first,
            }
        }
    };
    Some(Instant::from_millis(found.ok()?.as_millisecond()))
}

/// The first moment after `now` at which a clock shows that hour: today's, or tomorrow's when today's has passed.
/// `None` when clocks skip it then.
pub fn clock_next(hour: Time, now: Instant, zone: &TimeZone) -> Option<Instant> {
    let mut days = days_from(now, zone, 2).into_iter();
    let today = clock_on(days.next()?, hour, now, zone).filter(|at| now < *at);
    today.or_else(|| clock_on(days.next()?, hour, now, zone))
}

#[cfg(test)]
mod tests {
    use super::super::Duration;
    use super::*;
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    fn at(text: &str) -> Instant {
        let moment: jiff::Timestamp = text.parse().unwrap();
        Instant::from_millis(moment.as_millisecond())
    }

    #[test]
    fn a_skipped_hour_is_none_and_of_a_doubled_one_the_next_to_come() {
        let zone = paris();
        let night = at("2027-03-27T22:35:00Z");
        let spring = date(2027, 3, 28);
        assert_eq!(clock_on(spring, time(2, 30, 0, 0), night, &zone), None);
        assert_eq!(
            clock_on(spring, time(3, 0, 0, 0), night, &zone),
            Some(at("2027-03-28T01:00:00Z"))
        );
        let autumn = date(2027, 10, 31);
        let half = |now| clock_on(autumn, time(2, 30, 0, 0), at(now), &zone);
        let first = Some(at("2027-10-31T00:30:00Z"));
        let second = Some(at("2027-10-31T01:30:00Z"));
        assert_eq!(half("2027-10-30T22:20:00Z"), first);
        assert_eq!(half("2027-10-31T00:45:00Z"), second);
    }

    #[test]
    fn an_hour_that_has_passed_is_the_next_days() {
        let zone = paris();
        let next = |now, hour| clock_next(time(hour, 0, 0, 0), at(now), &zone);
        // 21:30 in Paris: two o'clock is tomorrow's, 23:00 today's.
        let (now, two) = ("2026-11-27T20:30:00Z", at("2026-11-28T01:00:00Z"));
        assert_eq!(next(now, 2), Some(two));
        assert_eq!(next(now, 23), Some(at("2026-11-27T22:00:00Z")));
        // The night of the spring change has no two o'clock.
        assert_eq!(next("2027-03-27T20:30:00Z", 2), None);
        // At 2:15, shown for the first time, two o'clock comes again.
        let again = at("2027-10-31T01:00:00Z");
        assert_eq!(next("2027-10-31T00:15:00Z", 2), Some(again));
    }

    /// Both changes of 2027 and an ordinary week, from two days before to two days after.
    fn around() -> impl Strategy<Value = Instant> {
        let near = prop::sample::select(vec![
            "2027-03-28T01:00:00Z",
            "2027-10-31T01:00:00Z",
            "2027-06-15T12:00:00Z",
        ]);
        (near, -2_880..2_880_i64).prop_map(|(middle, minutes)| {
            Instant::from_millis(at(middle).millis() + minutes * 60_000)
        })
    }

    proptest! {
        #[test]
        fn days_follow_one_another_and_an_hour_is_on_its_day(
            now in around(), hour in 0..24_i8, minute in 0..60_i8
        ) {
            let zone = paris();
            let civil = |moment: Instant| zone.to_datetime(moment.timestamp());
            let days = days_from(now, &zone, 3);
            prop_assert_eq!(days[0], civil(now).date());
            for pair in days.windows(2) {
                prop_assert_eq!(pair[0].tomorrow().unwrap(), pair[1]);
            }
            let wanted = time(hour, minute, 0, 0);
            for day in days {
                match clock_on(day, wanted, now, &zone) {
                    Some(found) => prop_assert_eq!(civil(found), day.to_datetime(wanted)),
                    None => prop_assert!(day == date(2027, 3, 28) && hour == 2),
                }
            }
            if let Some(next) = clock_next(wanted, now, &zone) {
                prop_assert_eq!(civil(next).time(), wanted);
                prop_assert!(now < next && next <= now + Duration::hours(25));
            }
        }
    }
}
