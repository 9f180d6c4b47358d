//! French public holidays, computed (Meeus/Jones/Butcher for Easter). Checked in tests against
//! the published table. Overseas, the day that commemorates the abolition of slavery is a holiday
//! too, each place on its own date.

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// Easter Sunday of a year of the Gregorian calendar.
pub fn easter(year: i16) -> Date {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    Date::new(
        year,
        i8::try_from(month).unwrap_or(4),
        i8::try_from(day).unwrap_or(1),
    )
    .unwrap_or(date(2000, 4, 23))
}

/// Whether a day is a public holiday in metropolitan France; with `alsace_moselle`, Good Friday
/// and 26 December too (departments 57, 67, 68).
pub fn is_public_holiday(day: Date, alsace_moselle: bool) -> bool {
    let fixed = matches!(
        (day.month(), day.day()),
        (1, 1) | (5, 1) | (5, 8) | (7, 14) | (8, 15) | (11, 1) | (11, 11) | (12, 25)
    );
    let sunday = easter(day.year());
    let after = |days: i32| sunday.checked_add(days.days()).is_ok_and(|d| d == day);
    let local = alsace_moselle && ((day.month(), day.day()) == (12, 26) || after(-2));
    fixed || after(1) || after(39) || after(50) || local
}

/// Where beyond metropolitan France the abolition of slavery is commemorated by a public holiday
/// (article L3422-2 of the labour code).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overseas {
    /// 27 May.
    Guadeloupe,
    /// 22 May.
    Martinique,
    /// 10 June.
    Guyane,
    /// 20 December.
    Reunion,
    /// 27 April.
    Mayotte,
    /// 28 May.
    SaintMartin,
    /// 9 October.
    SaintBarthelemy,
}

impl Overseas {
    /// Every place.
    pub const ALL: &'static [Self] = &[
        Self::Guadeloupe,
        Self::Martinique,
        Self::Guyane,
        Self::Reunion,
        Self::Mayotte,
        Self::SaintMartin,
        Self::SaintBarthelemy,
    ];

    /// Its code in settings.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Guadeloupe => "guadeloupe",
            Self::Martinique => "martinique",
            Self::Guyane => "guyane",
            Self::Reunion => "reunion",
            Self::Mayotte => "mayotte",
            Self::SaintMartin => "saint-martin",
            Self::SaintBarthelemy => "saint-barthelemy",
        }
    }

    /// The place of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|place| place.code() == code)
    }

    /// Whether a day is its commemoration.
    pub fn commemorates(self, day: Date) -> bool {
        let date = match self {
            Self::Guadeloupe => (5, 27),
            Self::Martinique => (5, 22),
            Self::Guyane => (6, 10),
            Self::Reunion => (12, 20),
            Self::Mayotte => (4, 27),
            Self::SaintMartin => (5, 28),
            Self::SaintBarthelemy => (10, 9),
        };
        (day.month(), day.day()) == date
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_overseas_has_its_own_day_and_the_mainland_none_of_them() {
        let mut days = Vec::new();
        for place in Overseas::ALL {
            assert_eq!(Overseas::from_code(place.code()), Some(*place));
            let (mut day, last) = (date(2026, 1, 1), date(2026, 12, 31));
            let mut found = Vec::new();
            while day <= last {
                if place.commemorates(day) {
                    found.push(day);
                }
                day = day.tomorrow().unwrap();
            }
            assert_eq!(found.len(), 1, "{}", place.code());
            assert!(!is_public_holiday(found[0], true), "{}", place.code());
            days.extend(found);
        }
        days.sort_unstable();
        days.dedup();
        assert_eq!(days.len(), Overseas::ALL.len());
    }

    const PUBLISHED: &str = include_str!("../../../../reference/jours-feries.csv");

    #[test]
    fn agrees_with_the_published_table_for_every_day_of_ten_years() {
        let mut everywhere = Vec::new();
        let mut local = Vec::new();
        for line in PUBLISHED.lines().skip(1) {
            let mut cells = line.split(',');
            let day: Date = cells.next().unwrap().parse().unwrap();
            if cells.nth(1) == Some("1") {
                local.push(day);
            } else {
                everywhere.push(day);
            }
        }
        let (mut day, last) = (date(2022, 1, 1), date(2031, 12, 31));
        while day <= last {
            assert_eq!(
                is_public_holiday(day, false),
                everywhere.contains(&day),
                "{day}"
            );
            let expected = everywhere.contains(&day) || local.contains(&day);
            assert_eq!(
                is_public_holiday(day, true),
                expected,
                "{day} in Alsace-Moselle"
            );
            day = day.tomorrow().unwrap();
        }
    }
}
