//! Opening hours in words: a week, a day's spans, the next opening, days that are not as usual.

use super::When;
use jiff::civil::Date;
use relais_core::time::{Calendar, Instant, OpenSpan, Openness, Weekly};

const DAYS: [&str; 7] = [
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
];

/// Days ahead in which a day that is not as usual is told.
const AHEAD_DAYS: i32 = 14;

/// `8 h`, `15 h 30`, `minuit`.
pub fn minute(minute: u16) -> String {
    match (minute / 60, minute % 60) {
        (24, _) => "minuit".to_owned(),
        (hour, 0) => format!("{hour}\u{a0}h"),
        (hour, minute) => format!("{hour}\u{a0}h\u{a0}{minute:02}"),
    }
}

/// `de 8 h à 12 h et de 14 h à 20 h`; `fermé` for none.
pub fn spans(spans: &[OpenSpan]) -> String {
    let parts: Vec<String> = spans
        .iter()
        .map(|s| {
            if s.from == 0 && s.until == 1_440 {
                "toute la journée".to_owned()
            } else {
                // « de 20 h à minuit », but « de minuit à 8 h » rather than « de 0 h ».
                let from = if s.from == 0 {
                    "minuit".to_owned()
                } else {
                    minute(s.from)
                };
                format!("de {from} à {}", minute(s.until))
            }
        })
        .collect();
    match parts.as_slice() {
        [] => "fermé".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} et {last}", first.join(", ")),
    }
}

/// `du lundi au vendredi de 8 h à 20 h, le samedi de 8 h à 12 h`; empty when never open.
pub fn week(weekly: &Weekly) -> String {
    let mut parts: Vec<(usize, usize, &[OpenSpan])> = Vec::new();
    for (index, day) in weekly.days.iter().enumerate() {
        match parts.last_mut() {
            Some((_, until, same)) if *same == day.as_slice() && *until + 1 == index => {
                *until = index;
            }
            _ => parts.push((index, index, day)),
        }
    }
    let words = parts.iter().filter(|(.., day)| !day.is_empty());
    let words = words.map(|(from, until, day)| {
        let name = |index: usize| DAYS.get(index).copied().unwrap_or_default();
        let days = match until - from {
            0 => format!("le {}", name(*from)),
            6 => "tous les jours".to_owned(),
            1 => format!("le {} et le {}", name(*from), name(*until)),
            _ => format!("du {} au {}", name(*from), name(*until)),
        };
        format!("{days} {}", spans(day))
    });
    words.collect::<Vec<_>>().join(", ")
}

/// `jusqu’à 20 h`, `24 h sur 24`: until when a network that is open now answers; none when it is closed.
pub fn answers(when: &When<'_>, calendar: &Calendar) -> Option<String> {
    match calendar.openness(when.now) {
        Openness::Closed => None,
        Openness::Until(at) => Some(when.until(at)),
        Openness::Always => Some("24\u{a0}h sur 24".to_owned()),
    }
}

/// `Ouvert jusqu’à 20 h`, `Ouvert 24 h sur 24`, `Fermé jusqu’à demain 8 h`, `Fermé`.
pub fn state(when: &When<'_>, calendar: &Calendar) -> String {
    match (answers(when, calendar), calendar.next_opening(when.now)) {
        (Some(until), _) => format!("Ouvert {until}"),
        (None, Some(at)) => format!("Fermé {}", when.until(at)),
        (None, None) => "Fermé".to_owned(),
    }
}

/// `demain à 8 h`, `lundi à 8 h`, `le lundi 23 novembre à 8 h`: when a network opens, said to somebody who
/// does not carry a calendar.
pub fn opening(when: &When<'_>, calendar: &Calendar, at: Instant) -> String {
    let (today, day) = (calendar.date(when.now), calendar.date(at));
    let ahead = today.until(day).map_or(0, |span| span.get_days());
    let hour = when.hour(at);
    let name = DAYS
        .get(usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0))
        .copied()
        .unwrap_or_default();
    match ahead {
        0 => format!("aujourd’hui à {hour}"),
        1 => format!("demain à {hour}"),
        2..=6 => format!("{name} à {hour}"),
        _ => format!("le {} à {hour}", long_day(day)),
    }
}

