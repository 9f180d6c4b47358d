//! Hours as people write them: `10:00`, `10:00:30.250`, `2026-03-02 10:00`, weekly hours. In the
//! hour that comes twice in autumn, the second one is written with its offset (`02:30+01:00`).

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use relais_core::time::{Instant, OpenSpan, Weekly};

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// The civil day and zone that hours are told in.
#[derive(Debug, Clone)]
pub struct Clock {
    /// The zone.
    pub zone: TimeZone,
    /// The day meant when none is written.
    pub date: Date,
}

impl Clock {
    /// A clock; UTC when the zone is unknown.
    pub fn new(zone: &str, date: Date) -> Self {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        Self { zone, date }
    }

    /// Reads an hour, with its day if written.
    pub fn parse(&self, text: &str) -> Option<Instant> {
        let (date, time) = match text.split_once(' ') {
            Some((date, time)) => (date.parse().ok()?, time),
            None => (self.date, text),
        };
        let (time, offset) = match time.split_once('+') {
            Some((time, offset)) => (time, Some(offset)),
            None => (time, None),
        };
        let civil = date.to_datetime(time.parse::<Time>().ok()?);
        let at = match offset {
            Some(offset) => {
                let hours = offset.split(':').next()?.parse().ok()?;
                Offset::from_hours(hours).ok()?.to_timestamp(civil).ok()?
            }
            None => civil.to_zoned(self.zone.clone()).ok()?.timestamp(),
        };
        Some(Instant::from_millis(at.as_millisecond()))
    }

    /// Writes an hour; with its day when it is another one than the clock's.
    pub fn show(&self, at: Instant) -> String {
        let zoned = timestamp(at).to_zoned(self.zone.clone());
        let time = zoned.time();
        let mut text = format!("{:02}:{:02}", time.hour(), time.minute());
        if time.second() != 0 || time.millisecond() != 0 {
            text.push_str(&format!(":{:02}", time.second()));
        }
        if time.millisecond() != 0 {
            text.push_str(&format!(".{:03}", time.millisecond()));
        }
        let plain = zoned.datetime().to_zoned(self.zone.clone());
        if plain.is_ok_and(|first| first.timestamp() != zoned.timestamp()) {
            let hours = zoned.offset().seconds() / 3_600;
            text.push_str(&format!("+{hours:02}:00"));
        }
        if zoned.date() == self.date {
            text
        } else {
            format!("{} {text}", zoned.date())
        }
    }

    /// The civil day of a moment.
    pub fn day(&self, at: Instant) -> Date {
        timestamp(at).to_zoned(self.zone.clone()).date()
    }
}

fn timestamp(at: Instant) -> Timestamp {
    Timestamp::from_millisecond(at.millis()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// `08:30` as a minute of the day; `24:00` is the end of the day.
pub fn parse_minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 1_440).then_some(minute)
}

/// A minute of the day as `08:30`.
pub fn show_minute(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Reads `Mon-Fri 08:00-12:00 14:00-18:00 & Sat 08:00-11:00`.
pub fn parse_weekly(text: &str) -> Option<Weekly> {
    let mut weekly = Weekly::default();
    for group in text.split('&') {
        let mut words = group.split_whitespace();
        let days = words.next()?;
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let index = |day: &str| DAYS.iter().position(|d| *d == day);
        let (first, last) = (index(first)?, index(last)?);
        let spans: Option<Vec<_>> = words
            .map(|span| {
                let (from, until) = span.split_once('-')?;
                OpenSpan::new(parse_minute(from)?, parse_minute(until)?)
            })
            .collect();
        let spans = spans?;
        for day in weekly.days.get_mut(first..=last)? {
            day.extend(spans.iter().copied());
        }
    }
    Some(weekly)
}

/// Writes weekly hours, days alike together.
pub fn show_weekly(weekly: &Weekly) -> String {
    let mut groups: Vec<(usize, usize, &Vec<OpenSpan>)> = Vec::new();
    for (day, spans) in weekly.days.iter().enumerate() {
        match groups.last_mut() {
            Some((_, last, same)) if *same == spans => *last = day,
            _ => groups.push((day, day, spans)),
        }
    }
    let name = |day: usize| DAYS.get(day).copied().unwrap_or("?");
    let shown = groups.iter().filter(|(_, _, spans)| !spans.is_empty());
    let texts: Vec<_> = shown
        .map(|(first, last, spans)| {
            let days = if first == last {
                name(*first).to_owned()
            } else {
                format!("{}-{}", name(*first), name(*last))
            };
            let hours: Vec<_> = spans
                .iter()
                .map(|s| format!("{}-{}", show_minute(s.from), show_minute(s.until)))
                .collect();
            format!("{days} {}", hours.join(" "))
        })
        .collect();
    texts.join(" & ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_hour_that_comes_twice_is_told_apart() {
        let clock = Clock::new("Europe/Paris", date(2026, 10, 25));
        let (first, second) = (
            clock.parse("02:30").unwrap(),
            clock.parse("02:30+01:00").unwrap(),
        );
        assert_eq!(second.millis() - first.millis(), 3_600_000);
        assert_eq!(clock.show(first), "02:30");
        assert_eq!(clock.show(second), "02:30+01:00");
    }

    #[test]
    fn weekly_hours_are_read_and_written() {
        let text = "Mon-Fri 08:00-12:00 14:00-18:00 & Sat 08:00-11:00";
        assert_eq!(show_weekly(&parse_weekly(text).unwrap()), text);
    }
}
