//! Days and hours in forms: the days an appointment may be given on, and the moment that a day and an hour name in the
//! network's zone. A day travels as its date: a page left open over midnight still means what it showed.

use jiff::civil::{Date, Time};
use relais_app::text::refusal;
use relais_app::text::when::When;
use relais_core::cascade::Unkeepable;
use relais_core::time::{Duration, Instant, clock_next, clock_on, days_from};

use crate::parts::Choice;
use crate::show::upper;

/// An appointment is given for today or one of the two days after.
const DAYS: usize = 3;
/// An end that the clock shows before the start is the next day's, up to so long after: what is longer is two hours
/// written the wrong way round.
const OVER_MIDNIGHT: Duration = Duration::hours(8);

/// Why a day and an hour name no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The day has passed since the page was shown.
    PastDay,
    /// None of the days offered.
    Day,
    /// No hour could be read.
    Hour,
    /// Clocks go forward over that hour.
    Skipped,
    /// The end is not after the start.
    TurnedRound,
}

impl Wrong {
    /// Whether it is the day that is wrong.
    pub(crate) const fn is_of_day(self) -> bool {
        matches!(self, Self::PastDay | Self::Day)
    }

    /// What to say of it; `unread` when no hour could be read.
    pub(crate) fn says(self, unread: &str) -> String {
        match self {
            Self::PastDay => {
                "Ce jour est passé depuis que la page est ouverte. Choisissez le jour de nouveau"
                    .to_owned()
            }
            Self::Day => "Choisissez l’un des jours proposés".to_owned(),
            Self::Hour => unread.to_owned(),
            Self::Skipped => {
                "Cette heure n’existe pas ce jour-là\u{a0}: les horloges avancent d’une heure"
                    .to_owned()
            }
            Self::TurnedRound => refusal::unkeepable(Unkeepable::TurnedRound, 0),
        }
    }
}

/// The days offered, each with its date as value.
pub(crate) fn days(when: &When<'_>) -> Vec<Choice> {
    days_from(when.now, when.zone, DAYS)
        .into_iter()
        .map(|day| Choice::new(day.to_string(), upper(&when.day_of(day))))
        .collect()
}

/// The hour of an appointment, on one of the days offered.
pub(crate) fn chosen(when: &When<'_>, day: &str, hour: &str) -> Result<Instant, Wrong> {
    on(when, offered(when, day)?, hour)
}

/// The two hours of an appointment, the first on one of the days offered.
pub(crate) fn span(
    when: &When<'_>,
    day: &str,
    from: &str,
    until: &str,
) -> Result<(Instant, Instant), (bool, Wrong)> {
    let day = offered(when, day).map_err(|wrong| (false, wrong))?;
    span_on(when, day, from, until)
}

/// Two hours typed, the first on a day; the second may be past midnight. With what is wrong, whether it is the second.
pub(crate) fn span_on(
    when: &When<'_>,
    day: Date,
    from: &str,
    until: &str,
) -> Result<(Instant, Instant), (bool, Wrong)> {
    let from = on(when, day, from).map_err(|wrong| (false, wrong))?;
    let end = |day| on(when, day, until).map_err(|wrong| (true, wrong));
    let same = end(day);
    if let Ok(until) = same
        && from < until
    {
        return Ok((from, until));
    }
    let until = match day.tomorrow() {
        Ok(next) => end(next)?,
        Err(_) => return Err((true, Wrong::Day)),
    };
    if until.since(from) <= OVER_MIDNIGHT {
        Ok((from, until))
    } else {
        Err((
            true,
            same.err().map_or(Wrong::TurnedRound, |(_, wrong)| wrong),
        ))
    }
}

fn offered(when: &When<'_>, day: &str) -> Result<Date, Wrong> {
    let day: Date = day.trim().parse().map_err(|_| Wrong::Day)?;
    let offered = days_from(when.now, when.zone, DAYS);
    match offered.first() {
        Some(today) if day < *today => Err(Wrong::PastDay),
        _ if offered.contains(&day) => Ok(day),
        _ => Err(Wrong::Day),
    }
}

/// An hour typed, on a day.
pub(crate) fn on(when: &When<'_>, day: Date, hour: &str) -> Result<Instant, Wrong> {
    let hour = typed(hour).ok_or(Wrong::Hour)?;
    clock_on(day, hour, when.now, when.zone).ok_or(Wrong::Skipped)
}

/// An hour typed for the rest of today; said in the evening, one past midnight is the coming night's.
pub(crate) fn tonight(when: &When<'_>, hour: &str) -> Option<Instant> {
    let coming = next(when, hour).ok();
    coming
        .filter(|at| at.since(when.now) <= OVER_MIDNIGHT)
        .or_else(|| today(when, hour))
}

/// An hour typed, today.
pub(crate) fn today(when: &When<'_>, hour: &str) -> Option<Instant> {
    let today = when.zone.to_datetime(when.now.timestamp()).date();
    on(when, today, hour).ok()
}

/// The next time that the clock shows an hour typed: today, or tomorrow when it has passed.
pub(crate) fn next(when: &When<'_>, hour: &str) -> Result<Instant, Wrong> {
    let hour = typed(hour).ok_or(Wrong::Hour)?;
    clock_next(hour, when.now, when.zone).ok_or(Wrong::Skipped)
}

