//! Days, hours, lengths and distances in French, relative to now in the network's zone. SMS forms
//! are plain (`16h20`); all others use the no-break spaces and the apostrophe of French typography.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use relais_core::time::{Duration, Instant};

const DAYS: [&str; 7] = [
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
];
const SHORT_DAYS: [&str; 7] = ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."];
const MONTHS: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const SHORT_MONTHS: [&str; 12] = [
    "janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
    "déc.",
];

/// `23 novembre 2026`, of a day that is one already.
pub fn written(date: Date) -> String {
    let month = month_name(date, &MONTHS);
    let day = if date.day() == 1 {
        "1er".to_owned()
    } else {
        date.day().to_string()
    };
    format!("{day}\u{a0}{month} {}", date.year())
}

/// The name of a date's month, in full.
pub fn month(date: Date) -> &'static str {
    month_name(date, &MONTHS)
}

/// The moment a text is read, and the zone its hours are told in.
#[derive(Debug, Clone, Copy)]
pub struct When<'a> {
    /// Now.
    pub now: Instant,
    /// The network's zone.
    pub zone: &'a TimeZone,
}

impl<'a> When<'a> {
    /// Now, in this zone.
    pub const fn new(now: Instant, zone: &'a TimeZone) -> Self {
        Self { now, zone }
    }

    fn civil(&self, at: Instant) -> jiff::civil::DateTime {
        self.zone.to_datetime(at.timestamp())
    }

    /// Civil days from today to this moment's day.
    fn days_ahead(&self, at: Instant) -> i32 {
        self.ahead(self.civil(at).date())
    }

    fn ahead(&self, day: Date) -> i32 {
        let today = self.civil(self.now).date();
        today.until(day).map_or(0, |span| span.get_days())
    }

    pub(super) fn is_today(&self, at: Instant) -> bool {
        self.days_ahead(at) == 0
    }

    /// `16 h 20`, `17 h`.
    pub fn hour(&self, at: Instant) -> String {
        let civil = self.civil(at);
        match civil.minute() {
            0 => format!("{}\u{a0}h", civil.hour()),
            minute => format!("{}\u{a0}h\u{a0}{minute:02}", civil.hour()),
        }
    }

    /// `16:20`, for tables.
    pub fn clock(&self, at: Instant) -> String {
        let civil = self.civil(at);
        format!("{:02}:{:02}", civil.hour(), civil.minute())
    }

    /// `aujourd’hui`, `demain`, `hier`, `lun. 23`, and with its month further away.
    pub fn day(&self, at: Instant) -> String {
        self.day_of(self.civil(at).date())
    }

    /// The same of a day of the calendar.
    pub fn day_of(&self, day: Date) -> String {
        self.near_day(day)
            .map_or_else(|| self.far_day(day), str::to_owned)
    }

