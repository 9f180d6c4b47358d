//! Weekly hours, a network's calendar, and the arithmetic of open time (R1, R4.10).

use super::{Duration, Instant, Overseas, is_public_holiday};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

/// Minutes in a civil day; `until` may equal it ("midnight, end of day").
pub const MINUTES_PER_DAY: u16 = 1_440;

/// One span of a day: from a minute (included) to another (excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenSpan {
    /// First open minute of the day, 0–1439.
    pub from: u16,
    /// First closed minute after it, at most 1440.
    pub until: u16,
}

impl OpenSpan {
    /// A span; `None` when empty or outside the day.
    pub fn new(from: u16, until: u16) -> Option<Self> {
        (from < until && until <= MINUTES_PER_DAY).then_some(Self { from, until })
    }
}

/// Spans for each day of the week, Monday first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Weekly {
    /// Monday … Sunday.
    pub days: [Vec<OpenSpan>; 7],
}

impl Weekly {
    /// The spans of a weekday.
    pub fn on(&self, day: Weekday) -> &[OpenSpan] {
        let index = usize::try_from(day.to_monday_zero_offset()).unwrap_or(0);
        self.days.get(index).map_or(&[], Vec::as_slice)
    }
}

/// When a network answers: weekly hours, holidays, exceptions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpeningHours {
    /// The ordinary week.
    pub weekly: Weekly,
    /// Closed on public holidays.
    pub closed_on_holidays: bool,
    /// Good Friday and 26 December are holidays here.
    pub alsace_moselle: bool,
    /// A place overseas, whose own day is a holiday.
    pub overseas: Option<Overseas>,
    /// Days whose spans replace the ordinary ones (empty = closed).
    pub exceptions: Vec<(Date, Vec<OpenSpan>)>,
}

impl OpeningHours {
    /// Whether a day is a public holiday where the network is.
    pub fn is_holiday(&self, day: Date) -> bool {
        is_public_holiday(day, self.alsace_moselle)
            || self.overseas.is_some_and(|place| place.commemorates(day))
    }

    /// The spans of a day: its exception, none on a holiday, else those of its weekday.
    pub fn spans(&self, day: Date) -> &[OpenSpan] {
        if let Some((_, spans)) = self.exceptions.iter().find(|(date, _)| *date == day) {
            return spans;
        }
        if self.closed_on_holidays && self.is_holiday(day) {
            return &[];
        }
        self.weekly.on(day.weekday())
    }
}

/// Whether a network answers at a moment, and until when (R1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// It does not.
    Closed,
    /// It does, until this closing time.
    Until(Instant),
    /// It does, and no closing time is in sight: day and night.
    Always,
}

/// Opening hours in a civil zone: what turns "closes at 20:00" into an instant, DST-safe.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// The hours.
    pub hours: OpeningHours,
    /// The network's zone (`Europe/Paris` unless said).
    pub zone: TimeZone,
}

const DAY_MINUTES: i64 = 1_440;
/// How far a search for an opening goes before giving up.
const HORIZON_DAYS: usize = 60;

impl Calendar {
    /// The civil date of a moment in this zone.
    pub fn date(&self, at: Instant) -> Date {
        at.timestamp().to_zoned(self.zone.clone()).date()
    }

    /// The first moment of a civil date in this zone, and the first of the next one: 23 to 25 hours.
    pub fn day_bounds(&self, day: Date) -> (Instant, Instant) {
        (
            at_minute(day, 0, &self.zone),
            at_minute(day, MINUTES_PER_DAY, &self.zone),
        )
    }

    /// The civil quarter of a moment in this zone: its first day, its first moment, and the first of the next one.
    pub fn quarter(&self, at: Instant) -> (Date, Instant, Instant) {
        let today = self.date(at);
        let month = (today.month() - 1) / 3 * 3 + 1;
        let first = Date::new(today.year(), month, 1).unwrap_or(today);
        let next = first
            .checked_add(jiff::Span::new().months(3))
            .unwrap_or(first);
        (first, self.day_bounds(first).0, self.day_bounds(next).0)
    }

    /// The minute of the civil day, 0–1439, of a moment.
    pub fn minute_of_day(&self, at: Instant) -> u16 {
        minute_of_day(at, &self.zone)
    }

