//! French public holidays, computed (Meeus/Jones/Butcher for Easter). Checked in tests against
//! the published table.

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

#[cfg(test)]
mod tests {
    use super::*;

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