    fn near_day(&self, day: Date) -> Option<&'static str> {
        match self.ahead(day) {
            0 => Some("aujourd’hui"),
            1 => Some("demain"),
            -1 => Some("hier"),
            _ => None,
        }
    }

    fn far_day(&self, date: Date) -> String {
        let short = format!("{}\u{a0}{}", day_name(date, &SHORT_DAYS), date.day());
        if (0..25).contains(&self.ahead(date)) {
            short
        } else {
            format!("{short}\u{a0}{}", month_name(date, &SHORT_MONTHS))
        }
    }

    /// `lundi 23 novembre 2026`.
    pub fn date(&self, at: Instant) -> String {
        let date = self.civil(at).date();
        format!("{} {}", day_name(date, &DAYS), self.plain_date(at))
    }

    /// `lundi 23 novembre`: what is read aloud later, when today may be another day.
    pub fn named_day(&self, at: Instant) -> String {
        let date = self.civil(at).date();
        let day = if date.day() == 1 {
            "1er".to_owned()
        } else {
            date.day().to_string()
        };
        let (name, month) = (day_name(date, &DAYS), month_name(date, &MONTHS));
        format!("{name} {day}\u{a0}{month}")
    }

    /// `23 novembre 2026`, where the day of the week says nothing.
    pub fn plain_date(&self, at: Instant) -> String {
        written(self.civil(at).date())
    }

    /// The end of something that holds until a moment: `lundi 23 novembre 2026 au soir` when it is midnight, else with
    /// the hour.
    pub fn last_moment(&self, until: Instant) -> String {
        let last = Instant::from_millis(until.millis() - 1);
        if self.civil(last).date() == self.civil(until).date() {
            format!("{} à {}", self.date(until), self.hour(until))
        } else {
            format!("{} au soir", self.date(last))
        }
    }

    /// `aujourd’hui à 16 h 20`, `lun. 23 à 8 h`.
    pub fn day_hour(&self, at: Instant) -> String {
        format!("{} à {}", self.day(at), self.hour(at))
    }

    /// `16 h 20` today, `demain 8 h`, `lun. 23 à 8 h`.
    pub fn moment(&self, at: Instant) -> String {
        match self.days_ahead(at) {
            0 => self.hour(at),
            1 | -1 => format!("{} {}", self.day(at), self.hour(at)),
            _ => self.day_hour(at),
        }
    }

    /// `à 16 h 20` today, `demain à 8 h`.
    pub fn at(&self, at: Instant) -> String {
        if self.is_today(at) {
            format!("à {}", self.hour(at))
        } else {
            self.day_hour(at)
        }
    }

    /// `avant 17 h`, `avant demain 8 h`.
    pub fn before(&self, at: Instant) -> String {
        format!("avant {}", self.moment_after_preposition(at))
    }

    /// `jusqu’à 17 h`, `jusqu’à demain 8 h`, `jusqu’au lun. 23 à 8 h`.
    pub fn until(&self, at: Instant) -> String {
        let joined = if self.is_far(at) {
            "jusqu’au"
        } else {
            "jusqu’à"
        };
        format!("{joined} {}", self.moment(at))
    }

    /// `depuis 14 h 33`, `depuis hier 8 h`.
    pub fn since(&self, at: Instant) -> String {
        format!("depuis {}", self.moment_after_preposition(at))
    }

    fn is_far(&self, at: Instant) -> bool {
        self.near_day(self.civil(at).date()).is_none()
    }

    fn moment_after_preposition(&self, at: Instant) -> String {
        let article = if self.is_far(at) { "le " } else { "" };
        format!("{article}{}", self.moment(at))
    }

    /// Whole minutes left until a moment, rounded up; none when it has passed.
    pub fn minutes_left(&self, until: Instant) -> i64 {
        (until.since(self.now) + Duration::millis(59_999)).as_minutes()
    }

    /// `16h20`, `12h`.
    pub fn sms_hour(&self, at: Instant) -> String {
        let civil = self.civil(at);
        match civil.minute() {
            0 => format!("{}h", civil.hour()),
            minute => format!("{}h{minute:02}", civil.hour()),
        }
    }

    /// `aujourd'hui`, `demain`, `lun. 23`.
    pub fn sms_day(&self, at: Instant) -> String {
        plain(&self.day(at))
    }

    /// `aujourd'hui 16h20`, `lun. 23 8h`.
    pub fn sms_day_hour(&self, at: Instant) -> String {
        format!("{} {}", self.sms_day(at), self.sms_hour(at))
    }

    /// `16h20` today, `demain 8h`, `lun. 23 8h`.
    pub fn sms_moment(&self, at: Instant) -> String {
        if self.is_today(at) {
            self.sms_hour(at)
        } else {
            self.sms_day_hour(at)
        }
    }

    /// `a 16h20` today, `demain a 8h`.
    pub fn sms_at(&self, at: Instant) -> String {
        if self.is_today(at) {
            format!("a {}", self.sms_hour(at))
        } else {
            format!("{} a {}", self.sms_day(at), self.sms_hour(at))
        }
    }
}

fn day_name<'n>(date: Date, names: &[&'n str; 7]) -> &'n str {
    let index = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
    names.get(index).copied().unwrap_or_default()
}

fn month_name<'n>(date: Date, names: &[&'n str; 12]) -> &'n str {
    let index = usize::try_from(date.month()).unwrap_or(1) - 1;
    names.get(index).copied().unwrap_or_default()
}

fn plain(text: &str) -> String {
    relais_gateways::sms::transliterate(text)
}

/// `52 min`, `1 h 05`, `2 jours`. Under a minute: `moins de 1 min`.
pub fn duration(length: Duration) -> String {
    let minutes = length.as_minutes();
    match minutes {
        i64::MIN..1 => "moins de 1\u{a0}min".to_owned(),
        1..60 => format!("{minutes}\u{a0}min"),
        60..2_880 if minutes % 60 == 0 => format!("{}\u{a0}h", minutes / 60),
        60..2_880 => format!("{}\u{a0}h\u{a0}{:02}", minutes / 60, minutes % 60),
        _ => format!("{}\u{a0}jours", minutes / 1_440),
    }
}

