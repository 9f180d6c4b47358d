//! When somebody gets the digest they asked for: each day or each Monday, at the hour they chose, in civil time; never
//! in their quiet hours nor on a day they are away (R7). Owns the moment alone; what is counted is read by the shell.

use crate::matching::day_off;
use crate::people::{Profile, QuietHours, coded};
use crate::time::{Calendar, Duration, Instant};
use jiff::civil::Weekday;

coded!(
    /// How often somebody wants a digest. Nobody gets one who did not ask.
    Every {
        /// Each day.
        Day = "day",
        /// Each Monday.
        Week = "week",
    }
);

impl Every {
    /// Two digests are at least half their period apart: one that went late, its process having been down, is not
    /// followed by that of the hour after. Nothing is lost, the next one counts from where this one stopped.
    const fn apart(self) -> Duration {
        match self {
            Self::Day => Duration::hours(12),
            Self::Week => Duration::hours(84),
        }
    }
}

/// What somebody asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    every: Every,
    hour: u8,
}

/// What becomes of a digest whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// It is sent.
    Now,
    /// They want quiet: it waits until then.
    Quiet(Instant),
    /// They are away: the next one, due then, counts what this one would have.
    Away(Instant),
}

impl Wish {
    /// So often, at a whole hour of the civil day; `None` when the hour is none, 0 to 23.
    pub fn new(every: Every, hour: u8) -> Option<Self> {
        (hour < 24).then_some(Self { every, hour })
    }

    /// How often.
    pub const fn every(self) -> Every {
        self.every
    }

    /// At which hour of the civil day, 0 to 23.
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// When the first one is due of somebody who asks now.
    pub fn first(self, quiet: Option<QuietHours>, now: Instant, calendar: &Calendar) -> Instant {
        self.from(quiet, now, now, calendar)
    }

    /// When the next one is due after one was dealt with now.
    pub fn next(self, quiet: Option<QuietHours>, now: Instant, calendar: &Calendar) -> Instant {
        self.from(quiet, now, now + self.every.apart(), calendar)
    }

    /// What becomes of one that is due.
    pub fn moment(self, profile: &Profile, now: Instant, calendar: &Calendar) -> Moment {
        let unavailable = profile.unavailable_until.is_some_and(|until| now < until);
        if unavailable || day_off(profile, now, calendar).is_some() {
            return Moment::Away(self.next(profile.quiet, now, calendar));
        }
        let minute = calendar.minute_of_day(now);
        match profile.quiet.filter(|quiet| quiet.covers(minute)) {
            Some(quiet) => Moment::Quiet(calendar.next_minute_of_day(now, quiet.until)),
            None => Moment::Now,
        }
    }

