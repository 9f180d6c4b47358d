//! When the demonstration starts: inside opening hours, whatever the real date.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use relais_core::time::{Instant, is_public_holiday};

/// The zone of the demonstration.
pub(super) const ZONE: &str = "Europe/Paris";

/// Its zone, from the built-in zone database.
pub(super) fn zone() -> TimeZone {
    TimeZone::get(ZONE).expect("the zone database is built into the program")
}

/// 10:00 in Paris on `today`, or on the next Monday-to-Friday that is no public holiday.
pub fn demo_start(today: Date) -> Instant {
    let mut day = today;
    while !is_working_day(day) {
        day = day.tomorrow().unwrap_or(today);
    }
    at(day, 10, 0)
}

/// The last working day before the civil day of `start`.
pub(super) fn working_day_before(start: Instant) -> Date {
    let today = start.timestamp().to_zoned(zone()).date();
    let mut day = today.yesterday().unwrap_or(today);
    while !is_working_day(day) {
        day = day.yesterday().unwrap_or(today);
    }
    day
}

/// A moment of a civil day in Paris.
pub(super) fn at(day: Date, hour: i8, minute: i8) -> Instant {
    let civil = day.at(hour, minute, 0, 0).to_zoned(zone());
    Instant::from_millis(civil.map_or(0, |zoned| zoned.timestamp().as_millisecond()))
}

fn is_working_day(day: Date) -> bool {
    let week_end = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !week_end && !is_public_holiday(day, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn civil(at: Instant) -> String {
        at.timestamp()
            .to_zoned(zone())
            .strftime("%F %R")
            .to_string()
    }

    #[test]
    fn it_starts_at_ten_on_a_working_day() {
        assert_eq!(civil(demo_start(date(2026, 9, 9))), "2026-09-09 10:00");
        assert_eq!(civil(demo_start(date(2026, 9, 12))), "2026-09-14 10:00");
        assert_eq!(civil(demo_start(date(2026, 4, 4))), "2026-04-07 10:00");
        assert_eq!(civil(demo_start(date(2026, 12, 25))), "2026-12-28 10:00");
        assert_eq!(civil(demo_start(date(2026, 3, 29))), "2026-03-30 10:00");
    }

    #[test]
    fn the_day_before_skips_week_ends_and_holidays() {
        assert_eq!(
            working_day_before(demo_start(date(2026, 4, 7))),
            date(2026, 4, 3)
        );
        assert_eq!(
            working_day_before(demo_start(date(2026, 9, 10))),
            date(2026, 9, 9)
        );
    }
}