    /// When the civil clock next shows a minute of the day, strictly after a moment: a change of
    /// clocks in between moves it with the clock.
    pub fn next_minute_of_day(&self, after: Instant, minute: u16) -> Instant {
        let ahead = |from: Instant| {
            (i64::from(minute) - i64::from(self.minute_of_day(from))).rem_euclid(DAY_MINUTES)
        };
        let whole = Instant::from_millis(after.millis() - after.millis().rem_euclid(60_000));
        let first = match ahead(whole) {
            0 => whole + Duration::minutes(DAY_MINUTES),
            minutes => whole + Duration::minutes(minutes),
        };
        // After a change of clocks the guess is off by the change: a little early or late.
        let off = ahead(first);
        let moved = if off <= DAY_MINUTES / 2 {
            first + Duration::minutes(off)
        } else {
            first - Duration::minutes(DAY_MINUTES - off)
        };
        if self.minute_of_day(moved) != minute {
            // Spring skips that minute: it is past as soon as the clocks change.
            let change = self.zone.following(moved.timestamp()).next();
            return change.map_or(first, |change| {
                Instant::from_millis(change.timestamp().as_millisecond())
            });
        }
        if moved > after { moved } else { first }
    }

    /// Whether the network is open.
    pub fn is_open(&self, at: Instant) -> bool {
        self.openness(at) != Openness::Closed
    }

    /// Whether the network is open, and until when. Adjoining spans count as one.
    pub fn openness(&self, at: Instant) -> Openness {
        let mut end = None;
        for (from, until) in self.intervals(at) {
            match end {
                None if from <= at && at < until => end = Some(until),
                None if from > at => return Openness::Closed,
                Some(reached) if from == reached => end = Some(until),
                Some(reached) => return Openness::Until(reached),
                None => {}
            }
        }
        match end {
            None => Openness::Closed,
            // The search ended before the open time did: that is no closing time.
            Some(reached) if reached >= self.horizon(at) => Openness::Always,
            Some(reached) => Openness::Until(reached),
        }
    }

    /// When the current open time ends; `None` when closed, and when no closing time is in sight.
    pub fn closes_at(&self, at: Instant) -> Option<Instant> {
        match self.openness(at) {
            Openness::Until(closes) => Some(closes),
            Openness::Closed | Openness::Always => None,
        }
    }

    /// The end of the last civil day that a search from `at` looks at.
    fn horizon(&self, at: Instant) -> Instant {
        let days = self.date(at).series(jiff::Span::new().days(1));
        let last = days.take(HORIZON_DAYS).last();
        last.map_or(at, |day| self.day_bounds(day).1)
    }

    /// When the network next opens after `at` (now, if it is open); `None` within two months.
    pub fn next_opening(&self, at: Instant) -> Option<Instant> {
        self.intervals(at)
            .find(|(_, until)| *until > at)
            .map(|(from, _)| from.max(at))
    }

    /// The moment when `length` of open time has run since `start`: the clock stops at closing.
    pub fn add_open_time(&self, start: Instant, length: Duration) -> Option<Instant> {
        let mut left = length;
        for (from, until) in self.intervals(start) {
            let from = from.max(start);
            if until <= from {
                continue;
            }
            let open = until.since(from);
            if left <= open {
                return Some(from + left);
            }
            left = Duration::millis(left.as_millis() - open.as_millis());
        }
        None
    }

    /// How much open time lies between two moments.
    pub fn open_time_between(&self, start: Instant, end: Instant) -> Duration {
        self.intervals(start)
            .take_while(|(from, _)| *from < end)
            .map(|(from, until)| until.min(end).since(from.max(start)))
            .fold(Duration::ZERO, |total, part| total + part)
    }

    /// Open intervals in order, from the civil day of `at` on.
    fn intervals(&self, at: Instant) -> impl Iterator<Item = (Instant, Instant)> + '_ {
        let first = self.date(at);
        first
            .series(jiff::Span::new().days(1))
            .take(HORIZON_DAYS)
            .flat_map(move |day| {
                let mut spans = self.hours.spans(day).to_vec();
                spans.sort_by_key(|span| span.from);
                spans.into_iter().map(move |span| (day, span))
            })
            .map(|(day, span)| {
                (
                    at_minute(day, span.from, &self.zone),
                    at_minute(day, span.until, &self.zone),
                )
            })
    }
}

/// The minute of the civil day, 0–1439, of a moment in a zone.
pub(crate) fn minute_of_day(at: Instant, zone: &TimeZone) -> u16 {
    let time = at.timestamp().to_zoned(zone.clone()).time();
    let minutes = i16::from(time.hour()) * 60 + i16::from(time.minute());
    u16::try_from(minutes).unwrap_or(0)
}