/// Days of the next two weeks that are not as their weekday: `le mercredi 11 novembre : fermé`.
pub fn unusual(calendar: &Calendar, now: Instant) -> Vec<String> {
    let today = calendar.date(now);
    today
        .series(jiff::Span::new().days(1))
        .take(usize::try_from(AHEAD_DAYS).unwrap_or(14))
        .filter_map(|day| {
            let really = calendar.hours.spans(day);
            let usual = calendar.hours.weekly.on(day.weekday());
            (really != usual).then(|| format!("le {}\u{a0}: {}", long_day(day), spans(really)))
        })
        .collect()
}

/// `lundi 23 novembre`, `dimanche 1er novembre`.
fn long_day(day: Date) -> String {
    let name = DAYS
        .get(usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0))
        .copied()
        .unwrap_or_default();
    let number = if day.day() == 1 {
        "1er".to_owned()
    } else {
        day.day().to_string()
    };
    format!("{name} {number} {}", super::when::month(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::DateTime;
    use jiff::tz::TimeZone;
    use relais_core::time::{OpeningHours, Overseas};

    fn span(from: u16, until: u16) -> OpenSpan {
        OpenSpan::new(from, until).unwrap()
    }

    fn calendar() -> Calendar {
        let mut weekly = Weekly::default();
        for (index, day) in weekly.days.iter_mut().enumerate().take(6) {
            day.push(span(480, if index == 5 { 720 } else { 1_200 }));
        }
        Calendar {
            hours: OpeningHours {
                weekly,
                closed_on_holidays: true,
                ..OpeningHours::default()
            },
            zone: TimeZone::get("Europe/Paris").unwrap(),
        }
    }

    fn at(text: &str) -> Instant {
        let civil: DateTime = text.parse().unwrap();
        let zoned = civil.to_zoned(calendar().zone).unwrap();
        Instant::from_millis(zoned.timestamp().as_millisecond())
    }

    fn plain(text: &str) -> String {
        text.replace('\u{a0}', " ")
    }

    #[test]
    fn a_week_is_told_in_as_few_words_as_it_has_kinds_of_days() {
        let said = plain(&week(&calendar().hours.weekly));
        assert_eq!(
            said,
            "du lundi au vendredi de 8 h à 20 h, le samedi de 8 h à 12 h"
        );
        let mut split = Weekly::default();
        for index in [0, 1, 4] {
            split.days[index] = vec![span(510, 720), span(840, 1_440)];
        }
        assert_eq!(
            plain(&week(&split)),
            "le lundi et le mardi de 8 h 30 à 12 h et de 14 h à minuit, le vendredi de 8 h 30 à 12 h et de 14 h à minuit"
        );
        let mut always = Weekly::default();
        for day in &mut always.days {
            day.push(span(0, 1_440));
        }
        assert_eq!(week(&always), "tous les jours toute la journée");
        assert_eq!(week(&Weekly::default()), "");
        assert_eq!(plain(&spans(&[span(0, 480)])), "de minuit à 8 h");
    }

    #[test]
    fn the_next_opening_is_said_as_one_would() {
        let calendar = calendar();
        let said = |now: &str| {
            let now = at(now);
            let when = When::new(now, &calendar.zone);
            plain(&opening(
                &when,
                &calendar,
                calendar.next_opening(now).unwrap(),
            ))
        };
        assert_eq!(said("2026-03-10T07:00"), "aujourd’hui à 8 h");
        assert_eq!(said("2026-03-10T21:00"), "demain à 8 h");
        assert_eq!(said("2026-03-14T13:00"), "lundi à 8 h");
        // Easter: from Saturday noon to Tuesday.
        assert_eq!(said("2026-04-04T13:00"), "mardi à 8 h");
    }

    #[test]
    fn a_day_that_is_not_as_usual_is_announced() {
        let mut calendar = calendar();
        calendar
            .hours
            .exceptions
            .push(("2026-11-13".parse().unwrap(), vec![span(480, 720)]));
        let told: Vec<_> = unusual(&calendar, at("2026-11-05T10:00"))
            .iter()
            .map(|line| plain(line))
            .collect();
        assert_eq!(
            told,
            [
                "le mercredi 11 novembre : fermé",
                "le vendredi 13 novembre : de 8 h à 12 h"
            ]
        );
        calendar.hours.overseas = Some(Overseas::Martinique);
        let may = unusual(&calendar, at("2026-05-20T10:00"));
        assert!(may.iter().any(|line| line.contains("22")), "{may:?}");
    }
}