    /// The first that falls no sooner than `soonest`, and later than `now`: at its hour, or when the quiet hours that
    /// cover it end. A change of clocks moves it with the clock; an hour that spring skips is the hour after.
    fn from(
        self,
        quiet: Option<QuietHours>,
        now: Instant,
        soonest: Instant,
        calendar: &Calendar,
    ) -> Instant {
        let wanted = u16::from(self.hour) * 60;
        let mut at = now;
        loop {
            at = calendar.next_minute_of_day(at, wanted);
            if self.every == Every::Week && calendar.date(at).weekday() != Weekday::Monday {
                continue;
            }
            let minute = calendar.minute_of_day(at);
            let due = match quiet.filter(|quiet| quiet.covers(minute)) {
                Some(quiet) => calendar.next_minute_of_day(at, quiet.until),
                None => at,
            };
            if due >= soonest {
                return due;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence::Absence;
    use crate::time::OpeningHours;
    use jiff::civil::{DateTime, date};
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    fn calendar() -> Calendar {
        Calendar {
            hours: OpeningHours::default(),
            zone: TimeZone::get("Europe/Paris").unwrap(),
        }
    }

    fn at(text: &str) -> Instant {
        let civil: DateTime = text.parse().unwrap();
        let zoned = civil.to_zoned(calendar().zone).unwrap();
        Instant::from_millis(zoned.timestamp().as_millisecond())
    }

    fn daily(hour: u8) -> Wish {
        Wish::new(Every::Day, hour).unwrap()
    }

    fn weekly(hour: u8) -> Wish {
        Wish::new(Every::Week, hour).unwrap()
    }

    fn quiet(from: u16, until: u16) -> Option<QuietHours> {
        Some(QuietHours {
            from: from * 60,
            until: until * 60,
        })
    }

    #[test]
    fn it_is_due_at_its_hour_on_both_sides_of_a_change_of_clocks() {
        let due = |wish: Wish, now: &str| wish.next(None, at(now), &calendar());
        assert_eq!(due(daily(19), "2026-03-28T19:00"), at("2026-03-29T19:00"));
        assert_eq!(due(daily(19), "2026-10-24T19:00"), at("2026-10-25T19:00"));
        assert_eq!(due(weekly(8), "2026-03-23T08:00"), at("2026-03-30T08:00"));
        assert_eq!(due(weekly(8), "2026-10-19T08:00"), at("2026-10-26T08:00"));
        assert_eq!(Wish::new(Every::Day, 24), None);
    }

    #[test]
    fn the_hour_that_spring_skips_is_the_next_and_the_one_autumn_repeats_comes_once() {
        let at_two = |now: Instant| daily(2).next(None, now, &calendar());
        let skipped = at_two(at("2026-03-28T02:00"));
        assert_eq!(skipped, at("2026-03-29T03:00"));
        assert_eq!(at_two(skipped), at("2026-03-30T02:00"));
        let repeated = at_two(at("2026-10-24T02:00"));
        assert_eq!(calendar().date(repeated), date(2026, 10, 25));
        assert_eq!(at_two(repeated), at("2026-10-26T02:00"));
    }

    #[test]
    fn quiet_hours_put_it_off_until_they_end() {
        let due = |wish: Wish, hours, now: &str| wish.next(hours, at(now), &calendar());
        assert_eq!(
            due(daily(19), quiet(18, 7), "2026-03-28T07:00"),
            at("2026-03-29T07:00")
        );
        assert_eq!(
            due(weekly(8), quiet(20, 9), "2026-03-23T09:00"),
            at("2026-03-30T09:00")
        );
        assert_eq!(
            due(daily(19), quiet(22, 7), "2026-03-27T19:00"),
            at("2026-03-28T19:00")
        );
        let profile = Profile {
            quiet: quiet(18, 7),
            ..Profile::default()
        };
        let moment = |now: &str| daily(19).moment(&profile, at(now), &calendar());
        assert_eq!(
            moment("2026-03-27T19:00"),
            Moment::Quiet(at("2026-03-28T07:00"))
        );
        assert_eq!(moment("2026-03-28T07:00"), Moment::Now);
    }

    #[test]
    fn one_that_went_late_is_not_followed_by_the_one_of_the_hour_after() {
        let next = |now: &str| daily(19).next(None, at(now), &calendar());
        assert_eq!(next("2026-06-02T06:59"), at("2026-06-02T19:00"));
        assert_eq!(next("2026-06-02T18:55"), at("2026-06-03T19:00"));
        let first = daily(19).first(None, at("2026-06-02T18:55"), &calendar());
        assert_eq!(first, at("2026-06-02T19:00"), "whoever asks waits no day");
    }

    #[test]
    fn whoever_is_away_gets_the_next_one() {
        let now = at("2026-06-02T19:00");
        let moment = |profile: &Profile| daily(19).moment(profile, now, &calendar());
        let mut away = Profile::default();
        assert_eq!(moment(&away), Moment::Now);
        away.absences
            .add(Absence::new(date(2026, 6, 2), date(2026, 6, 9)).unwrap());
        assert_eq!(moment(&away), Moment::Away(at("2026-06-03T19:00")));
        let unavailable = |until| Profile {
            unavailable_until: Some(until),
            quiet: quiet(18, 20),
            ..Profile::default()
        };
        assert_eq!(
            moment(&unavailable(at("2026-06-02T19:30"))),
            Moment::Away(at("2026-06-03T20:00"))
        );
        assert_eq!(
            moment(&unavailable(now)),
            Moment::Quiet(at("2026-06-02T20:00"))
        );
    }

    proptest! {
        #[test]
        fn it_is_later_never_in_quiet_hours_and_two_are_half_a_period_apart(
            minutes in 0_i64..600_000, weekly in proptest::bool::ANY, hour in 0_u8..24,
            hours in proptest::option::of((0_u16..1_440, 0_u16..1_440)),
        ) {
            let now = Instant::from_millis(at("2026-01-01T00:00").millis() + minutes * 60_000);
            let quiet = hours.filter(|(a, b)| a != b).map(|(from, until)| QuietHours { from, until });
            let wish = Wish::new(if weekly { Every::Week } else { Every::Day }, hour).unwrap();
            let calendar = calendar();
            let first = wish.first(quiet, now, &calendar);
            prop_assert!(first > now);
            let most = if weekly { 9 } else { 3 };
            prop_assert!(first.since(now) < Duration::hours(24 * most));
            let mut last = first;
            for _ in 0..4 {
                let minute = calendar.minute_of_day(last);
                prop_assert!(quiet.is_none_or(|quiet| !quiet.covers(minute)), "{minute}");
                let next = wish.next(quiet, last, &calendar);
                prop_assert!(next.since(last) >= wish.every().apart());
                prop_assert!(next.since(last) <= Duration::hours(24 * most));
                last = next;
            }
        }
    }
}