/// The instant of a minute of a civil day. In a gap (spring) the time moves forward, in a fold
/// (autumn) the first of the two is meant.
pub(crate) fn at_minute(day: Date, minute: u16, zone: &TimeZone) -> Instant {
    let (day, minute) = if minute >= MINUTES_PER_DAY {
        (day.tomorrow().unwrap_or(day), minute - MINUTES_PER_DAY)
    } else {
        (day, minute)
    };
    let (hour, minute) = (minute / 60, minute % 60);
    let civil = day.at(
        i8::try_from(hour).unwrap_or(0),
        i8::try_from(minute).unwrap_or(0),
        0,
        0,
    );
    civil
        .to_zoned(zone.clone())
        .map_or(Instant::from_millis(0), |z| {
            Instant::from_millis(z.timestamp().as_millisecond())
        })
}

/// The end of the civil day of a moment: when daily counts start again.
pub fn civil_day_end(at: Instant, zone: &TimeZone) -> Instant {
    let day = at.timestamp().to_zoned(zone.clone()).date();
    at_minute(day, MINUTES_PER_DAY, zone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{DateTime, date};

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    fn at(text: &str) -> Instant {
        let civil: DateTime = text.parse().unwrap();
        Instant::from_millis(
            civil
                .to_zoned(paris())
                .unwrap()
                .timestamp()
                .as_millisecond(),
        )
    }

    fn weekdays(from: u16, until: u16) -> Calendar {
        let mut weekly = Weekly::default();
        for day in weekly.days.iter_mut().take(5) {
            day.push(OpenSpan::new(from * 60, until * 60).unwrap());
        }
        let hours = OpeningHours {
            weekly,
            closed_on_holidays: true,
            ..OpeningHours::default()
        };
        Calendar {
            hours,
            zone: paris(),
        }
    }

    #[test]
    fn closing_time_is_civil_on_both_sides_of_a_clock_change() {
        let calendar = weekdays(8, 20);
        assert_eq!(
            calendar.closes_at(at("2026-03-27T10:00")),
            Some(at("2026-03-27T20:00"))
        );
        assert_eq!(
            calendar.closes_at(at("2026-03-30T10:00")),
            Some(at("2026-03-30T20:00"))
        );
        assert_eq!(calendar.closes_at(at("2026-03-30T20:00")), None);
    }

    #[test]
    fn next_opening_skips_week_ends_and_holidays() {
        let calendar = weekdays(8, 20);
        assert_eq!(
            calendar.next_opening(at("2026-04-03T21:00")),
            Some(at("2026-04-07T08:00"))
        );
        assert_eq!(
            calendar.next_opening(at("2026-04-07T09:30")),
            Some(at("2026-04-07T09:30"))
        );
    }

    #[test]
    fn open_time_stops_at_closing_and_goes_on_the_next_open_day() {
        let calendar = weekdays(8, 20);
        let end = calendar.add_open_time(at("2026-03-27T19:00"), Duration::hours(2));
        assert_eq!(end, Some(at("2026-03-30T09:00")));
    }

    #[test]
    fn an_exception_replaces_the_ordinary_day() {
        let mut calendar = weekdays(8, 20);
        calendar
            .hours
            .exceptions
            .push((date(2026, 3, 31), Vec::new()));
        assert!(!calendar.is_open(at("2026-03-31T10:00")));
    }

    #[test]
    fn a_holiday_is_one_of_the_place() {
        let mut calendar = weekdays(8, 20);
        let open = |calendar: &Calendar, day: &str| calendar.is_open(at(&format!("{day}T10:00")));
        assert!(open(&calendar, "2026-12-28") && open(&calendar, "2026-05-27"));
        assert!(open(&calendar, "2029-12-26"), "a Wednesday");
        calendar.hours.alsace_moselle = true;
        assert!(!open(&calendar, "2029-12-26"));
        calendar.hours.overseas = Some(Overseas::Guadeloupe);
        assert!(!open(&calendar, "2026-05-27"));
        calendar.hours.closed_on_holidays = false;
        assert!(open(&calendar, "2026-05-27") && open(&calendar, "2029-12-26"));
    }

    /// Open day and night, a network has no closing time; one day off is a closing time, however far.
    #[test]
    fn day_and_night_there_is_no_closing_time() {
        let mut calendar = weekdays(8, 20);
        let whole = OpenSpan::new(0, MINUTES_PER_DAY).unwrap();
        calendar.hours.weekly.days = std::array::from_fn(|_| vec![whole]);
        calendar.hours.closed_on_holidays = false;
        let now = at("2026-11-27T03:30");
        assert_eq!(calendar.openness(now), Openness::Always);
        assert!(calendar.is_open(now) && calendar.closes_at(now).is_none());
        let halves = [OpenSpan::new(0, 720), OpenSpan::new(720, MINUTES_PER_DAY)];
        let halves: Vec<_> = halves.into_iter().flatten().collect();
        calendar.hours.weekly.days = std::array::from_fn(|_| halves.clone());
        assert_eq!(calendar.openness(now), Openness::Always);
        calendar
            .hours
            .exceptions
            .push((date(2026, 12, 25), Vec::new()));
        let eve = at("2026-12-25T00:00");
        assert_eq!(calendar.openness(now), Openness::Until(eve));
        assert_eq!(calendar.closes_at(now), Some(eve));
        assert_eq!(calendar.openness(eve), Openness::Closed);
        // Open one day only, the last in sight for ever: it closes.
        calendar.hours.weekly = Weekly::default();
        calendar.hours.exceptions = vec![(date(2026, 11, 27), vec![whole])];
        assert_eq!(calendar.closes_at(now), Some(at("2026-11-28T00:00")));
    }

    #[test]
    fn the_spring_gap_moves_forward_and_the_autumn_fold_takes_the_first() {
        let spring = at_minute(date(2026, 3, 29), 150, &paris());
        assert_eq!(spring, at("2026-03-29T03:30"));
        let autumn = at_minute(date(2026, 10, 25), 150, &paris());
        assert_eq!(autumn.since(at("2026-10-25T00:00")), Duration::minutes(150));
    }

    #[test]
    fn the_night_of_the_change_has_23_or_25_hours() {
        let length = |day: &str| civil_day_end(at(day), &paris()).since(at(day));
        assert_eq!(length("2026-03-29T00:00"), Duration::hours(23));
        assert_eq!(length("2026-10-25T00:00"), Duration::hours(25));
    }

    #[test]
    fn the_next_minute_of_the_day_follows_a_change_of_clocks() {
        let calendar = weekdays(8, 20);
        let next = |from: &str, minute| calendar.next_minute_of_day(at(from), minute);
        assert_eq!(next("2026-03-02T22:00", 420), at("2026-03-03T07:00"));
        assert_eq!(next("2026-03-02T07:00", 420), at("2026-03-03T07:00"));
        assert_eq!(next("2026-03-28T22:00", 420), at("2026-03-29T07:00"));
        assert_eq!(next("2026-03-29T01:30", 420), at("2026-03-29T07:00"));
        assert_eq!(next("2026-10-24T22:00", 420), at("2026-10-25T07:00"));
        assert_eq!(next("2026-10-25T01:30", 420), at("2026-10-25T07:00"));
        assert_eq!(next("2026-10-25T01:30", 150), at("2026-10-25T02:30"));
        assert_eq!(next("2026-03-29T01:40", 145), at("2026-03-29T03:00"));
        assert_eq!(next("2026-03-28T22:00", 145), at("2026-03-29T03:00"));
    }

    /// A quarter begins and ends with the civil day, whatever the clocks do within it.
    #[test]
    fn a_quarter_is_three_civil_months() {
        let calendar = Calendar {
            hours: OpeningHours::default(),
            zone: paris(),
        };
        for (moment, first, from, until) in [
            (
                "2026-11-26T10:00",
                date(2026, 10, 1),
                "2026-10-01T00:00",
                "2027-01-01T00:00",
            ),
            (
                "2026-01-01T00:00",
                date(2026, 1, 1),
                "2026-01-01T00:00",
                "2026-04-01T00:00",
            ),
            (
                "2026-06-30T23:59",
                date(2026, 4, 1),
                "2026-04-01T00:00",
                "2026-07-01T00:00",
            ),
            (
                "2026-08-15T12:00",
                date(2026, 7, 1),
                "2026-07-01T00:00",
                "2026-10-01T00:00",
            ),
        ] {
            assert_eq!(calendar.quarter(at(moment)), (first, at(from), at(until)));
        }
    }
}
