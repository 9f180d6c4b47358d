//! Windows and civil time, over random hours and both changes of clocks (R4.10, R1).

use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use relais_core::cascade::{Clip, Policy, WINDOW_FLOOR, window};
use relais_core::time::{Calendar, Duration, Instant, OpeningHours, Openness, civil_day_end};
use relais_sim::script::parse_weekly;

fn calendar(hours: &str, zone: &str) -> Calendar {
    let weekly = parse_weekly(hours).expect("hours");
    let zone = TimeZone::get(zone).expect("a zone");
    Calendar {
        hours: OpeningHours {
            weekly,
            ..OpeningHours::default()
        },
        zone,
    }
}

/// A moment of March, April, October or November 2026, minutes precise.
fn moment() -> impl Strategy<Value = Instant> {
    let start = |month| {
        let day = date(2026, month, 20)
            .to_zoned(TimeZone::UTC)
            .expect("a day");
        day.timestamp().as_millisecond()
    };
    (
        prop::sample::select(vec![start(3), start(10)]),
        0_i64..20 * 1_440,
    )
        .prop_map(|(from, minutes)| Instant::from_millis(from) + Duration::minutes(minutes))
}

fn hours() -> impl Strategy<Value = Calendar> {
    let hours = prop::sample::select(vec![
        "Mon-Fri 08:00-20:00",
        "Mon-Fri 08:00-12:00 13:30-19:30 & Sat 08:00-11:00",
        "Mon-Sun 00:00-24:00",
        "Fri-Sun 20:00-24:00 00:00-06:00",
        "Sun 01:00-03:30",
    ]);
    let zones = vec!["Europe/Paris", "Indian/Reunion", "America/Martinique"];
    (hours, prop::sample::select(zones)).prop_map(|(hours, zone)| calendar(hours, zone))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_window_keeps_every_bound(
        calendar in hours(),
        start in moment(),
        minutes in 10_u16..=1_440,
        care in 1_i64..48 * 60,
        share in 0_u8..=100,
        open_only in any::<bool>(),
    ) {
        let care = start + Duration::minutes(care);
        let policy = Policy { usual_share_percent: share, counts_open_hours_only: open_only, ..Policy::default() };
        let found = window(&policy, &calendar, start, minutes, care);
        let asked = start + Duration::minutes(i64::from(minutes));
        prop_assert!(start <= found.usual_until && found.usual_until <= found.deadline);
        prop_assert!(found.deadline <= care, "never past the care deadline");
        let floor = (start + WINDOW_FLOOR).min(asked).min(care);
        prop_assert!(found.deadline >= floor, "ten minutes at least, or the care deadline");
        if let (false, Some(closes)) = (open_only, calendar.closes_at(start)) {
            prop_assert!(found.deadline <= closes.max(floor), "never past closing, but for the floor");
            prop_assert_eq!(found.deadline, asked.min(closes).max(floor).min(care));
        }
        if open_only {
            let counted = calendar.open_time_between(start, found.deadline);
            prop_assert!(counted <= Duration::minutes(i64::from(minutes)));
            if found.clip == Clip::None && found.deadline < care {
                prop_assert_eq!(counted, Duration::minutes(i64::from(minutes)));
            }
        }
    }

    #[test]
    fn open_time_adds_up(calendar in hours(), start in moment(), minutes in 1_i64..900) {
        let length = Duration::minutes(minutes);
        let end = calendar.add_open_time(start, length).expect("open some day");
        prop_assert_eq!(calendar.open_time_between(start, end), length);
        prop_assert!(calendar.is_open(end - Duration::millis(1)), "it ends in open time");
    }

    #[test]
    fn it_is_open_until_it_closes_and_then_closed(calendar in hours(), at in moment()) {
        match calendar.openness(at) {
            Openness::Always => {
                prop_assert!(calendar.is_open(at) && calendar.closes_at(at).is_none());
            }
            Openness::Until(closes) => {
                prop_assert_eq!(calendar.closes_at(at), Some(closes));
                prop_assert!(calendar.is_open(at) && closes > at);
                prop_assert!(calendar.is_open(closes - Duration::millis(1)));
                prop_assert_eq!(calendar.next_opening(at), Some(at));
            }
            Openness::Closed => {
                let opens = calendar.next_opening(at).expect("open some day");
                prop_assert!(!calendar.is_open(at) && opens > at && calendar.is_open(opens));
                prop_assert!(!calendar.is_open(opens - Duration::millis(1)));
            }
        }
    }

    #[test]
    fn the_next_minute_of_the_day_shows_it(calendar in hours(), at in moment(), minute in 0_u16..1_440) {
        // The hour that a change of clocks skips or repeats has no single answer.
        prop_assume!(!(60..240).contains(&minute));
        let next = calendar.next_minute_of_day(at, minute);
        prop_assert!(next > at && calendar.minute_of_day(next) == minute);
        prop_assert!(next.since(at) <= Duration::hours(25));
    }

    #[test]
    fn a_day_ends_at_midnight(calendar in hours(), at in moment()) {
        let end = civil_day_end(at, &calendar.zone);
        prop_assert!(end > at && calendar.minute_of_day(end) == 0);
        prop_assert!(end.since(at) <= Duration::hours(25));
        prop_assert_eq!(calendar.date(end - Duration::millis(1)), calendar.date(at));
    }
}