/// `moins de 1 km`, `3 km`: rounded to the nearest, since the exact distance would help to find
/// an address.
pub fn kilometres(metres: u32) -> String {
    match rounded_km(metres) {
        None => "moins de 1\u{a0}km".to_owned(),
        Some(km) => format!("{km}\u{a0}km"),
    }
}

/// Kilometres rounded to the nearest; none under one.
pub(super) const fn rounded_km(metres: u32) -> Option<u32> {
    if metres < 1_000 {
        None
    } else {
        Some((metres + 500) / 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday 20 November 2026, 10:00 in Paris.
    fn friday() -> (Instant, TimeZone) {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        (at(&zone, 20, 10, 0), zone)
    }

    fn at(zone: &TimeZone, day: i8, hour: i8, minute: i8) -> Instant {
        let civil = jiff::civil::date(2026, 11, day).at(hour, minute, 0, 0);
        let zoned = civil.to_zoned(zone.clone()).unwrap();
        Instant::from_millis(zoned.timestamp().as_millisecond())
    }

    #[test]
    fn days_and_hours_are_relative_to_now_in_the_zone() {
        let (now, zone) = friday();
        let when = When::new(now, &zone);
        let check = |day, hour, minute, expect: &str| {
            let at = at(&zone, day, hour, minute);
            let found = [
                when.moment(at),
                when.before(at),
                when.until(at),
                when.at(at),
            ]
            .join(" | ");
            assert_eq!(found.replace('\u{a0}', "_"), expect);
        };
        check(
            20,
            16,
            20,
            "16_h_20 | avant 16_h_20 | jusqu’à 16_h_20 | à 16_h_20",
        );
        check(
            21,
            8,
            0,
            "demain 8_h | avant demain 8_h | jusqu’à demain 8_h | demain à 8_h",
        );
        check(
            23,
            8,
            5,
            "lun._23 à 8_h_05 | avant le lun._23 à 8_h_05 | jusqu’au lun._23 à 8_h_05 | lun._23 à 8_h_05",
        );
        check(
            1,
            9,
            0,
            "dim._1_nov. à 9_h | avant le dim._1_nov. à 9_h | jusqu’au dim._1_nov. à 9_h | dim._1_nov. à 9_h",
        );
    }

    #[test]
    fn midnight_is_the_next_day_and_a_change_of_clocks_moves_nothing() {
        let (_, zone) = friday();
        let eve = jiff::civil::date(2026, 10, 24)
            .at(23, 30, 0, 0)
            .to_zoned(zone.clone())
            .unwrap();
        let now = Instant::from_millis(eve.timestamp().as_millisecond());
        let when = When::new(now, &zone);
        assert_eq!(when.sms_moment(now + Duration::minutes(30)), "demain 0h");
        assert_eq!(when.sms_moment(now + Duration::hours(11)), "demain 9h30");
    }

    #[test]
    fn sms_forms_are_plain() {
        let (now, zone) = friday();
        let when = When::new(now, &zone);
        assert_eq!(
            when.sms_day_hour(at(&zone, 20, 16, 20)),
            "aujourd'hui 16h20"
        );
        assert_eq!(when.sms_at(at(&zone, 23, 12, 0)), "lun. 23 a 12h");
        assert_eq!(
            when.date(at(&zone, 1, 12, 0)),
            "dimanche 1er\u{a0}novembre 2026"
        );
    }

    #[test]
    fn lengths_and_distances() {
        let lengths = [30, 3_120, 3_600, 3_900, 172_800].map(|s| duration(Duration::seconds(s)));
        let expect = ["moins de 1_min", "52_min", "1_h", "1_h_05", "2_jours"];
        assert_eq!(lengths.map(|l| l.replace('\u{a0}', "_")), expect);
        assert_eq!(
            [999, 1_499, 20_600].map(rounded_km),
            [None, Some(1), Some(21)]
        );
        let (now, zone) = friday();
        let when = When::new(now, &zone);
        let left = [0, 1, 60_000, 60_001].map(|ms| when.minutes_left(now + Duration::millis(ms)));
        assert_eq!(left, [0, 1, 1, 2]);
    }
}