/// An hour however it is written: `15:30`, `15 h 30`, `9h`.
fn typed(hour: &str) -> Option<Time> {
    let text: String = hour
        .trim()
        .replace(['h', 'H'], ":")
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{a0}')
        .collect();
    let (hours, minutes) = text.split_once(':').unwrap_or((text.as_str(), "00"));
    let minutes = if minutes.is_empty() { "00" } else { minutes };
    let hours = hours.parse().ok()?;
    let minutes = minutes.get(..2).unwrap_or(minutes).parse().ok()?;
    Time::new(hours, minutes, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").expect("the zone is bundled")
    }

    fn at(zone: &TimeZone, civil: &str) -> Instant {
        let civil: jiff::civil::DateTime = civil.parse().expect("a civil time");
        let zoned = civil.to_zoned(zone.clone()).expect("a moment");
        Instant::from_millis(zoned.timestamp().as_millisecond())
    }

    fn labels(choices: &[Choice]) -> String {
        let labels: Vec<_> = choices
            .iter()
            .map(|c| c.label.replace('\u{a0}', "_"))
            .collect();
        labels.join(" ")
    }

    #[test]
    fn an_hour_is_read_however_it_is_typed() {
        let zone = paris();
        let now = at(&zone, "2026-11-17T14:32");
        let when = When::new(now, &zone);
        let read = |text: &str| today(&when, text).map(|at| when.clock(at));
        assert_eq!(read("15:30").as_deref(), Some("15:30"));
        assert_eq!(read("15 h 30").as_deref(), Some("15:30"));
        assert_eq!(read("9h").as_deref(), Some("09:00"));
        assert_eq!(read("25:00"), None);
        assert_eq!(read("bientôt"), None);
    }

    #[test]
    fn an_hour_past_midnight_said_in_the_evening_is_the_coming_nights() {
        let zone = paris();
        let evening = When::new(at(&zone, "2026-11-17T19:00"), &zone);
        let read = |hour| tonight(&evening, hour);
        assert_eq!(read("22:00"), Some(at(&zone, "2026-11-17T22:00")));
        assert_eq!(read("0:00"), Some(at(&zone, "2026-11-18T00:00")));
        assert_eq!(read("1:00"), Some(at(&zone, "2026-11-18T01:00")));
        let past = at(&zone, "2026-11-17T18:00");
        assert_eq!(read("18:00"), Some(past), "an hour of today, which is past");
    }

    #[test]
    fn a_page_left_open_over_midnight_means_what_it_showed() {
        let zone = paris();
        let shown = When::new(at(&zone, "2026-11-27T23:50"), &zone);
        let offered = days(&shown);
        assert_eq!(labels(&offered), "Aujourd’hui Demain Dim._29");
        let posted = When::new(at(&zone, "2026-11-28T00:03"), &zone);
        let sent = |choice: &Choice| chosen(&posted, &choice.value, "9:00");
        assert_eq!(sent(&offered[0]), Err(Wrong::PastDay));
        assert_eq!(sent(&offered[1]), Ok(at(&zone, "2026-11-28T09:00")));
        assert_eq!(sent(&offered[2]), Ok(at(&zone, "2026-11-29T09:00")));
        for day in ["1", "", "2026-12-01", "demain"] {
            assert_eq!(chosen(&posted, day, "9:00"), Err(Wrong::Day), "{day}");
        }
    }

    #[test]
    fn the_nights_of_a_change_of_clocks_lose_and_double_no_day() {
        let zone = paris();
        let check = |now: &str, expect: &str, last: &str| {
            let when = When::new(at(&zone, now), &zone);
            let offered = days(&when);
            assert_eq!(labels(&offered), expect, "{now}");
            let found = chosen(&when, &offered[2].value, "9:00");
            assert_eq!(found, Ok(at(&zone, last)), "{now}");
        };
        let spring = "Aujourd’hui Demain Lun._29";
        check("2027-03-27T23:35", spring, "2027-03-29T09:00");
        let autumn = "Aujourd’hui Demain Mar._2";
        check("2027-10-31T00:20", autumn, "2027-11-02T09:00");
        let spring = When::new(at(&zone, "2027-03-27T23:35"), &zone);
        let skipped = chosen(&spring, "2027-03-28", "2:30");
        assert_eq!(skipped, Err(Wrong::Skipped), "no clock shows it");
    }

    #[test]
    fn a_span_may_go_over_midnight_but_not_backwards() {
        let zone = paris();
        let when = When::new(at(&zone, "2026-11-27T18:00"), &zone);
        let read = |from, until| span(&when, "2026-11-27", from, until);
        let (late, one) = (at(&zone, "2026-11-27T23:55"), at(&zone, "2026-11-28T01:00"));
        assert_eq!(read("23:55", "1:00"), Ok((late, one)));
        assert_eq!(
            read("23:55", "0:00"),
            Ok((late, at(&zone, "2026-11-28T00:00")))
        );
        let evening = (at(&zone, "2026-11-27T19:00"), at(&zone, "2026-11-27T21:00"));
        assert_eq!(read("19:00", "21:00"), Ok(evening));
        assert_eq!(read("21:00", "19:00"), Err((true, Wrong::TurnedRound)));
        assert_eq!(read("19:00", "19:00"), Err((true, Wrong::TurnedRound)));
        assert_eq!(read("tôt", "19:00"), Err((false, Wrong::Hour)));
        assert_eq!(read("19:00", "tard"), Err((true, Wrong::Hour)));
    }
}
