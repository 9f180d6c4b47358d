//! Numbers a network gives when it does not answer itself (R1): for whom, where, at what hours.
//! Owns which of them answer at a moment, for a commune; refuses how they are said.

use crate::geo::Insee;
use crate::people::coded;
use crate::time::{Calendar, Instant, OpenSpan, Weekly};
use jiff::civil::Date;

coded!(
    /// What a number is for.
    Use {
        /// A doctor on duty, a medical house.
        Doctor = "doctor",
        /// A pharmacy on duty.
        Pharmacy = "pharmacy",
        /// A dentist on duty.
        Dentist = "dentist",
        /// Anything else.
        Other = "other",
    }
);

/// A number to dial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// What it is for.
    pub usage: Use,
    /// Who answers, as people know them.
    pub name: String,
    /// The number, as dialled.
    pub phone: String,
    /// One sentence more (an address, what to bring), or nothing.
    pub say: String,
    /// Communes it serves; none = everywhere the network is asked about.
    pub communes: Vec<Insee>,
    /// When it answers; `None` = at any hour.
    pub hours: Option<DutyHours>,
}

/// The hours of a number.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DutyHours {
    /// The ordinary week.
    pub weekly: Weekly,
    /// Public holidays, in place of the weekday; none = as on a Sunday.
    pub holidays: Option<Vec<OpenSpan>>,
}

impl DutyHours {
    /// The spans of a day, where `calendar` says which days are holidays.
    pub fn spans(&self, day: Date, calendar: &Calendar) -> &[OpenSpan] {
        if calendar.hours.is_holiday(day) {
            return match &self.holidays {
                Some(spans) => spans,
                None => self.weekly.on(jiff::civil::Weekday::Sunday),
            };
        }
        self.weekly.on(day.weekday())
    }
}

impl Number {
    /// Whether it serves a commune.
    pub fn serves(&self, commune: Option<Insee>) -> bool {
        self.communes.is_empty() || commune.is_some_and(|c| self.communes.contains(&c))
    }

    /// What is left of its hours today: spans that are not over. `None` = it answers at any hour;
    /// an empty list = not today any more.
    pub fn today(&self, at: Instant, calendar: &Calendar) -> Option<Vec<OpenSpan>> {
        let hours = self.hours.as_ref()?;
        let minute = calendar.minute_of_day(at);
        let spans = hours.spans(calendar.date(at), calendar).iter();
        Some(spans.copied().filter(|s| s.until > minute).collect())
    }

    /// Whether it answers now.
    pub fn answers(&self, at: Instant, calendar: &Calendar) -> bool {
        let minute = calendar.minute_of_day(at);
        self.today(at, calendar)
            .is_none_or(|spans| spans.iter().any(|s| s.from <= minute))
    }
}

/// The numbers of a use that somebody in a commune can dial now or later today: those of the commune
/// itself before those of everywhere, those that answer before those that open later.
pub fn for_commune<'n>(
    numbers: &'n [Number],
    usage: Use,
    commune: Option<Insee>,
    at: Instant,
    calendar: &Calendar,
) -> Vec<&'n Number> {
    let mut found: Vec<_> = numbers
        .iter()
        .filter(|n| n.usage == usage && n.serves(commune))
        .filter(|n| n.today(at, calendar).is_none_or(|spans| !spans.is_empty()))
        .collect();
    found.sort_by_key(|n| (!n.answers(at, calendar), n.communes.is_empty()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::OpeningHours;
    use jiff::civil::DateTime;
    use jiff::tz::TimeZone;

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

    /// Evenings from 20:00 to midnight, Sundays from 8:00.
    fn evenings(name: &str, communes: &[&str]) -> Number {
        let mut weekly = Weekly::default();
        for (index, day) in weekly.days.iter_mut().enumerate() {
            let from = if index == 6 { 8 } else { 20 };
            day.push(OpenSpan::new(from * 60, 24 * 60).unwrap());
        }
        Number {
            usage: Use::Doctor,
            name: name.to_owned(),
            phone: "116117".to_owned(),
            say: String::new(),
            communes: communes.iter().map(|c| Insee::new(c).unwrap()).collect(),
            hours: Some(DutyHours {
                weekly,
                holidays: None,
            }),
        }
    }

    fn names(numbers: &[Number], commune: &str, when: &str) -> Vec<String> {
        let commune = Insee::new(commune);
        for_commune(numbers, Use::Doctor, commune, at(when), &calendar())
            .into_iter()
            .map(|n| n.name.clone())
            .collect()
    }

    #[test]
    fn a_number_is_given_for_its_communes_until_its_hours_are_over() {
        let always = Number {
            hours: None,
            ..evenings("everywhere", &[])
        };
        let near = evenings("Ris-Orangis", &["91286"]);
        let numbers = [always, near];
        assert_eq!(
            names(&numbers, "91286", "2026-03-10T21:00"),
            ["Ris-Orangis", "everywhere"]
        );
        assert_eq!(
            names(&numbers, "91286", "2026-03-10T19:00"),
            ["everywhere", "Ris-Orangis"],
            "who answers now first, who opens later after"
        );
        assert_eq!(names(&numbers, "91377", "2026-03-10T21:00"), ["everywhere"]);
        let pharmacies = for_commune(
            &numbers,
            Use::Pharmacy,
            None,
            at("2026-03-10T21:00"),
            &calendar(),
        );
        assert!(pharmacies.is_empty());
    }

    #[test]
    fn a_holiday_has_the_hours_of_a_sunday_unless_it_has_its_own() {
        let mut number = evenings("house", &[]);
        let monday = at("2026-04-06T10:00");
        assert!(number.answers(monday, &calendar()), "Easter Monday");
        assert!(!number.answers(at("2026-04-13T10:00"), &calendar()));
        number.hours.as_mut().unwrap().holidays = Some(Vec::new());
        assert!(!number.answers(monday, &calendar()));
        assert_eq!(number.today(monday, &calendar()), Some(Vec::new()));
    }

    #[test]
    fn codes_are_read_back() {
        for usage in Use::ALL {
            assert_eq!(Use::from_code(usage.code()), Some(*usage));
        }
        assert_eq!(Use::from_code("vet"), None);
    }
}
